// Package wftest runs the tests of .wf files: it takes a plan with its tests, runs
// each workflow in the interpreter with mocks in place of tools, under a virtual
// clock, and gives what wasn't as expected. Of the user's Go it calls no more than the
// functions that it is given for funcs. It needs no Go toolchain, and prints nothing.
package wftest

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/wfgen/wfgen/interp"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/pure"
	"github.com/wfgen/wfgen/types"
)

// Start is when each test starts, by its virtual clock.
var Start = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// A Result is how a test went. It passed where there are no failures.
type Result struct {
	Test     *plan.Test `json:"-"`
	Failures []Failure
	// Took is how long the workflow ran by the virtual clock.
	Took time.Duration
	// Crash is what came of crashes; nil where there were none.
	Crash *Crash
	// NeedsGo tells that a func is bound to Go which neither a mock nor Go plays: the
	// failures are of that.
	NeedsGo bool
}

// Options say how a test is run.
type Options struct {
	// Limit is how long a test may take by the world's clock, each time that it is run.
	Limit time.Duration
	// Crash has a test that passes crash, too.
	Crash bool
	// Funcs are the Go functions of funcs that are bound to Go, where they are linked: by
	// the funcs' names, with that of an imported package before them.
	Funcs map[string]any `json:"-"`
}

// A Failure is something that wasn't as expected.
type Failure struct {
	Pos  plan.Pos // of the line in the test
	Text string
}

// Run runs a test of a program in which no tool is bound to Go. It gives up after a
// time by the world's clock: an expression that never ends is a failure too.
func Run(p *plan.Program, t *plan.Test, o Options) Result {
	r := within(t, o.Limit, func(ctx context.Context) Result { return run(ctx, p, t, o) })
	if o.Crash && len(r.Failures) == 0 {
		r.runCrashing(p, o)
	}
	return r
}

// within gives the result of a run, or says that it took too long. A panic is a failure
// of the test.
func within(t *plan.Test, limit time.Duration, run func(context.Context) Result) Result {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	done := make(chan Result, 1)
	go func() {
		r := Result{Test: t}
		defer func() {
			if panicked := recover(); panicked != nil {
				r.fail(t.Pos, "panic: %v", panicked)
			}
			done <- r
		}()
		r = run(ctx)
	}()
	select {
	case r := <-done:
		if ctx.Err() == nil {
			return r
		}
	case <-ctx.Done():
	}
	r := Result{Test: t}
	r.fail(t.Pos, "%s didn't end within %s", t.Workflow.Name, pure.DurationText(limit))
	return r
}

// run runs the test.
func run(ctx context.Context, p *plan.Program, t *plan.Test, o Options) Result {
	r := Result{Test: t}
	if t.Cancel != nil { // an execution of an engine is what people cancel
		c := crashing{plan: p, asked: t, o: o}
		if r = c.run(ctx); c.execution != nil {
			r.Took = c.lasted()
		}
		return r
	}
	e, args := begin(&r, p, o)
	if e == nil {
		return r
	}
	e.result, e.failure = e.program.Call(e.context(ctx, Start, e), t.Workflow.Name, args...)
	r.Took = e.clock.Now().Sub(Start)
	e.judge(&r)
	return r
}

// begin makes an execution of a test, and the arguments of its workflow. It gives nil
// where that fails, which is part of the result then.
func begin(r *Result, p *plan.Program, o Options) (*execution, []interp.Value) {
	e := &execution{test: r.Test, funcs: o.Funcs, values: map[*plan.Variable]interp.Value{}}
	e.mocks = newMocks(e)
	var err error
	if e.program, err = interp.New(p, e.catalogue(p)); err != nil {
		r.fail(r.Test.Pos, "%s", err)
		return nil, nil
	}
	e.program.OnDurable(e.mocks.does)
	args, err := e.prepare()
	if err != nil {
		r.fail(r.Test.Run, "%s", err)
		return nil, nil
	}
	return e, args
}

// context is one under which the workflow is observed, and goes by a new clock.
func (e *execution) context(ctx context.Context, start time.Time, o runtime.Observer) context.Context {
	e.clock = runtime.NewVirtualClock(start)
	if e.mocks.playsAgents() {
		ctx = runtime.WithWorkflowInterceptor(ctx, e.mocks.playAgent)
	}
	return runtime.WithStubEverywhere(runtime.WithObserver(runtime.WithClock(ctx, e.clock), o), e.mocks.stub)
}

func (r *Result) fail(at plan.Pos, format string, args ...any) {
	r.Failures = append(r.Failures, Failure{at, fmt.Sprintf(format, args...)})
}

// An execution is the run of a test's workflow, with what came of it.
type execution struct {
	test    *plan.Test
	program *interp.Program
	funcs   map[string]any // of Go
	mocks   *mocks
	clock   *runtime.VirtualClock
	// values are those of the names in the test.
	values  map[*plan.Variable]interp.Value
	mu      sync.Mutex // for events, where an engine runs the workflow
	events  []runtime.Event
	result  interp.Value
	failure error
	// canceller cancels the execution; nil where no engine has it.
	canceller *canceller
}

// Observe keeps an event.
func (e *execution) Observe(event runtime.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.events = append(e.events, event)
}

// happened is how many events there were until now.
func (e *execution) happened() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.events)
}

// lasted is how long the execution went on until its last event: a clock under an engine
// jumps on, to the times of what was cancelled.
func (e *execution) lasted() time.Duration {
	if len(e.events) == 0 {
		return 0
	}
	return e.events[len(e.events)-1].Time.Sub(Start)
}

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
	r.NeedsGo = e.mocks.needsGo
	if b := e.mocks.broken; b != nil {
		r.fail(b.Pos, "%s", b.Text)
		return
	}
	if e.test.Cancel != nil {
		e.judgeCancel(r)
	}
	expected := e.test.Cancel != nil
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
	case runtime.CircuitOpen:
		return types.CircuitOpen.Name, "{}"
	case runtime.Rejected:
		return types.Rejected.Name, fields(d)
	case runtime.Spent:
		return types.Spent.Name, fields(d)
	case runtime.Refused:
		return types.Refused.Name, fields(d)
	case runtime.Unfit:
		return types.Unfit.Name, fields(d)
	}
	return "", ""
}

// fields are those of an error of the language's own, as JSON.
func fields(declared error) string {
	text, _ := pure.Encode(declared) // texts and numbers: it can't fail
	return string(text)
}

// why is what a workflow failed with, on one line.
func why(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }
