package checker

import (
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// toNamed checks the conversion of a value to a named Go type: of a constant, of its
// underlying type, or of another number to a number.
func (c *checker) toNamed(x dsl.Expr, to *types.Go) {
	from := types.Under(c.plain(x, to.Under))
	if isInvalid(from) || types.Identical(from, to.Under) || types.IsNumeric(from) && types.IsNumeric(to.Under) {
		return
	}
	c.report(diag.WrongType, x, "%s can't be converted to %s", from, to).Help = "it is " + to.Under.String() + " underneath"
}

// takesNamed lets a constant have the named Go type that is wanted of it, as in Go.
func (c *checker) takesNamed(x dsl.Expr, got, want types.Type) bool {
	g, ok := want.(*types.Go)
	v := c.info.Consts[x]
	if !ok || g.Under == nil || v == nil || !types.Identical(got, g.Under) {
		return false
	}
	for {
		c.info.Types[x] = g
		p, ok := x.(*dsl.ParenExpr)
		if !ok {
			return true
		}
		x = p.X
	}
}

// underOf is what stands for a named Go type where a constant is wanted.
func underOf(t types.Type) types.Type {
	if g, ok := elemOf(t).(*types.Go); ok && g.Under != nil {
		return g.Under
	}
	return t
}

// goField finds a field of a Go struct.
func (c *checker) goField(t *types.Go, name *dsl.Ident) types.Type {
	if f := t.Field(name.Name); f != nil {
		if c.closedOffType(name, t.String()+"."+name.Name, f.Type) {
			return invalid
		}
		return f.Type
	}
	for _, h := range t.Hidden {
		if h.Name == name.Name {
			c.report(diag.BadGoType, name, "%s.%s can't be used in a workflow: %s", t, name.Name, h.Why)
			return invalid
		}
	}
	if !t.Struct {
		c.report(diag.UnknownField, name, "%s has no fields, found .%s", t, name.Name)
		return invalid
	}
	d := c.report(diag.UnknownField, name, "%s has no exported field %s", t, name.Name)
	var names []string
	for _, f := range t.Fields {
		names = append(names, f.Name)
	}
	if near := nearest(name.Name, names); near != "" {
		d.Help = "did you mean " + near + "?"
	} else if len(names) > 0 && len(names) <= 8 {
		d.Help = "its fields are " + list(names)
	}
	return invalid
}

// goLit checks a literal of a Go struct. As in Go, a field that isn't given is zero.
func (c *checker) goLit(x *dsl.StructLit, t *types.Go) types.Type {
	if !t.Struct {
		c.report(diag.WrongType, x.Type, "%s isn't a struct", t)
		c.looseFields(x)
		return invalid
	}
	if x.Spread != nil {
		c.want(x.Spread, t, "what is copied")
	}
	given := map[string]*dsl.Ident{}
	for _, f := range x.Fields {
		if f.Name == nil {
			c.infer(f.Value, invalid)
			continue
		}
		want := c.goField(t, f.Name)
		switch field, old := t.Field(f.Name.Name), given[f.Name.Name]; {
		case field != nil && field.Promoted:
			c.report(diag.UnknownField, f.Name, "%s is a field of a struct that is embedded in %s, and a literal can't give it", f.Name.Name, t).
				Help = "give the embedded struct by its type's name"
		case old != nil:
			label(c.report(diag.DuplicateName, f.Name, "%s is given twice", f.Name.Name), c.file, old, "first here")
		}
		given[f.Name.Name] = f.Name
		c.want(f.Value, want, f.Name.Name)
	}
	return t
}
