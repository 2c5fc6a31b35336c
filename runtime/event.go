package runtime

import (
	"context"
	"fmt"
	"log"
	"reflect"
	"runtime/debug"
	"strconv"
	"sync"
	"time"
)

// A Kind says what happened.
type Kind string

// The kinds of events. Those of one step come in the order it lives through.
const (
	Started   Kind = "started"   // a workflow begins
	Scheduled Kind = "scheduled" // all that the step waits for is done
	Attempt   Kind = "attempt"   // an attempt begins
	Failed    Kind = "failed"    // an attempt failed
	Retrying  Kind = "retrying"  // the pause before a further attempt begins
	Done      Kind = "done"
	Skipped   Kind = "skipped" // the execution was stopping before the step could start
	Undoing   Kind = "undoing"
	Undone    Kind = "undone"
	Waiting   Kind = "waiting"
	Resumed   Kind = "resumed"
	Logged    Kind = "log"
	Ended     Kind = "ended" // a workflow has ended, with Err if it failed
)

// An Event is something that happened to an execution.
type Event struct {
	Time time.Time
	// N counts the events of an execution from 1.
	N        int
	Kind     Kind
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
	// Err is what failed; nil but for Failed and Ended.
	Err error
	// Message is what log says.
	Message string
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
	n int
}

// A watch is an observer with what keeps it from being called twice at a time.
type watch struct {
	observer Observer // nil once it has panicked
	mu       sync.Mutex
}

func (t *trace) emit(e Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	defer t.dropObserver()
	t.n++
	e.N, e.Time = t.n, time.Now()
	if t.observer != nil {
		t.observer.Observe(e)
	}
}

// dropObserver is deferred around the observer. What it does wrong isn't the
// workflow's: effects that have happened stay successes.
func (t *trace) dropObserver() {
	if r := recover(); r != nil {
		t.observer = nil
		log.Printf("wfgen: the observer panicked and is told of nothing more: %v\n%s", r, debug.Stack())
	}
}

func (f *Frame) emit(e Event) {
	e.Workflow = f.workflow.Name
	if e.Step == "" && f.run.prefix != "" {
		e.Step = f.run.prefix[:len(f.run.prefix)-1]
	}
	f.run.shared.trace.emit(e)
}

func (f *Frame) emitStep(k Kind, s *Step, attempt int, err error) {
	if f.observed() {
		f.emit(Event{Kind: k, Step: f.path(s.ID), Tool: s.Tool, At: s.At, Attempt: attempt, Err: err})
	}
}

// pathKey gives a round's key as a path shows it: whole numbers as an index,
// strings Go-quoted, everything else as it prints.
func pathKey[K comparable](key K) (index int, text string) {
	switch k := any(key).(type) {
	case int:
		return k, ""
	case string:
		return 0, strconv.Quote(k)
	}
	return 0, otherKey(key)
}

// otherKey is apart from pathKey so that a key escapes to the heap only where it
// is of an unusual type.
func otherKey[K comparable](key K) string {
	if v := reflect.ValueOf(key); v.Kind() == reflect.String {
		return strconv.Quote(v.String())
	}
	return fmt.Sprint(key)
}

// pathText gives a round's key as a path shows it.
func pathText[K comparable](key K) string {
	index, text := pathKey(key)
	if text == "" {
		return strconv.Itoa(index)
	}
	return text
}
