package checker

import (
	"go/constant"
	"math"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// The kinds that an any may be of, as patterns name them. All numbers are one kind: in JSON
// nothing tells a whole number that is 2 from a float that is.
var kinds = []types.Type{
	basic(types.String), basic(types.Bool), basic(types.Float64), listOf(basic(types.Any)),
	&types.Map{Key: basic(types.String), Elem: basic(types.Any)},
}

const kindHelp = "a pattern of an any is string, bool, float64, []any, map[string]any, a literal, none or _"

// kindPattern checks a pattern of a match over an any or any?: the kind that it is of, or
// what it is equal to.
func (c *checker) kindPattern(p dsl.Expr, t types.Type) string {
	if isInvalid(elemOf(t)) {
		c.info.Types[p] = invalid
		return ""
	}
	if isNone(p) && isOptional(t) {
		c.info.Types[p] = t
		return "none"
	}
	switch p := p.(type) {
	case *dsl.BadExpr:
		return ""
	case *dsl.BasicLit:
		if isNone(p) {
			c.info.Types[p] = invalid
			c.report(diag.WrongType, p, "an any is never none, only an any? is").Help = "take _ for what is of no kind that is named"
			return ""
		}
	case *dsl.Ident:
		return c.kindNamed(p)
	case *dsl.TypePattern:
		kind := c.typeOf(p.Type)
		switch {
		case isInvalid(kind):
			return ""
		case !isAny(elemOf(t)):
			c.report(diag.WrongType, p, "the pattern is the type %s, and what is matched is %s", kind, t).
				Help = "types are patterns of a union, an error or an any"
			return ""
		}
		return c.kind(p, kind)
	}
	return c.kindLiteral(p)
}

// kindNamed checks a name as the pattern of an any.
func (c *checker) kindNamed(p *dsl.Ident) string {
	if e := c.typeEntry(p.Name); e != nil {
		return c.kind(p, c.namedType(p))
	}
	d := c.report(diag.WrongType, p, "a pattern of an any is a kind, a literal or _, found the name %s", p.Name)
	d.Help = kindHelp
	c.constantPattern(d, p)
	return ""
}

// kind checks that t is a kind, which the pattern p says.
func (c *checker) kind(p dsl.Expr, t types.Type) string {
	for _, k := range kinds {
		if types.Identical(t, k) {
			c.info.Types[p] = k
			return k.String()
		}
	}
	if id, ok := p.(*dsl.Ident); ok {
		delete(c.info.Uses, id)
	}
	if isInvalid(t) {
		return ""
	}
	d := c.report(diag.WrongType, p, "an any is of no kind %s", t)
	switch {
	case types.IsNumeric(t):
		d.Help = "a number is a float64 here: take that, or decode(" + t.String() + ", …) the whole"
	default:
		d.Help = kindHelp + "; decode(" + t.String() + ", …) makes one of it"
	}
	return ""
}

// kindLiteral checks a literal as the pattern of an any.
func (c *checker) kindLiteral(p dsl.Expr) string {
	if v, ok := c.fold(p); ok && v.t == nil {
		return c.kindNumber(p)
	}
	before := len(c.diags)
	t := c.plain(p, nil)
	v := c.info.Consts[p]
	switch {
	case len(c.diags) > before || isInvalid(t):
		return ""
	case v == nil || !isScalar(t):
		c.report(diag.WrongType, p, "a pattern of an any can't be %s", c.text(p)).Help = kindHelp
		return ""
	}
	return v.ExactString()
}

// isLiteral tells whether a pattern of an any is a literal.
func isLiteral(p dsl.Expr) bool {
	switch p.(type) {
	case *dsl.Ident, *dsl.TypePattern:
		return false
	}
	return true
}

// kindNumber checks a number as the pattern of an any. Beyond 2⁵³ float64 doesn't tell one
// whole number from the next.
func (c *checker) kindNumber(p dsl.Expr) string {
	before := len(c.diags)
	c.want(p, basic(types.Float64), "the pattern")
	v := c.info.Consts[p]
	if len(c.diags) > before || v == nil {
		return ""
	}
	if f, _ := constant.Float64Val(v); math.Abs(f) >= 1<<53 {
		c.report(diag.BadConstant, p, "the pattern %s is beyond ±2⁵³, where a float64 may be another number", c.text(p)).
			Help = "compare it with ==, which is exact"
		return ""
	}
	return constant.ToFloat(v).ExactString()
}
