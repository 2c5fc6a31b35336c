// Package wftest runs the tests of .wf files: it takes a plan with its tests, runs
// each workflow in the interpreter with mocks in place of tools, under a virtual
// clock, and gives what wasn't as expected. It calls no Go code of the user's, needs
// no Go toolchain, and prints nothing.
package wftest

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/wfgen/wfgen/interp"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/types"
)

// Start is when each test starts, by its virtual clock.
var Start = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// A Result is how a test went. It passed where there are no failures.
type Result struct {
	Test     *plan.Test
	Failures []Failure
	// Took is how long the workflow ran by the virtual clock.
	Took time.Duration
}

// A Failure is something that wasn't as expected.
type Failure struct {
	Pos  plan.Pos // of the line in the test
	Text string
}

// Run runs a test of a program in which no tool is bound to Go. It gives up after a
// time by the world's clock: an expression that never ends is a failure too.
func Run(p *plan.Program, t *plan.Test, limit time.Duration) Result {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	done := make(chan Result, 1)
	go func() { done <- run(ctx, p, t) }()
	select {
	case r := <-done:
		if ctx.Err() == nil {
			return r
		}
	case <-ctx.Done():
	}
	r := Result{Test: t}
	r.fail(t.Pos, "%s didn't end within %s", t.Workflow.Name, runtime.DurationText(limit))
	return r
}

// run runs the test. A panic is a failure of the test.
func run(ctx context.Context, p *plan.Program, t *plan.Test) (r Result) {
	defer func() {
		if panicked := recover(); panicked != nil {
			r.fail(t.Pos, "panic: %v", panicked)
		}
	}()
	r.Test = t
	e := &execution{test: t, values: map[*plan.Variable]interp.Value{}}
	e.mocks = newMocks(e)
	var err error
	if e.program, err = interp.New(p, e.catalogue(p)); err != nil {
		r.fail(t.Pos, "%s", err)
		return r
	}
	args, err := e.prepare()
	if err != nil {
		r.fail(t.Run, "%s", err)
		return r
	}
	clock := runtime.NewVirtualClock(Start)
	ctx = runtime.WithStandIn(runtime.WithObserver(runtime.WithClock(ctx, clock), e), e.mocks.standIn)
	e.result, e.failure = e.program.Call(ctx, t.Workflow.Name, args...)
	r.Took = clock.Now().Sub(Start)
	e.judge(&r)
	return r
}

func (r *Result) fail(at plan.Pos, format string, args ...any) {
	r.Failures = append(r.Failures, Failure{at, fmt.Sprintf(format, args...)})
}

// An execution is the run of a test's workflow, with what came of it.
type execution struct {
	test    *plan.Test
	program *interp.Program
	mocks   *mocks
	// values are those of the names in the test.
	values  map[*plan.Variable]interp.Value
	events  []runtime.Event
	result  interp.Value
	failure error
}

// Observe keeps an event. The runtime calls it for one event at a time.
func (e *execution) Observe(event runtime.Event) { e.events = append(e.events, event) }

// prepare computes the names of the test and the arguments.
func (e *execution) prepare() ([]interp.Value, error) {
	for _, let := range e.test.Lets {
		v, err := e.program.Eval(let.X, e.values)
		if err != nil {
			return nil, err
		}
		if let.V != nil {
			e.values[let.V] = v
		}
	}
	var args []interp.Value
	for _, x := range e.test.Args {
		v, err := e.program.Eval(x, e.values)
		if err != nil {
			return nil, err
		}
		args = append(args, v)
	}
	return args, nil
}

// judge says what of a run isn't as expected. A call that has no mock, or one that
// can't be computed, is all that counts: what follows from it says nothing.
func (e *execution) judge(r *Result) {
	if b := e.mocks.broken; b != nil {
		r.fail(b.Pos, "%s", b.Text)
		return
	}
	expected := false
	for _, x := range e.test.Expects {
		expected = expected || x.Kind == expectFail
	}
	if e.failure != nil && !expected {
		r.fail(e.test.Run, "%s failed: %s", e.test.Workflow.Name, e.failure)
	}
	for _, x := range e.test.Expects {
		if text := e.unmet(x); text != "" {
			r.fail(x.Pos, "expect %s: %s", x.Text, text)
		}
	}
}

// show is a value as a person reads it: JSON on one line.
func show(v interp.Value) string {
	text, err := v.JSON()
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// declared is the declared error in a failure, by its name and as JSON; empty where
// there is none.
func declared(err error) (name, value string) {
	switch d := runtime.Declared(err).(type) {
	case nil:
		return "", ""
	case *interp.Error:
		return d.Name(), show(d.Value())
	case runtime.TimedOut:
		return types.TimedOut.Name, "{}"
	case runtime.Interrupted:
		return types.Interrupted.Name, "{}"
	case runtime.Rejected:
		text, _ := runtime.Encode(d) // it can't fail
		return types.Rejected.Name, string(text)
	}
	return "", ""
}

// why is what a workflow failed with, on one line.
func why(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }
