package gopkg

import (
	"go/ast"
	"go/types"
	"strings"
)

// Typed is a package with the types of all that stands in its functions. What doesn't
// compile, or waits for what is to be generated, has none.
type Typed struct {
	Files []*ast.File
	Info  *types.Info
}

// Typed reads the package from source, with its functions' bodies, each time that it is
// asked. It is nil for a package of the standard library, for wfgen's runtime, and where
// the source isn't at hand.
func (v *View) Typed(path string) *Typed {
	meta := v.set.metas[path]
	if v.Standard(path) || strings.HasPrefix(path, runtimePath) || meta == nil && v.set.Dir(path) == "" {
		return nil
	}
	parsed := &Checked{}
	name := v.parse(path, meta, parsed)
	info := &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
	}
	conf := types.Config{Importer: imports{v, meta}, FakeImportC: true, Error: func(error) {}}
	_ = types.NewChecker(&conf, v.set.fset, types.NewPackage(path, name), info).Files(parsed.Files) // whoever needs it sound says what is wrong
	return &Typed{Files: parsed.Files, Info: info}
}

// Standard tells whether a package is one of the standard library.
func (v *View) Standard(path string) bool { return v.set.standard(path) }
