package checker

import (
	"slices"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
)

// What is awaited may never come. This pass warns of an await or approve that nothing
// bounds: no timeout of its own or of its workflow, and no arm of its race that wins
// once a time is over. An await of another execution is left out: that one ends by its
// own bounds, for which it is looked at where it is written.
func (c *checker) patience() {
	for _, w := range c.prog.Workflows {
		if w.Timeout == 0 {
			c.file = w.File
			c.unbounded(w.Decl.Body, false)
		}
	}
}

// unbounded warns of what may wait for ever in something. raced tells that it stands in
// an arm of a race.
func (c *checker) unbounded(in dsl.Node, raced bool) {
	dsl.Inspect(in, func(n dsl.Node) bool {
		switch n := n.(type) {
		case *dsl.RaceExpr:
			c.unboundedArms(n)
			return false
		case *dsl.CallExpr:
			if c.waitsForEver(n) && timeoutOf(n) == nil {
				c.warnUnbounded(n, raced)
			}
		}
		return true
	})
}

// unboundedArms warns of the arms of a race that no other one ends.
func (c *checker) unboundedArms(x *dsl.RaceExpr) {
	bounds := 0
	for _, a := range x.Arms {
		if c.comesInTime(a.Body) {
			bounds++
		}
	}
	for _, a := range x.Arms {
		others := bounds
		if c.comesInTime(a.Body) {
			others--
		}
		if others == 0 {
			c.unbounded(a.Body, len(x.Arms) > 1)
			c.goesOn(x, a)
		}
	}
}

// goesOn warns of an arm that waits for as long as it takes, and says that this is meant,
// beside one that may fail: the race goes on then, and may never end.
func (c *checker) goesOn(x *dsl.RaceExpr, arm *dsl.RaceArm) {
	waits := c.everlasting(arm.Body)
	if waits == nil || timeoutOf(waits) == nil {
		return
	}
	for _, other := range x.Arms {
		if other == arm || exitsAlways(other.Body) {
			continue // the other one's failure has its own warning
		}
		if fails := c.failing(other.Body); fails != nil {
			d := c.warn(diag.RaceGoesOn, verbOf(waits), "where another arm fails, the race goes on, and waits for this for as long as it takes")
			d.Labels = append(d.Labels, diag.Label{Source: c.file.Source, Span: fails.Place(), Text: "this may fail"})
			d.Help = "put what may fail in a try whose else gives a value, and fail below the race where that has won; or write timeout D here"
			return
		}
	}
}

// everlasting is the first call in an arm that may wait for ever; nil where there is none.
func (c *checker) everlasting(arm *dsl.Block) (found *dsl.CallExpr) {
	dsl.Inspect(arm, func(n dsl.Node) bool {
		switch n := n.(type) {
		case *dsl.RaceExpr:
			return !slices.ContainsFunc(n.Arms, func(a *dsl.RaceArm) bool { return c.comesInTime(a.Body) })
		case *dsl.CallExpr:
			if found == nil && c.waitsForEver(n) {
				found = n
			}
		}
		return found == nil
	})
	return found
}

// comesInTime tells of an arm that it wins once a time is over: it waits for that, for
// nothing that may never come, and nothing in it may fail, upon which the race would go on
// without it.
func (c *checker) comesInTime(arm *dsl.Block) bool {
	waits := false
	if arm == nil {
		return false
	}
	for _, s := range arm.Stmts {
		if l, ok := s.(*dsl.LabeledStmt); ok {
			s = l.Stmt
		}
		if _, ok := s.(*dsl.WaitStmt); ok {
			waits = true
		}
	}
	ends := true
	dsl.Inspect(arm, func(n dsl.Node) bool {
		if call, ok := n.(*dsl.CallExpr); ok && c.waitsForEver(call) {
			ends = false
		}
		return ends
	})
	return waits && ends && !c.mayFail(arm)
}

// waitsForEver tells of a call that it awaits an event or an answer without a bound,
// be that meant or not.
func (c *checker) waitsForEver(x *dsl.CallExpr) bool {
	d := c.info.Durables[x]
	return d != nil && d.Timeout == nil && (x.Verb == dsl.Approve || d.Event != nil && x.Verb == dsl.Await)
}

// timeoutOf is the timeout clause of a call, also one that says none; nil without one.
func timeoutOf(x *dsl.CallExpr) *dsl.TimeoutClause {
	for _, cl := range x.Clauses {
		if t, ok := cl.(*dsl.TimeoutClause); ok {
			return t
		}
	}
	return nil
}

func (c *checker) warnUnbounded(x *dsl.CallExpr, raced bool) {
	what, late := "an event", "if it doesn't come"
	if x.Verb == dsl.Approve {
		what, late = "an answer", "if nobody answers"
	}
	d := c.warn(diag.WaitsForEver, verbOf(x), "this waits for %s for as long as it takes, and nothing bounds that", what)
	d.Help = "write timeout D, with what is done " + late + " in its else, or timeout none if it is meant"
	if c.offered[x.Fun] {
		d.Help = "write timeout D behind it, after which the model is told that nobody has answered, or timeout none if it is meant"
	}
	if raced {
		d.Help += "; when the other arms fail, the race waits on for this one, unless a try around what they do gives a value"
	}
}

// verbOf is the word that a call begins with, await for example.
func verbOf(x *dsl.CallExpr) dsl.Span {
	return dsl.Span{Start: x.Start, End: min(x.End, x.Start+len(x.Verb))}
}
