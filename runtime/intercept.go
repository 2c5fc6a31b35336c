package runtime

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// A StepInterceptor is called around each attempt of each step that calls a tool or
// a workflow, undos included. next makes the attempt: it gives the result, nil where
// the step has none, or the error. The interceptor may call it with another context
// made from ctx, once, more than once or not at all; what it returns is what the
// attempt gives. An error makes the attempt fail, to be tried again like any other.
//
// The interceptors of an attempt run on a goroutine of their own. ctx ends when the
// attempt is cancelled or out of time, and StepOf, AttemptOf and StepKey know it.
type StepInterceptor func(ctx context.Context, call StepCall, next Next) (any, error)

// Next does what an interceptor is around, under a context made from the one that
// the interceptor was given.
type Next = func(context.Context) (any, error)

// A StepCall is an attempt of a step, as an interceptor sees it.
type StepCall struct {
	StepInfo
	// Workflow is the name of the workflow that the step is in.
	Workflow string
	// At is the step's place in the source: file.wf:line:col.
	At string
	// Sub tells that a workflow is called, by the name in Tool.
	Sub bool
	// Undo tells that the call takes back an earlier step.
	Undo bool
	// Effect is what calling the tool may change; Once for a workflow.
	Effect Effect
	// Args are the arguments in the order of the parameters. They aren't to be
	// changed.
	Args []any
}

// A WorkflowInterceptor is called around each run of a workflow, of sub-workflows
// too. next runs the workflow, with its undos if it fails, and gives its result, nil
// where it has none, or its error. It works once: a second call is an error. What
// the interceptor returns is what the workflow gives. Where it fails a workflow that
// has succeeded, what that owes in undos is run.
//
// The interceptors of a run are on a goroutine of their own.
type WorkflowInterceptor func(ctx context.Context, call WorkflowCall, next Next) (any, error)

// A WorkflowCall is a run of a workflow, as an interceptor sees it.
type WorkflowCall struct {
	// Workflow is the workflow's name.
	Workflow string
	// ID is the id of the execution that the run is, or is part of.
	ID string
	// Step is the id of the step that calls the workflow; empty for an execution of
	// its own.
	Step string
	// At is the workflow's place in the source: file.wf:line:col.
	At string
	// Args are the arguments in the order of the parameters, before their
	// constraints are looked at. They aren't to be changed.
	Args []any
}

// WithStepInterceptor gives a context under which executions have their attempts
// intercepted. The first interceptor is the outermost; all are within those that
// ctx has.
func WithStepInterceptor(ctx context.Context, around ...StepInterceptor) context.Context {
	return with(ctx, func(s *settings) { s.aroundStep = slices.Concat(s.aroundStep, around) })
}

// WithWorkflowInterceptor gives a context under which executions are intercepted.
// The first interceptor is the outermost; all are within those that ctx has.
func WithWorkflowInterceptor(ctx context.Context, around ...WorkflowInterceptor) context.Context {
	return with(ctx, func(s *settings) { s.aroundWorkflow = slices.Concat(s.aroundWorkflow, around) })
}

// interceptedAttempt is attempt with interceptors around it. It calls do on the
// goroutine that it is called on.
func interceptedAttempt[T any](ctx context.Context, f *Frame, t *Task[T], n int, do func(context.Context) (T, error), args func() []any) (v T, err error) {
	d := f.interceptionOf(ctx, &t.Step, n, args)
	defer d.end()
	var undo error
	for ctx, ok := d.await(); ok; ctx, ok = d.await() {
		v, err := attempt(ctx, f, t, do)
		undo = undoFailure(err)
		value, err := boxed(v, err)
		d.reply(f, value, err)
	}
	if v, err = unboxed[T](d, f.path(t.ID)); err == nil && t.Check != nil {
		v, err = t.Check(ctx, v)
	}
	return v, keepUndoFailure(err, undo)
}

// interceptionOf goes through the interceptors of an attempt.
func (f *Frame) interceptionOf(ctx context.Context, s *Step, n int, args func() []any) *interception {
	return intercept(ctx, f.invocation.shared.aroundStep, StepCall{
		StepInfo: StepInfo{ID: f.path(s.ID), Tool: s.Tool, Attempt: n}, Workflow: f.workflow.Name,
		At: s.At, Sub: s.Sub, Undo: s.undo, Effect: s.Effect, Args: args(),
	})
}

// answered is the panic of a workflow that isn't run because its interceptors have
// answered.
type answered struct{}

// interceptWorkflow goes through the interceptors of the workflow up to where they
// run it.
func (f *Frame) interceptWorkflow(args func() []any) {
	call := WorkflowCall{
		Workflow: f.workflow.Name, ID: f.invocation.shared.identify(), At: f.workflow.At,
	}
	if !f.invocation.root() {
		call.Step = strings.TrimSuffix(f.invocation.prefix, ".")
	}
	if args != nil {
		call.Args = args()
	}
	d := intercept(f.ctx, f.invocation.shared.aroundWorkflow, call)
	f.invocation.interception = d
	ctx, ok := d.await()
	if !ok {
		panic(answered{})
	}
	f.ctx = ctx
}

// endInterception tells the interceptors what the workflow gave, and gives what they
// make of it.
func endInterception[T any](f *Frame, v T, err error) (T, error) {
	d, undo := f.invocation.interception, undoFailure(err)
	if d.asking {
		value, err := boxed(v, err)
		d.reply(f, value, err)
		for _, again := d.await(); again; _, again = d.await() {
			d.reply(f, nil, errSecondNext)
		}
	}
	d.end()
	v, answer := unboxed[T](d, "workflow "+f.workflow.Name)
	return v, f.answer(answer, err, undo)
}

// answer is the error of a workflow that failed with err, or an undo of it with undo, as
// its interceptors leave it.
func (f *Frame) answer(answer, err, undo error) error {
	if answer != nil && err == nil {
		undo = f.rollback(answer)
	}
	answer = keepUndoFailure(answer, undo)
	switch answer.(type) {
	case nil, *Error, *UndoError:
		return answer
	}
	return f.located(answer)
}

// boxed is a result as interceptors see it. Inlined, it would make programs larger.
//
//go:noinline
func boxed[T any](v T, err error) (any, error) {
	if _, nothing := any(v).(None); nothing || err != nil {
		return nil, err
	}
	return v, nil
}

// unboxed is what interceptors gave as the result of what is called, which has to be
// of its type.
func unboxed[T any](d *interception, of string) (v T, err error) {
	if d.err != nil {
		return v, d.err
	}
	if v, ok := d.value.(T); ok {
		return v, nil
	}
	none := any(v) == nil || any(v) == any(None{}) // T is an interface, or None
	if d.value == nil && none {
		return v, nil
	}
	return v, fmt.Errorf("an interceptor gave %T as the result of %s, want %v", d.value, of, reflect.TypeFor[T]())
}

// keepUndoFailure makes what undos failed with a part of err, where interceptors
// have dropped it: it is never lost.
func keepUndoFailure(err, undo error) error {
	if undo == nil || undoFailure(err) != nil {
		return err
	}
	return &UndoError{Err: err, Undo: undo}
}
