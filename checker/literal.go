package checker

import (
	"strings"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

func (c *checker) listLit(x *dsl.ListLit, hint types.Type) types.Type {
	if l, ok := elemOf(hint).(*types.List); ok {
		for _, e := range x.Elems {
			c.want(e, l.Elem, "the element")
		}
		return l
	}
	if len(x.Elems) > 0 {
		ls := &leaves{c: c}
		for _, e := range x.Elems {
			ls.add(e, func(do func()) { do() })
		}
		var elem types.Type
		if isInvalid(hint) && hint != nil {
			elem = invalid
		}
		return wrap(ls.join(elem, "the element"), listOf)
	}
	switch {
	case hint == nil || types.Is(elemOf(hint), types.Any):
		c.report(diag.NoContext, x, "nothing says of what this is a list").
			Help = "an empty list stands where a list's type is wanted"
	case !isInvalid(hint):
		c.report(diag.WrongType, x, "found an empty list, expected %s", hint)
	}
	return invalid
}

func (c *checker) mapLit(x *dsl.MapLit) types.Type {
	if x.Type == nil {
		return invalid
	}
	t := c.typeOf(x.Type)
	m, ok := t.(*types.Map)
	if !ok {
		m = &types.Map{Key: invalid, Elem: invalid}
	}
	seen := map[string]dsl.Expr{}
	for _, e := range x.Entries {
		switch {
		case e.For != nil:
			c.want(e.For, &types.List{Elem: t}, "the entries")
			continue
		case e.Spread != nil:
			c.want(e.Spread, t, "what is copied")
			continue
		}
		c.key(e.Key, m.Key)
		c.want(e.Value, m.Elem, "the value")
		key := c.constantKey(e.Key)
		if old := seen[key]; old != nil && key != "" {
			label(c.report(diag.DuplicateName, e.Key, "the key %s stands twice", c.text(e.Key)), c.file, old, "first here")
		}
		seen[key] = e.Key
	}
	return t
}

// key checks the key of an entry, of which people leave the quotes out.
func (c *checker) key(x dsl.Expr, t types.Type) {
	before := len(c.diags)
	c.want(x, t, "the key")
	name, bare := x.(*dsl.Ident)
	if !bare || !types.Is(t, types.String) || len(c.diags) == before {
		return
	}
	if d := &c.diags[before]; d.Code == diag.UnknownName && d.Help == "" {
		d.Help = "a key is an expression: write \"" + name.Name + "\" for that text"
	}
}

// constantKey tells constant keys apart; it is empty for one that isn't constant.
func (c *checker) constantKey(x dsl.Expr) string {
	if v := c.info.Consts[x]; v != nil {
		return v.ExactString()
	}
	if s, ok := unparen(x).(*dsl.SelectorExpr); ok && s.Sel != nil {
		if m, ok := c.info.Uses[s.Sel].(*Member); ok {
			return m.Enum.Name + "." + m.Name
		}
	}
	return ""
}

func (c *checker) structLit(x *dsl.StructLit) types.Type {
	t := c.literalType(x)
	if g, ok := t.(*types.Go); ok {
		return c.goLit(x, g)
	}
	s, ok := t.(*types.Struct)
	if !ok {
		if !isInvalid(t) {
			c.report(diag.WrongType, x.Type, "%s isn't a struct", x.Type.Name)
		}
		c.looseFields(x)
		return invalid
	}
	if x.Spread != nil {
		c.want(x.Spread, s, "what is copied")
	}
	given := map[string]*dsl.Ident{}
	for _, f := range x.Fields {
		c.fieldValue(s, f, given)
	}
	if x.Spread == nil {
		c.missing(x.Type, s, given)
	}
	return s
}

func (c *checker) literalType(x *dsl.StructLit) types.Type {
	if x.Package != nil {
		t := c.packageType(x.Package, x.Type)
		if s, ok := t.(*types.Struct); ok && s.Package != nil {
			c.info.Homes[x] = c.around.Programs[s.Package.Path]
		}
		return t
	}
	return c.namedType(x.Type)
}

// looseFields checks the fields of what is no struct.
func (c *checker) looseFields(x *dsl.StructLit) {
	c.infer(x.Spread, invalid)
	for _, f := range x.Fields {
		c.infer(f.Value, invalid)
	}
}

func (c *checker) fieldValue(s *types.Struct, f dsl.FieldValue, given map[string]*dsl.Ident) {
	if f.Name == nil {
		c.infer(f.Value, invalid)
		return
	}
	field := s.Field(f.Name.Name)
	if field == nil {
		c.noField(s, f.Name)
		c.infer(f.Value, invalid)
		return
	}
	if old := given[field.Name]; old != nil {
		label(c.report(diag.DuplicateName, f.Name, "%s is given twice", field.Name), c.file, old, "first here")
	}
	given[field.Name] = f.Name
	c.want(f.Value, field.Type, field.Name)
	if field.Rest {
		c.restValue(s, f.Value)
	}
}

func (c *checker) noField(s *types.Struct, name *dsl.Ident) {
	var names []string
	for _, f := range s.Fields {
		names = append(names, f.Name)
	}
	d := c.report(diag.UnknownField, name, "%s has no field %s", s.Name, name.Name)
	near := nearest(name.Name, names)
	if near == "" {
		if len(names) > 0 && len(names) <= 8 {
			d.Help = "its fields are " + strings.Join(names, ", ")
		}
		return
	}
	d.Help = "did you mean " + near + "?"
	for _, decl := range c.prog.Structs {
		if decl.Type == s {
			label(d, decl.File, fieldIdent(decl, s.Field(near)), "%s is declared here", near)
		}
	}
}

// missing reports the fields that a literal has to give and doesn't.
func (c *checker) missing(at *dsl.Ident, s *types.Struct, given map[string]*dsl.Ident) {
	var names []string
	for _, f := range s.Fields {
		if given[f.Name] == nil && !isOptional(f.Type) && !f.HasDefault && !isInvalid(f.Type) {
			names = append(names, f.Name)
		}
	}
	if len(names) > 0 {
		c.report(diag.MissingField, at, "%s misses %s", s.Name, strings.Join(names, ", ")).
			Help = "a field can be left out where it is optional or has a default"
	}
}
