package driver

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/control"
	"github.com/wfgen/wfgen/runtime/foreign"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/remote"
)

// A Durable says how a workflow is run durably.
type Durable struct {
	// ID is the execution's id; empty for a new one.
	ID string `json:"id,omitempty"`
	// Pipes lead to the journal, which the command has: the ends to read from and to
	// write to, by the numbers that the operating system gives them.
	Pipes [2]uintptr `json:"pipes"`
	// Socket is where the engine is served to other processes; empty for nowhere.
	Socket string `json:"socket,omitempty"`

	// Journal is the journal where it is in this process; else nil.
	Journal journal.Journal `json:"-"`
}

// open gives the journal. One that the command has ends this process when the command
// ends: nothing may happen then that isn't recorded.
func (d *Durable) open(leave func()) journal.Journal {
	if d.Journal != nil {
		return d.Journal
	}
	j := remote.Connect(inherited(d.Pipes[0], "replies"), inherited(d.Pipes[1], "requests"))
	go func() {
		<-j.Gone()
		leave()
	}()
	return j
}

type durableKey struct{}

// IsDurable tells whether a context is of a workflow that is run durably.
func IsDurable(ctx context.Context) bool { return ctx.Value(durableKey{}) != nil }

// A SuspendedError says that an execution hasn't come to its end: it goes on when its
// journal is opened again.
type SuspendedError struct{ ID string }

func (e *SuspendedError) Error() string { return "execution " + e.ID + " is suspended" }

// runDurably runs the workflow on a journal, beside all that is unfinished there, and
// gives its result as JSON. What ends ctx suspends it at once; a signal does when the tools
// that run have come to their end, or another one comes.
func (p *Program) runDurably(ctx context.Context, by signals, r *Request, o Observer) (any, error) {
	ctx = context.WithValue(ctx, durableKey{}, true)
	id := r.Durable.ID
	if id == "" {
		id = rand.Text()
	}
	e, err := runtime.Open(runtime.WithObserver(ctx, only{id, o}), r.Durable.open(r.leave), p.Registry())
	if err != nil {
		return nil, err
	}
	drain := sync.OnceFunc(func() { drain(e, by.further) })
	defer drain()
	context.AfterFunc(by.first, drain)
	if r.Durable.Socket != "" {
		// Where it can't be served, who has the journal is all that others are told.
		if server, err := control.Serve(e, r.Durable.Socket); err == nil {
			defer server.Close()
		}
	}
	submitting, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer context.AfterFunc(by.first, stop)() // a constraint of its input may take long
	run, err := e.Submit(submitting, p.Workflow, []byte(r.Input), runtime.ID(id))
	if errors.Is(err, runtime.ErrClosed) || err != nil && submitting.Err() != nil {
		return nil, errors.New("interrupted before the workflow began")
	}
	if runtime.InvalidInput(err) != nil {
		return nil, err
	}
	if err != nil {
		return nil, &UsageError{err}
	}
	told := make(chan int, 1)
	go func() { told <- follow(ctx, run, o) }()
	result, err := run.ResultJSON(context.WithoutCancel(ctx))
	drain() // what doesn't end has no more to tell then
	if err := rest(e, id, <-told, o); err != nil {
		return nil, err
	}
	if errors.Is(err, runtime.ErrClosed) {
		return nil, &SuspendedError{id}
	}
	return json.RawMessage(result), err
}

// drain closes the engine as soon as no tool runs, of which it tells where that takes long,
// or when again ends.
func drain(e *runtime.Engine, again context.Context) {
	patience := time.AfterFunc(time.Second, func() {
		fmt.Fprintln(os.Stderr, "wfgen: waiting for the tools that are running to come to their end; another interrupt cancels them")
	})
	err := e.Drain(again)
	patience.Stop()
	if late := new(runtime.DrainError); errors.As(err, &late) {
		fmt.Fprintln(os.Stderr, "wfgen:", foreign.Lines(late.Error()))
	}
}

// follow tells of what is recorded while the engine is open, and gives the N of the last
// event.
func follow(ctx context.Context, run *runtime.Run[any], o Observer) (last int) {
	for event, err := range run.Events(context.WithoutCancel(ctx)) {
		if err != nil {
			break // the result tells
		}
		o.Recorded(event)
		last = event.N
	}
	return last
}

// rest tells of what was recorded after that, while the engine closed.
func rest(e *runtime.Engine, id string, last int, o Observer) error {
	x, err := e.Get(context.Background(), id)
	if err != nil {
		return err
	}
	records, err := e.History(context.Background(), id, last, 0)
	for _, r := range records {
		if event, ok := runtime.RecordedEvent(x, r); ok {
			o.Recorded(event)
		}
	}
	return err
}

// An Observer is told what happens in a program.
type Observer interface {
	// Observe is told of the events of the workflow as they happen.
	runtime.Observer
	// Recorded is told of those that the journal has of it, from the first one on.
	Recorded(runtime.Event)
}

// only passes on what happens to one execution of several.
type only struct {
	id string
	o  Observer
}

// Observe passes on an event.
func (o only) Observe(e runtime.Event) {
	if e.Execution == o.id {
		o.o.Observe(e)
	}
}
