package runtime

import (
	"crypto/rand"
	"sync"
	"time"
)

// shared is what all workflows that are part of one execution share.
type shared struct {
	trace   *trace // nil where nobody observes
	started time.Time
	once    sync.Once // for id, which few ask for
	id      string
}

// newRun makes the run of an execution of its own, with what it shares, under the
// context that s is of; s may be nil.
func newRun(s *scope) *run {
	r := &struct {
		run
		own shared
	}{}
	r.own.begin(s)
	r.shared = &r.own
	return &r.run
}

func newShared(s *scope) *shared {
	sh := new(shared)
	sh.begin(s)
	return sh
}

func (sh *shared) begin(s *scope) {
	sh.started = time.Now().UTC().Round(0)
	if s != nil && s.shared != nil {
		sh.trace = s.shared.trace.anew()
	}
}

// identify gives the id of the execution, which is made when it is first asked for.
func (sh *shared) identify() string {
	sh.once.Do(func() { sh.id = rand.Text() })
	return sh.id
}

// RunID is the id of the execution: the same in all workflows that are part of it.
func (f *Frame) RunID() string { return f.run.shared.identify() }

// RunStarted is when the execution began, in UTC.
func (f *Frame) RunStarted() time.Time { return f.run.shared.started }
