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
			s.suspendFor(err)
		}
		s.engine.drop(s)
	case ctx == nil:
		s.engine.drop(s)
	default:
		s.execute(ctx)
	}
}

// load reads what is recorded; ctx is nil where the execution isn't to go on.
func (s *session) load() (ctx context.Context, err error) {
	e := s.engine
	e.loading <- struct{}{}
	defer func() { <-e.loading }()
	if s.isDraining() {
		return nil, nil
	}
	var x *journal.Execution
	var records []journal.Record
	read := func(tx journal.Tx) (err error) {
		if x, err = tx.Execution(s.id); err == nil {
			records, err = tx.Records(s.id, 0, 0)
		}
		return err
	}
	handOver()
	if err := e.journal.View(context.Background(), read); err != nil {
		err = &StoreError{Err: err}
		e.unstored(err)
		return nil, err
	}
	handOver()
	if x == nil || !goesOn(x, records) {
		return nil, nil
	}
	d := e.definitions[x.Workflow]
	if d == nil {
		return nil, nil
	}
	ctx = s.begin(x, d)
	if s.nothingLeft = cancelsAtOnce(d, x, records); s.nothingLeft {
		s.goOn(lastN(records))
		return ctx, nil
	}
	if x.Trials >= maxTrials && !s.onTrial() {
		s.hold(tooManyTrials(x.Trials))
		return nil, nil
	}
	if x.Version != d.Workflow.version() {
		s.hold(fmt.Errorf("%s is version %d now, and an execution goes on under its own alone", x.Workflow, d.Workflow.version()))
		return nil, nil
	}
	last := lastN(records)
	s.read(1, s.takeBeats(records))
	s.goOn(last)
	if s.isDraining() { // what is recorded is gone through by the next engine
		return nil, nil
	}
	return ctx, nil
}

// goesOn tells whether an execution of which this is stored is to be run. What waits is
// made running by whoever brings something; where there is more than it had seen when it
// was parked, somebody hasn't: a release before this one, or a hand.
func goesOn(x *journal.Execution, records []journal.Record) bool {
	return x.Status == StatusRunning || x.Status == StatusWaiting && x.Seen != lastN(records)
}

// lastN is the N of the last of records; 0 where there is none.
func lastN(records []journal.Record) int {
	if len(records) == 0 {
		return 0
	}
	return records[len(records)-1].N
}

// goOn begins with what is recorded, of which n is the last.
func (s *session) goOn(n int) {
	s.lock()
	defer s.mu.Unlock()
	s.seen = max(s.seen, n)
	s.on(onRead, facts{unread: s.left > 0, recalls: s.recalling})
}
