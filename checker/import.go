package checker

import (
	"errors"
	"go/token"
	gotypes "go/types"
	"strings"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// An imported package is what a file's import declares.
type imported struct {
	decl *dsl.ImportDecl
	path string
	pkg  *types.Package
	// Go is what the package declares; nil where it is unsound.
	Go *gotypes.Package
	// program is what its .wf files declare; nil where it has none.
	program *Program
	used    bool
}

// imports finds the packages that each file imports.
func (c *checker) imports() {
	for _, f := range c.prog.Files {
		c.file = f
		c.imported[f] = map[string]*imported{}
		for _, d := range f.Decls {
			if d, ok := d.(*dsl.ImportDecl); ok {
				c.importDecl(d)
			}
		}
	}
}

func (c *checker) importDecl(d *dsl.ImportDecl) {
	if d.Path == nil {
		return
	}
	path := d.PackagePath()
	if path == "" {
		c.report(diag.BadImport, d.Path, "an import path is plain text in quotes").Help = `as in import "example.com/shop"`
		return
	}
	i := &imported{decl: d, path: path}
	var err error
	i.program = c.around.Programs[path]
	switch err = c.around.Refused[path]; {
	case err != nil:
	case path == c.around.Path:
		err = errors.New("it is this package itself")
	default:
		i.Go, err = c.world.Import(path)
	}
	if err != nil {
		c.badImport(d, path, err)
	}
	if i.Go != nil {
		i.pkg = c.world.pkg(path, i.Go.Name())
	}
	name := localName(d, i)
	switch old := c.imported[c.file][name]; {
	case name == "_" || name == ".":
		c.report(diag.BadImport, d, "an import needs a name to call the package by")
		return
	case old != nil:
		diagnostic := c.report(diag.DuplicateName, d, "%s is imported twice", name)
		label(diagnostic, c.file, old.decl, "first imported here")
		diagnostic.Help = "give one of the packages another name: import other \"" + path + "\""
		return
	}
	c.imported[c.file][name] = i
}

// localName is what a file calls a package that it imports.
func localName(d *dsl.ImportDecl, i *imported) string {
	switch {
	case d.Alias != nil:
		return d.Alias.Name
	case i.Go != nil:
		return i.Go.Name()
	}
	return i.path[strings.LastIndex(i.path, "/")+1:]
}

// badImport says why a package can't be imported.
func (c *checker) badImport(d *dsl.ImportDecl, path string, err error) {
	code := diag.BadImport
	e, ok := errors.AsType[*ImportError](err)
	switch {
	case ok && e.Told:
		return
	case ok && e.Code != "":
		code = e.Code
	}
	diagnostic := c.report(code, d.Path, "can't import %q: %v", path, err)
	if ok && e.Label != nil {
		diagnostic.Labels = append(diagnostic.Labels, *e.Label)
	}
	switch {
	case ok && e.Help != "":
		diagnostic.Help = e.Help
		return
	case ok && e.At.IsValid():
		c.goLabel(diagnostic, e.At, "", "here")
		diagnostic.Help = "make the package build: go build " + path
		return
	}
	first, _, _ := strings.Cut(path, "/")
	if strings.Contains(first, ".") && strings.Contains(err.Error(), "module") {
		diagnostic.Help = "go get " + path + " adds it to the module"
	}
}

// goLabel points a diagnostic at a name in Go.
func (c *checker) goLabel(d *diag.Diagnostic, at token.Pos, name, text string) {
	if c.world.Place == nil || !at.IsValid() {
		return
	}
	if source, span := c.world.Place(at, name); source != nil {
		d.Labels = append(d.Labels, diag.Label{Source: source, Span: span, Text: text})
	}
}

// unusedImports warns of packages that their file doesn't name.
func (c *checker) unusedImports() {
	for _, f := range c.prog.Files {
		if f.Unsound {
			continue
		}
		c.file = f
		for _, d := range f.Decls {
			d, ok := d.(*dsl.ImportDecl)
			if !ok {
				continue
			}
			for name, i := range c.imported[f] {
				if i.decl == d && !i.used && i.Go != nil {
					c.warn(diag.UnusedImport, d, "%s is imported, but nothing uses it", name).Help = "remove the import"
				}
			}
		}
	}
}

// hidesImport reports a name that an imported package has already.
func (c *checker) hidesImport(at *dsl.Ident, file *dsl.File) bool {
	i := c.imported[file][at.Name]
	if i == nil {
		return false
	}
	d := c.report(diag.Shadowed, at, "%s hides the imported package of the same name", at.Name)
	label(d, file, i.decl, "imported here")
	d.Help = "choose another name, or another one for the package: import other \"" + i.path + "\""
	i.used = true
	return true
}

// packageNamed finds an imported package by its name, and reports one that there
// isn't. It is nil also where the package is unsound.
func (c *checker) packageNamed(name *dsl.Ident) *imported {
	if name == nil || name.Name == "" {
		return nil
	}
	i := c.imported[c.file][name.Name]
	if i == nil {
		c.noPackage(name)
		return nil
	}
	i.used = true
	if i.Go == nil {
		return nil // reported where it is imported
	}
	return i
}

func (c *checker) noPackage(name *dsl.Ident) {
	if e := c.scope.lookup(name.Name); e != nil && e.at != nil {
		e.used = true
		d := c.report(diag.WrongType, name, "%s is %s, expected an imported package", name.Name, kindOf(e))
		label(d, e.file, e.at, "declared here")
		return
	}
	d := c.report(diag.UnknownName, name, "no package %s is imported", name.Name)
	var names []string
	for known := range c.imported[c.file] {
		names = append(names, known)
	}
	if near := nearest(name.Name, names); near != "" {
		d.Help = "did you mean " + near + "?"
		c.imported[c.file][near].used = true
		return
	}
	for _, f := range c.prog.Files {
		if i := c.imported[f][name.Name]; i != nil {
			d.Help = "another file imports it; write import \"" + i.path + "\" in this one too"
			return
		}
	}
	d.Help = "import it above the declarations: import \"path/to/" + name.Name + "\""
}

// packageType is the type pkg.T.
func (c *checker) packageType(pkg, name *dsl.Ident) types.Type {
	i := c.packageNamed(pkg)
	if i == nil || name == nil || name.Name == "" {
		return invalid
	}
	if i.program != nil {
		if d := i.program.typeDeclared(name.Name); d != nil {
			t := c.world.view(d, i.pkg)
			c.info.Uses[name] = &TypeName{Type: t}
			return t
		}
	}
	o := i.Go.Scope().Lookup(name.Name)
	t, ok := o.(*gotypes.TypeName)
	if !ok || !o.Exported() {
		c.notAGoType(i, name, o)
		return invalid
	}
	out, err := c.translate.of(t.Type())
	if err != nil {
		d := c.report(diag.BadGoType, name, "%s.%s can't be used in a workflow: %v", pkg.Name, name.Name, err)
		c.goLabel(d, o.Pos(), o.Name(), "declared here")
		d.Help = "write a struct type with exported fields, and turn one into the other in Go"
		return invalid
	}
	if c.closedOffType(name, pkg.Name+"."+name.Name, out) {
		return invalid
	}
	c.info.Uses[name] = &TypeName{Type: out}
	return out
}

// typeDeclared gives the type that is declared by that name, or nil.
func (p *Program) typeDeclared(name string) types.Type {
	for _, s := range p.Structs {
		if s.Type.Name == name {
			return s.Type
		}
	}
	for _, u := range p.Unions {
		if u.Type.Name == name {
			return u.Type
		}
	}
	for _, e := range p.Enums {
		if e.Type.Name == name {
			return e.Type
		}
	}
	return nil
}

func (c *checker) notAGoType(i *imported, name *dsl.Ident, o gotypes.Object) {
	if !token.IsExported(name.Name) {
		c.report(diag.UnknownGoName, name, "%s isn't exported by package %s", name.Name, i.path).Help = "Go exports names that begin with a capital"
		return
	}
	if o != nil {
		c.goLabel(c.report(diag.UnknownGoName, name, "%s is %s, expected a type", name.Name, kindOfGo(o)), o.Pos(), o.Name(), "declared here")
		return
	}
	d := c.report(diag.UnknownGoName, name, "package %s has no type %s", i.path, name.Name)
	c.goSuggestion(d, i.Go, name.Name, func(o gotypes.Object) bool {
		_, ok := o.(*gotypes.TypeName)
		return ok && o.Exported()
	})
}

// goSuggestion names what a Go package declares instead, where it is near.
func (c *checker) goSuggestion(d *diag.Diagnostic, p *gotypes.Package, name string, keep func(gotypes.Object) bool) bool {
	var names []string
	for _, n := range p.Scope().Names() {
		if keep(p.Scope().Lookup(n)) {
			names = append(names, n)
		}
	}
	near := nearest(name, names)
	if near == "" {
		return false
	}
	d.Help = "did you mean " + near + "?"
	c.goLabel(d, p.Scope().Lookup(near).Pos(), near, near+" is declared here")
	return true
}

func kindOfGo(o gotypes.Object) string {
	switch o.(type) {
	case *gotypes.TypeName:
		return "a type"
	case *gotypes.Const:
		return "a constant"
	case *gotypes.Var:
		return "a variable"
	}
	return "a function"
}
