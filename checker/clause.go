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
// declaration's.
func (c *checker) stepClauses(x *dsl.CallExpr, callee Object, result types.Type) types.Type {
	cs := &Clauses{}
	c.info.Clauses[x] = cs
	if t, ok := callee.(*Tool); ok {
		cs.Retry, cs.Timeout = c.defaults(t)
	}
	var own seenClauses
	for _, cl := range x.Clauses {
		if !own.first(c, cl) {
			continue
		}
		switch cl := cl.(type) {
		case *dsl.RetryClause:
			cs.Retry = c.retry(cl)
			c.repeats(cl, callee, cs.Retry)
		case *dsl.TimeoutClause:
			cs.Timeout = c.timeout(cl)
		case *dsl.ElseClause:
			cs.Else = cl
		case *dsl.UndoClause:
			cs.Undo = c.undo(cl, x, result)
			if cs.Undo != nil && cs.Timeout > 0 {
				c.unsure(cl)
			}
		case *dsl.AfterClause:
			cs.After = c.after(cl)
		case *dsl.EffectClause:
			c.report(diag.MisplacedClause, cl, "%s can't stand on a call", c.text(cl)).Help = "it belongs to the tool's declaration"
		}
	}
	t := result
	if cs.Else != nil {
		t = c.otherwise(cs.Else, x, result)
	}
	if cs.Undo != nil {
		c.owed = own.undo
	} else if w, ok := callee.(*Workflow); ok && c.owed == nil {
		c.owed = c.leftOwed(w, nil)
	}
	return t
}

// unsure warns of an undo that isn't owed where it may be needed.
func (c *checker) unsure(cl *dsl.UndoClause) {
	c.warn(diag.UndoUnsure, cl, "a call that times out may have happened, but its undo is owed only once it has succeeded").
		Help = "make sure the tool itself cleans up when its context is cancelled"
}

// seenClauses are the clauses of one call or declaration so far.
type seenClauses struct {
	retry, timeout, otherwise, after, effect dsl.Clause
	undo                                     *dsl.UndoClause
}

// first tells whether a clause is the first of its kind, and reports a second one.
func (s *seenClauses) first(c *checker, cl dsl.Clause) bool {
	var old *dsl.Clause
	var name string
	switch cl := cl.(type) {
	case *dsl.RetryClause:
		old, name = &s.retry, "retry"
	case *dsl.TimeoutClause:
		old, name = &s.timeout, "timeout"
	case *dsl.ElseClause:
		old, name = &s.otherwise, "else"
	case *dsl.AfterClause:
		old, name = &s.after, "after"
	case *dsl.EffectClause:
		old, name = &s.effect, "readonly or idempotent"
	case *dsl.UndoClause:
		if s.undo == nil {
			s.undo = cl
			return true
		}
		label(c.report(diag.MisplacedClause, cl, "a second undo"), c.file, s.undo, "the first one")
		return false
	}
	if *old == nil {
		*old = cl
		return true
	}
	label(c.report(diag.MisplacedClause, cl, "a second %s", name), c.file, *old, "the first one")
	return false
}

// defaults are the clauses of a tool's declaration. They are reported once, where
// the declaration is checked.
func (c *checker) defaults(t *Tool) (*Retry, time.Duration) {
	diags := c.diags
	defer func(f *dsl.File) { c.diags, c.file = diags, f }(c.file)
	c.file = t.File
	var retry *Retry
	var timeout time.Duration
	for _, cl := range t.Decl.Clauses {
		switch cl := cl.(type) {
		case *dsl.RetryClause:
			retry = c.retry(cl)
		case *dsl.TimeoutClause:
			timeout = c.timeout(cl)
		}
	}
	return retry, timeout
}

