package checker

import (
	"go/constant"
	"go/token"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// selector checks X.Sel and X?.Sel.
func (c *checker) selector(x *dsl.SelectorExpr, hint types.Type) types.Type {
	if x.Sel == nil {
		c.infer(x.X, invalid)
		return invalid
	}
	if o := c.special(x); o != nil {
		return c.specialField(x, o)
	}
	return c.narrowed(x, c.access(x), hint)
}

// access finds the type of a path: fields, indexes and slices of one base. Where
// it goes through ?., all of it may be skipped.
func (c *checker) access(x dsl.Expr) types.Type {
	t, skips := c.link(x)
	if skips && !isOptional(t) {
		return wrap(t, optionalOf)
	}
	return t
}

// link finds the type at the end of a path where nothing is skipped; skips tells
// that something may be.
func (c *checker) link(x dsl.Expr) (t types.Type, skips bool) {
	switch x := x.(type) {
	case *dsl.SelectorExpr:
		base, skips := c.base(x.X, x.Optional)
		return c.field(x, base), skips || x.Optional && isOptional(base)
	case *dsl.IndexExpr:
		base, skips := c.base(x.X, false)
		if isAny(elemOf(base)) {
			return c.partOfAny(x, elemOf(base)), skips
		}
		return c.index(x, c.present(x.X, base, "")), skips
	case *dsl.SliceExpr:
		base, skips := c.base(x.X, false)
		return c.slice(x, c.present(x.X, base, "")), skips
	}
	return c.value(x, nil), false
}

// base finds the type of what stands before the last link of a path. Before ?. it
// is the declared one.
func (c *checker) base(x dsl.Expr, declared bool) (t types.Type, skips bool) {
	if c.isLink(x) {
		t, skips = c.link(x)
		if !declared {
			t = c.narrowed(x, t, nil)
		}
		c.info.Types[x] = t
		return t, skips
	}
	if declared {
		return c.raw(x, nil), false
	}
	return c.value(x, nil), false
}

func (c *checker) isLink(x dsl.Expr) bool {
	switch x := x.(type) {
	case *dsl.SelectorExpr:
		return x.Sel != nil && c.special(x) == nil
	case *dsl.IndexExpr, *dsl.SliceExpr:
		return true
	}
	return false
}

// present gives the type of an operand that must not be none.
func (c *checker) present(x dsl.Expr, t types.Type, field string) types.Type {
	if !isOptional(t) {
		return t
	}
	text := c.text(x)
	d := c.report(diag.MaybeNone, x, "%s may be none", text)
	if field != "" {
		d.Help = "write " + text + "?." + field
	} else {
		d.Help = "give a default with ??"
	}
	if _, ok := c.pathOf(x); ok {
		d.Help += ", or ask before if " + text + " != none"
	}
	return invalid
}

func (c *checker) field(x *dsl.SelectorExpr, base types.Type) types.Type {
	switch {
	case isOptional(base) && isAny(elemOf(base)): // what isn't there has nothing in it
	case !x.Optional:
		base = c.present(x.X, base, x.Sel.Name)
	case !isOptional(base) && !isInvalid(base):
		c.report(diag.WrongType, x.X, "%s is never none", c.text(x.X)).Help = "write . for ?."
	}
	return c.fieldOf(elemOf(base), x.Sel)
}

func (c *checker) fieldOf(t types.Type, name *dsl.Ident) types.Type {
	switch t := t.(type) {
	case *types.Struct:
		if f := t.Field(name.Name); f != nil {
			return f.Type
		}
		c.noField(t, name)
		return invalid
	case *types.Go:
		return c.goField(t, name)
	case *types.Basic:
		switch {
		case isInvalid(t):
			return invalid
		case t.Kind == types.Failure:
			return c.failureField(name)
		case t.Kind == types.Any:
			return optionalOf(t)
		}
	}
	d := c.report(diag.UnknownField, name, "%s has no fields, found .%s", t, name.Name)
	switch t.(type) {
	case *types.Map:
		d.Help = "write [\"" + name.Name + "\"]"
	case *types.List:
		d.Help = "take an element first, or go over all: for x in … { x." + name.Name + " }"
	}
	return invalid
}

func (c *checker) failureField(name *dsl.Ident) types.Type {
	if name.Name == "message" || name.Name == "step" {
		return basic(types.String)
	}
	d := c.report(diag.UnknownField, name, "err has no field %s", name.Name)
	d.Help = "there are err.message and err.step"
	if near := nearest(name.Name, []string{"message", "step"}); near != "" {
		d.Help = "did you mean " + near + "?"
	}
	return invalid
}

func (c *checker) index(x *dsl.IndexExpr, base types.Type) types.Type {
	switch t := base.(type) {
	case *types.List:
		c.position(x.Index)
		return t.Elem
	case *types.Map:
		c.want(x.Index, t.Key, "the key")
		return optionalOf(elemOf(t.Elem)) // one level: a map of V? gives V? too
	}
	if types.Is(base, types.String) {
		c.position(x.Index)
		return basic(types.Uint8)
	}
	c.infer(x.Index, invalid)
	if !isInvalid(base) {
		c.report(diag.WrongType, x.X, "%s can't be indexed", base).Help = "lists, maps and strings can"
	}
	return invalid
}

// partOfAny checks the index of an any, of which nobody knows what it holds.
func (c *checker) partOfAny(x *dsl.IndexExpr, base types.Type) types.Type {
	switch t := c.plain(x.Index, nil); {
	case types.Is(t, types.Int):
		c.position(x.Index)
	case !types.Is(t, types.String) && !isInvalid(t):
		c.report(diag.WrongType, x.Index, "the index of an any is %s, expected string or int", t).
			Help = "a string is the key of an object, an int the place in a list"
	}
	return optionalOf(base)
}

// position checks an index or bound: an int, and not a negative constant.
func (c *checker) position(x dsl.Expr) constant.Value {
	if x == nil {
		return nil
	}
	c.want(x, basic(types.Int), "the index")
	v := c.info.Consts[x]
	if v == nil || v.Kind() != constant.Int {
		return nil
	}
	if constant.Sign(v) < 0 {
		c.report(diag.BadConstant, x, "the index %s is negative", c.text(x)).Help = "count from the end with len(…), or use last(…)"
		return nil
	}
	return v
}

func (c *checker) slice(x *dsl.SliceExpr, base types.Type) types.Type {
	lo, hi := c.position(x.Lo), c.position(x.Hi)
	if lo != nil && hi != nil && constant.Compare(lo, token.GTR, hi) {
		c.report(diag.BadConstant, x.Lo, "the slice begins at %s, after its end at %s", c.text(x.Lo), c.text(x.Hi))
	}
	if _, list := base.(*types.List); list || types.Is(base, types.String) || isInvalid(base) {
		return base
	}
	d := c.report(diag.WrongType, x.X, "%s can't be sliced", base)
	d.Help = "lists and strings can"
	if isAny(base) {
		d.Help = "say what it is: decode([]any, " + c.text(x.X) + ")"
	}
	return invalid
}

// special gives what stands before the dot where that is no value: an enum's name,
// or run. Else it is nil.
func (c *checker) special(x *dsl.SelectorExpr) Object {
	id, ok := x.X.(*dsl.Ident)
	if !ok {
		return c.enumOfPackage(x.X)
	}
	e := c.scope.lookup(id.Name)
	if e == nil {
		return nil
	}
	switch o := e.obj.(type) {
	case *TypeName:
		if _, enum := o.Type.(*types.Enum); enum {
			return o
		}
	case *Builtin:
		if o.Name == "run" {
			return o
		}
	}
	return nil
}

func (c *checker) specialField(x *dsl.SelectorExpr, o Object) types.Type {
	id := specialName(x.X)
	c.info.Uses[id] = o
	if x.Optional {
		c.report(diag.WrongType, id, "%s is never none", id.Name).Help = "write . for ?."
	}
	t, isType := o.(*TypeName)
	if !isType {
		c.info.Types[x.X] = nothing
		return c.runField(x)
	}
	c.info.Types[x.X] = t.Type
	c.member(t.Type.(*types.Enum), x.Sel)
	return t.Type
}

func (c *checker) runField(x *dsl.SelectorExpr) types.Type {
	if _, ok := c.in.decl.(*Workflow); !ok {
		c.report(diag.ImpureHere, x, "run is known in workflows only, not in %s", c.in.pure).
			Help = "pass run." + x.Sel.Name + " as an argument"
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

// member checks the name of an enum's member.
func (c *checker) member(e *types.Enum, name *dsl.Ident) bool {
	if e.Has(name.Name) {
		c.info.Uses[name] = &Member{Enum: e, Name: name.Name}
		return true
	}
	d := c.report(diag.UnknownName, name, "%s has no member %s", e.Name, name.Name)
	near := nearest(name.Name, e.Members)
	if near == "" {
		d.Help = "its members are " + list(e.Members)
		return false
	}
	d.Help = "did you mean " + near + "?"
	for _, decl := range c.prog.Enums {
		for _, m := range decl.Decl.Members {
			if decl.Type == e && m != nil && m.Name == near {
				label(d, decl.File, m, "%s is declared here", near)
				return false
			}
		}
	}
	return false
}
