package memory

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
)

// A tx is a transaction: a copy of the journal's data, which takes the place of them
// when the transaction is stored.
type tx struct {
	*data
	writes, changed, over bool
}

func (t *tx) end() { t.over = true }

var errOver = errors.New("the transaction is over")

func (t *tx) read() error {
	if t.over {
		return errOver
	}
	return nil
}

func (t *tx) write() error {
	if err := t.read(); err != nil {
		return err
	}
	if !t.writes {
		return errors.New("a View only reads the journal")
	}
	t.changed = true
	return nil
}

func (t *tx) Create(e *journal.Execution) error {
	if err := t.write(); err != nil {
		return err
	}
	if _, ok := t.executions.get(text(e.ID)); ok {
		return fmt.Errorf("the journal has an execution %q already", e.ID)
	}
	t.execution++
	n := &execution{owner: t.owner, Execution: copied(*e), number: t.execution}
	n.records.owner = t.owner
	t.executions.set(text(e.ID), n)
	t.created.set(number(n.number), text(e.ID))
	if e.Parent != "" {
		t.children.set(place{e.Parent, n.number}, text(e.ID))
	}
	t.index(n)
	return nil
}

// index enters an execution where it is found by its state.
func (t *tx) index(e *execution) {
	if goesOn(e.State) {
		t.running.set(text(e.ID), struct{}{})
	}
	if at, ok := wakes(e.ID, e.State); ok {
		t.waking.set(at, struct{}{})
	}
}

// own gives an execution that the transaction may change.
func (t *tx) own(id string) (*execution, error) {
	e, ok := t.executions.get(text(id))
	if !ok {
		return nil, fmt.Errorf("the journal has no execution %q", id)
	}
	if e.owner != t.owner {
		c := *e
		c.owner, c.records.owner = t.owner, t.owner
		e = &c
		t.executions.set(text(id), e)
	}
	return e, nil
}

func (t *tx) SetState(id string, s journal.State) error {
	if err := t.write(); err != nil {
		return err
	}
	e, err := t.own(id)
	if err != nil {
		return err
	}
	if goesOn(e.State) {
		t.running.remove(text(id))
	}
	if at, ok := wakes(id, e.State); ok {
		t.waking.remove(at)
	}
	e.State = keptState(s)
	t.index(e)
	return nil
}

func (t *tx) Execution(id string) (*journal.Execution, error) {
	if err := t.read(); err != nil {
		return nil, err
	}
	return t.find(id), nil
}

func (t *tx) find(id string) *journal.Execution {
	e, ok := t.executions.get(text(id))
	if !ok {
		return nil
	}
	c := copied(e.Execution)
	return &c
}

func (t *tx) Executions(q journal.Query) ([]*journal.Execution, error) {
	if err := t.read(); err != nil {
		return nil, err
	}
	limit := q.Limit
	if limit <= 0 {
		limit = 100
	}
	below := t.execution + 1
	if q.After != "" {
		e, ok := t.executions.get(text(q.After))
		if !ok {
			return nil, fmt.Errorf("the journal has no execution %q for a page to come after", q.After)
		}
		below = e.number
	}
	var found []*journal.Execution
	t.descend(q.Parent, below, func(id text) bool {
		if e, _ := t.executions.get(id); fits(&e.Execution, q) {
			found = append(found, t.find(string(id)))
		}
		return len(found) < limit
	})
	return found, nil
}

// descend goes through the executions of a parent, all where it is empty, that were
// created before the one of a number, the latest first.
func (t *tx) descend(parent string, below int64, do func(text) bool) {
	if parent == "" {
		t.created.descend(number(below), func(_ number, id text) bool { return do(id) })
		return
	}
	t.children.descend(place{parent, below}, func(at place, id text) bool {
		return at.text == parent && do(id)
	})
}

func fits(e *journal.Execution, q journal.Query) bool {
	return (q.Workflow == "" || e.Workflow == q.Workflow) &&
		(len(q.Status) == 0 || slices.Contains(q.Status, e.Status))
}

func (t *tx) Running(after string, limit int) ([]string, error) {
	if err := t.read(); err != nil || limit <= 0 {
		return nil, err
	}
	var ids []string
	t.running.ascend(text(after), func(id text, _ struct{}) bool {
		if string(id) > after {
			ids = append(ids, string(id))
		}
		return len(ids) < limit
	})
	return ids, nil
}

func (t *tx) Due(now time.Time, limit int) ([]string, error) {
	if err := t.read(); err != nil || limit <= 0 {
		return nil, err
	}
	var ids []string
	t.waking.ascend(moment{time: earliest}, func(at moment, _ struct{}) bool {
		if at.time > now.UnixMicro() {
			return false
		}
		ids = append(ids, at.text)
		return len(ids) < limit
	})
	return ids, nil
}

func (t *tx) NextWake() (wake time.Time, err error) {
	if err := t.read(); err != nil {
		return wake, err
	}
	t.waking.ascend(moment{time: earliest}, func(at moment, _ struct{}) bool {
		wake = time.UnixMicro(at.time).UTC()
		return false
	})
	return wake, nil
}

func (t *tx) Append(id string, records []journal.Record) error {
	if err := t.write(); err != nil {
		return err
	}
	e, err := t.own(id)
	if err != nil {
		return err
	}
	copies := make([]journal.Record, len(records))
	for i, r := range records {
		if r.N <= e.last {
			return fmt.Errorf("record %d of execution %q comes after record %d", r.N, id, e.last)
		}
		copies[i] = copiedRecord(r)
		e.records.set(number(r.N), &copies[i])
		e.last = r.N
	}
	return nil
}

func (t *tx) LastN(id string) (int, error) {
	if err := t.read(); err != nil {
		return 0, err
	}
	if e, ok := t.executions.get(text(id)); ok {
		return e.last, nil
	}
	return 0, nil
}

func (t *tx) Records(id string, after, limit int) ([]journal.Record, error) {
	if err := t.read(); err != nil {
		return nil, err
	}
	e, ok := t.executions.get(text(id))
	if !ok {
		return nil, nil
	}
	var records []journal.Record
	e.records.ascend(number(after)+1, func(_ number, r *journal.Record) bool {
		records = append(records, copiedRecord(*r))
		return limit <= 0 || len(records) < limit
	})
	return records, nil
}