// retry gives what a retry clause says; nil for retry 0.
func (c *checker) retry(cl *dsl.RetryClause) *Retry {
	if len(cl.At) > 0 {
		return c.retryAt(cl)
	}
	r := &Retry{Min: defaultMin, Max: defaultMax}
	v, ok := value{}, false
	if cl.N != nil {
		v, ok = fold(cl.N)
	}
	switch {
	case cl.N == nil:
	case !ok || v.duration || constant.ToInt(v.v).Kind() != constant.Int:
		c.report(diag.NotConstant, cl.N, "retry needs a constant number of attempts, found %s", c.text(cl.N))
		return nil
	default:
		c.constant(cl.N, v, basic(types.Int))
		n, _ := constant.Int64Val(constant.ToInt(v.v))
		if n < 0 {
			c.report(diag.BadConstant, cl.N, "retry needs a number of attempts, found %s", c.text(cl.N))
			return nil
		}
		r.Times = int(n)
	}
	if cl.Min != nil {
		c.backoff(cl, r)
	}
	if r.Times == 0 {
		return nil
	}
	return r
}

func (c *checker) backoff(cl *dsl.RetryClause, r *Retry) {
	low, high := c.constDuration(cl.Min, "backoff"), c.constDuration(cl.Max, "backoff")
	if low == 0 || high == 0 {
		return
	}
	if low > high {
		c.report(diag.BadConstant, cl.Min, "backoff from %s down to %s", c.text(cl.Min), c.text(cl.Max)).
			Help = "write the shorter pause first"
		return
	}
	r.Min, r.Max = low, high
}

func (c *checker) retryAt(cl *dsl.RetryClause) *Retry {
	r := &Retry{}
	for i, x := range cl.At {
		d := c.constDuration(x, "retry at")
		if d == 0 {
			continue
		}
		if i > 0 && len(r.At) > 0 && d <= r.At[len(r.At)-1] {
			c.report(diag.BadConstant, x, "retry at %s after a later time", c.text(x)).
				Help = "the times count from the first failure, each later than the one before"
		}
		r.At = append(r.At, d)
	}
	r.Times = len(r.At)
	return r
}

func (c *checker) timeout(cl *dsl.TimeoutClause) time.Duration {
	if cl.D == nil || isNone(cl.D) {
		return 0
	}
	return c.constDuration(cl.D, "timeout")
}

// repeats warns of a retry of what must not happen twice.
func (c *checker) repeats(at dsl.Node, callee Object, r *Retry) {
	if r == nil {
		return
	}
	var once *Tool
	switch o := callee.(type) {
	case *Tool:
		if !o.Readonly && !o.Idempotent {
			once = o
		}
	case *Workflow:
		once = c.reachesOnce(o, map[*Workflow]bool{})
	}
	if once == nil {
		return
	}
	d := c.warn(diag.RepeatsEffect, at, "retry repeats %s, which is neither readonly nor idempotent", once.Name)
	label(d, once.File, once.Decl.Name, "declared here")
	d.Help = "declare the tool idempotent if calling it twice is the same as once"
}

// undo checks undo CALL, in whose arguments the name that the result is bound to
// stands for it. It gives nil for an undo that doesn't fit.
func (c *checker) undo(cl *dsl.UndoClause, of *dsl.CallExpr, result types.Type) *dsl.CallExpr {
	call, ok := cl.Call.(*dsl.CallExpr)
	if !ok {
		if _, bad := cl.Call.(*dsl.BadExpr); !bad && cl.Call != nil {
			c.report(diag.BadUndo, cl.Call, "undo needs a call of a tool or workflow, found %s", c.text(cl.Call))
		}
		return nil
	}
	var callee Object
	if call.Fun != nil {
		if e := c.scope.lookup(call.Fun.Name); e != nil {
			callee = e.obj
		}
	}
	switch callee.(type) {
	case *Tool, *Workflow, nil:
	default:
		c.report(diag.BadUndo, call.Fun, "undo needs a call of a tool or workflow, %s is none", call.Fun.Name)
		return nil
	}
	c.besideUndo(cl)
	owed := c.owed
	c.inThis(newScope(c.scope), func() {
		if v := c.in.binding; v != nil && c.in.bound == dsl.Expr(of) && v.Name != "_" {
			v.Type = result
			c.scope.names[v.Name] = &entry{name: v.Name, obj: v, file: c.file, at: v.Ident}
		}
		in, outer := c.in, c.in
		in.binding, in.bound, in.dropped = nil, nil, call
		c.with(in, func() { c.undoCall(call) })
		if v := outer.binding; v != nil && c.scope.names[v.Name] != nil && c.scope.names[v.Name].used {
			c.undone[v] = true
		}
	})
	c.owed = owed
	return call
}

