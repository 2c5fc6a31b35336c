package checker

import (
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// A cover is what the patterns of a match have covered so far.
type cover struct {
	t    types.Type
	seen map[string]dsl.Expr
	rest dsl.Expr // the pattern _, nil where there is none
	// unsound tells that a pattern was reported: what it meant to cover is unknown.
	unsound bool
	// failures are those that a match over an err may find; nil for any.
	failures *failures
}

func newCover(t types.Type) *cover { return &cover{t: t, seen: map[string]dsl.Expr{}} }

// armPattern checks a pattern of a match over a t.
func (c *checker) armPattern(p dsl.Expr, t types.Type, cover *cover) {
	if p == nil {
		return
	}
	if cover.rest != nil {
		c.info.Types[p] = cover.t
		label(c.report(diag.DuplicateArm, p, "nothing reaches this pattern"), c.file, cover.rest, "_ takes all that is left")
		return
	}
	if id, ok := p.(*dsl.Ident); ok && id.Name == "_" {
		c.info.Types[p] = cover.t
		cover.rest = p
		return
	}
	key := c.patternKey(p, t)
	if types.Is(t, types.Failure) && key != "" {
		c.patterns = append(c.patterns, errorPattern{c.file, p, cover.failures})
	}
	if key == "" {
		cover.unsound = true
		return
	}
	if isAny(elemOf(t)) && isLiteral(p) {
		if kind := cover.seen[c.info.Types[p].String()]; kind != nil {
			label(c.report(diag.DuplicateArm, p, "nothing reaches this pattern"), c.file, kind, "%s takes all that are one", c.text(kind))
			return
		}
	}
	if old := cover.seen[key]; old != nil {
		label(c.report(diag.DuplicateArm, p, "the pattern %s stands twice", c.text(p)), c.file, old, "first here")
		return
	}
	cover.seen[key] = p
}

// patternKey checks a pattern, and tells it from others; it is empty where the
// pattern is unsound.
func (c *checker) patternKey(p dsl.Expr, t types.Type) string {
	if _, ok := p.(*dsl.TypePattern); ok || isAny(elemOf(t)) {
		return c.kindPattern(p, t)
	}
	o, optional := t.(*types.Optional)
	if isNone(p) && optional {
		c.info.Types[p] = o
		return "none"
	}
	if optional {
		t = o.Elem
		c.info.Wanted[p] = o
	}
	if isInvalid(t) {
		c.info.Types[p] = invalid
		return ""
	}
	switch t := t.(type) {
	case *types.Enum:
		return c.memberPattern(p, t)
	case *types.Union:
		return c.typePattern(p, t)
	}
	if types.Is(t, types.Failure) {
		return c.typePattern(p, t)
	}
	return c.literalPattern(p, t)
}

func (c *checker) memberPattern(p dsl.Expr, e *types.Enum) string {
	switch p := p.(type) {
	case *dsl.Ident:
		if c.member(e, p) {
			c.info.Types[p] = e
			return p.Name
		}
		return ""
	case *dsl.BadExpr:
		return ""
	}
	c.report(diag.WrongType, p, "the pattern is %s, expected a member of %s", c.text(p), e.Name).Help = "its members are " + list(e.Members)
	return ""
}

func (c *checker) literalPattern(p dsl.Expr, t types.Type) string {
	if id, ok := p.(*dsl.Ident); ok {
		d := c.report(diag.WrongType, id, "a pattern of %s is a literal or _, found the name %s", t, id.Name)
		d.Help = "compare with if, or take _"
		c.constantPattern(d, id)
		return ""
	}
	if !types.IsComparable(t) {
		c.infer(p, invalid)
		c.report(diag.WrongType, p, "%s can't be compared with a pattern", t)
		return ""
	}
	before := len(c.diags)
	c.want(p, t, "the pattern")
	v := c.info.Consts[p]
	switch {
	case len(c.diags) > before:
		return ""
	case v == nil:
		c.report(diag.NotConstant, p, "a pattern is a literal, an enum's member or _, found %s", c.text(p))
		return ""
	}
	return v.ExactString()
}

// constantPattern says of a constant's name in place of a pattern which literal was meant.
func (c *checker) constantPattern(d *diag.Diagnostic, id *dsl.Ident) {
	e := c.scope.lookup(id.Name)
	if e == nil {
		return
	}
	o, ok := e.obj.(*Const)
	if !ok || o.Decl.Value == nil {
		return
	}
	e.used = true
	label(d, o.File, e.at, "%s is declared here", id.Name)
	d.Help = "write what the constant holds, " + textIn(o.File, o.Decl.Value) + ", or compare with if"
}

// exhaustive reports what a match leaves out.
func (c *checker) exhaustive(cv *cover, x *dsl.MatchExpr) {
	c.hidden(cv, x)
	if cv.rest != nil || cv.unsound || isInvalid(cv.t) {
		return
	}
	var missing []string
	t := cv.t
	if o, ok := t.(*types.Optional); ok {
		t = o.Elem
		if cv.seen["none"] == nil {
			missing = append(missing, "none")
		}
	}
	var all []string
	switch t := t.(type) {
	case *types.Enum:
		all = t.Members
	case *types.Union:
		for _, m := range t.Members {
			all = append(all, m.Name)
		}
	default:
		if types.Is(t, types.Bool) {
			all = []string{"true", "false"}
		}
	}
	if all == nil {
		d := c.report(diag.NotExhaustive, headOf(x), "the match doesn't cover every %s", cv.t)
		d.Help = "add _ => … for all others"
		return
	}
	for _, m := range all {
		if cv.seen[m] == nil {
			missing = append(missing, m)
		}
	}
	if len(missing) > 0 {
		c.report(diag.NotExhaustive, headOf(x), "the match misses %s", list(missing)).
			Help = "add the cases, or _ => … for all others"
	}
}
