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
	tail := c.in.tail
	defer func() { c.in.tail = tail }()
	for i, s := range b.Stmts {
		isLast := i == len(b.Stmts)-1
		c.in.tail = tail && isLast
		if exits {
			c.report(diag.Unreachable, s, "nothing reaches this line").Help = "the line above ends the workflow"
			return nil, true
		}
		if e, ok := s.(*dsl.ExprStmt); ok && isLast && value {
			return e.X, false
		}
		exits = c.stmt(s)
	}
	return nil, exits
}

// stmt checks a statement that isn't its block's value. It tells whether it ends
// the workflow.
func (c *checker) stmt(s dsl.Stmt) (exits bool) {
	switch s := s.(type) {
	case *dsl.LabeledStmt:
		return c.labeled(s)
	case *dsl.BindStmt:
		c.bindStmt(s)
	case *dsl.ExprStmt:
		return c.bareLine(s.X)
	case *dsl.ValidateStmt:
		c.guardStmt(s, "validate")
		c.pureIn("a validate", func() {
			c.want(s.Cond, basic(types.Bool), "the condition")
			if s.Message != nil {
				c.want(s.Message, basic(types.String), "the message")
			}
		})
		c.scope.narrow(c.known(s.Cond, true))
	case *dsl.FailStmt:
		c.guardStmt(s, "fail")
		c.pureIn("the message of fail", func() { c.want(s.Message, basic(types.String), "the message") })
		return true
	case *dsl.ReturnStmt:
		c.returnStmt(s)
		return true
	case *dsl.WaitStmt:
		c.step(s, "wait")
		c.waitStmt(s)
	case *dsl.CommitStmt:
		c.undoStmt(s, "commit")
	case *dsl.RollbackStmt:
		c.undoStmt(s, "rollback")
	case *dsl.LogStmt:
		c.step(s, "log")
		c.pureIn("the message of log", func() { c.want(s.Message, basic(types.String), "the message") })
	}
	return false
}

func (c *checker) labeled(s *dsl.LabeledStmt) bool {
	if s.Label != nil && s.Label.Name != "_" {
		l := &Label{Ident: s.Label, Stmt: s}
		c.info.Defs[s.Label] = l
		c.enter(&entry{name: s.Label.Name, obj: l, file: c.file, at: s.Label})
	}
	return c.stmt(s.Stmt)
}

// step checks that a statement stands where steps can.
func (c *checker) step(s dsl.Stmt, what string) bool {
	if c.in.pure == "" {
		return true
	}
	d := c.report(diag.ImpureHere, s, "%s is a step, and can't stand in %s", what, c.in.pure)
	if c.in.pure == pureFunc {
		d.Help = "a func is bindings, then the value on its last line"
	}
	return false
}

// guardStmt checks that a validate or fail stands where a failure has a meaning.
func (c *checker) guardStmt(s dsl.Stmt, what string) {
	if c.step(s, what) && c.in.parallel {
		c.report(diag.MisplacedStmt, s, "%s can't stand directly in a parallel block, which is a graph of steps", what).
			Help = "put it above or below the block, or into a block of its own"
	}
}

func (c *checker) undoStmt(s dsl.Stmt, what string) {
	switch {
	case !c.step(s, what):
	case c.in.beside:
		c.report(diag.MisplacedStmt, s, "%s can't stand where steps run side by side", what).
			Help = "put it before or after the block"
	}
	c.owed = nil
}

func (c *checker) returnStmt(s *dsl.ReturnStmt) {
	want := orInvalid(c.in.result)
	switch {
	case c.in.pure == pureFunc:
		c.report(diag.MisplacedStmt, s, "a func has no return").Help = "the value of its last line is its result"
		want = invalid
	case c.in.pure != "":
		c.step(s, "return")
	case c.in.value || c.in.beside:
		c.report(diag.MisplacedStmt, s, "return can't stand in a block whose value is used, or which runs beside others").
			Help = "bind the block's value, and return below it"
	case c.owed != nil && !c.in.tail:
		d := c.report(diag.OwedAtReturn, s, "an early return while undos are owed")
		label(d, c.file, c.owed, "owed from here")
		d.Help = "say commit or rollback first"
	}
	switch {
	case s.Value == nil && want != nothing && !isInvalid(want):
		c.report(diag.WrongType, s, "return without a value, expected %s", want)
	case s.Value != nil && want == nothing:
		c.infer(s.Value, nil)
		c.report(diag.WrongType, s.Value, "the workflow has no result, but this returns one").
			Help = "write the result's type behind the parameters"
	case s.Value != nil:
		c.want(s.Value, want, "the result")
	}
}

