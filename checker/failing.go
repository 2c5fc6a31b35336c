package checker

import "github.com/wfgen/wfgen/dsl"

// mayFail tells whether a step in something may fail without anything that stands in for
// it.
func (c *checker) mayFail(in dsl.Node) bool { return c.failing(in) != nil }

// failing is the first step in something that may fail without anything that stands in for
// it; nil where there is none. What a calculation may fail of isn't looked at: it is rare,
// and hardly meant.
func (c *checker) failing(in dsl.Node) (found dsl.Node) {
	dsl.Inspect(in, func(n dsl.Node) bool {
		if found != nil {
			return false
		}
		switch n := n.(type) {
		case *dsl.FailStmt:
			found = wordOf(n, "fail")
		case *dsl.ValidateStmt:
			found = wordOf(n, "validate")
		case *dsl.LoopExpr:
			if n.Else == nil && n.X == nil && !isUnbounded(n) {
				found = headOf(n)
			}
		case *dsl.TryExpr:
			if n.Else != nil {
				found = c.failing(n.Else)
				return false
			}
		case *dsl.CallExpr:
			if cs := c.info.Clauses[n]; cs != nil && cs.Else != nil {
				found = c.failingElse(n, cs.Else)
				return false
			}
			if c.failsAsStep(n) {
				found = n.Fun
			}
		}
		return true
	})
	return found
}

// failingElse is failing for what stands in for a call. What is left of the failures of what
// waits for an event or an answer, once those that come of waiting are named, doesn't come of
// what the workflow does, and isn't counted.
func (c *checker) failingElse(x *dsl.CallExpr, cl *dsl.ElseClause) dsl.Node {
	d := c.info.Durables[x]
	m, ok := lastExpr(cl.Body).(*dsl.MatchExpr)
	if d == nil || !ok || len(cl.Body.Stmts) > 1 {
		return c.failing(cl)
	}
	unnamed := map[string]bool{"Rejected": x.Verb == dsl.Approve, "TimedOut": d.Timeout != nil}
	for _, a := range m.Arms {
		if id, ok := a.Pattern.(*dsl.Ident); ok {
			unnamed[id.Name] = false
		}
	}
	waits := d.Event != nil && x.Verb == dsl.Await || x.Verb == dsl.Approve
	if !waits || unnamed["Rejected"] || unnamed["TimedOut"] {
		return c.failing(cl)
	}
	for _, a := range m.Arms {
		if id, ok := a.Pattern.(*dsl.Ident); ok && id.Name == "_" {
			continue
		}
		if at := c.failing(a.Body); at != nil {
			return at
		}
	}
	return nil
}

// failsAsStep tells of a call that it may fail: of a tool, of a workflow in which something
// may, or of what waits for a time or for an answer.
func (c *checker) failsAsStep(x *dsl.CallExpr) bool {
	switch o := c.info.Uses[x.Fun].(type) {
	case *Tool:
		return true
	case *Workflow:
		return c.info.Clauses[x] == nil || c.info.Clauses[x].Timeout > 0 || c.workflowFails(o)
	}
	d := c.info.Durables[x]
	return d != nil && x.Verb != dsl.Emit && (d.Event == nil || d.Timeout != nil)
}

// workflowFails tells whether a workflow may fail.
func (c *checker) workflowFails(w *Workflow) bool {
	if w.Of != nil || w.Timeout > 0 {
		return true
	}
	fails, known := c.fails[w]
	if !known {
		c.fails[w] = true // for one that calls itself
		fails = c.mayFail(w.Decl.Body) || c.mayFail(w.Decl.Finally)
		c.fails[w] = fails
	}
	return fails
}
