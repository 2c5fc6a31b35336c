package remote

import (
	"errors"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
)

// A tx is a transaction of a Journal. It has one goroutine, and one reply for each
// request.
type tx struct {
	journal *Journal
	id      int64
	replies chan reply
}

var _ journal.Tx = (*tx)(nil)

// ask has something done by the other process and gives its reply.
func (t *tx) ask(q request) (reply, error) {
	q.Tx = t.id
	if err := t.journal.send(q); err != nil {
		return reply{}, err
	}
	select {
	case r := <-t.replies:
		if r.Error != "" {
			return r, errors.New(r.Error)
		}
		return r, nil
	case <-t.journal.gone:
		return reply{}, ErrGone
	}
}

func (t *tx) Create(x *journal.Execution) error {
	_, err := t.ask(request{Op: opCreate, Execution: x})
	return err
}

func (t *tx) Execution(id string) (*journal.Execution, error) {
	r, err := t.ask(request{Op: opExecution, ID: id})
	return r.Execution, err
}

func (t *tx) SetState(id string, s journal.State) error {
	_, err := t.ask(request{Op: opSetState, ID: id, State: &s})
	return err
}

func (t *tx) Executions(q journal.Query) ([]*journal.Execution, error) {
	r, err := t.ask(request{Op: opExecutions, Query: &q})
	return r.Executions, err
}

func (t *tx) Running(after string, limit int) ([]string, error) {
	r, err := t.ask(request{Op: opRunning, ID: after, Limit: limit})
	return r.IDs, err
}

func (t *tx) Due(now time.Time, limit int) ([]string, error) {
	r, err := t.ask(request{Op: opDue, Time: now, Limit: limit})
	return r.IDs, err
}

func (t *tx) NextWake() (time.Time, error) {
	r, err := t.ask(request{Op: opNextWake})
	return r.Time, err
}

func (t *tx) Append(execution string, records []journal.Record) error {
	_, err := t.ask(request{Op: opAppend, ID: execution, Records: records})
	return err
}

func (t *tx) LastN(execution string) (int, error) {
	r, err := t.ask(request{Op: opLastN, ID: execution})
	return int(r.N), err
}

func (t *tx) Records(execution string, after, limit int) ([]journal.Record, error) {
	r, err := t.ask(request{Op: opRecords, ID: execution, N: int64(after), Limit: limit})
	return r.Records, err
}

func (t *tx) AddMessage(m *journal.Message) error {
	r, err := t.ask(request{Op: opAddMessage, Message: m})
	if err == nil {
		m.Seq = r.N
	}
	return err
}

func (t *tx) MessageByID(id string) (*journal.Message, error) {
	r, err := t.ask(request{Op: opMessageByID, ID: id})
	return r.Message, err
}

func (t *tx) FirstMessage(address string, after int64, now time.Time) (*journal.Message, error) {
	r, err := t.ask(request{Op: opFirstMessage, Text: address, Seq: after, Time: now})
	return r.Message, err
}

func (t *tx) Claim(seq int64, by string) error {
	_, err := t.ask(request{Op: opClaim, N: seq, Text: by})
	return err
}

func (t *tx) Expire(now time.Time) error {
	_, err := t.ask(request{Op: opExpire, Time: now})
	return err
}

func (t *tx) AddAwait(a *journal.Await) error {
	r, err := t.ask(request{Op: opAddAwait, Await: a})
	if err == nil {
		a.Seq = r.N
	}
	return err
}

func (t *tx) FirstAwait(address string, after int64, now time.Time) (*journal.Await, error) {
	r, err := t.ask(request{Op: opFirstAwait, Text: address, Seq: after, Time: now})
	return r.Await, err
}

func (t *tx) Awaits(execution string) ([]journal.Await, error) {
	r, err := t.ask(request{Op: opAwaits, ID: execution})
	return r.Awaits, err
}

func (t *tx) RemoveAwait(execution, step string) (bool, error) {
	r, err := t.ask(request{Op: opRemoveAwait, ID: execution, Text: step})
	return r.Yes, err
}