func (c *checker) waitStmt(s *dsl.WaitStmt) {
	if s.Until {
		c.want(s.X, basic(types.Time), "wait until")
		return
	}
	t := c.plain(s.X, "wait")
	switch {
	case types.Is(t, types.Time):
		c.report(diag.WrongType, s.X, "wait of a time, expected a duration").Help = "write wait until"
	case !isInvalid(t) && !types.Is(t, types.Duration):
		c.report(diag.WrongType, s.X, "wait of %s, expected a duration", t).Help = "like 10m or 24h"
	}
}

// bindStmt checks name := value. The name is known in the value's own undo.
func (c *checker) bindStmt(s *dsl.BindStmt) {
	if s.Name == nil || s.Value == nil {
		return
	}
	v := &Var{Name: s.Name.Name, Ident: s.Name}
	in := c.in
	in.binding, in.bound = v, s.Value
	var t types.Type
	c.with(in, func() { t = c.value(s.Value, nil) })
	v.Type = t
	c.info.Defs[s.Name] = v
	if v.Name != "_" {
		c.enter(&entry{name: v.Name, obj: v, file: c.file, at: s.Name, binding: true, used: c.undone[v]})
	}
}

// bareLine checks an expression that is a line, but not its block's last.
func (c *checker) bareLine(x dsl.Expr) (exits bool) {
	if c.in.pure != "" || !c.acts(x) {
		c.infer(x, nil)
		c.report(diag.UnusedValue, x, "the value of this line is used by nobody").
			Help = "bind it with :=, or remove the line"
		return false
	}
	return c.dropped(x)
}

// acts tells whether an expression does something besides having a value: a call
// of a tool or workflow, or a block form.
func (c *checker) acts(x dsl.Expr) bool {
	switch x := x.(type) {
	case *dsl.ParenExpr:
		return c.acts(x.X)
	case *dsl.IfExpr, *dsl.MatchExpr, *dsl.ForExpr, *dsl.ParallelExpr, *dsl.BadExpr:
		return true
	case *dsl.CallExpr:
		if x.Fun == nil {
			return true
		}
		e := c.scope.lookup(x.Fun.Name)
		if e == nil {
			return true
		}
		switch e.obj.(type) {
		case *Tool, *Workflow:
			return true
		}
	}
	return false
}

// dropped checks an expression whose value nobody wants. It tells whether it ends
// the workflow.
func (c *checker) dropped(x dsl.Expr) (exits bool) {
	switch x := x.(type) {
	case *dsl.IfExpr, *dsl.MatchExpr:
		return c.branchingStmt(x)
	case *dsl.ForExpr:
		c.forExpr(x, nil, false)
		c.info.Types[x] = nothing
	case *dsl.ParallelExpr:
		c.parallel(x, nil, false)
		c.info.Types[x] = nothing
	case *dsl.CallExpr:
		in := c.in
		in.dropped = x
		c.with(in, func() { c.infer(x, nil) })
		c.unusedCall(x)
	default:
		c.infer(x, nil)
	}
	return false
}

// unusedCall warns of a call that only reads, and whose result is dropped.
func (c *checker) unusedCall(x *dsl.CallExpr) {
	if x.Fun == nil {
		return
	}
	t, ok := c.info.Uses[x.Fun].(*Tool)
	if ok && t.Readonly && t.Result != nothing {
		c.warn(diag.UnusedResult, x, "%s changes nothing, and nothing uses its result", t.Name).
			Help = "bind the result, or remove the call"
	}
}
