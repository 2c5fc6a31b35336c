package checker

import (
	"slices"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// expect checks a line that says what is expected.
func (t *tester) expect(l *dsl.ExpectLine) {
	e := &Expect{Line: l}
	switch l.Kind {
	case dsl.ExpectCond:
		t.condition(l)
	case dsl.ExpectFail:
		t.expectedFailure(e)
	case dsl.ExpectSteps:
		t.expectedSteps(e, "a step that calls a tool", func(s Step) bool { return s.Tool != nil && !s.Undo })
	case dsl.ExpectOrder:
		t.expectedSteps(e, "a step that begins and ends", func(s Step) bool { return s.Timed && !s.Undo })
		if len(l.Steps) < 2 {
			t.report(diag.BadTest, l, "an order is of two steps or more, found %d", len(l.Steps)).
				Help = "name them in their order: expect order reservation, receipt"
		}
	case dsl.ExpectUndone:
		t.expectedSteps(e, "a step with an undo", func(s Step) bool { return s.Undo })
	case dsl.ExpectCalled, dsl.ExpectEmitted:
		t.expectedCall(e)
	}
	t.of.Expects = append(t.of.Expects, e)
}

// condition checks a condition, in which result is what the workflow gave.
func (t *tester) condition(l *dsl.ExpectLine) {
	if t.success == nil {
		t.success = l
	}
	w, v := t.of.Workflow, t.of.Result
	if v == nil {
		v = &Var{Name: "result", Type: invalid}
	}
	s := newScope(t.scope)
	e := &entry{name: v.Name, obj: v, file: t.file, what: "the result"}
	s.put(e)
	in := t.in
	in.deep = true
	t.with(in, func() {
		t.inThis(s, func() { t.want(l.X, basic(types.Bool), "what is expected") })
	})
	if e.used && w != nil && w.Result == nothing {
		d := t.report(diag.BadTest, l.X, "%s gives no result", w.Name)
		label(d, w.File, w.Decl.Name, "declared here")
		d.Help = "expect steps, order, undone or fail"
	}
}

// expectedFailure checks what the workflow is expected to fail with: a declared error,
// by its name or as a value, or a part of the message.
func (t *tester) expectedFailure(e *Expect) {
	l := e.Line
	if t.failing == nil {
		t.failing = l
	}
	t.expectedSteps(e, "a step", func(Step) bool { return true })
	if l.X == nil {
		return
	}
	var s *types.Struct
	if id, ok := l.X.(*dsl.Ident); ok && t.declaredError(id) {
		s = t.namedType(id).(*types.Struct)
		e.Error = s
	} else {
		t.checker.failure(l.X)
		s, _ = t.info.Types[l.X].(*types.Struct)
	}
	w := t.of.Workflow
	if s == nil || !s.Error || w == nil {
		return
	}
	f := t.failuresOfWorkflow(w, map[*Workflow]bool{})
	if f.any || slices.Contains(f.errors, s) {
		return
	}
	d := t.report(diag.CannotFail, l.X, "%s doesn't fail with %s", w.Name, s.Name)
	label(d, w.File, w.Decl.Name, "declared here")
	d.Help = "neither the workflow nor a tool that it calls fails with it"
}

// declaredError tells whether a name is a declared error's, and no value's.
func (t *tester) declaredError(id *dsl.Ident) bool {
	e := t.scope.lookup(id.Name)
	if e == nil {
		return false
	}
	o, ok := e.obj.(*TypeName)
	if !ok {
		return false
	}
	s, ok := o.Type.(*types.Struct)
	return ok && s.Error
}

// failuresOfWorkflow are what a workflow may fail with.
func (t *tester) failuresOfWorkflow(w *Workflow, seen map[*Workflow]bool) *failures {
	if seen[w] || w.Of != nil {
		return &failures{any: w.Of != nil}
	}
	seen[w] = true
	f := t.failuresIn(w.Decl.Body)
	f.any = false
	if w.Timeout > 0 {
		f.add(types.TimedOut)
	}
	if w.Agent != nil {
		f.add(types.Spent, types.Refused, types.Unfit)
	}
	dsl.Inspect(w.Decl.Body, func(n dsl.Node) bool {
		if call, ok := n.(*dsl.CallExpr); ok && call.Fun != nil && call.Verb == dsl.Call {
			t.addFailures(f, call, seen)
		}
		return true
	})
	return f
}

func (t *tester) addFailures(f *failures, call *dsl.CallExpr, seen map[*Workflow]bool) {
	switch o := t.info.Uses[call.Fun].(type) {
	case *Workflow:
		inner := t.failuresOfWorkflow(o, seen)
		f.any = f.any || inner.any
		f.add(inner.errors...)
		if cs := t.info.Clauses[call]; cs != nil && cs.Timeout > 0 {
			f.add(types.TimedOut)
		}
	case *Tool:
		f.any = f.any || t.checker.loose[o]
	case nil:
		f.any = true
	}
}

// expectedSteps checks the steps of a line.
func (t *tester) expectedSteps(e *Expect, what string, keep func(Step) bool) {
	for _, x := range e.Line.Steps {
		id, _ := t.step(x, what, keep)
		e.Steps = append(e.Steps, id)
	}
}
