package checker

import (
	"go/token"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// packageName finds the name of the package, which all files share.
func (c *checker) packageName(goPackage string) {
	c.prog.Package = goPackage
	var first *dsl.File
	for _, f := range c.prog.Files {
		if f.Package == nil {
			continue
		}
		c.file = f
		name := f.Package.Name
		switch {
		case token.IsKeyword(name) || name == "_":
			c.report(diag.WrongPackage, f.Package, "%s can't be the name of a Go package", name)
			continue
		case goPackage != "" && name != goPackage:
			c.report(diag.WrongPackage, f.Package, "package %s, but the .go files beside it are package %s", name, goPackage).
				Help = "write package " + goPackage
		case goPackage == "" && first != nil && name != first.Package.Name:
			d := c.report(diag.WrongPackage, f.Package, "package %s, but another file beside it is package %s", name, first.Package.Name)
			label(d, first, first.Package, "the other file's package")
			d.Help = "the files of one directory are one package"
		}
		if first == nil {
			first = f
		}
	}
	if first != nil && goPackage == "" {
		c.prog.Package = first.Package.Name
	}
}

// declare enters the names of all declarations, so that they can be used before
// they are written.
func (c *checker) declare() {
	for k := types.Bool; k <= types.Any; k++ {
		t := types.Basics[k]
		c.scope.put(&entry{name: t.String(), obj: &TypeName{Type: t}})
	}
	for _, name := range []string{"byte", "rune"} {
		c.scope.put(&entry{name: name, obj: &TypeName{Type: types.Lookup(name)}})
	}
	for _, t := range types.Predeclared {
		c.scope.put(&entry{name: t.Name, obj: &TypeName{Type: t}})
	}
	for _, name := range builtinNames {
		c.scope.put(&entry{name: name, obj: &Builtin{Name: name}})
	}
	c.scope = newScope(c.scope)
	c.top = c.scope
	c.goNames["Tools"] = goName{what: "the interface of all tools"}
	c.goNames["Workflows"] = goName{what: "the function that gives all workflows"}
	for _, f := range c.prog.Files {
		c.file = f
		for _, d := range f.Decls {
			c.declareOne(d)
		}
	}
	c.besideWorkflows()
	c.besideServers()
	c.ownTypes()
}

func (c *checker) declareOne(d dsl.Decl) {
	switch d := d.(type) {
	case *dsl.TypeDecl:
		t := &types.Struct{Name: named(d.Name), GoName: types.Exported(named(d.Name)), Doc: d.Doc}
		c.prog.Structs = append(c.prog.Structs, &Struct{Type: t, Decl: d, File: c.file})
		c.declareName(d.Name, &TypeName{Type: t}, t.GoName)
	case *dsl.ErrorDecl:
		t := &types.Struct{Name: named(d.Name), GoName: types.Exported(named(d.Name)), Doc: d.Doc, Error: true}
		decl := &dsl.TypeDecl{Span: d.Span, Doc: d.Doc, Name: d.Name, Fields: d.Fields}
		c.prog.Structs = append(c.prog.Structs, &Struct{Type: t, Decl: decl, File: c.file})
		c.declareName(d.Name, &TypeName{Type: t}, t.GoName)
	case *dsl.EventDecl:
		c.declareEvent(d)
	case *dsl.UnionDecl:
		t := &types.Union{Name: named(d.Name), GoName: types.Exported(named(d.Name)), Doc: d.Doc}
		c.prog.Unions = append(c.prog.Unions, &Union{Type: t, Decl: d, File: c.file})
		c.declareName(d.Name, &TypeName{Type: t}, t.GoName)
	case *dsl.ConstDecl:
		o := &Const{Name: named(d.Name), Decl: d, File: c.file}
		c.prog.Consts = append(c.prog.Consts, o)
		c.declareName(d.Name, o, "")
	case *dsl.PolicyDecl:
		o := &Policy{Name: named(d.Name), Decl: d, File: c.file}
		c.prog.Policies = append(c.prog.Policies, o)
		c.declareName(d.Name, o, "")
	case *dsl.EnumDecl:
		t := &types.Enum{Name: named(d.Name), GoName: types.Exported(named(d.Name)), Doc: d.Doc}
		c.prog.Enums = append(c.prog.Enums, &Enum{Type: t, Decl: d, File: c.file})
		c.declareName(d.Name, &TypeName{Type: t}, t.GoName)
		c.members(t, d)
	case *dsl.ToolDecl:
		t := &Tool{Name: named(d.Name), GoName: types.Exported(named(d.Name)), Result: nothing, Decl: d, File: c.file}
		c.prog.Tools = append(c.prog.Tools, t)
		c.declareName(d.Name, t, "")
	case *dsl.FuncDecl:
		f := &Func{Name: named(d.Name), GoName: named(d.Name), Result: invalid, Decl: d, File: c.file}
		c.prog.Funcs = append(c.prog.Funcs, f)
		goName := f.GoName
		if d.Go != nil {
			goName = "" // nothing is generated for it
		}
		c.declareName(d.Name, f, goName)
	case *dsl.ModelDecl:
		m := &Model{Name: named(d.Name), GoName: types.Exported(named(d.Name)), Decl: d, File: c.file}
		c.prog.Models = append(c.prog.Models, m)
		c.declareName(d.Name, m, "")
	case *dsl.AgentDecl:
		decl := &dsl.WorkflowDecl{Span: d.Span, Doc: d.Doc, Name: d.Name, Params: d.Params, Result: d.Result}
		w := &Workflow{
			Version: 1, Name: named(d.Name), GoName: types.Exported(named(d.Name)), Result: nothing,
			Agent: &Agent{Decl: d}, Decl: decl, File: c.file,
		}
		c.prog.Workflows = append(c.prog.Workflows, w)
		c.declareName(d.Name, w, w.GoName)
	case *dsl.WorkflowDecl:
		w := &Workflow{Version: 1, Name: named(d.Name), GoName: types.Exported(named(d.Name)), Result: nothing, Decl: d, File: c.file}
		c.prog.Workflows = append(c.prog.Workflows, w)
		c.declareName(d.Name, w, w.GoName)
	}
}

func named(id *dsl.Ident) string {
	if id == nil {
		return ""
	}
	return id.Name
}

// declareName enters a declaration. Tools have no name in the Go package.
func (c *checker) declareName(at *dsl.Ident, obj Object, goName string) {
	if at == nil || at.Name == "" {
		return
	}
	c.info.Defs[at] = obj
	if at.Name == "decode" {
		c.report(diag.DuplicateName, at, "decode is the language's own, and takes a type: choose another name")
		return
	}
	if at.Name == "_" {
		c.report(diag.GoNameClash, at, "_ can't be the name of a declaration")
		return
	}
	entered := c.enter(&entry{name: at.Name, obj: obj, file: c.file, at: at})
	if _, workflow := obj.(*Workflow); entered && (goName != "" || workflow || isType(obj)) {
		c.takeGoName(goName, at, at.Name)
	}
}

func (c *checker) members(t *types.Enum, d *dsl.EnumDecl) {
	seen := map[string]*dsl.Ident{}
	for _, m := range d.Members {
		if m == nil {
			continue
		}
		switch old := seen[m.Name]; {
		case old != nil:
			d := c.report(diag.DuplicateName, m, "%s has two members %s", t.Name, m.Name)
			label(d, c.file, old, "first declared here")
			continue
		case m.Name == "_":
			c.report(diag.GoNameClash, m, "_ can't be the name of a member")
			continue
		}
		seen[m.Name] = m
		t.Members = append(t.Members, m.Name)
		c.info.Defs[m] = &Member{Enum: t, Name: m.Name}
		c.takeGoName(t.GoMember(m.Name), m, t.Name+"."+m.Name)
	}
	if len(d.Members) == 0 && d.Name != nil {
		c.report(diag.BadTypeUse, d.Name, "enum %s has no members", t.Name)
	}
}
