package wftest

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/wfgen/wfgen/interp"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
)

// crashing is a durable run of a test in which the process crashes once.
type crashing struct {
	plan  *plan.Program
	asked *plan.Test
	o     Options
	point int // where the process ends, by what is stored until then; 0 for not at all

	*execution
	input   []byte
	crashed bool
	stored  int // until the crash, or the end
	// before is how many of the events there had been by then.
	before int
	made   int // and how many of the calls
	// cancelled tells that somebody had asked for the end of the execution by then.
	cancelled bool
	at        time.Time // by the virtual clock
	// last is what was recorded last before the crash.
	last string
	// interrupted are the tools of which a call may have happened at the crash; gaveUp
	// tells that the workflow has failed of it.
	interrupted []string
	gaveUp      bool
	failures    []Failure
	needsGo     bool
}

// Observe keeps an event of the execution, and none of those that it starts.
func (c *crashing) Observe(event runtime.Event) {
	if event.Execution == id {
		c.execution.Observe(event)
		if event.Kind == runtime.Waiting && c.stopsAt(event.Step) && !c.mocks.calling(event.Step) {
			c.clock.After(0, c.canceller.askByClock)
		}
	}
}

// id is that of the execution of a test.
const id = "test"

// within gives the run when it is over, or says in its failures that it took too long.
func (c crashing) within() *crashing {
	done := make(chan *crashing, 1)
	r := within(c.asked, c.o.Limit, func(ctx context.Context) Result {
		own := c
		r := own.run(ctx)
		done <- &own
		return r
	})
	select {
	case own := <-done:
		c = *own
	default:
	}
	c.failures, c.needsGo = r.Failures, r.NeedsGo
	return &c
}

// run runs the test up to the crash, and on from there.
func (c *crashing) run(ctx context.Context) Result {
	r := Result{Test: c.asked}
	var args []interp.Value
	if c.execution, args = begin(&r, c.plan, c.o); c.execution == nil {
		return r
	}
	var err error
	if c.input, err = c.encode(args); err != nil {
		r.fail(c.test.Run, "%s", err)
		return r
	}
	c.mocks.answered = map[attempt]*answered{}
	cut := newCut(c.point, func() {
		c.before, c.made, c.cancelled, c.at = c.happened(), c.mocks.callsMade(), c.canceller.wasAsked(), c.clock.Now()
	})
	data, err := c.play(c.context(ctx, Start, c), cut, cut.over)
	c.stored = cut.stored
	if cut.left != nil {
		data, err = c.goOn(ctx, cut.left)
	}
	c.settle(&r, data, err)
	return r
}

// goOn has another process go on with what is stored.
func (c *crashing) goOn(ctx context.Context, left journal.Journal) ([]byte, error) {
	c.crashed = true
	first, err := histories(left)
	if err != nil {
		return nil, err
	}
	c.last = lastOf(first[id])
	c.mocks.ended, c.mocks.asked = endedIn(first), asksIn(first)
	c.events, c.mocks.made = c.events[:c.before], c.mocks.made[:c.made]
	if c.cancelled = c.cancelled || c.waitsAt(first[id]); c.cancelled {
		if err := askAgain(ctx, left); err != nil {
			return nil, err
		}
	}
	data, err := c.play(c.context(ctx, c.at, c), left, nil)
	c.events = merge(c.events[:c.before], c.events[c.before:])
	all, unread := histories(left)
	c.interrupted = interruptedIn(all, first)
	return data, errors.Join(err, unread)
}

// play runs the execution in an engine, until it ends or over is closed. Whoever asks
// for it does so once more after a crash, under the same id.
func (c *crashing) play(ctx context.Context, j journal.Journal, over <-chan struct{}) (data []byte, err error) {
	ctx = runtime.WithWorkflowInterceptor(ctx, c.intercept)
	release := c.clock.Hold() // or it may pass the time at which the execution is cancelled
	c.canceller = newCanceller(c.cancelled)
	defer close(c.canceller.over)
	e, err := runtime.Open(ctx, j, c.program.Registry())
	c.canceller.open(e)
	if err != nil {
		return nil, err
	}
	defer e.Close()
	c.cancelLater()
	run, err := e.Submit(ctx, c.test.Workflow.Name, c.input, runtime.ID(id))
	release()
	if err != nil {
		return nil, err
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		data, err = run.ResultJSON(ctx)
	}()
	select {
	case <-ended:
	case <-over:
		e.Close()
		<-ended
	}
	return data, err
}

