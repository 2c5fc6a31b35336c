package checker

import (
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

const (
	finallyBlock = "a finally block"
	finallyHelp  = "it is run when the workflow has ended, and tells of that: call tools there, each with a timeout"
)

// finally checks the block that a workflow runs last. It sees the parameters, since what is
// above may not have come to be, and err, which is none where nothing has failed.
func (c *checker) finally(w *Workflow) {
	b := w.Decl.Finally
	if b == nil {
		return
	}
	in := place{decl: w, result: w.Result}.unleavable(finallyBlock)
	err := &Var{Name: "err", Type: optionalOf(basic(types.Failure))}
	c.info.Errs[b] = err
	s := newScope(c.scope)
	s.names["err"] = &entry{name: "err", obj: err, file: c.file, what: "the failure, or none"}
	c.inThis(s, func() { c.closed(c.open(b, nil, in)) })
	c.comesToAnEnd(b)
}

// comesToAnEnd reports what may keep a finally block from its end, or means another one: it is
// run where the workflow has ended, which no cancellation ends any more.
func (c *checker) comesToAnEnd(b *dsl.Block) {
	dsl.Inspect(b, func(n dsl.Node) bool {
		switch n := n.(type) {
		case *dsl.WaitStmt:
			c.notInFinally(wordOf(n, "wait"), "wait")
		case *dsl.FailStmt:
			if n.Start < n.End { // which nothing has that an else on stands for
				c.notInFinally(wordOf(n, "fail"), "fail")
			}
		case *dsl.ValidateStmt:
			c.notInFinally(wordOf(n, "validate"), "validate")
		case *dsl.CommitStmt:
			c.notInFinally(n, "commit")
		case *dsl.RollbackStmt:
			c.notInFinally(n, "rollback")
		case *dsl.LoopExpr:
			if isUnbounded(n) {
				c.notInFinally(headOf(n), "a loop without a bound")
			}
		case *dsl.CallExpr:
			c.callInFinally(n)
		case *dsl.UndoClause:
			return false
		}
		return true
	})
}

func (c *checker) notInFinally(at dsl.Node, what string) {
	c.report(diag.MisplacedStmt, at, "%s can't stand in %s", what, finallyBlock).
		Help = finallyHelp
}

// callInFinally reports a call in a finally block that may take as long as it likes.
func (c *checker) callInFinally(x *dsl.CallExpr) {
	if x.Verb != dsl.Call {
		if x.Verb != dsl.Emit {
			c.notInFinally(verbOf(x), c.text(verbOf(x)))
		}
		return
	}
	timeout := c.info.Clauses[x] != nil && c.info.Clauses[x].Timeout > 0
	switch o := c.info.Uses[x.Fun].(type) {
	case *Tool:
		timeout = timeout || o.unsound
	case *Workflow:
		timeout = timeout || o.Timeout > 0
	default:
		return
	}
	if !timeout {
		c.report(diag.MisplacedClause, x.Fun, "a call in %s has a timeout, and this has none", finallyBlock).
			Help = "nothing cancels it there, and the workflow waits for it: write timeout 10s"
	}
}
