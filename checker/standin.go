package checker

import (
	"slices"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// What stands in for a call that failed, and what takes back one that succeeded.

// elseClause checks an else clause on a call that gives a t, and gives the type of
// the two. wanted tells that the value is used.
func (c *checker) elseClause(cl *dsl.ElseClause, t types.Type, wanted bool, may *failures) types.Type {
	in := c.in
	in.parallel, in.binding, in.bound = false, nil, nil
	in.noBreak = orElse(in.noBreak, "an else clause")
	br := c.standIn(cl.Body, in, may)
	defer c.unused(br.scope)
	switch {
	case isInvalid(t) && endsInNone(br.value):
		c.inBranch(br, func() { c.infer(br.value, invalid) })
	case !wanted || t == nothing || isInvalid(t):
		c.droppedElse(br, t)
	default:
		return c.elseValue(br, cl, t)
	}
	return t
}

// standIn opens a block that stands in for a failure, in which err is bound.
func (c *checker) standIn(b *dsl.Block, in place, may *failures) (br *branch) {
	err := &Var{Name: "err", Type: basic(types.Failure)}
	if b != nil {
		c.info.Errs[b] = err
	}
	c.failures[err] = may
	s := newScope(c.scope)
	s.names["err"] = &entry{name: "err", obj: err, file: c.file, what: "the failure"}
	c.inThis(s, func() { br = c.open(b, nil, in) })
	return br
}

// droppedElse checks the last line of an else clause whose value nobody wants.
func (c *checker) droppedElse(br *branch, t types.Type) {
	if br.value == nil {
		return
	}
	before := len(c.diags)
	defer func() { c.noneDropped(before) }()
	c.inBranch(br, func() {
		if c.acts(br.value) {
			c.drop(br.value)
			return
		}
		got := c.infer(br.value, orNil(t))
		if t == nothing && len(c.diags) == before && !isInvalid(got) {
			c.report(diag.MisplacedClause, br.value, "the call gives no result that a value could stand in for").
				Help = "write else {} to go on after a failure"
		}
	})
}

// noneDropped says what stands in where a none is reported since nobody wants a value.
func (c *checker) noneDropped(from int) {
	for i := from; i < len(c.diags); i++ {
		if d := &c.diags[i]; (d.Code == diag.NoContext || d.Code == diag.WrongType) && c.text(d.Span) == "none" {
			d.Help = "nothing uses the value: write {} to go on after a failure, as in match err { TimedOut => {}, _ => fail err }"
		}
	}
}

// orNil is the hint for what stands where a t does.
func orNil(t types.Type) types.Type {
	if t == nothing {
		return nil
	}
	return t
}

func (c *checker) elseValue(br *branch, cl *dsl.ElseClause, t types.Type) types.Type {
	if br.value == nil {
		if br.sound() {
			c.report(diag.MisplacedClause, cl, "the else has no value, expected %s", t).
				Help = "its last line is its value; fail can stand for one"
		}
		return t
	}
	if exitsForm(br.value) { // it fails on every way through it
		c.inBranch(br, func() { c.drop(br.value) })
		return t
	}
	wide := optionalOf(elemOf(t))
	var got types.Type
	c.inBranch(br, func() {
		hint := t
		if endsInNone(br.value) {
			hint = wide
		} else if c.rankOf(br.value) == settled {
			hint = nil
		}
		if got = c.value(br.value, hint); !types.Identical(got, wide) {
			c.fitElse(br.value, got, t)
		}
	})
	if types.Identical(got, wide) || isInvalid(got) {
		return got
	}
	return t
}

// fitElse checks the value of an else. That of an approve is often a bool, of who wants to
// know whether there was a yes.
func (c *checker) fitElse(x dsl.Expr, got, t types.Type) {
	before := len(c.diags)
	c.fit(x, got, t, "the value of else")
	if t == types.Type(types.Approval) && types.Is(got, types.Bool) && len(c.diags) > before {
		c.diags[before].Help = "write none in place of false and compare the result with it, or try { approve …; true } else { … }"
	}
}

// endsInNone tells whether an expression is none, or branches and is none at one of its ends.
func endsInNone(x dsl.Expr) bool {
	switch x := unparen(x).(type) {
	case *dsl.IfExpr:
		return endsInNone(lastExpr(x.Then)) || endsInNone(lastExpr(x.Else))
	case *dsl.MatchExpr:
		return slices.ContainsFunc(x.Arms, func(a *dsl.Arm) bool { return a != nil && endsInNone(lastExpr(a.Body)) })
	case *dsl.TryExpr:
		return endsInNone(lastExpr(x.Body)) || endsInNone(lastExpr(x.Else))
	case nil:
		return false
	}
	return isNone(x)
}

// undo checks undo CALL, in whose arguments the name that the result is bound to
// stands for it. It gives nil for an undo that doesn't fit, and for undo none.
func (c *checker) undo(cl *dsl.UndoClause, of *dsl.CallExpr, result types.Type) *dsl.CallExpr {
	call := c.calledBy(cl)
	if call == nil {
		return nil
	}
	in := c.in
	s := newScope(c.scope)
	if e := in.binding; e != nil && !cl.Early && in.bound == dsl.Expr(of) && e.name != "_" && result != nothing {
		e.obj.(*Var).Type = result
		s.names[e.name] = e
		in.binding = nil
	}
	in.bound = nil
	var sound bool
	c.byResult[call] = c.uses(s, func() {
		c.with(in, func() { c.inThis(s, func() { sound = c.undoCall(cl, call) }) })
	})
	if !sound {
		return nil
	}
	return call
}

// uses tells whether something that is checked uses a name of a scope's own.
func (c *checker) uses(s *scope, check func()) bool {
	used := false
	for _, e := range s.names {
		before := e.used
		e.used = false
		defer func() { e.used = e.used || before }()
	}
	check()
	for _, e := range s.names {
		used = used || e.used
	}
	return used
}

// calledBy is the call of an undo; nil where there is none.
func (c *checker) calledBy(cl *dsl.UndoClause) *dsl.CallExpr {
	call, ok := cl.Call.(*dsl.CallExpr)
	if ok && call.Fun != nil {
		return call
	}
	if cl.None() {
		c.infer(cl.Call, optionalOf(basic(types.Any)))
		return nil
	}
	if _, bad := cl.Call.(*dsl.BadExpr); !bad && cl.Call != nil {
		c.report(diag.BadUndo, cl.Call, "%s is the call of a tool or workflow, found %s", aWord(cl), c.text(cl.Call))
	}
	return nil
}

// aWord is what an undo clause is called in a sentence.
func aWord(cl *dsl.UndoClause) string {
	if cl.Finally {
		return "a finally"
	}
	return "an undo"
}

// undoCall checks the call: its arguments are pure, its clauses its own tool's.
func (c *checker) undoCall(cl *dsl.UndoClause, x *dsl.CallExpr) bool {
	var params []*Var
	cs := &Clauses{}
	var result types.Type
	switch o := c.callee(x, "tool").(type) {
	case *Tool:
		if o.unsound {
			c.pureIn(aWord(cl), func() { c.looseArgs(x) })
			return false
		}
		params, result = o.Params, o.Result
		*cs = c.defaults[o].ofUndo()
	case *Workflow:
		c.callFrom(o, x.Fun)
		params, result = o.Params, o.Result
		*cs = c.defaults[o].ofUndo()
	default:
		if o != nil && x.Package == nil {
			c.report(diag.BadUndo, x.Fun, "%s is the call of a tool or workflow, found %s", aWord(cl), kindOf(c.scope.lookup(x.Fun.Name)))
		}
		c.pureIn(aWord(cl), func() { c.looseArgs(x) })
		return false
	}
	c.pureIn("the arguments of "+aWord(cl), func() { c.args(x, params) })
	c.info.Clauses[x], c.info.Types[x] = cs, result
	if len(x.Clauses) > 0 {
		c.report(diag.MisplacedClause, x.Clauses[0], "%s takes its clauses from its tool's declaration", aWord(cl))
	}
	return true
}
