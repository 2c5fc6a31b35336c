package checker

import (
	"go/constant"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// Rounds are those of a loop while they are checked.
type rounds struct {
	state  types.Type // nil without a state
	broke  bool       // a break is in them
	wanted bool       // the loop's value is used
	hint   types.Type // what is wanted of the value; nil where nothing is
	values joining
	alts   []alternative
	nones  []dsl.Expr // none has the type of the others, wherever it stands
}

// add takes what a break, or the else, gives.
func (r *rounds) add(c *checker, x dsl.Expr) {
	r.alts = append(r.alts, alternative{x: x})
	switch {
	case r.hint != nil:
		c.want(x, r.hint, "the loop's value")
	case isNone(x):
		r.nones = append(r.nones, x)
	default:
		r.values.add(x)
	}
}

// settle gives the type that all values have.
func (r *rounds) settle() types.Type {
	if r.hint != nil {
		return r.hint
	}
	for _, x := range r.nones {
		r.values.addNone(x)
	}
	return r.values.settle(r.alts)
}

// loop checks a loop, and tells whether nothing comes after it: it has no bound and is left
// by return alone.
func (c *checker) loop(x *dsl.LoopExpr, hint types.Type, wanted bool) (t types.Type, exits bool) {
	c.pureRounds(x)
	in := c.in
	in.parallel, in.binding, in.bound = false, nil, nil
	r := &rounds{wanted: wanted, hint: hint, values: joining{c: c, what: "the loop's value"}}
	var key, elem types.Type
	c.with(in, func() { key, elem = c.loopHead(x, r) })
	c.inThis(newScope(c.scope), func() {
		c.bind(x.State, r.state, "a loop's state")
		s := newScope(c.scope)
		c.inThis(s, func() {
			c.bind(x.Key, key, "a loop's variable")
			c.bind(x.Value, elem, "a loop's variable")
			c.leftOut(x.Where, s)
			c.round(x, r, in)
		})
		if x.Else != nil {
			c.afterRounds(x.Else, r, in)
		}
	})
	return c.loopValue(x, r), isUnbounded(x) && !r.broke
}

// loopHead checks a loop's head, and gives the types of its names. A loop over a list that
// has a state and no else gives its last state: that is what a break is to give, too.
func (c *checker) loopHead(x *dsl.LoopExpr, r *rounds) (key, elem types.Type) {
	gives := x.X != nil && x.Else == nil && r.wanted
	if x.State != nil {
		var hint types.Type
		if gives {
			hint = r.hint
		}
		r.state = c.value(x.Init, hint)
		if gives {
			r.hint = r.state
		}
	}
	if x.X != nil {
		return c.goesOver(x.X, x.Key, x.Value)
	}
	if !isUnbounded(x) {
		c.maxRounds(x.Max)
		return nil, nil
	}
	if x.Else != nil {
		c.report(diag.MisplacedStmt, x.Else, "nothing comes after the last round of a loop without a bound").
			Help = "leave the else out, or bound the loop: max 30"
	}
	return nil, nil
}

// pureRounds reports a loop that nothing ends, where nothing could end it from outside.
func (c *checker) pureRounds(x *dsl.LoopExpr) {
	if c.in.pure != "" && isUnbounded(x) {
		c.report(diag.ImpureHere, x.Max, "a loop without a bound ends when an execution is cancelled, and needs one in %s", c.in.pure).
			Help = "bound it: max 1000"
	}
}

// isUnbounded tells of a loop that its rounds have no bound.
func isUnbounded(x *dsl.LoopExpr) bool { return x.X == nil && isNone(x.Max) }

// loopValue is the type of what a loop gives.
func (c *checker) loopValue(x *dsl.LoopExpr, r *rounds) types.Type {
	switch {
	case !r.wanted:
		return nothing
	case x.X != nil && x.Else == nil && x.State != nil:
		return r.state
	case len(r.alts) == 0:
		c.report(diag.WrongType, headOf(x), "the loop never has a value: no break gives one").Help = "end it with break and the value"
		return invalid
	case x.X != nil && x.Else == nil:
		c.report(diag.WrongType, headOf(x), "the loop has no value where no round breaks").
			Help = "say which: loop for … { … } else { … }; or hand a state from round to round: loop s := … for … { … }"
	}
	return r.settle()
}

// round checks the body. With a state every way through it ends with break or continue.
func (c *checker) round(x *dsl.LoopExpr, r *rounds, in place) {
	in.loop, in.noBreak = r, ""
	br := c.open(x.Body, nil, in)
	c.closed(br)
	if x.State != nil && !br.exits && br.sound() {
		c.report(diag.OpenRound, lastOf(x.Body), "a way through the round ends without break or continue").
			Help = "end it with continue and the next state, or break and the loop's value"
	}
}

// afterRounds checks the block that stands in where no round broke.
func (c *checker) afterRounds(b *dsl.Block, r *rounds, in place) {
	if r.wanted {
		in.noBreak = orElse(in.noBreak, valueUsed)
	}
	br := c.open(b, nil, in)
	if !r.wanted {
		c.closed(br)
		return
	}
	defer c.unused(br.scope)
	if br.value == nil {
		if br.sound() {
			c.noValue(b, "the else")
		}
		return
	}
	c.inBranch(br, func() { r.add(c, br.value) })
}

func (c *checker) maxRounds(x dsl.Expr) {
	if _, bad := x.(*dsl.BadExpr); bad || x == nil {
		return
	}
	c.want(x, basic(types.Int), "the number of rounds")
	if v := c.info.Consts[x]; v != nil && v.Kind() == constant.Int && constant.Sign(v) < 1 && types.IsInteger(c.info.Types[x]) {
		c.report(diag.BadConstant, x, "a loop needs at least 1 round, found %s", c.text(x))
	}
}

// leaving checks that a break or continue stands in a loop that it can leave, and
// gives that loop; nil where there is none.
func (c *checker) leaving(s dsl.Stmt, word string) *rounds {
	at := wordOf(s, word)
	switch {
	case c.in.loop == nil:
		c.report(diag.MisplacedStmt, at, "%s stands in no loop", word).Help = "it ends a round of a loop: loop state := … max … { … }, loop for x in … { … }"
		return nil
	case c.in.noBreak != "":
		c.report(diag.MisplacedStmt, at, "%s can't leave %s", word, c.in.noBreak).
			Help = "bind what the block gives, and write " + word + " below it"
	}
	return c.in.loop
}

func (c *checker) breakStmt(s *dsl.BreakStmt) {
	r := c.leaving(s, "break")
	if r == nil {
		if s.Value != nil {
			c.infer(s.Value, invalid)
		}
		return
	}
	r.broke = true
	switch {
	case s.Value == nil && r.wanted:
		c.report(diag.WrongType, s, "break without a value, but the loop's value is used")
	case s.Value != nil && r.wanted:
		r.add(c, s.Value)
	case s.Value != nil:
		before := len(c.diags)
		c.dropLast(s.Value)
		for i := before; i < len(c.diags); i++ {
			if d := &c.diags[i]; d.Code == diag.UnusedResult && d.Span == s.Value.Place() {
				d.Help = "write break alone: nothing wants the loop's value"
			}
		}
	}
}

func (c *checker) continueStmt(s *dsl.ContinueStmt) {
	r := c.leaving(s, "continue")
	switch {
	case r == nil:
		if s.State != nil {
			c.infer(s.State, invalid)
		}
	case r.state == nil:
		if s.State != nil {
			c.infer(s.State, invalid)
			c.report(diag.WrongType, s.State, "continue with a state, but the loop has none").Help = "write continue alone, or name a state: loop state := …"
		}
	case s.State == nil:
		c.report(diag.WrongType, s, "continue without a state, expected %s", r.state).Help = "write the state of the next round: continue …"
	default:
		c.want(s.State, r.state, "the state")
	}
}
