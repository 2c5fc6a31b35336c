package checker

import (
	"go/constant"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// forExpr checks for. Where a value is wanted it is a list of the rounds' values.
func (c *checker) forExpr(x *dsl.ForExpr, hint types.Type, wanted bool) types.Type {
	if x.Parallel && c.in.pure != "" {
		c.report(diag.ImpureHere, headOf(x), "parallel runs steps, and none can stand in %s", c.in.pure)
	}
	in := c.in
	in.parallel, in.binding, in.bound = false, nil, nil
	var key, elem types.Type
	c.with(in, func() {
		key, elem = c.goesOver(x.X, x.Key, x.Value)
		if x.Limit != nil {
			c.limit(x.Limit)
		}
	})
	s := newScope(c.scope)
	result := nothing
	c.inThis(s, func() {
		c.bind(x.Key, key, "a loop's variable")
		c.bind(x.Value, elem, "a loop's variable")
		c.leftOut(x.Where, s)
		result = c.rounds(x, hint, wanted)
	})
	return result
}

func (c *checker) rounds(x *dsl.ForExpr, hint types.Type, wanted bool) types.Type {
	in := c.in
	in.parallel, in.binding, in.bound = false, nil, nil
	in.noBreak = orElse(in.noBreak, "a for")
	if x.Parallel {
		in = in.unleavable("a for whose rounds run side by side")
		in.beside = "have each round call a workflow of its own that ends with it"
	}
	br := c.open(x.Body, nil, in)
	if wanted && c.in.pure == "" {
		c.labelledValue(x.Body)
	}
	if !wanted {
		c.closed(br)
		return nothing
	}
	var elem types.Type
	if l, ok := elemOf(hint).(*types.List); ok {
		elem = l.Elem
	} else if isInvalid(hint) && hint != nil {
		elem = invalid
	}
	l := &leaves{c: c}
	switch {
	case br.value == nil && br.sound():
		c.noValue(x.Body, "the body of the for")
	case br.exits:
		c.report(diag.WrongType, headOf(x), "the for never has a value: its body doesn't come to its end")
	}
	if br.value != nil {
		l.add(br.value, func(do func()) { c.inBranch(br, do) })
	}
	t := l.join(elem, "the value of a round")
	c.unused(br.scope)
	return wrap(t, listOf)
}

// entriesHelp is for what looks like an entry of a map and stands in none.
const entriesHelp = "a for gives entries of a map between the braces of one: map[string]int{for k, v in m { k: v }}"

// labelledValue reports a round whose value has a label and is no step: somebody has meant
// the entry of a map.
func (c *checker) labelledValue(b *dsl.Block) {
	if x := lastExpr(b); x != nil && !c.acts(x) {
		if l, ok := b.Stmts[len(b.Stmts)-1].(*dsl.LabeledStmt); ok && l.Label != nil {
			c.report(diag.MisplacedStmt, l.Label, "a label names a step, and the value of a round is none").Help = entriesHelp
		}
	}
}

// leftOut checks the where of rounds whose names are those of s.
func (c *checker) leftOut(where dsl.Expr, s *scope) {
	if where == nil {
		return
	}
	c.pureIn("the where of a for", func() { c.want(where, basic(types.Bool), "the condition") })
	s.narrow(c.known(where, true))
}

// goesOver checks what rounds go over, and gives the types of their names.
func (c *checker) goesOver(x dsl.Expr, keyName, value *dsl.Ident) (key, elem types.Type) {
	t := c.plain(x, nil)
	switch t := t.(type) {
	case *types.List:
		return basic(types.Int), t.Elem
	case *types.Map:
		if keyName == nil && value != nil {
			c.report(diag.WrongType, value, "a for over a map has two names, found one").
				Help = "write for k, v in " + c.text(x) + ", or go over keys(…) or values(…)"
			return invalid, invalid
		}
		return t.Key, t.Elem
	}
	if !isInvalid(t) {
		d := c.report(diag.WrongType, x, "a for goes over a list or map, found %s", t)
		switch {
		case types.IsInteger(t):
			d.Help = "write range(" + c.text(x) + ")"
		case types.Is(t, types.String):
			d.Help = "write split(" + c.text(x) + ", \"\")"
		}
	}
	return invalid, invalid
}

// limit checks how many rounds may run at once.
func (c *checker) limit(x dsl.Expr) {
	c.want(x, basic(types.Int), "the number of rounds at once")
	if v := c.info.Consts[x]; v != nil && v.Kind() == constant.Int && constant.Sign(v) < 1 && types.IsInteger(c.info.Types[x]) {
		if f, ok := c.fold(x); ok && unfit(f.v, basic(types.Int)) == "" {
			c.report(diag.BadConstant, x, "parallel needs at least 1 round at once, found %s", c.text(x))
		}
	}
}
