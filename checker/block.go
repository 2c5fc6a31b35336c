package checker

import (
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// A branch is a block whose value stands for that of a larger expression. Its
// statements are checked; the value is checked when it is known what its siblings
// give.
type branch struct {
	block *dsl.Block
	scope *scope
	in    place
	value dsl.Expr // nil where the block has none
	exits bool
}

// open checks a block but for its value, in a scope of its own where facts hold.
func (c *checker) open(b *dsl.Block, facts []path, in place) *branch {
	br := &branch{block: b, scope: newScope(c.scope), in: in}
	br.scope.narrow(facts)
	c.with(in, func() { c.inThis(br.scope, func() { br.value, br.exits = c.stmts(b, true) }) })
	return br
}

// inBranch checks something where a branch ends.
func (c *checker) inBranch(br *branch, do func()) {
	c.with(br.in, func() { c.inThis(br.scope, do) })
}

// sound tells that a block says all it was meant to: the parser left nothing out.
func (br *branch) sound() bool {
	if br.block == nil || br.exits {
		return false
	}
	for _, s := range br.block.Stmts {
		if _, bad := s.(*dsl.BadStmt); bad {
			return false
		}
	}
	return true
}

// Leaves are the values of branches that stand for each other, those of branches
// in branches among them: one none is enough for all to be optional.
type leaves struct {
	c    *checker
	alts []alternative
	// done is called with the type that all have in the end.
	done []func(types.Type)
}

// add adds an expression or, where it branches, the values at its ends.
func (l *leaves) add(x dsl.Expr, within func(func())) {
	switch form := x.(type) {
	case *dsl.ParenExpr:
		if isBranching(unparen(x)) {
			l.add(form.X, within)
			l.done = append(l.done, func(t types.Type) { l.c.info.Types[x] = t })
			return
		}
	case *dsl.IfExpr, *dsl.MatchExpr, *dsl.TryExpr:
		within(func() { l.addBranches(x) })
		l.done = append(l.done, func(t types.Type) { l.c.info.Types[x] = t })
		return
	}
	l.alts = append(l.alts, alternative{x, within})
}

func isBranching(x dsl.Expr) bool {
	switch x.(type) {
	case *dsl.IfExpr, *dsl.MatchExpr, *dsl.TryExpr:
		return true
	}
	return false
}

func (l *leaves) addBranches(x dsl.Expr) {
	c := l.c
	in := c.in
	in.parallel, in.binding, in.bound = false, nil, nil
	in.noBreak = orElse(in.noBreak, valueUsed)
	narrowing := c.scope
	brs, total := c.branches(x, in)
	if i, ok := x.(*dsl.IfExpr); ok {
		if !total {
			c.report(diag.WrongType, headOf(i), "the if has no value where its condition is false").Help = "add an else"
		}
		c.afterIf(narrowing, i, brs)
	}
	for _, br := range brs {
		l.addBranch(br)
	}
}

func (l *leaves) addBranch(br *branch) {
	switch {
	case br.value != nil:
		l.add(br.value, func(do func()) { l.c.inBranch(br, do) })
	case br.sound():
		l.c.noValue(br.block, "the branch")
	}
	l.done = append(l.done, func(types.Type) { l.c.unused(br.scope) })
}

// join finds the type of all.
func (l *leaves) join(hint types.Type, what string) types.Type {
	t := invalid
	if len(l.alts) > 0 {
		t = l.c.join(l.alts, hint, what)
	}
	for _, done := range l.done {
		done(t)
	}
	return t
}

func (c *checker) noValue(b *dsl.Block, what string) {
	d := c.report(diag.WrongType, lastOf(b), "%s has no value", what)
	d.Help = "its last line is its value; fail can stand for one"
	if b != nil && b.Bare {
		d.Span = b.Span
	}
}

// headOf is the word that a block form begins with.
func headOf(x dsl.Expr) dsl.Span {
	at := x.Place()
	switch x.(type) {
	case *dsl.IfExpr:
		at.End = min(at.End, at.Start+len("if"))
	case *dsl.ForExpr:
		at.End = min(at.End, at.Start+len("for"))
	case *dsl.MatchExpr:
		at.End = min(at.End, at.Start+len("match"))
	case *dsl.ParallelExpr:
		at.End = min(at.End, at.Start+len("parallel"))
	case *dsl.TryExpr:
		at.End = min(at.End, at.Start+len("try"))
	case *dsl.RaceExpr:
		at.End = min(at.End, at.Start+len("race"))
	case *dsl.LoopExpr:
		at.End = min(at.End, at.Start+len("loop"))
	}
	return at
}

// branching checks if and match as expressions.
func (c *checker) branching(x dsl.Expr, hint types.Type) types.Type {
	l := &leaves{c: c}
	l.add(x, func(do func()) { do() })
	t := l.join(hint, "the branch")
	if len(l.alts) == 0 && c.in.pure == "" && exitsForm(x) {
		c.report(diag.WrongType, headOf(x), "the %s never has a value: no branch comes to its end", c.text(headOf(x)))
	}
	return t
}

// exitsForm tells whether all branches of an if or match end the workflow.
func exitsForm(x dsl.Expr) bool {
	switch x := x.(type) {
	case *dsl.IfExpr:
		return x.Else != nil && exitsAlways(x.Then) && exitsAlways(x.Else)
	case *dsl.MatchExpr:
		for _, a := range x.Arms {
			if !exitsAlways(a.Body) {
				return false
			}
		}
		return len(x.Arms) > 0
	case *dsl.TryExpr:
		return exitsAlways(x.Body) && (x.Uncaught() || exitsAlways(x.Else))
	}
	return false
}

// exitsAlways tells whether a block ends the workflow on every way through it.
func exitsAlways(b *dsl.Block) bool {
	if b == nil || len(b.Stmts) == 0 {
		return false
	}
	s := b.Stmts[len(b.Stmts)-1]
	if l, ok := s.(*dsl.LabeledStmt); ok {
		s = l.Stmt
	}
	switch s := s.(type) {
	case *dsl.ReturnStmt, *dsl.FailStmt, *dsl.BreakStmt, *dsl.ContinueStmt:
		return true
	case *dsl.ExprStmt:
		return exitsForm(s.X)
	}
	return false
}

// branchingStmt checks if and match as statements. It tells whether all ways
// through them end the workflow.
func (c *checker) branchingStmt(x dsl.Expr) (exits bool) {
	in := c.in
	in.parallel, in.binding, in.bound = false, nil, nil
	around := c.scope
	brs, total := c.branches(x, in)
	c.info.Types[x] = nothing
	exits = total && len(brs) > 0
	for _, br := range brs {
		c.closed(br)
		exits = exits && br.exits
	}
	if i, ok := x.(*dsl.IfExpr); ok {
		c.afterIf(around, i, brs)
	}
	return exits
}

// closed checks the last line of a block whose value nobody wants.
func (c *checker) closed(br *branch) {
	if br.value != nil {
		c.inBranch(br, func() { br.exits = c.dropLast(br.value) })
	}
	c.unused(br.scope)
}

// afterIf takes note of what an if that ends the workflow says for what follows.
// In a parallel block nothing follows by order.
func (c *checker) afterIf(around *scope, x *dsl.IfExpr, brs []*branch) {
	switch {
	case c.in.parallel || len(brs) == 0:
	case brs[0].exits:
		around.narrow(c.known(x.Cond, false))
		if len(brs) > 1 {
			around.learn(brs[1].scope)
		}
	case len(brs) > 1 && brs[1].exits:
		around.narrow(c.known(x.Cond, true))
		around.learn(brs[0].scope)
	}
}

// branches opens the blocks of an if or match. total tells that one of them is
// always taken.
func (c *checker) branches(x dsl.Expr, in place) (brs []*branch, total bool) {
	switch x := x.(type) {
	case *dsl.MatchExpr:
		return c.arms(x, in), true
	case *dsl.TryExpr:
		return c.tryBranches(x, in), true
	}
	i, ok := x.(*dsl.IfExpr)
	if !ok {
		return nil, false
	}
	c.want(i.Cond, basic(types.Bool), "the condition")
	brs = append(brs, c.open(i.Then, c.known(i.Cond, true), in))
	if i.Else != nil {
		brs = append(brs, c.open(i.Else, c.known(i.Cond, false), in))
	}
	return brs, i.Else != nil
}

func (c *checker) arms(x *dsl.MatchExpr, in place) []*branch {
	t := c.value(x.X, nil)
	if _, union := elemOf(t).(*types.Union); union && isOptional(t) {
		c.maybeNone(x.X)
		t = invalid
	}
	cover := newCover(t)
	cover.failures = c.failuresOf(x.X)
	var brs []*branch
	for _, a := range x.Arms {
		if a == nil {
			continue
		}
		c.pureIn("a pattern", func() { c.armPattern(a.Pattern, t, cover) })
		s := newScope(c.scope)
		c.inThis(s, func() {
			c.armName(a, t)
			brs = append(brs, c.open(a.Body, nil, in))
		})
	}
	c.exhaustive(cover, x)
	return brs
}

// parallel checks a parallel block. What it binds is visible after it, so that it
// has the scope around it.
func (c *checker) parallel(x *dsl.ParallelExpr, hint types.Type, wanted bool) types.Type {
	if c.in.pure != "" {
		c.report(diag.ImpureHere, headOf(x), "parallel runs steps, and none can stand in %s", c.in.pure)
	}
	in := c.in
	in.parallel, in.beside, in.binding, in.bound = true, "put it before or after the block", nil, nil
	in = in.unleavable("a parallel block")
	t := nothing
	c.with(in, func() {
		last, _ := c.stmts(x.Body, true)
		switch {
		case last == nil && wanted:
			c.noValue(x.Body, "the parallel block")
			t = invalid
		case wanted:
			t = c.value(last, hint)
		case last != nil:
			c.dropLast(last)
		}
	})
	return t
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
