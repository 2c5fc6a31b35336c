package checker

import (
	"slices"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// A policy is what a policy's declaration says.
type policy struct {
	own     seenClauses // which clauses it has
	clauses Clauses
}

func (c *checker) policyClauses(o *Policy) {
	p := &policy{}
	for _, cl := range o.Decl.Clauses {
		if !p.own.first(c, cl) {
			continue
		}
		switch cl := cl.(type) {
		case *dsl.RetryClause:
			c.retries(&p.clauses.Retry, cl, p.own)
		case *dsl.TimeoutClause:
			p.clauses.Timeout = c.timeout(cl)
		default:
			c.misplaced(cl, "a policy", "retry and timeout can")
		}
	}
	c.policies[o] = p
}

// applyWith puts the clauses of the policy that a "with" names in place of those in
// cs, which apply to callee.
func (c *checker) applyWith(clauses []dsl.Clause, callee Object, cs *Clauses) {
	for _, cl := range clauses {
		if w, ok := cl.(*dsl.WithClause); ok && w.Name != nil {
			before := cs.Retry
			c.applyPolicy(w.Name, cs)
			if cs.Retry != before && cs.Retry.Repeats() {
				c.repeats(w, callee)
			}
			return
		}
	}
}

func (c *checker) applyPolicy(name *dsl.Ident, cs *Clauses) {
	o := c.find(name, "policy", isPolicy)
	p, ok := o.(*Policy)
	if !ok {
		if o != nil {
			e := c.scope.lookup(name.Name)
			label(c.report(diag.WrongType, name, "%s is %s, expected a policy", name.Name, kindOf(e)), e.file, e.at, "declared here")
		}
		return
	}
	says := c.policies[p]
	if says == nil {
		return // unsound
	}
	if says.own["retry"] != nil {
		cs.Retry = says.clauses.Retry
	}
	if says.own["timeout"] != nil {
		cs.Timeout = says.clauses.Timeout
	}
}

func isPolicy(o Object) bool {
	_, ok := o.(*Policy)
	return ok
}

// errorNames gives the declared errors that names stand for.
func (c *checker) errorNames(names []*dsl.Ident) []*types.Struct {
	var out []*types.Struct
	for _, name := range names {
		if s := c.errorName(name); s != nil {
			if slices.Contains(out, s) {
				c.report(diag.DuplicateName, name, "%s stands twice", s.Name)
				continue
			}
			out = append(out, s)
		}
	}
	return out
}

// errorName gives the declared error that a name stands for; nil where it is none.
func (c *checker) errorName(name *dsl.Ident) *types.Struct {
	t := c.namedType(name)
	s, ok := t.(*types.Struct)
	if ok && s.Error {
		return s
	}
	if !isInvalid(t) {
		c.report(diag.WrongType, name, "%s is a type, expected an error", name.Name).
			Help = "an error is declared with `error " + name.Name + " { … }`"
	}
	return nil
}

// Failures are the errors that an err may hold, as far as they have types.
type failures struct {
	// any tells that it can't be told which: a workflow is among what may fail.
	any    bool
	errors []*types.Struct
	// in is the block that may fail with them, where they aren't known yet.
	in *dsl.Block
}

func (f *failures) add(errors ...*types.Struct) {
	for _, e := range errors {
		if !slices.Contains(f.errors, e) {
			f.errors = append(f.errors, e)
		}
	}
}

// ofCall adds to f what a call may fail with.
func (c *checker) ofCall(f *failures, callee Object, cs *Clauses) {
	switch o := callee.(type) {
	case *Tool:
		f.any = f.any || c.loose[o]
		f.add(o.Fails...)
		if !o.Readonly && !o.Idempotent {
			f.add(types.Interrupted)
		}
		if cs != nil && cs.Timeout > 0 {
			f.add(types.TimedOut)
		}
	case *Workflow:
		f.any = true
	}
}

func (c *checker) failuresOfCall(callee Object, cs *Clauses) *failures {
	f := &failures{}
	c.ofCall(f, callee, cs)
	return f
}

// failuresIn are what a block may fail with, as far as it has been checked.
func (c *checker) failuresIn(b *dsl.Block) *failures {
	f := &failures{}
	dsl.Inspect(b, func(n dsl.Node) bool {
		switch n := n.(type) {
		case *dsl.CallExpr:
			if d := c.info.Durables[n]; d != nil {
				c.ofDurable(f, n.Verb, d)
				return true
			}
			callee := c.info.Uses[n.Fun]
			f.any = f.any || callee == nil
			c.ofCall(f, callee, c.info.Clauses[n])
		case *dsl.FailStmt:
			s, ok := c.info.Types[n.X].(*types.Struct)
			if ok {
				f.add(s)
			}
			f.any = f.any || types.Is(c.info.Types[n.X], types.Failure)
		}
		return true
	})
	return f
}

// failuresOf are what the value of an expression may hold, nil where that isn't
// known.
func (c *checker) failuresOf(x dsl.Expr) *failures {
	id, ok := unparen(x).(*dsl.Ident)
	if !ok {
		return nil
	}
	v, _ := c.info.Uses[id].(*Var)
	return c.failures[v]
}

// An errorPattern is a pattern that names an error, in a match over what may hold
// the failures, which are nil where that isn't known.
type errorPattern struct {
	file    *dsl.File
	pattern dsl.Expr
	of      *failures
}

// impossible reports the patterns for errors that can't come. What a block may fail
// with is known when all bodies have been checked.
func (c *checker) impossible() {
	for _, p := range c.patterns {
		f := p.of
		if f != nil && f.in != nil {
			f = c.failuresIn(f.in)
		}
		if s, ok := c.info.Types[p.pattern].(*types.Struct); ok && f != nil && !f.any && !slices.Contains(f.errors, s) {
			c.file = p.file
			c.cannotFail(p.pattern, s)
		}
	}
}

func (c *checker) cannotFail(p dsl.Expr, s *types.Struct) {
	d := c.report(diag.CannotFail, p, "nothing here fails with %s", s.Name)
	switch s {
	case types.TimedOut:
		d.Help = "give the call a timeout"
	case types.Interrupted:
		d.Help = "only a tool that is neither readonly nor idempotent is interrupted; others are called again"
	case types.Rejected:
		d.Help = "it is what an approve fails with"
	case types.CircuitOpen:
		d.Help = "only a tool with a breaker refuses calls"
	case types.Spent, types.Refused, types.Unfit:
		d.Help = "it is what an agent fails with"
	default:
		d.Help = "say on the tool's declaration that it does: fails " + s.Name
	}
}

// retriedErrors reports errors after "on" that a tool doesn't fail with.
func (c *checker) retriedErrors(cl *dsl.RetryClause, callee Object) {
	t, ok := callee.(*Tool)
	if !ok || c.loose[t] {
		return
	}
	for _, name := range cl.On {
		o, _ := c.info.Uses[name].(*TypeName)
		if o == nil {
			continue
		}
		s, ok := o.Type.(*types.Struct)
		if !ok || !s.Error || slices.Contains(t.Fails, s) {
			continue
		}
		d := c.report(diag.CannotFail, name, "%s doesn't fail with %s", t.Name, s.Name)
		label(d, t.File, t.Decl.Name, "declared here")
		d.Help = "say so on its declaration: fails " + s.Name
		switch s {
		case types.TimedOut:
			d.Help = "what times out is retried anyway"
		case types.Interrupted:
			d.Help = "what is interrupted is retried anyway"
		}
	}
}
