package build

import "github.com/wfgen/wfgen/dsl"

// A Stmt is a line of a block. An expression is one too: see Do.
type Stmt struct{ stmt dsl.Stmt }

func block(lines []Stmt) *dsl.Block {
	b := &dsl.Block{}
	for _, l := range lines {
		b.Stmts = append(b.Stmts, l.stmt)
	}
	return b
}

func bare(l Stmt) *dsl.Block { return &dsl.Block{Stmts: []dsl.Stmt{l.stmt}, Bare: true} }

// Do is an expression as a line: a call, or the value of the block whose last line it
// is.
func Do(x any) Stmt { return Stmt{&dsl.ExprStmt{X: expr(x)}} }

// Bind is name := value.
func Bind(name string, value any) Stmt {
	return Stmt{&dsl.BindStmt{Name: id(name), Value: expr(value)}}
}

// Var is var name T = value.
func Var(name string, t Type, value any) Stmt {
	return Stmt{&dsl.BindStmt{Name: id(name), Type: t.expr, Value: expr(value)}}
}

// Label names a step.
func Label(label string, line Stmt) Stmt {
	return Stmt{&dsl.LabeledStmt{Label: id(label), Stmt: line.stmt}}
}

// Validate fails where a condition is false. Without a message it is the condition's
// text.
func Validate(cond any, message ...any) Stmt {
	s := &dsl.ValidateStmt{Cond: expr(cond)}
	if len(message) > 0 {
		s.Message = Text(message...).x
	}
	return Stmt{s}
}

// Fail fails with a message, a declared error, or err.
func Fail(x any) Stmt { return Stmt{&dsl.FailStmt{X: expr(x)}} }

// Return ends the workflow with a value.
func Return(value any) Stmt { return Stmt{&dsl.ReturnStmt{Value: expr(value)}} }

// ReturnNothing ends a workflow without a result.
func ReturnNothing() Stmt { return Stmt{&dsl.ReturnStmt{}} }

// Break ends the nearest loop with its value.
func Break(value any) Stmt { return Stmt{&dsl.BreakStmt{Value: expr(value)}} }

// Continue ends a round of the nearest loop with the state of the next.
func Continue(state any) Stmt { return Stmt{&dsl.ContinueStmt{State: expr(state)}} }

// BreakNothing is break alone, in a loop whose value nobody uses.
func BreakNothing() Stmt { return Stmt{&dsl.BreakStmt{}} }

// ContinueNothing is continue alone, in a loop without a state.
func ContinueNothing() Stmt { return Stmt{&dsl.ContinueStmt{}} }

// Wait waits for a duration.
func Wait(d any) Stmt { return Stmt{&dsl.WaitStmt{X: expr(d)}} }

// WaitUntil waits for a time.
func WaitUntil(t any) Stmt { return Stmt{&dsl.WaitStmt{Until: true, X: expr(t)}} }

// Log reports a message as an event.
func Log(message any) Stmt { return Stmt{&dsl.LogStmt{Message: expr(message)}} }

// Commit drops what is owed in undos.
func Commit() Stmt { return Stmt{&dsl.CommitStmt{}} }

// Rollback runs what is owed in undos.
func Rollback() Stmt { return Stmt{&dsl.RollbackStmt{}} }
