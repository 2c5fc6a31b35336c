package explain_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/wfgen/wfgen/compiler"
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/diag/explain"
	"github.com/wfgen/wfgen/format"
	"github.com/wfgen/wfgen/golden/archive"
)

// codes are those that diag declares, read from its source so that none is left out.
func codes(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../code.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok {
			for _, value := range v.Values {
				text, err := strconv.Unquote(value.(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, text)
			}
		}
		return true
	})
	if len(all) == 0 {
		t.Fatal("diag declares no codes")
	}
	slices.Sort(all)
	return all
}

// TestEachCode: each code has an explanation, and each explanation a code.
func TestEachCode(t *testing.T) {
	var explained []string
	for _, e := range explain.All() {
		explained = append(explained, string(e.Code))
	}
	if want := codes(t); !slices.Equal(explained, want) {
		t.Errorf("explained are\n%v\nand the codes are\n%v", explained, want)
	}
}

// TestExamples: the bad example of a code gets that code alone, what the archive
// says the compiler says is what it says, and nothing is wrong with the good one.
func TestExamples(t *testing.T) {
	for _, e := range explain.All() {
		t.Run(string(e.Code), func(t *testing.T) {
			if e.Summary == "" || e.Text == "" || len(e.Bad) == 0 || len(e.Good) == 0 {
				t.Error("the summary, the text or an example is missing")
			}
			found := diagnostics(t, e.Bad)
			if len(found) == 0 {
				t.Error("nothing is wrong with the bad example")
			}
			for _, d := range found {
				if d.Code != e.Code {
					t.Errorf("the bad example has %s as well: %s", d.Code, d.Message)
				}
			}
			path := filepath.Join("codes", string(e.Code)+".txtar")
			archive.Compare(t, path, withDiagnostic(archive.Read(t, path), shown(t, found)))
			if wrong := diagnostics(t, e.Good); len(wrong) > 0 {
				t.Errorf("the good example isn't good:\n%s", shown(t, wrong))
			}
		})
	}
}

// diagnostics compiles an example as wfgen does, in a directory of its own.
func diagnostics(t *testing.T, files []explain.File) []diag.Diagnostic {
	t.Helper()
	dir := t.TempDir()
	for _, f := range files {
		name, quoted := strings.CutSuffix(f.Name, ".quoted")
		if quoted {
			text, err := strconv.Unquote(strings.TrimSpace(f.Text))
			if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
			f.Text = text
		}
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(f.Text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	back, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	defer t.Chdir(back)
	packages, err := new(compiler.Workspace).Snapshot(nil).PackagesWithGo(t.Context(), []string{"./..."})
	if err != nil {
		t.Fatal(err)
	}
	var all []diag.Diagnostic
	for _, p := range packages {
		all = append(all, p.Diagnostics()...)
	}
	return all
}

// shown are diagnostics as a person sees them, without their number.
func shown(t *testing.T, ds []diag.Diagnostic) string {
	t.Helper()
	var b strings.Builder
	if err := diag.Render(&b, ds, false); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(strings.TrimSuffix(b.String(), diag.Summary(ds)+"\n"), "\n")
}

// withDiagnostic puts the section between the bad example and the good one.
func withDiagnostic(a *txtar.Archive, text string) []byte {
	files := slices.DeleteFunc(a.Files, func(f txtar.File) bool { return f.Name == "diagnostic" })
	good := slices.IndexFunc(files, func(f txtar.File) bool { return strings.HasPrefix(f.Name, "good") })
	a.Files = slices.Insert(files, max(good, 0), txtar.File{Name: "diagnostic", Data: []byte(text)})
	return txtar.Format(a)
}

// TestFormatted: the examples are as wfgen fmt writes them, where it can.
func TestFormatted(t *testing.T) {
	for _, e := range explain.All() {
		for _, f := range slices.Concat(e.Good, e.Bad) {
			if filepath.Ext(f.Name) != ".wf" {
				continue
			}
			text, faults, err := format.Source(f.Name, []byte(f.Text))
			if err != nil {
				t.Errorf("%s: %v", e.Code, err)
			} else if diff := cmp.Diff(f.Text, string(text)); diff != "" && len(faults) == 0 {
				t.Errorf("%s: %s", e.Code, diff)
			}
		}
	}
}

func TestFind(t *testing.T) {
	for _, written := range []string{"WF020", "wf020", "Wf20", "20", "020"} {
		if e, ok := explain.Find(written); !ok || e.Code != diag.UnknownName {
			t.Errorf("%s: found %q", written, e.Code)
		}
	}
	for _, written := range []string{"", "WF", "WF0x20", "-20", "XX020", "WF999", "70000", "020WF"} {
		if e, ok := explain.Find(written); ok {
			t.Errorf("%q: found %s", written, e.Code)
		}
	}
}

func TestNear(t *testing.T) {
	all := codes(t)
	checkers := slices.Index(all, "WF020")
	for written, want := range map[string][]string{
		"WF000": all[:1],
		"wf19":  all[checkers-1 : checkers+1],
		"999":   all[len(all)-1:],
		"what":  nil,
	} {
		var got []string
		for _, code := range explain.Near(written) {
			got = append(got, string(code))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: found %v, expected %v", written, got, want)
		}
	}
}
