package checker

import (
	"go/constant"
	"time"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// The pauses between attempts where a retry says nothing of them.
const (
	defaultMin = 100 * time.Millisecond
	defaultMax = 30 * time.Second
)

// stepClauses works out what applies to a call: clause by clause its own, else the
// declaration's. It gives the type of the call and what stands in for it.
func (c *checker) stepClauses(x *dsl.CallExpr, callee Object, result types.Type, wanted bool) types.Type {
	cs := &Clauses{}
	c.info.Clauses[x] = cs
	*cs = c.defaults[callee]
	c.applyWith(x.Clauses, callee, cs)
	var own seenClauses
	var undo *dsl.UndoClause // or finally
	for _, cl := range x.Clauses {
		if !own.first(c, cl) {
			continue
		}
		switch cl := cl.(type) {
		case *dsl.RetryClause:
			if c.retries(&cs.Retry, cl, own) {
				c.repeats(cl, callee)
			}
			c.retriedErrors(cl, callee)
		case *dsl.TimeoutClause:
			cs.Timeout = c.timeout(cl)
		case *dsl.ElseClause:
			cs.Else = cl
		case *dsl.UndoClause:
			undo = cl
			cs.Undo, cs.Finally, cs.Early, cs.UndoOf, cs.NoUndo = c.undo(cl, x, result), cl.Finally, cl.Early, nil, cl.None()
			if _, workflow := callee.(*Workflow); workflow && cl.None() {
				c.workflowOwes(cl)
			}
		case *dsl.AfterClause:
			cs.After = c.after(cl)
		case *dsl.LimitClause, *dsl.BreakerClause, *dsl.CacheClause:
			c.report(diag.MisplacedClause, cl, "%s can't stand on a call", c.clauseWord(cl)).
				Help = "write it on the tool's declaration: it holds for all calls of the tool together"
		case *dsl.UntilClause, *dsl.WhereClause:
			c.misplaced(cl, "this call", "")
		case *dsl.EffectClause, *dsl.FailsClause, *dsl.VersionClause, *dsl.KeepClause:
			c.report(diag.MisplacedClause, cl, "%s can't stand on a call", c.text(cl)).Help = "write it on the declaration"
		}
	}
	switch {
	case cs.UndoOf != nil:
		c.declaredUndo(x, cs)
	case cs.Undo != nil && !cs.Early:
		if why := c.mayHaveHappened(callee, cs); why != "" {
			c.unsure(undo, why)
		}
	}
	if cs.Else != nil {
		c.hidesInterrupted(callee, cs.Else, wanted)
		return c.elseClause(cs.Else, result, wanted, c.failuresOfCall(callee, cs))
	}
	return result
}

// lateSuccess is why a timeout makes an undo unsure.
const lateSuccess = "an attempt that times out may have happened all the same"

// mayHaveHappened tells why a call may have happened although it hasn't succeeded, so that
// an undo which isn't early isn't owed; empty where nothing says so.
func (c *checker) mayHaveHappened(callee Object, cs *Clauses) string {
	switch {
	case cs.Timeout > 0:
		return lateSuccess
	case isOnce(callee):
		return unknownSuccess
	case c.inTime():
		return outOfTime
	}
	return ""
}

const (
	unknownSuccess = "a call that is neither readonly nor idempotent isn't made again after a crash, and may have happened all the same"
	outOfTime      = "the workflow's timeout may pass during this call, which may have happened all the same"
)

// isOnce tells of a tool that it must not happen twice.
func isOnce(callee Object) bool {
	t, ok := callee.(*Tool)
	return ok && !t.Readonly && !t.Idempotent
}

// inTime tells whether what is checked is in a workflow with a timeout.
func (c *checker) inTime() bool {
	w, ok := c.in.decl.(*Workflow)
	return ok && w.Timeout > 0
}

// unsure warns of an undo that isn't owed where it may be needed.
func (c *checker) unsure(cl *dsl.UndoClause, why string) {
	at := dsl.Span{Start: cl.Start, End: min(cl.End, cl.Start+len(cl.Word()))}
	call, _ := cl.Call.(*dsl.CallExpr)
	c.warn(diag.UndoUnsure, at, "%s%s", why, owedLate(cl.Finally)).Help = c.early(cl.Word(), "", c.byResult[call])
}

// owedLate is the second half of what is said of an undo, or a finally, that isn't owed
// where it may be needed.
func owedLate(finally bool) string {
	what := "the undo"
	if finally {
		what = "what finally calls"
	}
	return ", but " + what + " is owed only after a success"
}

// word is the word of the clause that says what is owed.
func (cs *Clauses) word() string { return (&dsl.UndoClause{Finally: cs.Finally}).Word() }

// early says what to write in place of an undo, or a finally, that isn't owed where it may
// be needed. byResult tells that it undoes by what the call gives, which isn't known from the start.
func (c *checker) early(word, where string, byResult bool) string {
	help := "write " + word + " early" + where + ", which is owed from before the call"
	if byResult {
		help += "; it can't use the result: give the tool a key that the workflow has, as an id of its own, and undo by that"
	}
	return help
}

// seenClauses are the first clauses of their kinds on one call or declaration.
type seenClauses map[string]dsl.Clause

// first tells whether a clause is the first of its kind, and reports a second one.
func (s *seenClauses) first(c *checker, cl dsl.Clause) bool {
	word := c.clauseWord(cl)
	kind := word
	switch cl.(type) {
	case *dsl.UndoClause:
		kind = "undo" // or finally: a call owes one of them
	case *dsl.UntilClause:
		kind = "timeout" // in another way
	}
	if *s == nil {
		*s = seenClauses{}
	}
	old := (*s)[kind]
	if old == nil {
		(*s)[kind] = cl
		return true
	}
	if c.retriesApart(old, cl) {
		return true
	}
	d := c.report(diag.MisplacedClause, cl, "%s stands twice", word)
	label(d, c.file, old, "first here")
	switch {
	case word == "retry":
		d.Help = "name the errors of each: retry 5 on Busy retry 1 on Throttled; one of them may stand for the others, without on"
	case kind == "timeout" && c.clauseWord(old) != word:
		d.Message = "what is awaited has a timeout or an until, not both"
		d.Help = "keep one of them; of a time and a duration the earlier is a race, with a wait in its other arm"
	case c.clauseWord(old) != word:
		d.Message = "a call has an undo or a finally, not both"
		d.Help = "what finally calls is called where the workflow fails, too: a workflow, if there is more to do"
	}
	if e, ok := cl.(*dsl.ElseClause); ok {
		c.elseClause(e, invalid, false, nil)
	}
	return false
}

// clauseWord is the word that a clause begins with.
func (c *checker) clauseWord(cl dsl.Clause) string {
	switch cl := cl.(type) {
	case *dsl.RetryClause:
		return "retry"
	case *dsl.TimeoutClause:
		return "timeout"
	case *dsl.UntilClause:
		return "until"
	case *dsl.WhereClause:
		return "where"
	case *dsl.ElseClause:
		return "else"
	case *dsl.UndoClause:
		return cl.Word()
	case *dsl.AfterClause:
		return "after"
	case *dsl.EffectClause:
		if cl.Readonly {
			return "readonly"
		}
	case *dsl.FailsClause:
		return "fails"
	case *dsl.WithClause:
		return "with"
	case *dsl.VersionClause:
		return "version"
	case *dsl.KeepClause:
		return "keep"
	case *dsl.LimitClause:
		if cl.Per == nil {
			return "limit … at once"
		}
		return "limit … per"
	case *dsl.BreakerClause:
		return "breaker"
	case *dsl.CacheClause:
		return "cache"
	}
	return "idempotent"
}

// toolClauses checks the clauses of a tool's declaration, and keeps them for its
// calls.
func (c *checker) toolClauses(t *Tool) {
	var own seenClauses
	var defaults Clauses
	c.applyWith(t.Decl.Clauses, t, &defaults)
	for _, cl := range t.Decl.Clauses {
		if !own.first(c, cl) {
			continue
		}
		switch cl := cl.(type) {
		case *dsl.EffectClause:
			if other := own["readonly"]; other != nil && own["idempotent"] != nil {
				d := c.report(diag.MisplacedClause, cl, "a tool is readonly or idempotent, not both")
				d.Help = "what changes nothing can be repeated anyway: keep readonly"
			}
		case *dsl.RetryClause:
			if c.retries(&defaults.Retry, cl, own) {
				c.repeats(cl, t)
			}
		case *dsl.TimeoutClause:
			defaults.Timeout = c.timeout(cl)
		case *dsl.FailsClause:
			t.Fails = c.errorNames(cl.Names)
			c.loose[t] = len(t.Fails) < len(cl.Names)
		case *dsl.LimitClause:
			c.limitClause(cl, t)
		case *dsl.BreakerClause:
			c.breakerClause(cl, t)
		case *dsl.CacheClause:
			c.cacheClause(cl, t)
		case *dsl.UndoClause: // toolUndo
		case *dsl.WithClause:
		default:
			c.misplaced(cl, "a tool's declaration", "readonly, idempotent, fails, retry, timeout, undo, finally, limit, breaker, cache and with can")
		}
	}
	opens(t)
	for _, cl := range t.Decl.Clauses {
		if r, ok := cl.(*dsl.RetryClause); ok {
			c.retriedErrors(r, t)
		}
	}
	c.defaults[t] = defaults
}

// workflowClauses checks the clauses of a workflow's declaration. Its timeout is
// that of the whole, however it is called; a retry is the default of its calls.
func (c *checker) workflowClauses(w *Workflow) {
	var own seenClauses
	var defaults Clauses
	c.applyWith(w.Decl.Clauses, w, &defaults)
	for _, cl := range w.Decl.Clauses {
		if !own.first(c, cl) {
			continue
		}
		switch cl := cl.(type) {
		case *dsl.TimeoutClause:
			defaults.Timeout = c.timeout(cl)
		case *dsl.RetryClause:
			if c.retries(&defaults.Retry, cl, own) {
				c.repeats(cl, w)
			}
		case *dsl.VersionClause:
			w.Version = c.version(cl)
		case *dsl.LimitClause:
			c.workflowLimit(cl, w)
		case *dsl.WithClause:
		default:
			c.misplaced(cl, "a workflow's declaration", "timeout, retry, version, limit and with can; write the others on its calls")
		}
	}
	w.Timeout = defaults.Timeout
	c.defaults[w] = Clauses{Retry: defaults.Retry}
}

// version gives what a version clause says; 1 where it is unsound.
func (c *checker) version(cl *dsl.VersionClause) int {
	before := len(c.diags)
	n := c.constCount(cl.N, "version")
	if n == 0 && len(c.diags) == before {
		c.report(diag.BadConstant, cl.N, "versions count from 1, found %s", c.text(cl.N))
	}
	return max(n, 1)
}

func (c *checker) misplaced(cl dsl.Clause, where, allowed string) {
	switch cl.(type) {
	case *dsl.LimitClause, *dsl.BreakerClause, *dsl.CacheClause:
		allowed = "limit, breaker and cache stand on the declaration of a tool, and a limit on that of a workflow"
	case *dsl.UntilClause:
		allowed = "until bounds an await or approve: another call has a timeout"
	case *dsl.WhereClause:
		allowed = "where says which event is awaited: it stands on the await of one"
	}
	c.report(diag.MisplacedClause, cl, "%s can't stand on %s", c.clauseWord(cl), where).Help = allowed
	if e, ok := cl.(*dsl.ElseClause); ok {
		c.elseClause(e, invalid, false, nil)
	}
}

// retry gives what a retry clause says. With Times 0, as where it is unsound, nothing is
// tried again of what it is for.
func (c *checker) retry(cl *dsl.RetryClause) *Retry {
	if len(cl.At) > 0 {
		return c.retryAt(cl)
	}
	r := &Retry{Times: c.attempts(cl.N), Min: defaultMin, Max: defaultMax, named: len(cl.On) > 0}
	if cl.Min != nil || cl.Max != nil {
		c.backoff(cl, r)
	}
	r.On = c.retriedNames(cl)
	return r
}

// retriedNames are the errors that a retry names. What an agent has spent stays spent, and a
// model that has refused would refuse again: they can't be among them.
func (c *checker) retriedNames(cl *dsl.RetryClause) []*types.Struct {
	errors := c.errorNames(cl.On)
	for _, name := range cl.On {
		o, _ := c.info.Uses[name].(*TypeName)
		if o != nil && (o.Type == types.Type(types.Spent) || o.Type == types.Type(types.Refused)) {
			c.report(diag.CannotFail, name, "%s is never retried", name.Name).
				Help = "say with else on " + name.Name + " what happens instead"
		}
	}
	return errors
}

// attempts gives the constant number of a retry; 0 where it is unsound.
func (c *checker) attempts(x dsl.Expr) int { return c.constCount(x, "retry") }

// constCount gives the value of an expression that has to be a constant number,
// not below 0; 0 where it isn't one, which is reported.
func (c *checker) constCount(x dsl.Expr, what string) int {
	v := c.constNumber(x, basic(types.Int), "the number after "+what, what)
	switch {
	case v == nil:
		return 0
	case constant.Sign(v) < 0:
		c.report(diag.BadConstant, x, "%s needs a number above 0, found %s", what, c.text(x))
		return 0
	}
	n, _ := constant.Int64Val(v)
	return int(n)
}

// constNumber gives the value of an expression that has to be a constant of a type; nil where it
// isn't one, which is reported of it as wanted or, where it isn't constant, of what needs it.
func (c *checker) constNumber(x dsl.Expr, t types.Type, wanted, needs string) constant.Value {
	if _, bad := x.(*dsl.BadExpr); bad || x == nil {
		return nil
	}
	before := len(c.diags)
	c.pureIn("a clause", func() { c.want(x, t, wanted) })
	if len(c.diags) > before {
		return nil
	}
	v := c.info.Consts[x]
	if v == nil {
		c.report(diag.NotConstant, x, "%s needs a constant, found %s", needs, c.text(x))
	}
	return v
}

func (c *checker) backoff(cl *dsl.RetryClause, r *Retry) {
	low, high := c.constDuration(cl.Min, "backoff"), c.constDuration(cl.Max, "backoff")
	switch {
	case low == 0 || high == 0:
	case low > high:
		c.report(diag.BadConstant, dsl.Span{Start: cl.Min.Place().Start, End: cl.Max.Place().End},
			"the backoff goes from %s down to %s", c.text(cl.Min), c.text(cl.Max)).
			Help = "write the shorter pause first"
	default:
		r.Min, r.Max = low, high
	}
}

func (c *checker) retryAt(cl *dsl.RetryClause) *Retry {
	r := &Retry{}
	for _, x := range cl.At {
		d := c.constDuration(x, "retry at")
		if d == 0 {
			continue
		}
		if n := len(r.At); n > 0 && d <= r.At[n-1] {
			c.report(diag.BadConstant, x, "%s isn't later than the time before", c.text(x)).
				Help = "all times count from the first failure"
		}
		r.At = append(r.At, d)
	}
	r.On = c.retriedNames(cl)
	r.Times = len(r.At)
	return r
}

// timeout gives what a timeout clause says; 0 for timeout none.
func (c *checker) timeout(cl *dsl.TimeoutClause) time.Duration {
	if isNone(cl.D) {
		c.infer(cl.D, optionalOf(basic(types.Duration)))
		return 0
	}
	return c.constDuration(cl.D, "timeout")
}

// after checks after a, b: each a step above.
func (c *checker) after(cl *dsl.AfterClause) []*dsl.Ident {
	var names []*dsl.Ident
	for _, name := range cl.Names {
		if name == nil {
			continue
		}
		e := c.scope.lookup(name.Name)
		if e == nil || !isStepAbove(e) {
			c.notAbove(name, e)
			continue
		}
		e.used = true
		c.info.Uses[name] = e.obj
		names = append(names, name)
	}
	return names
}

func isStepAbove(e *entry) bool {
	_, label := e.obj.(*Label)
	return label || e.binding
}

func isStep(o Object) bool {
	switch o.(type) {
	case *Label, *Var:
		return true
	}
	return false
}

func (c *checker) notAbove(name *dsl.Ident, e *entry) {
	d := c.report(diag.BadAfter, name, "%s is no binding or label above", name.Name)
	below := c.scope.bindingBelow(name.Name)
	switch b := c.in.binding; {
	case e != nil && e.at != nil:
		d.Message = name.Name + " is " + kindOf(e) + ", expected a binding or label above"
		label(d, e.file, e.at, "declared here")
	case below != nil:
		label(d, c.file, below, "%s stands here, below", name.Name)
	case b != nil && b.name == name.Name:
		d.Message = name.Name + " can't come after itself"
	default:
		if near := nearest(name.Name, c.scope.all(isStep)); near != "" {
			c.suggest(d, near)
		}
	}
}
