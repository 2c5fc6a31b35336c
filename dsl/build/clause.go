package build

import "github.com/wfgen/wfgen/dsl"

// A Clause is an addition to a call or a declaration.
type Clause struct{ clause dsl.Clause }

func clausesOf(clauses []Clause) []dsl.Clause { return addClauses(nil, clauses) }

func addClauses(to []dsl.Clause, clauses []Clause) []dsl.Clause {
	for _, c := range clauses {
		to = dsl.AddClause(to, c.clause)
	}
	return to
}

// Readonly says of a tool that it changes nothing.
func Readonly() Clause { return Clause{&dsl.EffectClause{Readonly: true}} }

// Idempotent says of a tool that calling it twice is the same as once.
func Idempotent() Clause { return Clause{&dsl.EffectClause{}} }

// Fails names the declared errors of which a tool's failures keep the type.
func Fails(errors ...string) Clause { return Clause{&dsl.FailsClause{Names: ids(errors)}} }

// Retry is up to n more attempts.
func Retry(n any, more ...RetryOption) Clause { return retry(&dsl.RetryClause{N: expr(n)}, more) }

// RetryAt is further attempts at times that count from the first failure.
func RetryAt(times []any, more ...RetryOption) Clause {
	return retry(&dsl.RetryClause{At: exprs(times)}, more)
}

func retry(c *dsl.RetryClause, more []RetryOption) Clause {
	for _, option := range more {
		option(c)
	}
	return Clause{c}
}

// A RetryOption says more of a retry.
type RetryOption func(*dsl.RetryClause)

// Backoff bounds the pauses between attempts.
func Backoff(least, most any) RetryOption {
	return func(c *dsl.RetryClause) { c.Min, c.Max = expr(least), expr(most) }
}

// On names declared errors that are tried again too.
func On(errors ...string) RetryOption { return func(c *dsl.RetryClause) { c.On = ids(errors) } }

// Timeout bounds an attempt or, on a workflow, the whole; nil is timeout none.
func Timeout(d any) Clause { return Clause{&dsl.TimeoutClause{D: expr(d)}} }

// Until bounds what is awaited by a time.
func Until(t any) Clause { return Clause{&dsl.UntilClause{T: expr(t)}} }

// Where says of an event that is awaited, by the name that it is bound to, which one is.
func Where(cond any) Clause { return Clause{&dsl.WhereClause{Cond: expr(cond)}} }

// Else is a value that stands in for a call that failed.
func Else(value any) Clause {
	x := &dsl.ExprStmt{X: expr(value)}
	return Clause{&dsl.ElseClause{Body: &dsl.Block{Stmts: []dsl.Stmt{x}, Bare: true}}}
}

// ElseOn is a value that stands in for a call that failed with one of its errors, which is
// known by a name unless that is empty. Several on one call are arms of one else.
func ElseOn(err, name string, value any) Clause {
	a := &dsl.Arm{Pattern: id(err), Body: &dsl.Block{Stmts: []dsl.Stmt{&dsl.ExprStmt{X: expr(value)}}, Bare: true}}
	if name != "" {
		a.Name = id(name)
	}
	return Clause{dsl.ElseOn(dsl.Span{}, []*dsl.Arm{a}, nil)}
}

// ElseDo is a block that stands in for a call that failed, in which err is known.
func ElseDo(lines ...Stmt) Clause { return Clause{&dsl.ElseClause{Body: block(lines)}} }

// Undo is the call that takes back the one it stands on.
func Undo(call Calling) Clause { return Clause{&dsl.UndoClause{Call: call.call}} }

// UndoEarly is Undo, owed from before the call.
func UndoEarly(call Calling) Clause { return Clause{&dsl.UndoClause{Early: true, Call: call.call}} }

// Finally is Undo for what is done on every way out.
func Finally(call Calling) Clause {
	return Clause{&dsl.UndoClause{Finally: true, Call: call.call}}
}

// FinallyEarly is Finally, owed from before the call.
func FinallyEarly(call Calling) Clause {
	return Clause{&dsl.UndoClause{Finally: true, Early: true, Call: call.call}}
}

// NoUndo is undo none: nothing takes back the call that it stands on, whatever its
// tool's declaration says.
func NoUndo() Clause {
	return Clause{&dsl.UndoClause{Call: expr(nil)}}
}

// After waits for bindings or labels above.
func After(names ...string) Clause { return Clause{&dsl.AfterClause{Names: ids(names)}} }

// With is the clauses of a policy.
func With(policy string) Clause { return Clause{&dsl.WithClause{Name: id(policy)}} }

// LimitPer has at most n calls of a tool begin within any d.
func LimitPer(n, d any, by ...LimitOption) Clause {
	return limit(&dsl.LimitClause{N: expr(n), Per: expr(d)}, by)
}

// LimitAtOnce has at most n calls of a tool, or executions of a workflow, go on at once.
func LimitAtOnce(n any, by ...LimitOption) Clause { return limit(&dsl.LimitClause{N: expr(n)}, by) }

func limit(c *dsl.LimitClause, by []LimitOption) Clause {
	for _, option := range by {
		option(c)
	}
	return Clause{c}
}

// A LimitOption says more of a limit.
type LimitOption func(*dsl.LimitClause)

// By has a limit count apart for each value of a parameter.
func By(parameter string) LimitOption {
	return func(c *dsl.LimitClause) { c.By = id(parameter) }
}

// Refuse has a workflow that has as many executions as there may be at once start no other.
func Refuse() LimitOption { return func(c *dsl.LimitClause) { c.Full = id("refuse") } }

// Replace has it cancel the oldest, and begin when that has ended.
func Replace() LimitOption { return func(c *dsl.LimitClause) { c.Full = id("replace") } }

// Breaker has a tool refuse its calls for as long as open says, once n have failed within d.
func Breaker(n, d, open any) Clause {
	return Clause{&dsl.BreakerClause{N: expr(n), Per: expr(d), Open: expr(open)}}
}

// Cache keeps what a readonly tool gives for d.
func Cache(d any) Clause { return Clause{&dsl.CacheClause{D: expr(d)}} }

// Version is the version of a workflow.
func Version(n int) Clause { return Clause{&dsl.VersionClause{N: expr(n)}} }
