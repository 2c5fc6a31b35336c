package runtime

import (
	"context"
	"time"
)

// An exchange is a durable execution as its steps see it that have to do with what is around
// it: events, other executions, people. It is apart from durable, so that a program without
// such steps is linked without what they need.
type exchange interface {
	// send sends an event, once.
	send(f *Frame, st *Step, m *mailing, inputs []any) error
	// launch starts another execution, once, and gives its id; play plays that, and may be nil.
	launch(f *Frame, st *Step, w *Workflow, input any, play stubbing) (id string, err error)
	// receive waits for what a step requests, and gives its JSON. fresh tells that it has come
	// now, and wasn't recorded before.
	receive(f *Frame, st *Step, r *request) (h history, data []byte, fresh bool, err error)
}

// exchange is that of the frame's execution, which is durable.
func (f *Frame) exchange() exchange { return f.durable().(exchange) }

// A mailing is an event that is sent.
type mailing struct {
	address string // where it is awaited
	data    []byte // its JSON
	keep    time.Duration
}

// A request is what a step awaits.
type request struct {
	kind requestKind
	// event is the address of an event, and run the execution of which the end is awaited.
	event, run string
	// text and by are what an approval asks, and of whom.
	text, by string
	patience
	// captured is the JSON of what the condition knows of the workflow that says which events
	// are awaited; nil where all are.
	captured []byte
	// inputs are what the request is made of.
	inputs []any
	// play plays what comes; nil where nothing does.
	play stubbing
}

// A requestKind says from where it comes what a step awaits.
type requestKind uint8

const (
	awaitsEvent  requestKind = iota
	awaitsEnd                // of another execution
	awaitsAnswer             // of a person
)

// A stubbing plays a step in the place of who would have something come for it. It gives nil
// where the step isn't played, or was stopped at that.
type stubbing func(context.Context) *delivery

// A delivery is what has come for a step: a result as JSON, or what it fails with.
type delivery struct {
	data []byte
	err  error
}
