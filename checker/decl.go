package checker

import (
	"go/token"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// A goName is a declaration's name in Go and where it comes from.
type goName struct {
	file *dsl.File
	at   *dsl.Ident
	what string
}

// packageName finds the name of the package, which all files share.
func (c *checker) packageName(goPackage string) {
	var first *dsl.File
	for _, f := range c.prog.Files {
		c.file = f
		switch {
		case f.Package == nil:
		case token.IsKeyword(f.Package.Name) || f.Package.Name == "_":
			c.report(diag.WrongPackage, f.Package, "%s can't be the name of a Go package", f.Package.Name)
		case goPackage != "" && f.Package.Name != goPackage:
			c.report(diag.WrongPackage, f.Package, "package %s, but the .go files beside it are package %s", f.Package.Name, goPackage).
				Help = "write package " + goPackage
		case first != nil && f.Package.Name != first.Package.Name:
			d := c.report(diag.WrongPackage, f.Package, "package %s, but another file of the folder is package %s", f.Package.Name, first.Package.Name)
			label(d, first, first.Package, "the other name")
		}
		if first == nil && f.Package != nil {
			first = f
			c.prog.Package = f.Package.Name
		}
	}
}

// declare enters the names of all declarations, so that they can be used before
// they are written.
func (c *checker) declare() {
	for k := types.Bool; k <= types.Any; k++ {
		t := types.Basics[k]
		c.predeclare(t.String(), &TypeName{Type: t})
	}
	c.predeclare("byte", &TypeName{Type: types.Lookup("byte")})
	c.predeclare("rune", &TypeName{Type: types.Lookup("rune")})
	for _, name := range builtinNames {
		if c.scope.names[name] == nil {
			c.predeclare(name, &Builtin{Name: name})
		}
	}
	c.scope = newScope(c.scope)
	c.goNames["Tools"] = goName{what: "the interface of all tools"}
	for _, f := range c.prog.Files {
		c.file = f
		for _, d := range f.Decls {
			c.declareOne(d)
		}
	}
}

func (c *checker) predeclare(name string, obj Object) {
	e := &entry{name: name, obj: obj}
	c.scope.names[name] = e
	c.scope.order = append(c.scope.order, e)
}

func (c *checker) declareOne(d dsl.Decl) {
	switch d := d.(type) {
	case *dsl.TypeDecl:
		t := &types.Struct{Name: named(d.Name), GoName: types.Exported(named(d.Name)), Doc: d.Doc}
		c.prog.Structs = append(c.prog.Structs, &Struct{Type: t, Decl: d, File: c.file})
		c.declareName(d.Name, &TypeName{Type: t}, t.GoName)
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
		c.declareName(d.Name, f, f.GoName)
	case *dsl.WorkflowDecl:
		w := &Workflow{Name: named(d.Name), GoName: types.Exported(named(d.Name)), Result: nothing, Decl: d, File: c.file}
		c.prog.Workflows = append(c.prog.Workflows, w)
		c.declareName(d.Name, w, w.GoName)
		if d.Name != nil {
			c.takeGoName(w.GoName+"Tools", d.Name, "the tools of workflow "+w.Name)
		}
	}
}

func named(id *dsl.Ident) string {
	if id == nil {
		return ""
	}
	return id.Name
}

func (c *checker) declareName(at *dsl.Ident, obj Object, goName string) {
	if at == nil || at.Name == "" {
		return
	}
	c.info.Defs[at] = obj
	before := len(c.diags)
	c.enter(&entry{name: at.Name, obj: obj, file: c.file, at: at})
	if len(c.diags) == before && goName != "" {
		c.takeGoName(goName, at, at.Name)
	}
}

// takeGoName reserves a name in the Go package.
func (c *checker) takeGoName(name string, at *dsl.Ident, what string) {
	if token.IsKeyword(name) || name == "init" || name == "main" || name == "_" || name == "" {
		c.report(diag.GoNameClash, at, "%s can't be the name of %s in Go", name, what).Help = "take another name"
		return
	}
	if old, ok := c.goNames[name]; ok {
		d := c.report(diag.GoNameClash, at, "%s is %s in Go, and so is %s", what, name, old.what)
		label(d, old.file, old.at, "the other one")
		d.Help = "take another name"
		return
	}
	c.goNames[name] = goName{c.file, at, what}
}

func (c *checker) members(t *types.Enum, d *dsl.EnumDecl) {
	seen := map[string]*dsl.Ident{}
	for _, m := range d.Members {
		if m == nil {
			continue
		}
		if old := seen[m.Name]; old != nil {
			label(c.report(diag.DuplicateName, m, "%s has two members %s", t.Name, m.Name), c.file, old, "first declared here")
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

// resolve finds the types of fields, parameters and results.
func (c *checker) resolve() {
	for _, s := range c.prog.Structs {
		c.file = s.File
		c.fields(s)
	}
	for _, s := range c.prog.Structs {
		c.file = s.File
		c.recursive(s)
	}
	toolNames := map[string]*Tool{}
	for _, t := range c.prog.Tools {
		c.file = t.File
		t.Params = c.params(t.Decl.Params)
		t.Result = c.result(t.Decl.Result)
		c.toolEffect(t)
		if old := toolNames[t.GoName]; old != nil && t.Decl.Name != nil && old.Name != t.Name {
			label(c.report(diag.GoNameClash, t.Decl.Name, "%s is %s in Go, and so is %s", t.Name, t.GoName, old.Name), old.File, old.Decl.Name, "the other one")
		}
		toolNames[t.GoName] = t
	}
	for _, f := range c.prog.Funcs {
		c.file = f.File
		f.Params = c.params(f.Decl.Params)
		if f.Decl.Result != nil {
			f.Result = c.typeOf(f.Decl.Result)
		}
	}
	for _, w := range c.prog.Workflows {
		c.file = w.File
		w.Params = c.params(w.Decl.Params)
		w.Result = c.result(w.Decl.Result)
	}
}

func (c *checker) result(t dsl.TypeExpr) types.Type {
	if t == nil {
		return nothing
	}
	return c.typeOf(t)
}

// params makes the variables of parameters, whose names differ.
func (c *checker) params(ps []*dsl.Param) []*Var {
	var out []*Var
	seen := map[string]*dsl.Ident{}
	for _, p := range ps {
		if p.Name == nil {
			continue
		}
		v := &Var{Name: p.Name.Name, Type: c.typeOf(p.Type), Ident: p.Name}
		if old := seen[v.Name]; old != nil {
			label(c.report(diag.DuplicateName, p.Name, "two parameters %s", v.Name), c.file, old, "first declared here")
		}
		seen[v.Name] = p.Name
		c.info.Defs[p.Name] = v
		out = append(out, v)
	}
	return out
}

func (c *checker) fields(s *Struct) {
	seen, goSeen := map[string]*dsl.Ident{}, map[string]*dsl.Ident{}
	for _, f := range s.Decl.Fields {
		if f.Name == nil {
			continue
		}
		name := f.Name.Name
		field := &types.Field{
			Name: name, GoName: types.Exported(name), Doc: f.Doc, Type: c.typeOf(f.Type),
			HasDefault: f.Default != nil, HasWhere: f.Where != nil,
		}
		v := &Var{Name: name, Type: field.Type, Ident: f.Name}
		switch {
		case seen[name] != nil:
			label(c.report(diag.DuplicateName, f.Name, "%s has two fields %s", s.Type.Name, name), c.file, seen[name], "first declared here")
			continue
		case goSeen[field.GoName] != nil:
			label(c.report(diag.GoNameClash, f.Name, "%s is %s in Go, and so is another field", name, field.GoName), c.file, goSeen[field.GoName], "the other one")
			continue
		}
		seen[name], goSeen[field.GoName] = f.Name, f.Name
		c.info.Defs[f.Name] = v
		s.Type.Fields = append(s.Type.Fields, field)
		s.Vars = append(s.Vars, v)
	}
}

// recursive reports a struct that would hold itself: its size has no end.
func (c *checker) recursive(s *Struct) {
	var chain []*types.Struct
	var visit func(t types.Type) bool
	visit = func(t types.Type) bool {
		inner, ok := t.(*types.Struct)
		if !ok {
			return false
		}
		if inner == s.Type && len(chain) > 0 {
			return true
		}
		for _, seen := range chain {
			if seen == inner {
				return false
			}
		}
		chain = append(chain, inner)
		for _, f := range inner.Fields {
			if visit(f.Type) {
				return true
			}
		}
		chain = chain[:len(chain)-1]
		return false
	}
	if s.Decl.Name == nil || !visit(s.Type) {
		return
	}
	text := ""
	for _, t := range chain {
		text += t.Name + " -> "
	}
	c.report(diag.BadTypeUse, s.Decl.Name, "type %s holds itself: %s%s", s.Type.Name, text, s.Type.Name).
		Help = "make a field on the way optional with ?, or a list"
}

func (c *checker) toolEffect(t *Tool) {
	for _, cl := range t.Decl.Clauses {
		if e, ok := cl.(*dsl.EffectClause); ok {
			t.Readonly = t.Readonly || e.Readonly
			t.Idempotent = t.Idempotent || !e.Readonly
		}
	}
}

// typeOf is the type that a type expression means.
func (c *checker) typeOf(x dsl.TypeExpr) types.Type {
	if x == nil {
		return invalid
	}
	t := c.typeExpr(x)
	c.info.TypeExprs[x] = t
	return t
}

func (c *checker) typeExpr(x dsl.TypeExpr) types.Type {
	switch x := x.(type) {
	case *dsl.NamedType:
		return c.namedType(x.Name)
	case *dsl.ListType:
		return wrap(c.typeOf(x.Elem), func(t types.Type) types.Type { return &types.List{Elem: t} })
	case *dsl.OptionalType:
		elem := c.typeOf(x.Elem)
		if _, twice := elem.(*types.Optional); twice {
			c.report(diag.BadTypeUse, x, "%s? is optional twice", elem).Help = "one ? is enough"
			return elem
		}
		return wrap(elem, func(t types.Type) types.Type { return &types.Optional{Elem: t} })
	case *dsl.MapType:
		key, elem := c.typeOf(x.Key), c.typeOf(x.Elem)
		if isInvalid(key) || isInvalid(elem) {
			return invalid
		}
		if !types.IsMapKey(key) {
			c.report(diag.BadTypeUse, x.Key, "a map's key can't be %s", key).Help = "keys are strings, integers, bools and enums"
			return invalid
		}
		return &types.Map{Key: key, Elem: elem}
	}
	return invalid
}

func wrap(t types.Type, in func(types.Type) types.Type) types.Type {
	if isInvalid(t) {
		return invalid
	}
	return in(t)
}

func (c *checker) namedType(name *dsl.Ident) types.Type {
	if name == nil || name.Name == "" {
		return invalid
	}
	e := c.scope.lookup(name.Name)
	if e != nil {
		if t, ok := e.obj.(*TypeName); ok {
			e.used = true
			c.info.Uses[name] = t
			return t.Type
		}
		if !isBuiltin(e.obj) {
			d := c.report(diag.UnknownName, name, "%s isn't a type", name.Name)
			label(d, e.file, e.at, "declared here")
			return invalid
		}
	}
	d := c.report(diag.UnknownName, name, "unknown type %s", name.Name)
	if near := nearest(name.Name, c.typeNames()); near != "" {
		d.Help = "did you mean " + near + "?"
	}
	return invalid
}

func (c *checker) typeNames() []string {
	var names []string
	for s := c.scope; s != nil; s = s.parent {
		for _, e := range s.order {
			if _, ok := e.obj.(*TypeName); ok {
				names = append(names, e.name)
			}
		}
	}
	return names
}
