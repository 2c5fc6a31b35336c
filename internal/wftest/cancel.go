package wftest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/stepid"
)

// A canceller cancels the execution of a test where the test says so, by its engine.
type canceller struct {
	opened chan struct{}   // closed when engine is set: its executions may begin before
	engine *runtime.Engine // nil where it couldn't be opened
	over   chan struct{}   // closed when it is closed
	once   sync.Once       // of asking

	mu    sync.Mutex
	asked bool // it is stored that the execution is cancelled
}

// newCanceller gives the canceller of a process, where that of the one before it has been
// asked or not.
func newCanceller(asked bool) *canceller {
	return &canceller{opened: make(chan struct{}), over: make(chan struct{}), asked: asked}
}

// open says which engine has the execution.
func (c *canceller) open(e *runtime.Engine) {
	c.engine = e
	close(c.opened)
}

const cancelledBy = "by the test"

// ask cancels the execution, and returns when that is stored. Where it can't be, since the
// execution has ended or the process is made to crash, it returns when nothing can happen any
// more: when over is closed.
func (c *canceller) ask(over <-chan struct{}) {
	c.once.Do(func() {
		if <-c.opened; c.engine == nil {
			return
		}
		if err := c.engine.Cancel(context.Background(), id, cancelledBy); err != nil {
			<-over
			return
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.asked = true
	})
}

// askByClock is ask for a goroutine that the clock has begun.
func (c *canceller) askByClock() { c.ask(c.over) }

func (c *canceller) wasAsked() bool {
	if c == nil {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.asked
}

// cut cancels the execution while a call goes on, which fails of it.
func (c *canceller) cut(ctx context.Context) error {
	c.ask(ctx.Done())
	<-ctx.Done()
	return ctx.Err()
}

// cancelsAt tells whether the test cancels its execution at a step.
func (e *execution) cancelsAt(ctx context.Context, step string) bool {
	of, _ := ctx.Value(executionKey{}).(string)
	return of == id && e.stopsAt(step)
}

func (e *execution) stopsAt(step string) bool {
	c := e.test.Cancel
	if _, undo := stepid.CutUndo(step); c == nil || c.Step == "" || undo {
		return false
	}
	return covers(c.Step, step) && !e.canceller.wasAsked()
}

// waitsAt tells whether an execution with these records waits at the step at which the test
// cancels it: a wait that is recorded isn't begun again.
func (e *execution) waitsAt(records []journal.Record) bool {
	return slices.ContainsFunc(records, func(r journal.Record) bool { return r.Kind == journal.Waiting && e.stopsAt(r.Step) })
}

// cancelLater has the execution cancelled after the time that the test says, which counts
// from the start of the execution. The clock has to stand still.
func (e *execution) cancelLater() {
	x := e.test.Cancel
	if x == nil || x.After == nil {
		return
	}
	v, err := e.program.Eval(x.After, e.values)
	if err != nil {
		_ = e.mocks.lacks(x.Pos, "%s", err)
		return
	}
	e.clock.After(v.Any().(time.Duration)-e.clock.Now().Sub(Start), e.canceller.askByClock)
}

// askAgain stores that the execution is cancelled, where somebody has asked for it before
// the crash: they ask again until it is.
func askAgain(ctx context.Context, left journal.Journal) error {
	return left.Update(ctx, func(tx journal.Tx) error {
		x, err := tx.Execution(id)
		if err != nil || x == nil || !x.Ended.IsZero() || x.Cancel != "" {
			return err
		}
		x.Cancel, x.Status, x.Wake = cancelledBy, runtime.StatusRunning, time.Time{}
		return tx.SetState(id, x.State)
	})
}

// A stopped failure is that of an execution which was cancelled and owed nothing, so that it
// wasn't run once more: the journal has its text alone.
type stopped struct{ error }

// Is tells that it is of a cancellation.
func (stopped) Is(target error) bool { return target == context.Canceled }

// wasCancelled tells whether an error of a journal says that the test has cancelled the
// execution.
func wasCancelled(err error) bool {
	return strings.HasSuffix(err.Error(), (&runtime.CancelledError{Reason: cancelledBy}).Error())
}

// judgeCancel says where the execution wasn't cancelled.
func (e *execution) judgeCancel(r *Result) {
	c, w := e.test.Cancel, e.test.Workflow.Name
	switch {
	case e.failure != nil && errors.Is(e.failure, context.Canceled):
	case e.failure != nil:
		r.fail(c.Pos, "%s wasn't cancelled: it failed with %s", w, why(e.failure))
	case e.canceller.wasAsked():
		r.fail(c.Pos, "%s succeeded, though it was cancelled", w)
	case c.Step != "":
		r.fail(c.Pos, "%s succeeded, and step %s never began", w, c.Step)
	default:
		r.fail(c.Pos, "%s succeeded before it was cancelled", w)
	}
}
