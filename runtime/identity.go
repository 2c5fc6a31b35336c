package runtime

import (
	"crypto/rand"
	"time"
)

// An identity is what a workflow can ask about its execution.
type identity struct {
	id      string
	started time.Time
}

func newIdentity() *identity {
	return &identity{id: rand.Text(), started: time.Now().UTC().Round(0)}
}

// RunID is the id of the execution: the same in all workflows that are part of it.
func (f *Frame) RunID() string { return f.run.identity.id }

// RunStarted is when the execution began, in UTC.
func (f *Frame) RunStarted() time.Time { return f.run.identity.started }
