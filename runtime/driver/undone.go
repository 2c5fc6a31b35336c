package driver

import (
	"sync"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/stepid"
)

// An undoing notes which steps are undone, for the Message at the end, and passes all
// events on. Of a durable execution it goes by those that are recorded, so that it knows
// what an earlier process has undone.
type undoing struct {
	Observer
	durable bool

	mu    sync.Mutex
	steps []string
}

// Observe notes an event of a workflow that isn't durable.
func (u *undoing) Observe(e runtime.Event) {
	if !u.durable {
		u.note(e)
	}
	u.Observer.Observe(e)
}

// Recorded notes an event of a durable workflow.
func (u *undoing) Recorded(e runtime.Event) {
	u.note(e)
	u.Observer.Recorded(e)
}

func (u *undoing) note(e runtime.Event) {
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case e.Kind == runtime.Started && e.Step == "": // an execution that was retried begins anew
		u.steps = nil
	case e.Kind == runtime.Undone:
		u.steps = append(u.steps, stepid.Undone(e.Step))
	}
}

// all are the steps, in the order in which they were undone.
func (u *undoing) all() []string {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.steps
}
