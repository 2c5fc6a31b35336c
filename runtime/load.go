package runtime

import (
	"context"
	"errors"
	"fmt"

	"github.com/wfgen/wfgen/runtime/journal"
)

// resume reads what is recorded of an execution and runs it.
func (s *session) resume() {
	ctx, err := s.load()
	switch {
	case err != nil:
		if !errors.Is(err, ErrClosed) {
			s.stop(err)
		}
		s.engine.drop(s)
	case ctx == nil:
		s.engine.drop(s)
	default:
		s.run(ctx)
	}
}

// load reads what is recorded; ctx is nil where the execution isn't to go on.
func (s *session) load() (ctx context.Context, err error) {
	e := s.engine
	e.loading <- struct{}{}
	defer func() { <-e.loading }()
	var x *journal.Execution
	var records []journal.Record
	read := func(tx journal.Tx) (err error) {
		if x, err = tx.Execution(s.id); err == nil {
			records, err = tx.Records(s.id, 0, 0)
		}
		return err
	}
	if err := e.journal.View(context.Background(), read); err != nil {
		return nil, &StoreError{Err: err}
	}
	if s.isTouched() { // what is read may be old
		if err := e.writer.do(func(b *batch) error { return read(b) }); err != nil {
			return nil, err
		}
	}
	if x == nil || x.Status != StatusRunning { // what waits is made running by whoever wakes it
		return nil, nil
	}
	d := e.definitions[x.Workflow]
	if d == nil {
		return nil, nil
	}
	ctx = s.begin(x, d)
	if x.Version != d.Workflow.version() {
		s.hold(fmt.Errorf("%s is version %d now, and an execution goes on under its own alone", x.Workflow, d.Workflow.version()))
		return nil, nil
	}
	s.read(records)
	return ctx, nil
}

// touch notes that a batch changes the execution, which may be about to be read.
func (s *session) touch() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.touched = true
}

func (s *session) isTouched() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.touched
}
