package golden

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/wfgen/wfgen/codegen"
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/golden/archive"
	"github.com/wfgen/wfgen/plan"
)

// placeTable is where a generated file has the places in the source.
var placeTable = regexp.MustCompile(`(?s)\n// Where things stand in the source\.\nconst \(\n.*?\n\)\n$|\n// Where things stand in the source\.\nconst [^\n]*\n$`)

// TestInsertedLineMovesOneTable inserts a line above everything in the sources of each case:
// what is generated stays the same but for the table of places, of which every line changes.
func TestInsertedLineMovesOneTable(t *testing.T) {
	tables := 0
	for _, path := range archive.Paths(t) {
		files := archive.Read(t, path).Files
		before, ok := generatedFrom(t, files)
		if !ok {
			continue
		}
		after, _ := generatedFrom(t, moved(files))
		for i := range before {
			old, now := before[i].Content, after[i].Content
			if diff := cmp.Diff(withoutTable(old), withoutTable(now)); diff != "" {
				t.Errorf("%s: %s (-before +after):\n%s", path, before[i].Name, diff)
			}
			for _, row := range placeTable.FindAll(old, -1) {
				tables++
				if bytes.Contains(now, row) {
					t.Errorf("%s: %s: places stay where they were:\n%s", path, before[i].Name, row)
				}
			}
		}
	}
	if tables < 30 {
		t.Errorf("%d files have a table of places", tables)
	}
}

func withoutTable(content []byte) string { return string(placeTable.ReplaceAll(content, nil)) }

// moved are sources with a line more at their beginning.
func moved(files []txtar.File) []txtar.File {
	var out []txtar.File
	for _, f := range files {
		if strings.HasSuffix(f.Name, ".wf") {
			f.Data = append([]byte("// A line that says nothing.\n\n"), f.Data...)
		}
		out = append(out, f)
	}
	return out
}

// generatedFrom is the Go of a case; ok is false for one that is unsound or has Go packages.
func generatedFrom(t *testing.T, files []txtar.File) (out []plan.File, ok bool) {
	t.Helper()
	prog, ds := check(files)
	if diag.HasErrors(ds) {
		return nil, false
	}
	out, err := codegen.Generate(plan.Make(prog))
	if err != nil {
		t.Fatal(err)
	}
	return out, true
}
