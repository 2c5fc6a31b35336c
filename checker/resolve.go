package checker

import (
	"slices"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// resolve finds the types of fields, parameters and results.
func (c *checker) resolve() {
	for _, s := range c.prog.Structs {
		c.file = s.File
		c.fields(s)
	}
	for _, u := range c.prog.Unions {
		c.file = u.File
		c.unionMembers(u)
	}
	c.recursiveStructs()
	for _, e := range c.prog.Events {
		c.file = e.File
		c.event(e)
	}
	c.toolNames()
	c.modelNames()
	for _, t := range c.prog.Tools {
		c.file = t.File
		c.toolSignature(t)
		c.toolEffect(t)
	}
	for _, f := range c.prog.Funcs {
		c.file = f.File
		c.funcSignature(f)
	}
	for _, w := range c.prog.Workflows {
		c.file = w.File
		w.Params, w.Result = c.params(w.Decl.Params), c.result(w.Decl.Result)
	}
}

func (c *checker) result(t dsl.TypeExpr) types.Type {
	if t == nil {
		return nothing
	}
	return c.typeOf(t)
}

// unionMembers finds the members of a union: declared struct types, each once.
func (c *checker) unionMembers(u *Union) {
	seen := map[*types.Struct]*dsl.Ident{}
	for _, m := range u.Decl.Members {
		t := c.namedType(m)
		s, ok := t.(*types.Struct)
		switch old := seen[s]; {
		case isInvalid(t):
			c.loose[u.Type] = true
		case !ok || s.Error:
			c.report(diag.BadTypeUse, m, "%s can't be a member of a union, whose members are struct types", m.Name).
				Help = "wrap it: type Name { value " + m.Name + " }"
		case old != nil:
			label(c.report(diag.DuplicateName, m, "%s is a member of %s already", m.Name, u.Type.Name), c.file, old, "first here")
		default:
			if slices.ContainsFunc(s.Fields, func(f *types.Field) bool { return f.Key() == "type" }) {
				c.report(diag.BadTypeUse, m, "%s has a field type, which in JSON tells the members of a union apart", m.Name).
					Help = "rename the field"
			}
			seen[s] = m
			s.Member = true
			u.Type.Members = append(u.Type.Members, s)
		}
	}
}

// params makes the variables of parameters, whose names differ.
func (c *checker) params(ps []*dsl.Param) []*Var {
	var out []*Var
	seen := map[string]*dsl.Ident{}
	for _, p := range ps {
		if p == nil || p.Name == nil {
			continue
		}
		v := &Var{Name: p.Name.Name, Type: c.typeOf(p.Type), Ident: p.Name}
		switch old := seen[v.Name]; {
		case v.Name == "_":
			c.report(diag.GoNameClash, p.Name, "a parameter needs a name, found _")
		case old != nil:
			label(c.report(diag.DuplicateName, p.Name, "two parameters %s", v.Name), c.file, old, "first declared here")
		}
		seen[v.Name] = p.Name
		c.info.Defs[p.Name] = v
		out = append(out, v)
	}
	return out
}

func (c *checker) fields(s *Struct) {
	seen, goSeen, keys := map[string]*dsl.Ident{}, map[string]*dsl.Ident{}, map[string]*dsl.Field{}
	for _, f := range s.Decl.Fields {
		if f == nil || f.Name == nil {
			continue
		}
		name := f.Name.Name
		t := c.typeOf(f.Type)
		if old := seen[name]; old != nil {
			label(c.report(diag.DuplicateName, f.Name, "%s has two fields %s", s.Type.Name, name), c.file, old, "first declared here")
			continue
		}
		seen[name] = f.Name
		if f.Rest {
			c.addField(s, f, t, "", goSeen)
			c.restField(s, f, s.Type.Fields[len(s.Type.Fields)-1])
			continue
		}
		key := c.jsonName(f)
		if old := keys[orElse(key, name)]; old != nil {
			c.oneKey(s, f, old)
		}
		keys[orElse(key, name)] = f
		c.addField(s, f, t, key, goSeen)
	}
}

// addField adds a field to a struct. The key is its name in JSON where that is another.
func (c *checker) addField(s *Struct, f *dsl.Field, t types.Type, key string, goSeen map[string]*dsl.Ident) {
	name := f.Name.Name
	c.fieldGoName(f.Name, goSeen)
	if s.Type.Error && types.Exported(name) == "Error" {
		c.report(diag.GoNameClash, f.Name, "%s is Error in Go, and so is the method that makes %s an error", name, s.Type.Name).
			Help = "choose another name"
	}
	v := &Var{Name: name, Type: t, Ident: f.Name}
	c.info.Defs[f.Name] = v
	s.Vars = append(s.Vars, v)
	s.Type.Fields = append(s.Type.Fields, &types.Field{
		Name: name, JSON: key, GoName: types.Exported(name), Doc: f.Doc, Type: t,
		HasDefault: f.Default != nil, HasWhere: f.Where != nil,
	})
}

// recursiveStructs reports structs that would hold themselves: their size has no
// end. Each ring of them is reported once.
func (c *checker) recursiveStructs() {
	decls := map[types.Type]*Struct{}
	for _, s := range c.prog.Structs {
		decls[s.Type] = s
	}
	done := map[*types.Struct]bool{}
	var way []*types.Field
	var on []*types.Struct
	var visit func(t *types.Struct)
	visit = func(t *types.Struct) {
		if i := slices.Index(on, t); i >= 0 {
			c.endless(on[i:], way[i:], decls)
			return
		}
		if done[t] {
			return
		}
		on = append(on, t)
		for _, f := range t.Fields {
			if inner, ok := f.Type.(*types.Struct); ok {
				way = append(way, f)
				visit(inner)
				way = way[:len(way)-1]
			}
		}
		on = on[:len(on)-1]
		done[t] = true
	}
	for _, s := range c.prog.Structs {
		visit(s.Type)
	}
}

// endless reports a ring of structs, each holding the next by a field, and takes
// it apart: what comes later would find no end of them.
func (c *checker) endless(ring []*types.Struct, way []*types.Field, decls map[types.Type]*Struct) {
	text := ""
	for _, t := range ring {
		text += t.Name + " -> "
	}
	c.file = decls[ring[0]].File
	d := c.report(diag.BadTypeUse, fieldIdent(decls[ring[0]], way[0]), "type %s holds itself: %s%s", ring[0].Name, text, ring[0].Name)
	d.Help = "make a field on the way optional with ?, or a list"
	for i, t := range ring[1:] {
		s := decls[t]
		label(d, s.File, fieldIdent(s, way[i+1]), "%s holds %s by this field", t.Name, way[i+1].Type)
	}
	way[len(way)-1].Type = invalid
}

func fieldIdent(s *Struct, f *types.Field) *dsl.Ident {
	for _, v := range s.Vars {
		if v.Name == f.Name {
			return v.Ident
		}
	}
	return s.Decl.Name
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
	t := c.shallow(x, c.typeExpr(x))
	c.info.TypeExprs[x] = t
	return t
}

// maxTypeDepth is how many lists, maps and optionals a type may be of. Go's own compiler
// gives up on its generic functions at a hundred.
const maxTypeDepth = 50

// shallow reports a type that is nested too deep for Go, and is the type where it isn't.
func (c *checker) shallow(x dsl.Node, t types.Type) types.Type {
	if typeDepth(t) <= maxTypeDepth {
		return t
	}
	c.report(diag.NestedTooDeep, x, "a type is nested more than %d deep", maxTypeDepth).
		Help = "declare a struct type for a part of it"
	return invalid
}

func typeDepth(t types.Type) int {
	switch t := t.(type) {
	case *types.List:
		return 1 + typeDepth(t.Elem)
	case *types.Optional:
		return 1 + typeDepth(t.Elem)
	case *types.Map:
		return 1 + typeDepth(t.Elem)
	}
	return 0
}

func (c *checker) typeExpr(x dsl.TypeExpr) types.Type {
	//sumtype:exhaustive
	switch x := x.(type) {
	case *dsl.NamedType:
		if x.Package != nil {
			return c.packageType(x.Package, x.Name)
		}
		return c.namedType(x.Name)
	case *dsl.ListType:
		return wrap(c.typeOf(x.Elem), listOf)
	case *dsl.OptionalType:
		elem := c.typeOf(x.Elem)
		if isOptional(elem) {
			c.report(diag.BadTypeUse, x, "%s is optional already", elem).Help = "one ? is enough"
			return elem
		}
		return wrap(elem, optionalOf)
	case *dsl.MapType:
		return c.mapType(x)
	}
	return invalid
}

func (c *checker) mapType(x *dsl.MapType) types.Type {
	key, elem := c.typeOf(x.Key), c.typeOf(x.Elem)
	if isInvalid(key) || isInvalid(elem) {
		return invalid
	}
	if !types.IsMapKey(key) {
		c.report(diag.BadTypeUse, x.Key, "a map's key can't be %s", key).Help = mapKeys
		return invalid
	}
	return &types.Map{Key: key, Elem: elem}
}

func (c *checker) namedType(name *dsl.Ident) types.Type {
	if name == nil || name.Name == "" {
		return invalid
	}
	e := c.typeEntry(name.Name)
	if e == nil {
		c.notAType(name)
		return invalid
	}
	e.used = true
	c.info.Uses[name] = e.obj
	return e.obj.(*TypeName).Type
}

// typeEntry finds a type by its name. A value of the same name doesn't hide it:
// where a type stands nothing else can be meant.
func (c *checker) typeEntry(name string) *entry {
	for s := c.scope; s != nil; s = s.parent {
		if e := s.names[name]; e != nil && isType(e.obj) {
			return e
		}
	}
	return nil
}

// goTypes are Go's types that aren't the language's, with what to write.
var goTypes = map[string]string{
	"error": "a workflow fails by itself; it gives no error", "uintptr": "use uint64", "complex64": "use two float64",
	"complex128": "use two float64", "float": "write float64", "double": "write float64", "str": "write string",
	"String": "write string", "boolean": "write bool", "integer": "write int", "long": "write int64", "object": "write any",
}

func (c *checker) notAType(name *dsl.Ident) {
	if e := c.scope.lookup(name.Name); e != nil && e.at != nil {
		d := c.report(diag.WrongType, name, "%s is %s, expected a type", name.Name, kindOf(e))
		label(d, e.file, e.at, "declared here")
		return
	}
	d := c.report(diag.UnknownName, name, "unknown type %s", name.Name)
	if help := goTypes[name.Name]; help != "" {
		d.Help = help
	} else if near := nearest(name.Name, c.scope.all(isType)); near != "" {
		d.Help = "did you mean " + near + "?"
		if e := c.typeEntry(near); e != nil {
			label(d, e.file, e.at, "%s is declared here", near)
		}
	}
}
