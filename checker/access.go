package checker

import (
	"go/constant"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// selector checks X.Sel and X?.Sel.
func (c *checker) selector(x *dsl.SelectorExpr) types.Type {
	t, skips := c.chain(x)
	if skips {
		if _, optional := t.(*types.Optional); !optional && !isInvalid(t) {
			t = &types.Optional{Elem: t}
		}
	}
	return c.narrowed(x, t)
}

// chain finds the type at the end of a path; skips tells that the path goes
// through ?., so that all of it may be skipped.
func (c *checker) chain(x *dsl.SelectorExpr) (t types.Type, skips bool) {
	if x.Sel == nil {
		return invalid, false
	}
	if t, ok := c.special(x); ok {
		return t, false
	}
	base, skips := c.base(x)
	o, optional := base.(*types.Optional)
	switch {
	case isInvalid(base):
		return invalid, false
	case optional && x.Optional:
		base, skips = o.Elem, true
	case optional:
		d := c.report(diag.MaybeNone, x.X, "%s may be none", c.text(x.X))
		d.Help = "write " + c.text(x.X) + "?." + x.Sel.Name + ", or ask if " + c.text(x.X) + " != none first"
		return invalid, false
	case x.Optional && !skips:
		c.report(diag.WrongType, x.X, "%s is never none", c.text(x.X)).Help = "write . for ?."
	}
	return c.fieldOf(base, x.Sel), skips
}

// base finds the type before the last dot of a path.
func (c *checker) base(x *dsl.SelectorExpr) (t types.Type, skips bool) {
	if inner, ok := x.X.(*dsl.SelectorExpr); ok {
		if _, special := c.isSpecial(inner); !special {
			t, skips = c.chain(inner)
			if !x.Optional {
				t = c.narrowed(inner, t)
			}
			c.info.Types[inner] = t
			return t, skips
		}
	}
	if x.Optional {
		return c.raw(x.X, nil), false
	}
	return c.value(x.X, nil), false
}

// isSpecial tells whether a path is none: an enum's member, or a fact of the
// execution.
func (c *checker) isSpecial(x *dsl.SelectorExpr) (Object, bool) {
	id, ok := x.X.(*dsl.Ident)
	if !ok {
		return nil, false
	}
	e := c.scope.lookup(id.Name)
	if e == nil {
		return nil, false
	}
	switch o := e.obj.(type) {
	case *TypeName:
		return o, true
	case *Builtin:
		return o, o.Name == "run"
	}
	return nil, false
}

func (c *checker) special(x *dsl.SelectorExpr) (types.Type, bool) {
	o, ok := c.isSpecial(x)
	if !ok {
		return nil, false
	}
	id := x.X.(*dsl.Ident)
	c.scope.lookup(id.Name).used = true
	c.info.Uses[id] = o
	t, isType := o.(*TypeName)
	if !isType {
		return c.runField(x), true
	}
	e, isEnum := t.Type.(*types.Enum)
	if !isEnum {
		c.report(diag.WrongType, id, "%s is a type, expected a value", id.Name)
		return invalid, true
	}
	c.member(e, x.Sel)
	return e, true
}

func (c *checker) runField(x *dsl.SelectorExpr) types.Type {
	if c.in.decl == nil || c.in.pure == pureFunc {
		c.report(diag.ImpureHere, x, "run.%s in %s", x.Sel.Name, orElse(c.in.pure, "a declaration")).
			Help = "pass it as an argument"
	}
	switch x.Sel.Name {
	case "id":
		return basic(types.String)
	case "started":
		return basic(types.Time)
	}
	c.report(diag.UnknownField, x.Sel, "run has no field %s", x.Sel.Name).Help = "there are run.id and run.started"
	return invalid
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// member checks the name of an enum's member.
func (c *checker) member(e *types.Enum, name *dsl.Ident) bool {
	if e.Has(name.Name) {
		c.info.Uses[name] = &Member{Enum: e, Name: name.Name}
		return true
	}
	d := c.report(diag.UnknownName, name, "%s has no member %s", e.Name, name.Name)
	if near := nearest(name.Name, e.Members); near != "" {
		d.Help = "did you mean " + near + "?"
	}
	return false
}

func (c *checker) fieldOf(t types.Type, name *dsl.Ident) types.Type {
	switch t := t.(type) {
	case *types.Struct:
		if f := t.Field(name.Name); f != nil {
			return f.Type
		}
		c.noField(t, name)
		return invalid
	case *types.Basic:
		if t.Kind == types.Failure {
			return c.failureField(name)
		}
	}
	c.report(diag.UnknownField, name, "%s has no fields, found .%s", t, name.Name)
	return invalid
}

func (c *checker) failureField(name *dsl.Ident) types.Type {
	if name.Name != "message" && name.Name != "step" {
		c.report(diag.UnknownField, name, "an error has no field %s", name.Name).Help = "there are message and step"
		return invalid
	}
	return basic(types.String)
}

func (c *checker) index(x *dsl.IndexExpr) types.Type {
	switch t := c.plain(x.X, "what is indexed").(type) {
	case *types.List:
		c.indexValue(x.Index)
		return t.Elem
	case *types.Map:
		c.want(x.Index, t.Key, "the key")
		if o, ok := t.Elem.(*types.Optional); ok {
			return o
		}
		return &types.Optional{Elem: t.Elem}
	default:
		c.infer(x.Index, basic(types.Int))
		if types.Is(t, types.String) {
			c.indexValue(x.Index)
			return basic(types.Uint8)
		}
		if !isInvalid(t) {
			c.report(diag.WrongType, x.X, "%s can't be indexed", t).Help = "lists, maps and strings can"
		}
	}
	return invalid
}

// indexValue checks an index or bound: an int, and not a negative constant.
func (c *checker) indexValue(x dsl.Expr) {
	if x == nil {
		return
	}
	c.want(x, basic(types.Int), "the index")
	if v := c.info.Consts[x]; v != nil && constant.Sign(v) < 0 {
		c.report(diag.BadConstant, x, "the index %s is negative", c.text(x)).Help = "count from the end with len(…), or use last(…)"
	}
}

func (c *checker) slice(x *dsl.SliceExpr) types.Type {
	t := c.plain(x.X, "what is sliced")
	c.indexValue(x.Lo)
	c.indexValue(x.Hi)
	if _, list := t.(*types.List); !list && !types.Is(t, types.String) && !isInvalid(t) {
		c.report(diag.WrongType, x.X, "%s can't be sliced", t).Help = "lists and strings can"
		return invalid
	}
	return t
}
