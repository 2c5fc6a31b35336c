package checker

import (
	"slices"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// A debt is an undo that is owed once its call has succeeded: the call's own, or
// one that a sub-workflow leaves to it.
type debt struct {
	file *dsl.File
	at   *dsl.Ident // the name that is called
}

// owed reports early returns while undos are owed: it isn't said whether what was
// done stays or is taken back.
func (c *checker) owed() {
	o := &owing{c: c, left: map[*Workflow][]debt{}, leaves: map[*Workflow]leaving{}, undone: map[*dsl.Ident]halfUndone{}, unsure: map[*Var]debt{}}
	for _, w := range c.prog.Workflows {
		w.owes, w.leaves = len(o.workflow(w)) > 0, o.leaves[w]
	}
	o.warnUndone()
}

// An owing follows what is owed from line to line. Where ways meet, what one of
// them owes may be owed.
type owing struct {
	c    *checker
	file *dsl.File
	// left is what workflows owe when they have succeeded: it passes to the caller.
	left map[*Workflow][]debt
	// now is what is owed where the pass stands.
	now []debt
	// base is what was owed where the try or race begins that the pass is in: a failure in
	// there takes back what came since.
	base []debt
	// stays are the effects so far that nothing takes back.
	stays []stay
	// leaves is what workflows leave done: their callers may take back what is around it.
	leaves map[*Workflow]leaving
	// leaving is that of the workflow that the pass is in, so far.
	leaving leaving
	// caught tells that the pass is in a try or race, whose failures aren't the workflow's.
	caught bool
	// undone has, by their names, those of stays below which something may fail.
	undone map[*dsl.Ident]halfUndone
	// broken is what is owed where the nearest loop is left by break or continue.
	broken []debt
	// unsure has, by the err of what stands in for them, the early undos of the calls that
	// have failed.
	unsure map[*Var]debt
}

func (o *owing) workflow(w *Workflow) []debt {
	if left, known := o.left[w]; known {
		return left
	}
	if w.Of != nil {
		if w.Of.owes {
			o.left[w] = []debt{{w.File, w.Decl.Name}}
		}
		o.leaves[w] = w.Of.leaves
		return o.left[w]
	}
	o.left[w] = nil // for one that calls itself
	inner := &owing{c: o.c, left: o.left, leaves: o.leaves, undone: o.undone, unsure: o.unsure, file: w.File}
	inner.block(w.Decl.Body, true)
	inner.leaving.stays = alsoStays(inner.leaving.stays, inner.stays)
	o.left[w], o.leaves[w] = inner.now, inner.leaving
	return o.left[w]
}

func merge(a, b []debt) []debt {
	out := slices.Clone(a)
	for _, d := range b {
		if !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	return out
}

// block follows a block. It tells whether its end can be reached. outermost tells
// that it is the workflow's body.
func (o *owing) block(b *dsl.Block, outermost bool) (ends bool) {
	if b == nil {
		return true
	}
	for i, s := range b.Stmts {
		if l, ok := s.(*dsl.LabeledStmt); ok {
			s = l.Stmt
		}
		if !o.stmt(s, outermost && i == len(b.Stmts)-1) {
			return false
		}
	}
	return true
}

func (o *owing) stmt(s dsl.Stmt, last bool) (ends bool) {
	switch s := s.(type) {
	case *dsl.ReturnStmt:
		o.expr(s.Value)
		if !last && len(o.now) > 0 {
			o.early(s)
		}
		o.leaving.stays = alsoStays(o.leaving.stays, o.stays)
		return false
	case *dsl.FailStmt:
		o.mayFail(wordOf(s, "fail"))
		return false
	case *dsl.ValidateStmt:
		o.mayFail(wordOf(s, "validate"))
	case *dsl.BreakStmt:
		o.expr(s.Value)
		o.broken = merge(o.broken, o.now)
		return false
	case *dsl.ContinueStmt:
		o.expr(s.State)
		o.broken = merge(o.broken, o.now)
		return false
	case *dsl.CommitStmt, *dsl.RollbackStmt:
		o.now, o.stays = nil, nil
		return true
	case *dsl.ExprStmt:
		return o.expr(s.X)
	case *dsl.BindStmt:
		return o.expr(s.Value)
	}
	return o.inside(s)
}

func (o *owing) early(s *dsl.ReturnStmt) {
	o.c.file = o.file
	first := o.now[0]
	d := o.c.report(diag.OwedAtReturn, wordOf(s, "return"), "an early return while undos are owed")
	label(d, first.file, first.at, "%s may be owed its undo", first.at.Name)
	d.Help = "say above it whether what was done stays (commit) or is taken back (rollback); a caller goes on owing it where one return at the end gives an if or a match"
}

// inside follows the expressions inside a node, in the order of the source.
func (o *owing) inside(n dsl.Node) (ends bool) {
	ends = true
	dsl.Inspect(n, func(inner dsl.Node) bool {
		if inner == n {
			return true
		}
		if x, ok := inner.(dsl.Expr); ok {
			ends = o.expr(x) && ends
		}
		return false
	})
	return ends
}

// expr follows an expression. It tells whether its end can be reached.
func (o *owing) expr(x dsl.Expr) (ends bool) {
	switch x := x.(type) {
	case nil:
		return true
	case *dsl.IfExpr:
		o.expr(x.Cond)
		return o.ways(x.Then, x.Else)
	case *dsl.MatchExpr:
		o.expr(x.X)
		var arms []way
		for _, a := range x.Arms {
			arms = append(arms, way{o.inArm(x, a), a.Body})
		}
		return o.follow(arms)
	case *dsl.ForExpr:
		o.expr(x.X)
		before := o.now
		o.twice(x.Body)
		o.now = merge(before, o.now)
		return true
	case *dsl.ParallelExpr:
		return o.block(x.Body, false)
	case *dsl.LoopExpr:
		return o.loop(x)
	case *dsl.TryExpr:
		return o.try(x)
	case *dsl.RaceExpr:
		var arms []*dsl.Block
		for _, a := range x.Arms {
			arms = append(arms, a.Body)
		}
		defer o.within()()
		return o.ways(arms...)
	case *dsl.CallExpr:
		o.call(x)
		return true
	}
	return o.inside(x)
}

// ways follows blocks of which one is taken; nil is a way past all.
func (o *owing) ways(bodies ...*dsl.Block) (ends bool) {
	var all []way
	for _, b := range bodies {
		all = append(all, way{o.now, b})
	}
	return o.follow(all)
}

// A way is a block that may be taken, and what is owed where it begins.
type way struct {
	owed []debt
	body *dsl.Block
}

func (o *owing) follow(ways []way) (ends bool) {
	done := o.stays
	var after []debt
	var stays []stay
	for _, w := range ways {
		o.now, o.stays = w.owed, done
		if o.block(w.body, false) {
			after, stays = merge(after, o.now), alsoStays(stays, o.stays)
			ends = true
		}
	}
	o.now, o.stays = after, stays
	return ends || len(ways) == 0
}

// inArm is what is owed in an arm of a match: of a call that has failed with a declared
// error no early undo.
func (o *owing) inArm(x *dsl.MatchExpr, a *dsl.Arm) []debt {
	id, _ := unparen(x.X).(*dsl.Ident)
	failure, _ := o.c.info.Uses[id].(*Var)
	own, early := o.unsure[failure]
	declared, ok := o.c.info.Types[a.Pattern].(*types.Struct)
	if !early || !ok || types.LeavesOpen(declared) {
		return o.now
	}
	return slices.DeleteFunc(slices.Clone(o.now), func(d debt) bool { return d == own })
}

// twice follows a loop's body, and once more where a round leaves something to the
// next. Only the last time counts, so that nothing is reported twice.
func (o *owing) twice(b *dsl.Block) {
	before, found := o.now, len(o.c.diags)
	o.block(b, false)
	if after := merge(before, o.now); len(after) > len(before) {
		o.c.diags = o.c.diags[:found]
		o.now = after
		o.block(b, false)
	}
}

// loop follows a loop's rounds, and its else. What a round owes, a later one and
// what is below may owe.
func (o *owing) loop(x *dsl.LoopExpr) (ends bool) {
	for _, head := range []dsl.Expr{x.Init, x.Max, x.X, x.Where} {
		o.expr(head)
	}
	before, outer := o.now, o.broken
	o.broken = nil
	o.twice(x.Body)
	after := merge(before, o.broken)
	o.broken = outer
	o.now = after
	if x.Else != nil && o.block(x.Else, false) {
		after = merge(after, o.now)
	}
	o.now = after
	return true
}

func (o *owing) call(x *dsl.CallExpr) {
	for _, a := range x.Args {
		o.expr(a)
	}
	before := o.now
	cs := o.c.info.Clauses[x]
	if cs == nil {
		return
	}
	if cs.Else == nil && x.Verb != dsl.Emit && x.Verb != dsl.Start {
		o.mayFail(x.Fun)
	}
	defer o.done(x, cs, o.lastOwed())
	if o.owes(x, cs) {
		o.now = merge(o.now, []debt{{o.file, x.Fun}})
	}
	if cs.Else == nil {
		return
	}
	succeeded := o.now
	o.now = o.failed(x, cs, before)
	if o.block(cs.Else.Body, false) {
		succeeded = merge(succeeded, o.now)
	}
	o.now = succeeded
}

// failed is what is owed where something stands in for a call that has failed: its undo is
// where that is early, since it may have happened.
func (o *owing) failed(x *dsl.CallExpr, cs *Clauses, before []debt) []debt {
	own, failure := debt{o.file, x.Fun}, o.c.info.Errs[cs.Else.Body]
	delete(o.unsure, failure)
	if cs.Undo == nil || !cs.Early || cs.Finally || slices.Contains(before, own) { // of a round before
		return before
	}
	if failure != nil {
		o.unsure[failure] = own
	}
	return merge(before, []debt{own})
}

// owes tells whether something is owed once a call has succeeded: its own undo, or those of
// the workflow that it calls. What finally calls is no debt: nobody has to say whether it is
// called, and it takes back nothing that was meant to stay.
func (o *owing) owes(x *dsl.CallExpr, cs *Clauses) bool {
	w, ok := o.c.info.Uses[x.Fun].(*Workflow)
	if !ok || x.Verb != dsl.Call {
		return cs.Undo != nil && !cs.Finally
	}
	left := o.workflow(w)
	if cs.Else == nil {
		o.failsInside(x, w)
	}
	if cs.Undo != nil {
		return !cs.Finally
	}
	return len(left) > 0
}

// try follows the block of a try, whose failures take back what is done in it alone, and
// its else.
func (o *owing) try(x *dsl.TryExpr) (ends bool) {
	if x.Uncaught() { // its last failure takes back what is above, too
		return o.block(x.Body, false)
	}
	before, done := o.now, o.stays
	leave := o.within()
	ends = o.block(x.Body, false)
	now, stays := o.now, o.stays
	leave()
	stays = alsoStays(done, stays)
	if !ends {
		now, stays = nil, nil
	}
	o.now, o.stays = before, done
	if o.block(x.Else, false) {
		now, stays, ends = merge(now, o.now), alsoStays(stays, o.stays), true
	}
	o.now, o.stays = now, stays
	return ends
}

// within begins something that takes back itself what is done in it. What it returns ends
// that.
func (o *owing) within() func() {
	base, stays, caught := o.base, o.stays, o.caught
	o.base, o.stays, o.caught = o.now, nil, true
	return func() { o.base, o.stays, o.caught = base, alsoStays(stays, o.stays), caught }
}

// owedHere gives the last of what a failure here takes back, if there is any.
func (o *owing) owedHere() (last debt, ok bool) {
	if len(o.now) == 0 {
		return debt{}, false
	}
	last = o.now[len(o.now)-1]
	return last, !slices.Contains(o.base, last)
}
