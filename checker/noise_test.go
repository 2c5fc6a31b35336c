package checker_test

import (
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/parser"
	"github.com/wfgen/wfgen/plan"
)

// misspelt is a name that no source declares, and that is near to none.
const misspelt = "zzyzxqq"

// TestOneFault: a name that is misspelt where it is used, anywhere in a sound
// package, is one error at that place. What depends on it is silent.
func TestOneFault(t *testing.T) {
	for _, p := range soundPackages(t) {
		t.Run(p.name, func(t *testing.T) {
			files := parsed(p.files)
			prog, _ := checker.Check(files, "")
			for i := range files {
				for id := range prog.Info.Uses {
					if within(files[i], id) {
						misspell(t, p.files, i, id)
					}
				}
			}
		})
	}
}

// within tells whether a name stands in a file, and not in another of the package.
func within(f *dsl.File, id *dsl.Ident) bool {
	found := false
	for _, d := range f.Decls {
		at := d.Place()
		if id.Start < at.Start || id.End > at.End {
			continue
		}
		found = id.End <= len(f.Source.Text) && f.Source.Text[id.Start:id.End] == id.Name
	}
	return found
}

func misspell(t *testing.T, sources []txtar.File, i int, id *dsl.Ident) {
	t.Helper()
	changed := append([]txtar.File(nil), sources...)
	text := string(sources[i].Data)
	changed[i].Data = []byte(text[:id.Start] + misspelt + text[id.End:])
	_, ds := checker.CheckIn(parsed(changed), checker.Around{Steps: plan.Steps})
	var errors []diag.Diagnostic
	for _, d := range ds {
		if d.Severity == diag.Error {
			errors = append(errors, d)
		}
	}
	if len(errors) != 1 || errors[0].Span != (dsl.Span{Start: id.Start, End: id.Start + len(misspelt)}) {
		t.Errorf("%s misspelt at %d:\n%s", id.Name, id.Start, rendered(errors))
	}
}

func parsed(sources []txtar.File) []*dsl.File {
	var out []*dsl.File
	for _, s := range sources {
		f, _ := parser.Parse(s.Name, s.Data)
		out = append(out, f)
	}
	return out
}
