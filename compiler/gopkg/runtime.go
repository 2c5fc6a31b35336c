package gopkg

import (
	"go/ast"
	"go/parser"
	"go/types"
	"io/fs"
	"path"
	"strings"

	"github.com/wfgen/wfgen"
)

const (
	ours        = "github.com/wfgen/wfgen/"
	runtimePath = ours + "runtime"
)

// RuntimePath is the package that generated code imports.
const RuntimePath = runtimePath

// runtime gives the runtime, or a package below it, from the source that is inside
// the command: a module that is about to use wfgen doesn't ask for it yet.
func (v *View) runtime(importPath string) (*types.Package, *Problem) {
	if c := v.done[importPath]; c != nil {
		return c.Package, nil
	}
	dir := strings.TrimPrefix(importPath, ours)
	entries, err := fs.ReadDir(wfgen.Source, dir)
	if err != nil {
		return nil, &Problem{Text: "there is no such package"}
	}
	var files []*ast.File
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		if e.IsDir() || !isSource(name) {
			continue
		}
		text, err := wfgen.Source.ReadFile(name)
		if err != nil {
			return nil, &Problem{Text: err.Error()}
		}
		f, err := parser.ParseFile(v.set.fset, name, text, parser.SkipObjectResolution)
		if err != nil {
			return nil, &Problem{Text: err.Error()}
		}
		files = append(files, f)
	}
	conf := types.Config{Importer: imports{v, nil}, IgnoreFuncBodies: true, Error: func(error) {}}
	p, _ := conf.Check(importPath, v.set.fset, files, nil)
	v.done[importPath] = &Checked{Package: p, Files: files}
	return p, nil
}

// RuntimeImports are what the runtime imports: packages that a set needs where the
// module doesn't ask for the runtime.
func RuntimeImports() []string {
	entries, err := fs.ReadDir(wfgen.Source, "runtime")
	if err != nil {
		panic("internal error: the embedded runtime can't be read: " + err.Error())
	}
	var paths []string
	for _, e := range entries {
		if e.IsDir() || !isSource(e.Name()) {
			continue
		}
		text, err := wfgen.Source.ReadFile("runtime/" + e.Name())
		if err != nil {
			panic("internal error: the embedded runtime can't be read: " + err.Error())
		}
		paths = append(paths, ImportsIn(e.Name(), text)...)
	}
	return paths
}

func isSource(name string) bool {
	return path.Ext(name) == ".go" && !strings.HasSuffix(name, "_test.go")
}
