package checker

import (
	"go/constant"
	"go/token"
	"math"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
)

// What workflows may change is known when all bodies have been checked. This pass
// then warns of what depends on it.

// A retriedCall is the call of a workflow with a retry, or the block of a try with one.
type retriedCall struct {
	file     *dsl.File
	clause   dsl.Clause
	workflow *Workflow  // nil for a try
	block    *dsl.Block // nil for a call
}

// A droppedCall is a call whose result nobody wants.
type droppedCall struct {
	file *dsl.File
	call *dsl.CallExpr
}

func (c *checker) effects() {
	r := &reach{c: c, once: map[*Workflow]*Tool{}, effects: map[*Workflow]bool{}, late: map[*Workflow]*lateUndo{}, told: map[*dsl.CallExpr]bool{}}
	for _, w := range c.prog.Workflows {
		r.workflow(w)
		w.once, w.effects, w.late = r.once[w], r.effects[w], r.late[w]
	}
	for _, call := range c.retried {
		c.file = call.file
		t := r.once[call.workflow]
		if call.block != nil {
			t = r.onceIn(call.block)
		}
		if t != nil {
			c.repeatsTool(call.clause, t)
		}
	}
	for _, d := range c.dropped {
		c.file = d.file
		c.unusedCall(d.call, r)
	}
	for _, w := range c.prog.Workflows {
		c.file = w.File
		r.inTime, r.committed = w.Timeout > 0, commitOf(w.Decl.Body)
		r.beside(w.Decl.Body, false)
		r.beside(w.Decl.Finally, false)
		c.staleReads(w, r)
	}
}

// repeats warns of a retry of what must not happen twice.
func (c *checker) repeats(cl dsl.Clause, callee Object) {
	switch o := callee.(type) {
	case *Tool:
		if !o.Readonly && !o.Idempotent {
			c.repeatsTool(cl, o)
		}
	case *Workflow:
		c.retried = append(c.retried, retriedCall{file: c.file, clause: cl, workflow: o})
	}
}

func (c *checker) repeatsTool(cl dsl.Clause, t *Tool) {
	at := cl.Place()
	at.End = min(at.End, at.Start+len(c.clauseWord(cl)))
	d := c.warn(diag.RepeatsEffect, at, "retry may repeat %s, which is neither readonly nor idempotent", t.Name)
	label(d, t.File, t.Decl.Name, "declared here")
	d.Help = "declare the tool idempotent if calling it twice is the same as once"
}

// unusedCall warns of a call that only reads, and whose result is dropped.
func (c *checker) unusedCall(x *dsl.CallExpr, r *reach) {
	reads := false
	switch o := c.info.Uses[x.Fun].(type) {
	case *Tool:
		reads = o.Readonly && o.Result != nothing
	case *Workflow:
		reads = !r.effects[o] && o.Result != nothing && !isInvalid(o.Result)
	}
	if reads {
		c.warn(diag.UnusedResult, x.Fun, "%s changes nothing, and nothing uses its result", x.Fun.Name).
			Help = "bind the result, or remove the call"
	}
}

// A lateUndo is a call whose undo is owed only after a success. byResult tells that it uses
// what the call gives.
type lateUndo struct {
	debt
	of       *Clauses
	byResult bool
}

// A reach finds what workflows reach.
type reach struct {
	c *checker
	// once holds, for a workflow, a tool that must not happen twice; nil for none.
	once map[*Workflow]*Tool
	// effects tells of a workflow that it may change something.
	effects map[*Workflow]bool
	// late holds, for a workflow, a call whose undo is owed only after a success and that
	// nothing in the workflow interrupts; nil for none.
	late map[*Workflow]*lateUndo
	// inTime tells that the workflow that is looked at has a timeout.
	inTime bool
	// committed is where in that workflow stands the commit below which all stays.
	committed int
	// told are the calls that halfDone or halfRounds has warned of.
	told map[*dsl.CallExpr]bool
}

// commitOf is where the first commit of a workflow stands that none of its blocks holds.
func commitOf(b *dsl.Block) int {
	if b != nil {
		for _, s := range b.Stmts {
			if commit, ok := s.(*dsl.CommitStmt); ok {
				return commit.Start
			}
		}
	}
	return math.MaxInt
}