// An executionKey is the key by which a context has the id of its execution.
type executionKey struct{}

// intercept keeps what the workflow fails with, of which the journal has the text alone.
func (c *crashing) intercept(ctx context.Context, call runtime.WorkflowCall, next runtime.Next) (any, error) {
	v, err := next(context.WithValue(ctx, executionKey{}, call.ID))
	if call.ID == id && call.Step == "" {
		c.failure = err
	}
	return v, err
}

// encode is the JSON of the arguments.
func (c *crashing) encode(args []interp.Value) ([]byte, error) {
	object := map[string]json.RawMessage{}
	for i, p := range c.test.Workflow.Params {
		data, err := args[i].JSON()
		if err != nil {
			return nil, err
		}
		object[p.Name] = data
	}
	return json.Marshal(object)
}

// settle judges how the execution has ended.
func (c *crashing) settle(r *Result, data []byte, err error) {
	var held *runtime.HeldError
	switch {
	case err == nil:
		c.failure = nil
	case errors.As(err, &held), errors.Is(err, runtime.ErrClosed):
		r.fail(c.test.Run, "%s", err)
		return
	case c.failure == nil && wasCancelled(err):
		c.failure = stopped{err}
	case c.failure == nil:
		c.failure = err
	}
	if err == nil && data != nil {
		if c.result, err = c.program.Decode(c.test.Workflow.Result, data, ""); err != nil {
			r.fail(c.test.Run, "%s", err)
			return
		}
	}
	_, interrupted := errors.AsType[runtime.Interrupted](c.failure)
	unasked := c.test.Cancel != nil && !c.canceller.wasAsked() // its call isn't repeated
	c.gaveUp = (interrupted || unasked) && len(c.interrupted) > 0
	if !c.gaveUp || c.mocks.broken != nil {
		c.judge(r)
	}
}

// compare notes what came out otherwise than without a crash. Where a call may have
// happened and isn't repeated, what the test expects is all that can be asked.
func (c *crashing) compare(whole *crashing) {
	if len(c.failures) > 0 || len(c.interrupted) > 0 || c.failure != nil || whole.failure != nil || random(c.test.Workflow) {
		return
	}
	if got, want := show(c.result), show(whole.result); got != want {
		c.failures = append(c.failures, Failure{c.test.Run, "the result is " + got + ", without the crash it is " + want})
	}
}

// place says where the crash was.
func (c *crashing) place() string {
	text := "with a crash"
	if c.last != "" {
		text += " after " + c.last
	}
	if len(c.interrupted) > 0 {
		text += ", where a call of " + strings.Join(c.interrupted, ", ") + " may have happened"
	}
	return text
}

// merge gives the events of two processes as those of one: what a step does again in the
// second one, whose record the crash has lost, counts as not done before.
func merge(first, second []runtime.Event) []runtime.Event {
	again := map[string]bool{}
	for _, event := range second {
		if event.Kind == runtime.Scheduled || event.Kind == runtime.Undoing {
			again[event.Step] = true
		}
	}
	first = slices.DeleteFunc(slices.Clone(first), func(event runtime.Event) bool { return again[event.Step] })
	return slices.Concat(first, second)
}

// random tells whether a workflow makes UUIDs, so that its results differ.
func random(w *plan.Workflow) (found bool) {
	plan.Inspect(w.Body, func(n *plan.Node) {
		switch op := n.Op.(type) {
		case *plan.UUID:
			found = true
		case *plan.Call:
			found = found || op.Workflow != nil && random(op.Workflow)
		}
	}, nil)
	return found
}
