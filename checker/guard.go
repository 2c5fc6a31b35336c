package checker

import (
	"time"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// A Guard is what stands before the calls of a tool, whoever makes them.
type Guard struct {
	AtOnce, Rate *Limit        // nil for none
	Breaker      *Breaker      // nil for none
	Cache        time.Duration // how long a result is kept; 0 for not at all
}

// A Limit lets N calls go on at once or, with Per, begin within any such time.
type Limit struct {
	N   int
	Per time.Duration
	// By is the index of the parameter by whose value it counts; -1 where all count together.
	By int
}

// A Breaker refuses calls for as long as Open says, once N have failed within Per.
type Breaker struct {
	N         int
	Per, Open time.Duration
}

// guardOf gives the guard of a tool, which is made when it is first asked for.
func guardOf(t *Tool) *Guard {
	if t.Guard == nil {
		t.Guard = &Guard{}
	}
	return t.Guard
}

// An AtOnce is how many executions of a workflow go on at once.
type AtOnce struct {
	N int
	// By is the index of the parameter by whose value it counts; -1 where all count together.
	By int
	// Full is what becomes of one for which there is no place: it is refused, or replaces
	// the oldest; empty where it waits.
	Full string
}

// workflowLimit checks the limit of a workflow.
func (c *checker) workflowLimit(cl *dsl.LimitClause, w *Workflow) {
	w.AtOnce = &AtOnce{N: c.countAboveNone(cl.N, "limit"), By: -1}
	if cl.Per != nil {
		c.report(diag.MisplacedClause, cl.Per, "the limit of a workflow is how many executions go on at once").
			Help = "write `limit N at once`; how many begin within a time is a limit of the tools that it calls"
	}
	if cl.By != nil {
		w.AtOnce.By = c.limitedBy(cl.By, w.Name, w.Params, w.File, w.Decl.Name)
	}
	if cl.Full != nil {
		w.AtOnce.Full = cl.Full.Name
	}
}

// limitOf is the limit that stands on a workflow's declaration; nil where none does.
func limitOf(w *Workflow) *dsl.LimitClause {
	for _, cl := range w.Decl.Clauses {
		if l, ok := cl.(*dsl.LimitClause); ok {
			return l
		}
	}
	return nil
}

// limitedCall reports the call of a workflow that has a limit: it would be a part of the
// execution that calls it, which may have begun without a place.
func (c *checker) limitedCall(w *Workflow, name *dsl.Ident) {
	limit := limitOf(w)
	if limit == nil {
		return
	}
	d := c.report(diag.LimitedCall, name, "%s has a limit, which counts executions: it is started, and not called", w.Name)
	label(d, w.File, limit, "the limit")
	d.Help = "write `id := start " + w.Name + "(…)`, and `await run(id)` where its end matters"
}

func (c *checker) limitClause(cl *dsl.LimitClause, t *Tool) {
	if cl.Full != nil {
		c.report(diag.MisplacedClause, cl.Full, "%s stands on the limit of a workflow", cl.Full.Name).Help = "leave it out: calls of a tool wait for a place, in their order"
	}
	l := &Limit{N: c.countAboveNone(cl.N, "limit"), By: -1}
	if cl.Per != nil {
		l.Per = c.constDuration(cl.Per, "limit")
	}
	if cl.By != nil {
		l.By = c.limitedBy(cl.By, t.Name, t.Params, t.File, t.Decl.Name)
	}
	if cl.Per != nil {
		guardOf(t).Rate = l
	} else {
		guardOf(t).AtOnce = l
	}
}

// limitedBy gives the index of the parameter that a by names; -1 where it names none.
func (c *checker) limitedBy(name *dsl.Ident, of string, params []*Var, file *dsl.File, decl *dsl.Ident) int {
	for i, p := range params {
		if p.Name != name.Name {
			continue
		}
		c.info.Uses[name] = p
		if !isInvalid(p.Type) && !types.IsMapKey(p.Type) {
			c.report(diag.WrongType, name, "a limit can't count by %s, which is %s", p.Name, p.Type).Help = countedBy
		}
		return i
	}
	d := c.report(diag.UnknownName, name, "%s has no parameter %s", of, name.Name)
	label(d, file, decl, "declared here")
	return -1
}

const countedBy = "it counts by what can be a map's key: " + mapKeys

func (c *checker) breakerClause(cl *dsl.BreakerClause, t *Tool) {
	guardOf(t).Breaker = &Breaker{
		N: c.countAboveNone(cl.N, "breaker"), Per: c.constDuration(cl.Per, "breaker"), Open: c.constDuration(cl.Open, "open"),
	}
}

func (c *checker) cacheClause(cl *dsl.CacheClause, t *Tool) {
	guardOf(t).Cache = c.constDuration(cl.D, "cache")
	switch {
	case !t.Readonly:
		c.report(diag.MisplacedClause, cl, "cache stands on a tool that isn't readonly").
			Help = "say that it is readonly if calling it changes nothing; a call that changes something has to be made"
	case types.Is(t.Result, types.Nothing):
		c.report(diag.MisplacedClause, cl, "cache stands on a tool that gives nothing").Help = "leave it out"
	}
}

// countAboveNone gives the value of a constant number above 0; 0 where it is unsound.
func (c *checker) countAboveNone(x dsl.Expr, what string) int {
	before := len(c.diags)
	n := c.constCount(x, what)
	if n == 0 && len(c.diags) == before {
		if _, bad := x.(*dsl.BadExpr); !bad && x != nil {
			c.report(diag.BadConstant, x, "%s needs a number above 0, found %s", what, c.text(x))
		}
	}
	return n
}

// opens adds to what a tool fails with that its breaker refuses a call. Tests of what a
// tool fails with may come before its other clauses are checked.
func opens(t *Tool) {
	for _, cl := range t.Decl.Clauses {
		if _, ok := cl.(*dsl.BreakerClause); ok {
			t.Fails = append(t.Fails, types.CircuitOpen)
			return
		}
	}
}