// workflow finds what a workflow reaches, its sub-workflows first.
func (r *reach) workflow(w *Workflow) {
	if _, known := r.once[w]; known || w.Decl.Body == nil {
		return
	}
	if w.Of != nil {
		r.once[w], r.effects[w], r.late[w] = w.Of.once, w.Of.effects, w.Of.late
		return
	}
	r.once[w] = nil // for one that calls itself
	r.eachCallOf(w, func(x *dsl.CallExpr) {
		if x.Verb != dsl.Call {
			r.effects[w] = true
			return
		}
		switch o := r.c.info.Uses[x.Fun].(type) {
		case *Tool:
			r.effects[w] = r.effects[w] || !o.Readonly
			if r.late[w] == nil && w.Timeout == 0 && r.owesLate(x, o) {
				cs := r.c.info.Clauses[x]
				r.late[w] = &lateUndo{debt{w.File, x.Fun}, cs, r.c.byResult[cs.Undo]}
			}
		case *Workflow:
			r.workflow(o)
			r.effects[w] = r.effects[w] || r.effects[o]
			if r.late[w] == nil && w.Timeout == 0 && !r.timed(x) {
				r.late[w] = r.late[o]
			}
		}
	})
	if r.once[w] = r.onceIn(w.Decl.Body); r.once[w] == nil {
		r.once[w] = r.onceIn(w.Decl.Finally)
	}
}

// onceIn is a tool in something that must not happen twice; nil for none.
func (r *reach) onceIn(in dsl.Node) (once *Tool) {
	r.eachCall(in, func(x *dsl.CallExpr) {
		if once != nil || x.Verb != dsl.Call {
			return
		}
		switch o := r.c.info.Uses[x.Fun].(type) {
		case *Tool:
			if !o.Readonly && !o.Idempotent {
				once = o
			}
		case *Workflow:
			once = r.once[o]
		}
	})
	return once
}

// owesLate tells of the call of a tool that its undo is owed only after a success, of which
// the call itself isn't warned.
func (r *reach) owesLate(x *dsl.CallExpr, t *Tool) bool {
	cs := r.c.info.Clauses[x]
	return cs != nil && cs.Undo != nil && !cs.Early && cs.Timeout == 0 && !isOnce(t)
}

// timed tells whether a call has a timeout.
func (r *reach) timed(x *dsl.CallExpr) bool {
	cs := r.c.info.Clauses[x]
	return cs != nil && cs.Timeout > 0
}

// eachCallOf visits the calls of a workflow.
func (r *reach) eachCallOf(w *Workflow, visit func(*dsl.CallExpr)) {
	r.eachCall(w.Decl.Body, visit)
	r.eachCall(w.Decl.Finally, visit)
}

// eachCall visits the calls in something, undos left out: they follow a failure.
func (r *reach) eachCall(in dsl.Node, visit func(*dsl.CallExpr)) {
	dsl.Inspect(in, func(n dsl.Node) bool {
		if call, ok := n.(*dsl.CallExpr); ok && call.Fun != nil {
			visit(call)
		}
		_, undo := n.(*dsl.UndoClause)
		return !undo
	})
}

// changes tells whether something may change anything.
func (r *reach) changes(in dsl.Node) bool {
	found := false
	r.eachCall(in, func(x *dsl.CallExpr) {
		if x.Verb != dsl.Call {
			found = true
			return
		}
		switch o := r.c.info.Uses[x.Fun].(type) {
		case *Tool:
			found = found || !o.Readonly
		case *Workflow:
			found = found || r.effects[o]
		}
	})
	return found
}

// beside warns of undos on calls that run beside other effects: when one of those
// fails, the call is cancelled, and whether it has happened is unknown.
func (r *reach) beside(in dsl.Node, unsure bool) {
	dsl.Inspect(in, func(n dsl.Node) bool {
		switch n := n.(type) {
		case *dsl.ParallelExpr:
			r.halfDone(n)
			r.besideLines(n.Body, unsure)
			return false
		case *dsl.RaceExpr:
			r.arms(n)
			return false
		case *dsl.ForExpr:
			r.halfRounds(n)
			if n.Parallel && !unsure {
				r.beside(n.X, unsure)
				r.beside(n.Body, true)
				return false
			}
		case *dsl.CallExpr:
			r.besideCall(n, unsure)
		case *dsl.UndoClause:
			return false
		}
		return true
	})
}

// arms warns of what a race may leave undone or do in vain: the arms that lose are
// cancelled, and may have happened all the same.
func (r *reach) arms(x *dsl.RaceExpr) {
	for _, a := range x.Arms {
		r.beside(a.Body, true)
		r.eachCall(a.Body, func(call *dsl.CallExpr) {
			t, ok := r.c.info.Uses[call.Fun].(*Tool)
			cs := r.c.info.Clauses[call]
			if !ok || t.Readonly || t.Idempotent || cs == nil || cs.Undo != nil {
				return
			}
			d := r.c.warn(diag.RepeatsEffect, call.Fun, "the race may be won without %s, which is neither readonly nor idempotent and may have happened", t.Name)
			label(d, t.File, t.Decl.Name, "declared here")
			d.Help = "say with undo early what takes it back"
		})
	}
}

