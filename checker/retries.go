package checker

import (
	"slices"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// A call may have several retries, each for errors of its own:
//
//	retry 5 backoff 1s..1m on Busy
//	retry 1 on Throttled

// retriesApart tells whether two clauses are retries of which each says for what it is: one
// alone may leave that out, and stands for the failures without a declared type.
func (c *checker) retriesApart(old, more dsl.Clause) bool {
	a, ok := old.(*dsl.RetryClause)
	b, also := more.(*dsl.RetryClause)
	return ok && also && (len(a.On) > 0 || len(b.On) > 0)
}

// retries adds what a retry clause says to that of the clauses before it, of which own has
// the first. It tells whether the clause is the first that tries again.
func (c *checker) retries(to **Retry, cl *dsl.RetryClause, own seenClauses) (repeats bool) {
	r, first := c.retry(cl), own["retry"].(*dsl.RetryClause)
	if first == cl {
		*to = r
		return r.Repeats()
	}
	repeats = r.Repeats() && !(*to).Repeats()
	switch {
	case len(cl.At) > 0 || len(first.At) > 0:
		d := c.report(diag.MisplacedClause, cl, "a retry at stands alone")
		label(d, c.file, first, "the other one")
		d.Help = "its times count from the first failure, of which each of several retries has its own: write retry N backoff A..B"
	case !r.named && !(*to).named:
		d := c.report(diag.MisplacedClause, cl, "two retries name no errors")
		label(d, c.file, first, "the other one")
		d.Help = "name the errors of all but one: retry 5 on Busy"
	case !r.named:
		r.Others = append([]*Retry{*to}, (*to).Others...)
		(*to).Others, *to = nil, r
	default:
		c.disjoint(cl, *to)
		(*to).Others = append((*to).Others, r)
	}
	return repeats
}

// tryRetries checks the retries of a try. What may not be repeated is known when all bodies
// have been checked, and so is what the block may fail with.
func (c *checker) tryRetries(x *dsl.TryExpr) {
	var own seenClauses
	var r *Retry
	for _, cl := range x.Retries {
		if !own.first(c, cl) {
			continue
		}
		if c.retries(&r, cl, own) {
			c.retried = append(c.retried, retriedCall{file: c.file, clause: cl, block: x.Body})
		}
		for _, name := range cl.On {
			if o, ok := c.info.Uses[name].(*TypeName); ok {
				c.info.Types[name] = o.Type
				c.patterns = append(c.patterns, errorPattern{c.file, name, &failures{in: x.Body}})
			}
		}
	}
	if r != nil {
		c.info.Tries[x] = r
	}
}

// Repeats tells whether a call is ever tried again: retry 0 alone says that it isn't.
func (r *Retry) Repeats() bool {
	return r != nil && (r.Times > 0 || slices.ContainsFunc(r.Others, (*Retry).Repeats))
}

// disjoint reports an error that two retries name.
func (c *checker) disjoint(cl *dsl.RetryClause, r *Retry) {
	for _, name := range cl.On {
		o, _ := c.info.Uses[name].(*TypeName)
		if o == nil {
			continue
		}
		s, _ := o.Type.(*types.Struct)
		for _, other := range append([]*Retry{r}, r.Others...) {
			if slices.Contains(other.On, s) {
				c.report(diag.DuplicateName, name, "%s is an error of another retry", name.Name).
					Help = "each failure counts for one retry: name it in one of them"
			}
		}
	}
}
