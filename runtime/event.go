package runtime

import (
	"context"
	"fmt"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"github.com/wfgen/wfgen/runtime/pure"
)

// A Kind says what happened.
type Kind string

// The kinds of events. Those of one step come in the order it lives through.
const (
	Started    Kind = "started"   // a workflow begins
	Scheduled  Kind = "scheduled" // all that the step waits for is done
	Queued     Kind = "queued"    // the next attempt waits for a place that a limit of its tool allows
	Cached     Kind = "cached"    // what the step gives is kept from another call
	Attempt    Kind = "attempt"   // an attempt begins
	Progressed Kind = "progress"  // the tool has told how far it has come
	Partial    Kind = "partial"   // a part has come of what the attempt is to give
	Failed     Kind = "failed"    // an attempt failed
	Retrying   Kind = "retrying"  // the pause before a further attempt begins
	Done       Kind = "done"
	Skipped    Kind = "skipped" // the execution was stopping before the step could start
	Undoing    Kind = "undoing"
	Undone     Kind = "undone"
	Waiting    Kind = "waiting"
	Resumed    Kind = "resumed"
	Logged     Kind = "log"
	Paused     Kind = "paused" // no step of the execution starts until it is unpaused
	Unpaused   Kind = "unpaused"
	Held       Kind = "held"  // a durable execution doesn't go on: what is recorded doesn't fit
	Ended      Kind = "ended" // a workflow has ended, with its result, or with Err if it failed
)

// An Event is something that happened to an execution.
type Event struct {
	_ [0]func() // two aren't compared with ==, which may panic: the code for that was in every program

	Time time.Time
	// N counts the events of an execution from 1.
	N    int
	Kind Kind
	// Execution is the execution's id.
	Execution string
	// Workflow is the workflow's name; empty for Progressed and Partial, since a tool knows none.
	Workflow string
	// Step is the step's id; for Started and Ended of a sub-workflow the id of the
	// step that called it, else empty.
	Step string
	// Tool is the tool or workflow that the step calls; may be empty.
	Tool string
	// At is the place in the source: file.wf:line:col.
	At string
	// Attempt counts from 1; 0 where the event is of no attempt.
	Attempt int
	// Err is what failed, or a *HeldError; nil but for Failed, Ended and Held.
	Err error
	// Result is what a step or workflow gave, for Progressed what Heartbeat was given, as
	// JSON has it, for Partial a text that follows the one before; nil but for these and Ended,
	// and where there is none. It isn't to be changed.
	Result any
	// Message is what log says.
	Message string

	encodable any // Result as Encode writes it
}

// EncodeResult gives Result as JSON, with the name of the member where it is a
// union's; nil where there is none.
func (e *Event) EncodeResult() ([]byte, error) {
	if e.encodable == nil {
		return nil, nil
	}
	return pure.Encode(e.encodable)
}

// An Observer is told of the events of an execution, one at a time and in order.
// It must not block for long: the step whose event it is waits for it. If it
// panics the execution goes on, the panic is printed by the standard logger, and
// the observer is told of nothing more.
type Observer interface {
	Observe(Event)
}

// WithObserver gives a context under which executions report to o, in place of
// the observer that ctx may have. It is told of one event at a time even where
// several executions run under the context.
func WithObserver(ctx context.Context, o Observer) context.Context {
	return with(ctx, func(s *settings) { s.watch = &watch{observer: o} })
}

// A trace numbers the events of an execution.
type trace struct {
	*watch
	clock     *VirtualClock // nil for the world's
	execution string        // its id
	stream    *stream       // nil where the execution has no handle
	n         int
	ended     bool
}

// A watch is an observer with what keeps it from being called twice at a time.
type watch struct {
	observer Observer // nil where there is none, or once it has panicked
	mu       sync.Mutex

	asideMu sync.Mutex
	aside   []aside
}

// An aside is an event that isn't of a step: who caused it doesn't wait for the
// observer, and may be the observer.
type aside struct {
	trace *trace
	event Event
}

// emit tells of an event.
func (t *trace) emit(e Event) {
	t.mu.Lock()
	t.tellPending()
	t.tell(e)
	t.mu.Unlock()
	t.tellAsides()
}

// noteAside has an event told before any that is emitted from now on, by tellAsides.
func (t *trace) noteAside(e Event) {
	t.asideMu.Lock()
	t.aside = append(t.aside, aside{t, e})
	t.asideMu.Unlock()
}

// tellAsides tells of asides as soon as no other event is being told: it leaves them to
// whoever is at that, and calls it then.
func (w *watch) tellAsides() {
	for w.hasAside() && w.mu.TryLock() {
		w.tellPending()
		w.mu.Unlock()
	}
}

// tellPending tells of asides with the lock held.
func (w *watch) tellPending() {
	w.asideMu.Lock()
	all := w.aside
	w.aside = nil
	w.asideMu.Unlock()
	for _, a := range all {
		a.trace.tell(a.event)
	}
}

func (w *watch) hasAside() bool {
	w.asideMu.Lock()
	n := len(w.aside)
	w.asideMu.Unlock()
	return n > 0
}

// tell is called with the lock held. Nothing follows the end of an execution.
func (t *trace) tell(e Event) {
	defer t.dropObserver()
	if t.ended {
		return
	}
	t.ended = e.Kind == Ended && e.Step == ""
	t.n++
	e.N, e.Time, e.Execution = t.n, t.clock.orWorlds(), t.execution
	if t.stream != nil {
		t.stream.add(e)
	}
	if t.observer != nil {
		t.observer.Observe(e)
	}
}

// dropObserver is deferred around the observer. What it does wrong isn't the
// workflow's: effects that have happened stay successes.
func (t *trace) dropObserver() {
	if r := recover(); r != nil {
		t.observer = nil
		complain("the observer panicked and is told of nothing more: %q\n%s", fmt.Sprintf("%v", r), debug.Stack())
	}
}

func (f *Frame) emit(e Event) {
	e.Workflow = f.workflow.Name
	if e.Step == "" && !f.invocation.root() {
		e.Step = f.invocation.prefix[:len(f.invocation.prefix)-1]
		if d := f.durable(); d != nil && d.repeats(e.Step) {
			return
		}
	}
	f.invocation.shared.trace.emit(e)
}

func (f *Frame) emitStep(k Kind, s *Step, attempt int, err error) {
	if f.observed() {
		f.emit(Event{Kind: k, Step: f.path(s.ID), Tool: s.Tool, At: s.At, Attempt: attempt, Err: err})
	}
}

// emitDone tells that a step is done, with its result.
func emitDone[T any](f *Frame, s *Step, attempt int, v T) {
	if f.observed() {
		result, _ := boxed(v, nil)
		f.emit(Event{
			Kind: Done, Step: f.path(s.ID), Tool: s.Tool, At: s.At, Attempt: attempt, Result: result, encodable: encodable(v),
		})
	}
}

// pathText gives a round's key as a path shows it.
func pathText[K comparable](key K) string {
	index, text := pure.PathKey(key)
	if text == "" {
		return strconv.Itoa(index)
	}
	return text
}
