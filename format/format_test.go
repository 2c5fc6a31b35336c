package format_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"golang.org/x/tools/txtar"

	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/format"
	"github.com/wfgen/wfgen/golden/archive"
	"github.com/wfgen/wfgen/parser"
)

// TestGolden holds the style: what comes in stands in in.wf, what goes out in out.wf.
func TestGolden(t *testing.T) {
	archive.Test(t, func(t *testing.T, a *txtar.Archive) *txtar.Archive {
		in := a.Files[0]
		return &txtar.Archive{Comment: a.Comment, Files: []txtar.File{in, {Name: "out.wf", Data: formatted(t, in.Data)}}}
	})
}

func formatted(t testing.TB, text []byte) []byte {
	t.Helper()
	out, faults, err := format.Source("x.wf", text)
	if err != nil || len(faults) > 0 {
		t.Fatalf("%v %v\n%s", err, faults, text)
	}
	return out
}

// sources are the texts of all .wf files in the repository that have no faults.
func sources(t testing.TB) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	take := func(name string, text []byte) {
		if _, faults := parser.Parse(name, text); len(faults) == 0 {
			out[name] = text
		}
	}
	err := filepath.WalkDir("..", func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		switch filepath.Ext(path) {
		case ".wf":
			text, err := os.ReadFile(path)
			take(path, text)
			return err
		case ".txtar":
			a, err := txtar.ParseFile(path)
			if err != nil {
				return err
			}
			for _, f := range a.Files {
				if strings.HasSuffix(f.Name, ".wf") {
					take(path+"/"+f.Name, f.Data)
				}
			}
		}
		return nil
	})
	if err != nil || len(out) < 50 {
		t.Fatalf("%d sources, %v", len(out), err)
	}
	return out
}

// TestRoundTrip: a formatted file has the tree and the comments that it had, and is
// formatted.
func TestRoundTrip(t *testing.T) {
	for name, text := range sources(t) {
		t.Run(strings.ReplaceAll(name, "/", "_"), func(t *testing.T) { roundTrip(t, text) })
	}
}

func roundTrip(t testing.TB, text []byte) {
	t.Helper()
	out := formatted(t, text)
	if again := formatted(t, out); string(again) != string(out) {
		t.Errorf("formatted again it differs:\n%s", cmp.Diff(string(out), string(again)))
	}
	before, _ := parser.Parse("x.wf", text)
	after, _ := parser.Parse("x.wf", out)
	if diff := cmp.Diff(before.Decls, after.Decls, likeness...); diff != "" {
		t.Errorf("another tree: %s\n%s\n%s", diff, text, out)
	}
	if diff := cmp.Diff(texts(before), texts(after)); diff != "" {
		t.Errorf("other comments: %s", diff)
	}
}

// likeness compares trees without their places. What is meant by a multi-line string is
// in its parts.
var likeness = []cmp.Option{
	cmpopts.IgnoreTypes(dsl.Span{}),
	cmpopts.EquateEmpty(),
	cmp.Exporter(func(reflect.Type) bool { return true }),
}

func texts(f *dsl.File) []string {
	var out []string
	for _, c := range f.Comments {
		lines := strings.Split(c.Text, "\n")
		for i := range lines {
			lines[i] = strings.TrimRight(lines[i], " \t\r")
		}
		out = append(out, strings.Join(lines, "\n"))
	}
	return out
}

func FuzzFormat(f *testing.F) {
	for _, text := range sources(f) {
		f.Add(string(text))
	}
	f.Fuzz(func(t *testing.T, text string) {
		if _, faults := parser.Parse("x.wf", []byte(text)); len(faults) > 0 {
			return
		}
		roundTrip(t, []byte(text))
	})
}
