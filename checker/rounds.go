package checker

import (
	"go/constant"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// Rounds are those of a loop while they are checked.
type rounds struct {
	state  types.Type
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

// loop checks loop state := init max n { … } else { … }.
func (c *checker) loop(x *dsl.LoopExpr, hint types.Type, wanted bool) types.Type {
	c.stepForm(x, "loop runs steps")
	in := c.in
	in.parallel, in.binding, in.bound = false, nil, nil
	r := &rounds{wanted: wanted, hint: hint, values: joining{c: c, what: "the loop's value"}}
	c.with(in, func() {
		r.state = c.value(x.Init, nil)
		c.maxRounds(x.Max)
	})
	c.inThis(newScope(c.scope), func() {
		c.bind(x.State, r.state, "a loop's state")
		c.round(x, r, in)
		if x.Else != nil {
			c.afterRounds(x.Else, r, in)
		}
	})
	switch {
	case !wanted:
		return nothing
	case len(r.alts) == 0:
		if c.in.pure == "" {
			c.report(diag.WrongType, headOf(x), "the loop never has a value: no break gives one").Help = "end it with break and the value"
		}
		return invalid
	}
	return r.settle()
}

// round checks the body, whose every way ends with break or continue.
func (c *checker) round(x *dsl.LoopExpr, r *rounds, in place) {
	in.loop, in.noBreak = r, ""
	if r.wanted {
		in.noReturn = orElse(in.noReturn, "a block whose value is used")
	}
	br := c.open(x.Body, nil, in)
	c.closed(br)
	if !br.exits && br.sound() && c.in.pure == "" {
		c.report(diag.OpenRound, lastOf(x.Body), "a way through the round ends without break or continue").
			Help = "end it with continue and the next state, or break and the loop's value"
	}
}

// afterRounds checks the block that stands in where no round broke.
func (c *checker) afterRounds(b *dsl.Block, r *rounds, in place) {
	if r.wanted {
		in = in.unleavable("a block whose value is used")
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
	case c.in.pure != "":
		c.stepStmt(s, word)
		return nil
	case c.in.loop == nil:
		c.report(diag.MisplacedStmt, at, "%s stands in no loop", word).Help = "it ends a round of `loop state := … max … { … }`"
		return nil
	case c.in.noBreak != "":
		c.report(diag.MisplacedStmt, at, "%s can't leave %s", word, c.in.noBreak).
			Help = "bind what the block gives, and write " + word + " below it"
	}
	return c.in.loop
}

func (c *checker) breakStmt(s *dsl.BreakStmt) {
	r := c.leaving(s, "break")
	switch {
	case r == nil:
		if s.Value != nil {
			c.infer(s.Value, invalid)
		}
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
	case s.State == nil:
		c.report(diag.WrongType, s, "continue without a state, expected %s", r.state).Help = "write the state of the next round: continue …"
	default:
		c.want(s.State, r.state, "the state")
	}
}
