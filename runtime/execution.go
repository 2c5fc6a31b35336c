package runtime

import (
	"context"
	"iter"
	"sync"

	"github.com/wfgen/wfgen/runtime/journal"
)

// An Execution is a workflow that has been started and runs by itself. The function
// that generated code has for it, StartFulfilOrder for FulfilOrder, gives one. R is
// the workflow's result, None where it has none. Its methods may be called by any
// goroutine.
type Execution[R any] struct {
	workflow *Workflow
	shared   *shared
	ctx      context.Context
	cancel   context.CancelCauseFunc
	done     chan struct{}

	// How it ended, once done is closed.
	result R
	err    error
	status Status
}

// A Status says how an execution stands.
type Status = journal.Status

// The statuses of an execution. The last three are final. One that isn't durable is
// never waiting, queued or held.
const (
	StatusRunning   = journal.StatusRunning
	StatusWaiting   = journal.StatusWaiting
	StatusQueued    = journal.StatusQueued
	StatusPaused    = journal.StatusPaused
	StatusHeld      = journal.StatusHeld
	StatusSucceeded = journal.StatusSucceeded
	StatusFailed    = journal.StatusFailed
	StatusCancelled = journal.StatusCancelled // it failed after Cancel, or after the end of its context
)

// An Option says something about an execution that is started.
type Option func(*options)

type options struct {
	id       string
	streamed bool
}

// ID gives the execution its id. Steps have their keys from it: it has to differ from
// that of every other execution. Without an id, or with an empty one, the execution
// makes one of its own, which nobody can guess.
func ID(id string) Option { return func(o *options) { o.id = id } }

// Streamed has the execution keep its events until Events is asked for them.
func Streamed() Option { return func(o *options) { o.streamed = true } }

// Begin starts an execution of w, which run runs, and returns at once. Generated code
// calls it. The execution is cancelled when ctx is; one that is to outlive a request
// is started under context.WithoutCancel of that request's context.
func Begin[R any](ctx context.Context, w *Workflow, run func(context.Context) (R, error), list ...Option) *Execution[R] {
	var o options
	for _, set := range list {
		set(&o)
	}
	e := &Execution[R]{workflow: w, done: make(chan struct{}), status: StatusRunning}
	e.ctx, e.cancel = context.WithCancelCause(ctx)
	e.shared = newShared(scopeOf(ctx))
	e.shared.handle(e.ctx, &o)
	e.ctx = &scope{Context: e.ctx, shared: e.shared}
	e.shared.clock.begin()
	go e.execute(run)
	return e
}

// BeginNone is Begin for a workflow without a result.
func BeginNone(ctx context.Context, w *Workflow, run func(context.Context) error, list ...Option) *Execution[None] {
	return Begin(ctx, w, func(ctx context.Context) (None, error) { return None{}, run(ctx) }, list...)
}

func (e *Execution[R]) execute(run func(context.Context) (R, error)) {
	returned := false
	defer func() {
		if !returned {
			e.err = e.shared.failure
			if r := recover(); e.err == nil {
				e.err = panicked(r)
			}
		}
		e.end()
	}()
	e.result, e.err = run(e.ctx)
	returned = true
}

func (e *Execution[R]) end() {
	switch {
	case e.err == nil:
		e.status = StatusSucceeded
	case e.ctx.Err() != nil:
		e.status = StatusCancelled
	default:
		e.status = StatusFailed
	}
	e.cancel(nil)
	result, err := boxed(e.result, e.err)
	e.shared.stream.end(Event{
		Time: e.shared.clock.orWorlds(), Kind: Ended, Execution: e.ID(), Workflow: e.workflow.Name, At: e.workflow.At, Err: err, Result: result,
	})
	close(e.done)
	e.shared.clock.end()
}

// ID is the execution's id: run.id in the workflow, and the beginning of its steps'
// keys.
func (e *Execution[R]) ID() string { return e.shared.identify() }

// Status says how the execution stands.
func (e *Execution[R]) Status() Status {
	select {
	case <-e.done:
		return e.status
	default:
	}
	if e.shared.gate.barrier() != nil {
		return StatusPaused
	}
	return StatusRunning
}

// Done gives a channel that is closed when the execution has ended.
func (e *Execution[R]) Done() <-chan struct{} { return e.done }

// Result waits for the end of the execution, and gives what the workflow gave.
func (e *Execution[R]) Result() (R, error) {
	<-e.done
	return e.result, e.err
}

// Cancel cancels the execution: no step starts any more, the context of those that
// run is cancelled, and what is owed in undos is run, also where the execution is
// paused. The workflow fails with the cause, or with context.Canceled where that is
// nil. It doesn't wait for the end.
func (e *Execution[R]) Cancel(cause error) { e.cancel(cause) }

// Pause keeps steps, further attempts and undos from starting; what runs is let run to
// its end. Time goes on: timeouts and waits aren't paused.
func (e *Execution[R]) Pause() {
	if e.shared.gate.shut() {
		e.shared.tell(Event{Kind: Paused, Workflow: e.workflow.Name, At: e.workflow.At})
	}
}

// Resume ends a pause.
func (e *Execution[R]) Resume() {
	unpaused := Event{Kind: Unpaused, Workflow: e.workflow.Name, At: e.workflow.At}
	if e.shared.gate.open(func() { e.shared.note(unpaused) }) { // before what begins then
		e.shared.tellNoted()
	}
}

// Events gives the events of the execution as they happen, from its beginning. The
// last is Ended, with the result in Event.Result or the error beside it; no other
// comes with an error. Where the execution wasn't started with Streamed, Ended is all
// that comes.
//
// Each event is given once. A loop that is left early drops what is still to come but
// for the end, and doesn't cancel the execution: it leaves nothing behind.
func (e *Execution[R]) Events() iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		s := e.shared.stream
		for event, ok := s.next(); ok; event, ok = s.next() {
			if !yield(event, nil) {
				s.drop()
				return
			}
		}
		<-e.done
		yield(s.last, s.last.Err)
	}
}

// A stream keeps the events of an execution until they are asked for.
type stream struct {
	mu      sync.Mutex
	changed sync.Cond
	keeps   bool
	events  []Event
	ended   bool
	last    Event // once it has ended
}

func newStream(keeps bool) *stream {
	s := &stream{keeps: keeps}
	s.changed.L = &s.mu
	return s
}

// add takes an event. That of the end comes by itself, when the execution can be
// asked for its result.
func (s *stream) add(e Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case e.Kind == Ended && e.Step == "":
		s.last = e
	case s.keeps:
		s.events = append(s.events, e)
		s.changed.Broadcast()
	}
}

// end ends the stream. last stands for an event of the end that never came, or that
// nobody kept.
func (s *stream) end(last Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last.Kind == "" {
		s.last = last
	}
	s.ended = true
	s.changed.Broadcast()
}

// next waits for an event; ok is false at the end.
func (s *stream) next() (e Event, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.events) == 0 && !s.ended {
		s.changed.Wait()
	}
	if len(s.events) == 0 {
		return e, false
	}
	e = s.events[0]
	s.events[0] = Event{} // what it holds can go
	s.events = s.events[1:]
	return e, true
}

// drop keeps no more events.
func (s *stream) drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keeps, s.events = false, nil
}
