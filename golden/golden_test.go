// Package golden holds cases for the whole compiler, one archive each: .wf files
// go in, and what comes out (diagnostics, or the plan and the Go) stands beside
// them. go test ./golden -update writes the archives anew, and still fails where
// something changed, so that nobody updates them unseen.
package golden

import (
	"bytes"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/codegen"
	"github.com/wfgen/wfgen/compiler"
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/golden/archive"
	"github.com/wfgen/wfgen/graph"
	"github.com/wfgen/wfgen/parser"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/plan/serial"
)

// wanted begins the names of the sections that hold what comes out.
const wanted = "want/"

func TestGolden(t *testing.T) {
	archive.Test(t, func(t *testing.T, a *txtar.Archive) *txtar.Archive {
		got := &txtar.Archive{Comment: a.Comment}
		for _, f := range a.Files {
			if !strings.HasPrefix(f.Name, wanted) {
				got.Files = append(got.Files, f)
			}
		}
		got.Files = append(got.Files, outputs(t, got.Files)...)
		return got
	})
}

// outputs compiles the .wf files of a case.
func outputs(t *testing.T, files []txtar.File) []txtar.File {
	t.Helper()
	if slices.ContainsFunc(files, func(f txtar.File) bool { return f.Name == "go.mod" }) {
		return moduleOutputs(t, files)
	}
	prog, ds := check(files)
	var out []txtar.File
	if len(ds) > 0 {
		var buf bytes.Buffer
		diag.Render(&buf, ds, false)
		out = append(out, txtar.File{Name: wanted + "diagnostics", Data: buf.Bytes()})
	}
	if diag.HasErrors(ds) {
		return out
	}
	return append(out, compiled(t, prog, wanted)...)
}

// moduleOutputs compiles the packages of a case that is a Go module.
func moduleOutputs(t *testing.T, files []txtar.File) []txtar.File {
	t.Helper()
	dir := t.TempDir()
	for _, f := range files {
		archive.Write(t, filepath.Join(dir, f.Name), string(f.Data))
	}
	packages, err := new(compiler.Workspace).Snapshot(nil).PackagesWithGo(t.Context(), []string{dir + "/..."})
	if err != nil {
		t.Fatal(err)
	}
	var out []txtar.File
	for _, p := range packages {
		if len(p.Diagnostics()) > 0 {
			var buf bytes.Buffer
			diag.Render(&buf, p.Diagnostics(), false)
			t.Fatalf("a case of several packages has to be sound:\n%s", buf.Bytes())
		}
		rel, err := filepath.Rel(dir, p.Dir)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, compiled(t, p.Program(), path.Join(wanted, filepath.ToSlash(rel))+"/")...)
	}
	return out
}

// compiled gives the plan and the Go of a program. prefix begins their names.
func compiled(t *testing.T, prog *checker.Program, prefix string) (out []txtar.File) {
	t.Helper()
	p := plan.Make(prog)
	var buf bytes.Buffer
	if err := graph.Write(&buf, p, p.Workflows, "text"); err != nil {
		t.Fatal(err)
	}
	out = append(out, txtar.File{Name: prefix + "plan", Data: buf.Bytes()})
	generated, err := codegen.Generate(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range generated {
		out = append(out, txtar.File{Name: prefix + f.Name, Data: f.Content})
	}
	inAnotherProcess(t, p, generated)
	return out
}

// inAnotherProcess holds a plan that is written and read again to being the same.
func inAnotherProcess(t *testing.T, p *plan.Program, want []plan.File) {
	t.Helper()
	text, err := serial.Encode(p)
	if err != nil {
		t.Fatal(err)
	}
	read, err := serial.Decode(text)
	if err != nil {
		t.Fatal(err)
	}
	got, err := codegen.Generate(read)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.EqualFunc(want, got, sameFile) { // a diff takes longer than all else
		t.Errorf("the Go of the plan after it was written and read (-want +got):\n%s", cmp.Diff(want, got))
	}
	if again, err := serial.Encode(read); err != nil || !bytes.Equal(text, again) {
		t.Errorf("written a second time the plan differs: %v", err)
	}
}

func sameFile(a, b plan.File) bool { return a.Name == b.Name && bytes.Equal(a.Content, b.Content) }

func check(files []txtar.File) (*checker.Program, []diag.Diagnostic) {
	var parsed []*dsl.File
	var all []diag.Diagnostic
	for _, f := range files {
		if strings.HasSuffix(f.Name, ".wf") {
			file, ds := parser.Parse(f.Name, f.Data)
			parsed, all = append(parsed, file), append(all, ds...)
		}
	}
	prog, ds := checker.Check(parsed, "")
	return prog, diag.Sorted(append(all, ds...))
}

// TestGenerateIsDeterministic compiles each case again and again: the same source
// gives the same bytes.
func TestGenerateIsDeterministic(t *testing.T) {
	for _, path := range archive.Paths(t) {
		a := archive.Read(t, path)
		first := txtar.Format(&txtar.Archive{Files: outputs(t, a.Files)})
		for range 20 {
			again := txtar.Format(&txtar.Archive{Files: outputs(t, a.Files)})
			if diff := cmp.Diff(string(first), string(again)); diff != "" {
				t.Fatalf("%s: %s", path, diff)
			}
		}
	}
}

// TestGeneratedGoVets compiles and vets the Go of all cases, in one module.
func TestGeneratedGoVets(t *testing.T) {
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	mod := "module golden.test\n\ngo 1.26\n\nrequire github.com/wfgen/wfgen v0.0.0\n\nreplace github.com/wfgen/wfgen => " + root + "\n"
	archive.Write(t, filepath.Join(dir, "go.mod"), mod)
	for _, path := range archive.Paths(t) {
		pkg := filepath.Join(dir, strings.TrimSuffix(filepath.Base(path), ".txtar"))
		for _, f := range archive.Read(t, path).Files {
			if name := strings.TrimPrefix(f.Name, wanted); strings.HasSuffix(name, ".go") {
				archive.Write(t, filepath.Join(pkg, name), string(f.Data))
			}
		}
	}
	cmd := exec.Command("go", "vet", "./...")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off", "GOPROXY=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("go vet: %v\n%s", err, out)
	}
}
