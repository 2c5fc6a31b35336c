// Package memory keeps durable executions in memory, for tests and for programs whose
// executions needn't outlive them. A Journal keeps every promise of journal.Journal but
// that of storage: when the process ends it is gone. A copy of it as it is now costs
// nothing, so that a test can go on from any moment of an execution as if the process
// had ended there.
package memory

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/wfgen/wfgen/runtime/journal"
)

// A Journal is a journal in memory. Make it with New.
type Journal struct {
	updating sync.Mutex
	stored   atomic.Pointer[data]
	closed   atomic.Bool
	onCommit func(*Journal)
}

var _ journal.Journal = (*Journal)(nil)

// New is an empty journal.
func New() *Journal { return with(new(data)) }

func with(d *data) *Journal {
	j := new(Journal)
	j.stored.Store(d)
	return j
}

// Clone gives a journal of its own that holds what this one holds now, whether that is
// closed or not. It takes the same short time whatever the size.
func (j *Journal) Clone() *Journal { return with(j.stored.Load()) }

// OnCommit has do called with a Clone after each Update that has stored something, in
// their order, before Update returns: a moment at which a process may end. nil ends
// that. It must not be called beside an Update, nor do call Update.
func (j *Journal) OnCommit(do func(*Journal)) { j.onCommit = do }

var errClosed = errors.New("the journal is closed")

// Update calls do with a transaction, and stores what it has written if it gives nil.
func (j *Journal) Update(ctx context.Context, do func(journal.Tx) error) error {
	j.updating.Lock()
	defer j.updating.Unlock()
	if err := j.ready(ctx); err != nil {
		return err
	}
	t := &tx{data: j.stored.Load().own(), writes: true}
	defer t.end()
	if err := do(t); err != nil {
		return err
	}
	if t.changed {
		j.stored.Store(t.data)
		if j.onCommit != nil {
			j.onCommit(j.Clone())
		}
	}
	return nil
}

// View calls do with a transaction that only reads.
func (j *Journal) View(ctx context.Context, do func(journal.Tx) error) error {
	if err := j.ready(ctx); err != nil {
		return err
	}
	t := &tx{data: j.stored.Load()}
	defer t.end()
	return do(t)
}

func (j *Journal) ready(ctx context.Context) error {
	if j.closed.Load() {
		return errClosed
	}
	return ctx.Err()
}

// Close gives the journal up. What it holds can still be cloned.
func (j *Journal) Close() error {
	j.closed.Store(true)
	return nil
}
