package golden

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/wfgen/wfgen/codegen"
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/golden/archive"
	"github.com/wfgen/wfgen/golden/random"
	"github.com/wfgen/wfgen/plan"
)

// FuzzGenerate holds that what the checker accepts becomes Go that type-checks.
func FuzzGenerate(f *testing.F) {
	for _, path := range archive.Paths(f) {
		for _, file := range archive.Read(f, path).Files {
			if strings.HasSuffix(file.Name, ".wf") {
				f.Add(string(file.Data))
			}
		}
	}
	for seed := range uint64(20) {
		f.Add(random.Program(seed))
	}
	fset := token.NewFileSet()
	imports := importer.ForCompiler(fset, "source", nil)
	f.Fuzz(func(t *testing.T, source string) {
		prog, ds := check([]txtar.File{{Name: "p.wf", Data: []byte(source)}})
		if diag.HasErrors(ds) || prog.Package == "" {
			return
		}
		files, err := codegen.Generate(plan.Make(prog))
		if err != nil {
			t.Fatalf("%v\n%s", err, source)
		}
		typeCheck(t, fset, imports, source, files)
	})
}

func typeCheck(t *testing.T, fset *token.FileSet, imports types.Importer, source string, files []plan.File) {
	t.Helper()
	var parsed []*ast.File
	for _, f := range files {
		file, err := parser.ParseFile(fset, f.Name, f.Content, parser.SkipObjectResolution)
		if err != nil {
			t.Fatalf("%v\n%s\n%s", err, source, f.Content)
		}
		parsed = append(parsed, file)
	}
	conf := types.Config{Importer: imports}
	if _, err := conf.Check("p", fset, parsed, nil); err != nil {
		t.Fatalf("%v\n%s\n%s", err, source, files[0].Content)
	}
}
