package checker

import (
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// tryBranches opens the two blocks of a try.
func (c *checker) tryBranches(x *dsl.TryExpr, in place) []*branch {
	c.stepForm(x, "try catches the failures of steps")
	c.tryRetries(x)
	body := c.open(x.Body, nil, in.unleavable("a try"))
	if x.Else == nil {
		return []*branch{body}
	}
	return []*branch{body, c.standIn(x.Else, in, &failures{in: x.Body})}
}

// stepForm reports a block form that can't stand in a pure place.
func (c *checker) stepForm(x dsl.Expr, what string) {
	if c.in.pure != "" {
		c.report(diag.ImpureHere, headOf(x), "%s, and none can stand in %s", what, c.in.pure)
	}
}

// race checks a race. Its arms have scopes of their own: none sees the names of
// another.
func (c *checker) race(x *dsl.RaceExpr, hint types.Type, wanted bool) types.Type {
	c.stepForm(x, "race runs steps")
	in := c.in
	in.parallel, in.beside, in.binding, in.bound = false, "put it below the race, or have the arm call a workflow of its own that ends with it", nil, nil
	in = in.unleavable("a race")
	l := &leaves{c: c}
	exits := len(x.Arms) > 0
	for _, a := range x.Arms {
		c.armBinding(a)
		br := c.open(a.Body, nil, in)
		s := newScope(c.scope)
		c.inThis(s, func() { c.armLabel(a) })
		exits = exits && br.exits
		if wanted {
			l.addBranch(br)
		} else {
			c.closed(br)
		}
	}
	c.onlyFailing(x)
	if len(x.Arms) == 0 {
		c.report(diag.WrongType, headOf(x), "the race has no arms").Help = "each line of it is one: a call, or a block"
	}
	if !wanted {
		return nothing
	}
	if exits && c.in.pure == "" {
		c.report(diag.WrongType, headOf(x), "the race never has a value: no arm comes to its end")
	}
	return l.join(hint, "the arm")
}

// onlyFailing warns of arms that end with a failure on every way through them: they can't
// win. Where that is so of all of them it is a mistake of another kind, or meant.
func (c *checker) onlyFailing(x *dsl.RaceExpr) {
	var failing []*dsl.RaceArm
	for _, a := range x.Arms {
		if exitsAlways(a.Body) {
			failing = append(failing, a)
		}
	}
	if len(failing) == len(x.Arms) {
		return
	}
	for _, a := range failing {
		var at dsl.Span
		switch last := a.Body.Stmts[len(a.Body.Stmts)-1].(type) {
		case *dsl.FailStmt:
			at = wordOf(last, "fail")
		case *dsl.ExprStmt:
			at = headOf(last.X)
		default:
			continue // what can't stand in a race
		}
		c.warn(diag.ArmOnlyFails, at, "this arm can only fail, and an arm that fails doesn't end the race: it goes on with the others").
			Help = "end the arm with a value that tells what has happened, and fail below the race where the race gives that"
	}
}

// armBinding reports an arm that is just a binding, which nobody could use.
func (c *checker) armBinding(a *dsl.RaceArm) {
	if !a.Body.Bare || len(a.Body.Stmts) != 1 {
		return
	}
	if b, ok := a.Body.Stmts[0].(*dsl.BindStmt); ok && b.Name != nil {
		c.report(diag.MisplacedStmt, b, "an arm of a race gives its value to the race, and binds no name").
			Help = "write " + b.Name.Name + ": before the call to give the arm a name"
	}
}

func (c *checker) armLabel(a *dsl.RaceArm) {
	if a.Label == nil {
		return
	}
	o := &Label{Ident: a.Label}
	c.info.Defs[a.Label] = o
	if a.Label.Name != "_" {
		c.enter(&entry{name: a.Label.Name, obj: o, file: c.file, at: a.Label})
	}
}

// armValue is the last line of an arm, if that is an expression.
func armValue(a *dsl.RaceArm) dsl.Expr { return lastExpr(a.Body) }

// armNamed is what the name behind a pattern stands for.
const armNamed = "what the pattern matches"

// kindOf is the kind that a pattern of a match over a t says; ok is false where it says
// none, or isn't sound.
func (c *checker) kindOf(p dsl.Expr, t types.Type) (kind types.Type, ok bool) {
	switch p := p.(type) {
	case *dsl.Ident:
		_, ok = c.info.Uses[p]
	case *dsl.TypePattern:
		ok = true
	}
	kind = c.info.Types[p]
	return kind, ok && isAny(elemOf(t)) && kind != nil && !isInvalid(kind)
}

// armName binds what a pattern matches, in the scope of its arm.
func (c *checker) armName(a *dsl.Arm, t types.Type) {
	if a.Name == nil {
		return
	}
	if kind, ok := c.kindOf(a.Pattern, t); ok {
		c.bind(a.Name, kind, armNamed)
		return
	}
	if id, ok := a.Pattern.(*dsl.Ident); ok {
		if o, ok := c.info.Uses[id].(*TypeName); ok {
			c.bind(a.Name, o.Type, armNamed)
			return
		}
	}
	if _, union := t.(*types.Union); !isInvalid(t) && !union && !types.Is(t, types.Failure) && !isAny(elemOf(t)) {
		c.report(diag.WrongType, a.Name, "only what is a member of a union, an error or a kind of an any can be named in a pattern").
			Help = "use the name of what is matched"
	}
	c.bind(a.Name, invalid, armNamed)
}

// typePattern checks the name of a union's member, or of an error, as a pattern.
func (c *checker) typePattern(p dsl.Expr, t types.Type) string {
	u, union := t.(*types.Union)
	id, ok := p.(*dsl.Ident)
	if !ok {
		if _, bad := p.(*dsl.BadExpr); !bad {
			c.wrongPattern(p, t)
		}
		return ""
	}
	if union && u.Package != nil {
		return c.foreignPattern(id, u)
	}
	if e := c.typeEntry(id.Name); e == nil {
		c.notAType(id)
		return ""
	}
	s, ok := c.namedType(id).(*types.Struct)
	if ok && union && c.loose[u] {
		c.info.Types[p] = s
		return ""
	}
	if !ok || union && !u.Has(s) || !union && !s.Error {
		delete(c.info.Uses, id)
		c.wrongPattern(p, t)
		return ""
	}
	c.info.Types[p] = s
	return s.Name
}

func (c *checker) wrongPattern(p dsl.Expr, t types.Type) {
	u, ok := t.(*types.Union)
	if !ok {
		c.report(diag.WrongType, p, "the pattern is %s, expected an error or _", c.text(p)).
			Help = "an error is declared with `error Name { … }`"
		return
	}
	var names []string
	for _, m := range u.Members {
		names = append(names, m.Name)
	}
	c.report(diag.WrongType, p, "the pattern is %s, expected a member of %s", c.text(p), u.Name).Help = "its members are " + list(names)
}
