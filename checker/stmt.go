package checker

import (
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// stmts checks the statements of a block in the current scope. With value the last
// line, where it is an expression, is left for the caller, who knows whether it is
// wanted. exits tells that the block's end can't be reached.
func (c *checker) stmts(b *dsl.Block, value bool) (last dsl.Expr, exits bool) {
	if b == nil {
		return nil, false
	}
	c.noteBelow(b)
	for i, s := range b.Stmts {
		if exits {
			c.report(diag.Unreachable, s, "nothing reaches this line").Help = "what is above ends the block"
			return nil, true
		}
		c.forgetBelow(s)
		if i == len(b.Stmts)-1 && value {
			if x := lastExpr(b); x != nil {
				c.labelOf(s)
				return x, false
			}
		}
		exits = c.stmt(s)
	}
	return nil, exits
}

// noteBelow notes the names that a block binds, so that one that is used too early
// can be told from one that isn't there.
func (c *checker) noteBelow(b *dsl.Block) {
	for _, s := range b.Stmts {
		if at := nameOf(s); at != nil && c.scope.below[at.Name] == nil {
			c.scope.below[at.Name] = at
		}
	}
}

func (c *checker) forgetBelow(s dsl.Stmt) {
	if at := nameOf(s); at != nil && c.scope.below[at.Name] == at {
		delete(c.scope.below, at.Name)
	}
}

// nameOf is the name that a statement binds, or its label; nil for none.
func nameOf(s dsl.Stmt) *dsl.Ident {
	switch s := s.(type) {
	case *dsl.BindStmt:
		return s.Name
	case *dsl.LabeledStmt:
		return s.Label
	}
	return nil
}

// stmt checks a statement that isn't its block's value. It tells whether it ends
// the workflow.
func (c *checker) stmt(s dsl.Stmt) (exits bool) {
	//sumtype:exhaustive
	switch s := s.(type) {
	case *dsl.LabeledStmt:
		exits = c.stmt(s.Stmt)
		c.labelOf(s)
		return exits
	case *dsl.BindStmt:
		c.bindStmt(s)
	case *dsl.ExprStmt:
		return c.bareLine(s.X)
	case *dsl.ValidateStmt:
		c.validate(s)
	case *dsl.FailStmt:
		if !c.in.answers {
			c.guardStmt(s, "fail")
		}
		c.failure(s.X)
		return !c.in.parallel
	case *dsl.BreakStmt:
		c.breakStmt(s)
		return !c.in.parallel
	case *dsl.ContinueStmt:
		c.continueStmt(s)
		return !c.in.parallel
	case *dsl.ReturnStmt:
		c.returnStmt(s)
		return !c.in.parallel
	case *dsl.WaitStmt:
		c.waitStmt(s)
	case *dsl.CommitStmt:
		c.undoStmt(s, "commit")
	case *dsl.RollbackStmt:
		c.undoStmt(s, "rollback")
	case *dsl.LogStmt:
		c.stepStmt(s, "log")
		c.want(s.Message, basic(types.String), "the message")
	}
	return false
}

// labelOf enters the label of a statement, which what is below can name.
func (c *checker) labelOf(s dsl.Stmt) {
	l, ok := s.(*dsl.LabeledStmt)
	if !ok || l.Label == nil {
		return
	}
	if c.in.pure != "" {
		d := c.report(diag.MisplacedStmt, l.Label, "a label names a step, and none can stand in %s", c.in.pure)
		if _, value := l.Stmt.(*dsl.ExprStmt); value {
			d.Help = entriesHelp
		}
	}
	o := &Label{Ident: l.Label, Stmt: l}
	c.info.Defs[l.Label] = o
	if l.Label.Name != "_" {
		c.enter(&entry{name: l.Label.Name, obj: o, file: c.file, at: l.Label})
	}
}

// wordOf is the word that a statement begins with.
func wordOf(s dsl.Stmt, word string) dsl.Span {
	at := s.Place()
	return dsl.Span{Start: at.Start, End: min(at.End, at.Start+len(word))}
}

// stepStmt checks that a statement stands where steps can.
func (c *checker) stepStmt(s dsl.Stmt, word string) bool {
	if c.in.pure == "" {
		return true
	}
	d := c.report(diag.MisplacedStmt, wordOf(s, word), "%s can't stand in %s", word, c.in.pure)
	if c.in.pure == pureFunc {
		d.Help = "a func is bindings, then its value on the last line"
	}
	return false
}

// guardStmt checks that a validate or fail stands where what is below can wait for
// it.
func (c *checker) guardStmt(s dsl.Stmt, word string) {
	if c.stepStmt(s, word) && c.in.parallel {
		c.guardInParallel(wordOf(s, word), word)
	}
}

func (c *checker) guardInParallel(at dsl.Span, word string) {
	c.report(diag.MisplacedStmt, at, "%s can't stand directly in a parallel block, where nothing is above or below", word).
		Help = "put it before or after the block"
}

// failure checks what a fail fails with: a message, a declared error, or err.
func (c *checker) failure(x dsl.Expr) {
	t := c.value(x, nil)
	s, isStruct := t.(*types.Struct)
	switch {
	case isInvalid(t), types.Is(t, types.String), types.Is(t, types.Failure), isStruct && s.Error:
	case isOptional(t):
		c.maybeNone(x)
	default:
		d := c.report(diag.WrongType, x, "fail takes a message or an error, found %s", t)
		if isStruct {
			d.Help = "declare it with error instead of type: error " + s.Name + " { … }"
		} else {
			d.Help = c.conversionHelp(x, t, basic(types.String))
		}
	}
}

func (c *checker) validate(s *dsl.ValidateStmt) {
	c.guardStmt(s, "validate")
	c.pureIn("a validate", func() {
		c.want(s.Cond, basic(types.Bool), "the condition")
		if s.Message != nil {
			c.want(s.Message, basic(types.String), "the message")
		}
	})
	if !c.in.parallel {
		c.scope.narrow(c.known(s.Cond, true))
	}
}

func (c *checker) undoStmt(s dsl.Stmt, word string) {
	if c.stepStmt(s, word) && c.in.beside != "" {
		c.report(diag.MisplacedStmt, s, "%s can't stand where steps run side by side", word).Help = c.in.beside
	}
}

func (c *checker) returnStmt(s *dsl.ReturnStmt) {
	want := orInvalid(c.in.result)
	at := wordOf(s, "return")
	switch {
	case c.in.pure == pureFunc:
		c.report(diag.MisplacedStmt, at, "a func has no return").Help = "the value of its last line is its result"
		want = invalid
	case c.in.pure != "":
		c.stepStmt(s, "return")
	case c.in.noReturn != "":
		d := c.report(diag.MisplacedStmt, at, "return can't stand in %s", c.in.noReturn)
		if d.Help = "bind what the block gives, and return below it"; c.in.noReturn == finallyBlock {
			d.Help = finallyHelp
		}
	}
	switch {
	case s.Value == nil && want != nothing && !isInvalid(want):
		c.report(diag.WrongType, s, "return without a value, expected %s", want)
	case s.Value != nil && want == nothing:
		c.infer(s.Value, nil)
		c.report(diag.WrongType, s.Value, "the workflow has no result, found a value to return").
			Help = "write the result's type after the parameters"
	case s.Value != nil:
		c.want(s.Value, want, "the result")
	}
}

func (c *checker) waitStmt(s *dsl.WaitStmt) {
	c.stepStmt(s, "wait")
	if s.Until {
		c.want(s.X, basic(types.Time), "what is waited for")
		return
	}
	t := c.plain(s.X, nil)
	if types.Is(t, types.Time) {
		c.report(diag.WrongType, s.X, "found a time, expected a duration").Help = "write wait until " + c.text(s.X)
		return
	}
	c.fit(s.X, t, basic(types.Duration), "what is waited for")
	if v, ok := c.fold(s.X); ok && v.isDuration() {
		c.constDuration(s.X, "wait")
	}
}

// bindStmt checks name := value. In the value the name is known only to the undo
// of the call that is bound.
func (c *checker) bindStmt(s *dsl.BindStmt) {
	if s.Name == nil || s.Value == nil {
		return
	}
	v := &Var{Name: s.Name.Name, Ident: s.Name}
	e := &entry{name: v.Name, obj: v, file: c.file, at: s.Name, binding: true}
	in := c.in
	in.binding, in.bound = e, s.Value
	t := invalid
	c.with(in, func() { t = c.boundValue(s) })
	v.Type = t
	c.info.Defs[s.Name] = v
	if v.Name != "_" {
		c.enter(e)
	}
}

// boundValue checks the value of a binding, and gives the type of its name.
func (c *checker) boundValue(s *dsl.BindStmt) types.Type {
	if s.Type == nil {
		return c.value(s.Value, nil)
	}
	t := c.typeOf(s.Type)
	c.want(s.Value, t, s.Name.Name)
	return t
}

// bareLine checks an expression that is a line, but not its block's value.
func (c *checker) bareLine(x dsl.Expr) (exits bool) {
	if c.standsAlone(x) {
		return c.drop(x)
	}
	before := len(c.diags)
	if t := c.infer(x, nil); len(c.diags) == before && !isInvalid(t) {
		c.report(diag.UnusedValue, x, "nothing uses the value of this line").
			Help = "bind it with :=, or remove the line"
	}
	return false
}

// standsAlone tells whether a line does something besides having a value. Where nothing
// acts, that is an if or match in a round of a loop, which may leave it.
func (c *checker) standsAlone(x dsl.Expr) bool {
	if c.in.pure == "" || !isPureForm(x) {
		return c.acts(x)
	}
	_, try := unparen(x).(*dsl.TryExpr)
	return c.in.loop != nil && c.in.noBreak == "" && isBranching(unparen(x)) && !try
}

// isPureForm tells whether a block form can stand where nothing acts: what it does there is
// to give a value.
func isPureForm(x dsl.Expr) bool {
	switch x := unparen(x); x.(type) {
	case *dsl.ForExpr, *dsl.LoopExpr:
		return true
	default:
		return isBranching(x)
	}
}

// acts tells whether an expression does something besides having a value: a call
// of a tool or workflow, or a block form.
func (c *checker) acts(x dsl.Expr) bool {
	switch x := unparen(x).(type) {
	case *dsl.IfExpr, *dsl.MatchExpr, *dsl.ForExpr, *dsl.ParallelExpr, *dsl.RaceExpr, *dsl.TryExpr, *dsl.LoopExpr, *dsl.BadExpr:
		return true
	case *dsl.CallExpr:
		return c.isStepCall(x)
	}
	return false
}

// isStepCall tells whether a call may be one of a tool or workflow.
func (c *checker) isStepCall(x *dsl.CallExpr) bool {
	if x.Fun == nil || x.Verb != dsl.Call {
		return true
	}
	e := c.scope.lookup(x.Fun.Name)
	if e == nil {
		return true
	}
	switch o := e.meant(isFunction).obj.(type) {
	case *Tool, *Workflow:
		return true
	case *Builtin:
		return recorded[o.Name] != nil
	}
	return false
}

// dropLast checks the last line of a block whose value nobody wants.
func (c *checker) dropLast(x dsl.Expr) (exits bool) {
	if c.standsAlone(x) {
		return c.drop(x)
	}
	before := len(c.diags)
	if t := c.infer(x, nil); len(c.diags) == before && !isInvalid(t) {
		c.warn(diag.UnusedResult, x, "nothing uses this value").Help = "remove the line"
	}
	return false
}

// drop checks an expression that acts, and whose value nobody wants. It tells
// whether it ends the workflow.
func (c *checker) drop(x dsl.Expr) (exits bool) {
	switch x := x.(type) {
	case *dsl.ParenExpr:
		exits = c.drop(x.X)
		c.info.Types[x] = orInvalid(c.info.Types[x.X])
	case *dsl.TryExpr:
		return c.branchingStmt(x)
	case *dsl.IfExpr, *dsl.MatchExpr:
		if c.in.parallel && c.onlyFails(x) {
			at := headOf(x)
			c.guardInParallel(at, c.text(at)+" that only fails")
		}
		return c.branchingStmt(x)
	case *dsl.ForExpr:
		c.info.Types[x] = c.forExpr(x, nil, false)
	case *dsl.ParallelExpr:
		c.info.Types[x] = c.parallel(x, nil, false)
	case *dsl.RaceExpr:
		c.info.Types[x] = c.race(x, nil, false)
	case *dsl.LoopExpr:
		c.info.Types[x], exits = c.loop(x, nil, false)
	case *dsl.CallExpr:
		c.info.Types[x] = orInvalid(c.call(x, nil, false))
		if x.Verb == dsl.Call {
			c.dropped = append(c.dropped, droppedCall{c.file, x})
		}
	default:
		c.infer(x, nil)
	}
	return exits
}

// onlyFails tells whether an if or match does nothing but fail or validate.
func (c *checker) onlyFails(x dsl.Expr) bool {
	fails, acts := false, false
	dsl.Inspect(x, func(n dsl.Node) bool {
		switch n := n.(type) {
		case *dsl.FailStmt, *dsl.ValidateStmt:
			fails = true
		case *dsl.CallExpr:
			acts = acts || c.isStepCall(n)
		case *dsl.ReturnStmt, *dsl.BreakStmt, *dsl.ContinueStmt, *dsl.WaitStmt, *dsl.CommitStmt, *dsl.RollbackStmt,
			*dsl.ParallelExpr, *dsl.RaceExpr, *dsl.TryExpr:
			acts = true
		}
		return true
	})
	return fails && !acts
}