// halfDone warns of a parallel block of which several lines change something that nothing
// takes back: where one of them fails, the others may have happened, or not. Below a commit
// that is meant.
func (r *reach) halfDone(x *dsl.ParallelExpr) {
	if x.Body == nil || x.Start > r.committed {
		return
	}
	var left []*dsl.CallExpr
	for _, s := range x.Body.Stmts {
		if call := r.left(s); call != nil {
			left = append(left, call)
		}
	}
	if len(left) < 2 || !r.c.mayFail(x.Body) {
		return
	}
	r.told[left[0]], r.told[left[1]] = true, true
	d := r.c.warn(diag.LeftHalfDone, headOf(x), "%s and %s may have happened when another line fails, and nothing takes them back", left[0].Fun.Name, left[1].Fun.Name)
	label(d, r.c.file, left[0].Fun, "this has no undo")
	label(d, r.c.file, left[1].Fun, "nor has this")
	d.Help = "say with undo what takes them back, or with undo none that it is meant; or write them one after the other"
}

// halfRounds is halfDone for the rounds of a for.
func (r *reach) halfRounds(x *dsl.ForExpr) {
	if !x.Parallel || x.Body == nil || x.Start > r.committed || r.oneByOne(x) || !r.c.mayFail(x.Body) {
		return
	}
	if call := r.left(x.Body); call != nil && !r.told[call] {
		r.told[call] = true
		d := r.c.warn(diag.LeftHalfDone, headOf(x), "%s may have happened in other rounds when one fails, and nothing takes it back", call.Fun.Name)
		label(d, r.c.file, call.Fun, "this has no undo")
		d.Help = "say with undo what takes it back, or with undo none that it is meant; or leave out parallel"
	}
}

// oneByOne tells that the rounds of a for … parallel 1 don't run side by side.
func (r *reach) oneByOne(x *dsl.ForExpr) bool {
	v, ok := r.c.info.Consts[x.Limit]
	return ok && constant.Compare(v, token.EQL, constant.MakeInt64(1))
}

// left is the first call in something of a tool that changes something and owes no undo; nil
// where there is none, and where undo none says that it is meant.
func (r *reach) left(in dsl.Node) (found *dsl.CallExpr) {
	r.eachCall(in, func(x *dsl.CallExpr) {
		t, ok := r.c.info.Uses[x.Fun].(*Tool)
		cs := r.c.info.Clauses[x]
		if found == nil && ok && !t.Readonly && x.Verb == dsl.Call && cs != nil && cs.Undo == nil && !cs.NoUndo {
			found = x
		}
	})
	return found
}

func (r *reach) besideLines(b *dsl.Block, unsure bool) {
	if b == nil {
		return
	}
	var changing []int
	for i, s := range b.Stmts {
		if r.changes(s) {
			changing = append(changing, i)
		}
	}
	for i, s := range b.Stmts {
		others := len(changing) > 1 || len(changing) == 1 && changing[0] != i
		r.beside(s, unsure || others)
	}
}

func (r *reach) besideCall(x *dsl.CallExpr, unsure bool) {
	cs := r.c.info.Clauses[x]
	if w, ok := r.c.info.Uses[x.Fun].(*Workflow); ok && x.Verb == dsl.Call && cs != nil && cs.Undo == nil {
		r.besideWorkflow(x, w, unsure)
	}
	if cs == nil || cs.Undo == nil || cs.Early || !unsure {
		return
	}
	if cs.Timeout > 0 || r.inTime || isOnce(r.c.info.Uses[x.Fun]) {
		return // that has its own warning
	}
	const why = "what runs beside it may cancel this call, which may have happened all the same"
	if cs.UndoOf != nil {
		r.c.unsureOf(x, cs.UndoOf, why+owedLate(cs.Finally))
		return
	}
	for _, cl := range x.Clauses {
		if u, ok := cl.(*dsl.UndoClause); ok && u.Call == dsl.Expr(cs.Undo) {
			r.c.unsure(u, why)
		}
	}
}

// besideWorkflow warns of the call of a workflow that may be cancelled amid a call whose
// undo isn't owed yet then.
func (r *reach) besideWorkflow(x *dsl.CallExpr, w *Workflow, unsure bool) {
	late, why := r.late[w], ""
	switch {
	case late == nil:
		return
	case r.timed(x):
		why = "the timeout"
	case unsure:
		why = "what runs beside it"
	default:
		return
	}
	d := r.c.warn(diag.UndoUnsure, x.Fun, "%s may cancel %s amid its call of %s, which may have happened all the same%s", why, w.Name, late.at.Name, owedLate(late.of.Finally))
	label(d, late.file, late.at, "this call has the %s", late.of.word())
	d.Help = r.c.early(late.of.word(), " there", late.byResult)
}