// undoCall checks the call itself: its arguments are pure.
func (c *checker) undoCall(call *dsl.CallExpr) {
	args := call.Args
	c.pureIn("an undo's arguments", func() {
		for _, a := range args {
			c.infer(a, nil)
		}
	})
	before := len(c.diags)
	c.info.Types[call] = c.call(call, nil)
	c.diags = dedupe(c.diags, before)
}

// after checks after a, b: each a step above.
func (c *checker) after(cl *dsl.AfterClause) []*dsl.Ident {
	var names []*dsl.Ident
	for _, name := range cl.Names {
		e := c.scope.lookup(name.Name)
		if e == nil || !isStepAbove(e) {
			d := c.report(diag.BadAfter, name, "after %s, which isn't a step above", name.Name)
			d.Help = "name a binding or label that stands above in this block or one around it"
			if e != nil {
				label(d, e.file, e.at, "%s is declared here", name.Name)
			}
			continue
		}
		e.used = true
		c.info.Uses[name] = e.obj
		names = append(names, name)
	}
	return names
}

func isStepAbove(e *entry) bool {
	switch e.obj.(type) {
	case *Label:
		return true
	case *Var:
		return e.binding
	}
	return false
}

// otherwise checks what stands in for a call that failed. It gives the type of the
// call and what stands in for it.
func (c *checker) otherwise(cl *dsl.ElseClause, x *dsl.CallExpr, result types.Type) types.Type {
	if c.in.dropped == x {
		c.elseClause(cl, nothing)
		return result
	}
	return c.elseClause(cl, result)
}

// elseClause checks an else clause, whose value stands for a t. It gives the type of
// the two.
func (c *checker) elseClause(cl *dsl.ElseClause, t types.Type) types.Type {
	err := &Var{Name: "err", Type: basic(types.Failure)}
	c.info.Errs[cl] = err
	s := newScope(c.scope)
	s.names["err"] = &entry{name: "err", obj: err, file: c.file}
	in := c.in
	in.parallel, in.binding, in.bound, in.dropped = false, nil, nil, nil
	in.tail = false
	in.value = in.value || t != nothing
	var br *branch
	before := c.owed
	c.inThis(s, func() { br = c.open(cl.Body, nil, in) })
	c.owed = before
	if t == nothing {
		c.closed([]*branch{br})
		return nothing
	}
	return c.elseValue(br, cl, t)
}

func (c *checker) elseValue(br *branch, cl *dsl.ElseClause, t types.Type) types.Type {
	defer c.unused(br.scope)
	if br.value == nil {
		if !br.exits && !isInvalid(t) {
			c.report(diag.WrongType, cl, "the else gives no value, expected %s", t).
				Help = "its last line gives the value; or end it with fail"
		}
		return t
	}
	if o, optional := t.(*types.Optional); isNone(br.value) && !isInvalid(t) {
		if !optional {
			o = &types.Optional{Elem: t}
		}
		c.inBranch(br, func() { c.want(br.value, o, "the value of else") })
		return o
	}
	var got types.Type
	c.inBranch(br, func() { got = c.value(br.value, t) })
	if o, ok := got.(*types.Optional); ok && types.Identical(o.Elem, t) {
		return o
	}
	c.inBranch(br, func() { c.fit(br.value, got, t, "the value of else") })
	return t
}
