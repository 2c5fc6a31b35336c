package checker

import (
	"go/constant"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// Declared constants. Their values are found out when they are first asked for,
// since one may be made of others that stand below.

// constNamed gives the constant that a name stands for, or nil.
func (c *checker) constNamed(x *dsl.Ident) *Const {
	e := c.scope.lookup(x.Name)
	if e == nil {
		return nil
	}
	o, _ := e.obj.(*Const)
	return o
}

// constValue finds out what a constant is worth. It tells whether that is known,
// which it isn't while it is being found out: then the constant is made of itself.
func (c *checker) constValue(o *Const) bool {
	busy, known := c.consts[o]
	switch {
	case busy:
		if o.Decl.Name != nil {
			c.report(diag.Recursion, o.Decl.Name, "the constant %s is made of itself", o.Name)
		}
		return false
	case known:
		return true
	}
	c.consts[o] = true
	file := c.file
	c.file = o.File
	c.with(place{pure: "a constant"}, func() {
		c.inThis(c.top, func() { c.constLiteral(o.Decl.Value) })
	})
	c.file = file
	c.consts[o] = false
	return true
}

func (c *checker) constLiteral(x dsl.Expr) {
	before := len(c.diags)
	c.infer(x, nil)
	if len(c.diags) == before && c.info.Consts[x] == nil {
		if _, bad := x.(*dsl.BadExpr); !bad {
			c.report(diag.NotConstant, x, "a constant is a number, string, bool, duration or time, found %s", c.text(x))
		}
	}
}

// constantName is the type of a name that stands for a constant string, bool or time, or
// for one that is unsound.
func (c *checker) constantName(x *dsl.Ident, o *Const) types.Type {
	c.constValue(o)
	v := c.info.Consts[o.Decl.Value]
	if v == nil {
		return invalid
	}
	switch v.Kind() {
	case constant.String, constant.Bool:
		c.info.Consts[x] = v
	}
	return orInvalid(c.info.Types[o.Decl.Value])
}

// constRank is the rank of a name: that of the number which it stands for.
func (c *checker) constRank(x *dsl.Ident) rank {
	if c.constNamed(x) == nil {
		return settled
	}
	v, ok := c.fold(x)
	switch {
	case !ok || v.t != nil:
		return settled
	case v.v.Kind() == constant.Int:
		return number
	}
	return float
}
