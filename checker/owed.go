package checker

import (
	"slices"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
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
	o := &owing{c: c, left: map[*Workflow][]debt{}, undone: map[*dsl.Ident]halfUndone{}}
	for _, w := range c.prog.Workflows {
		w.owes = len(o.workflow(w)) > 0
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
	// stays are the effects so far that nothing takes back, while something is owed.
	stays []debt
	// undone has, by their names, those of stays below which something may fail.
	undone map[*dsl.Ident]halfUndone
	// broken is what is owed where the nearest loop is left by break or continue.
	broken []debt
}

func (o *owing) workflow(w *Workflow) []debt {
	if left, known := o.left[w]; known {
		return left
	}
	if w.Of != nil {
		if w.Of.owes {
			o.left[w] = []debt{{w.File, w.Decl.Name}}
		}
		return o.left[w]
	}
	o.left[w] = nil // for one that calls itself
	outer := *o
	o.file, o.now, o.base, o.stays = w.File, nil, nil, nil
	o.block(w.Decl.Body, true)
	o.left[w] = o.now
	o.file, o.now, o.base, o.stays = outer.file, outer.now, outer.base, outer.stays
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
	d.Help = "say above it whether what was done stays (commit) or is taken back (rollback)"
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
		var bodies []*dsl.Block
		for _, a := range x.Arms {
			bodies = append(bodies, a.Body)
		}
		return o.ways(bodies...)
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
	before, done := o.now, o.stays
	var after, stays []debt
	for _, b := range bodies {
		o.now, o.stays = before, done
		if o.block(b, false) {
			after, stays = merge(after, o.now), merge(stays, o.stays)
			ends = true
		}
	}
	o.now, o.stays = after, stays
	return ends || len(bodies) == 0
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
	o.expr(x.Init)
	o.expr(x.Max)
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
	_, owed := o.owedHere()
	defer o.done(x, cs, owed)
	if w, ok := o.c.info.Uses[x.Fun].(*Workflow); cs.Undo != nil {
		o.now = merge(o.now, []debt{{o.file, x.Fun}})
	} else if ok && x.Verb == dsl.Call && len(o.workflow(w)) > 0 {
		o.now = merge(o.now, []debt{{o.file, x.Fun}})
	}
	if cs.Else == nil {
		return
	}
	succeeded := o.now
	o.now = before
	if o.block(cs.Else.Body, false) {
		succeeded = merge(succeeded, o.now)
	}
	o.now = succeeded
}

// A halfUndone is an effect that stays where a failure below takes back what is above.
type halfUndone struct {
	file  *dsl.File
	debt  debt
	fails dsl.Node // what may fail
}

// try follows the block of a try, whose failures take back what is done in it alone, and
// its else.
func (o *owing) try(x *dsl.TryExpr) (ends bool) {
	before, done := o.now, o.stays
	leave := o.within()
	ends = o.block(x.Body, false)
	now, stays := o.now, o.stays
	leave()
	if !ends {
		now, stays = nil, nil
	}
	o.now, o.stays = before, done
	if o.block(x.Else, false) {
		now, stays, ends = merge(now, o.now), merge(stays, o.stays), true
	}
	o.now, o.stays = now, stays
	return ends
}

// within begins something that takes back itself what is done in it. What it returns ends
// that.
func (o *owing) within() func() {
	base, stays := o.base, o.stays
	o.base, o.stays = o.now, nil
	return func() { o.base, o.stays = base, merge(stays, o.stays) }
}

// owedHere gives the last of what a failure here takes back, if there is any.
func (o *owing) owedHere() (last debt, ok bool) {
	if len(o.now) == 0 {
		return debt{}, false
	}
	last = o.now[len(o.now)-1]
	return last, !slices.Contains(o.base, last)
}

// mayFail takes note of the effects that would stay if something failed.
func (o *owing) mayFail(at dsl.Node) {
	owed, ok := o.owedHere()
	if !ok {
		return
	}
	for _, s := range o.stays {
		if _, known := o.undone[s.at]; !known {
			o.undone[s.at] = halfUndone{s.file, owed, at}
		}
	}
	o.stays = nil
}

// done takes note of a call that nothing takes back while something is owed.
func (o *owing) done(x *dsl.CallExpr, cs *Clauses, owed bool) {
	t, ok := o.c.info.Uses[x.Fun].(*Tool)
	if ok && owed && x.Verb == dsl.Call && !t.Readonly && cs.Undo == nil && !cs.NoUndo {
		o.stays = merge(o.stays, []debt{{o.file, x.Fun}})
	}
}

// warnUndone warns of effects that stay where what stands above them is taken back.
func (o *owing) warnUndone() {
	for at, u := range o.undone {
		o.c.file = u.file
		d := o.c.warn(diag.StaysDone, at, "%s stays done where what is below fails and %s is undone", at.Name, u.debt.at.Name)
		label(d, u.debt.file, u.debt.at, "this is owed its undo")
		d.Labels = append(d.Labels, diag.Label{Source: u.file.Source, Span: u.fails.Place(), Text: "this may fail"})
		d.Help = "say with undo what takes it back, or with undo none that it may stay; or put it below, or a commit above"
	}
}
