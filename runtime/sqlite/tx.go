package sqlite

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
	lib "modernc.org/sqlite/lib"
)

// A tx is a transaction on a connection, for an Update or a View.
type tx struct {
	*conn
	j      *Journal
	writes bool
	over   bool
}

func (t *tx) read() error {
	if t.over {
		return errors.New("the transaction is over")
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
	return nil
}

// numberOf gives the number of an execution; 0 where there is none. Those of the last
// ones that were written to are at hand.
func (t *tx) numberOf(id string) (int64, error) {
	if n, ok := t.known(id); ok {
		return n, nil
	}
	var n int64
	s := t.query(findNumber).text(id)
	for s.next() {
		n = s.int64(0)
	}
	if err := s.end(); err != nil || n == 0 {
		return 0, err
	}
	if t.writes {
		t.remember(id, n)
	}
	return n, nil
}

// known gives a number that is at hand, for an Update alone.
func (t *tx) known(id string) (n int64, ok bool) {
	if t.writes {
		n, ok = t.j.numbers[id]
	}
	return n, ok
}

// maxNumbers bounds the numbers at hand.
const maxNumbers = 1 << 16

func (t *tx) remember(id string, n int64) {
	if len(t.j.numbers) >= maxNumbers {
		clear(t.j.numbers)
	}
	t.j.numbers[strings.Clone(id)] = n
}

// stored gives the number of an execution that has to be there.
func (t *tx) stored(id string) (int64, error) {
	n, err := t.numberOf(id)
	if err == nil && n == 0 {
		err = fmt.Errorf("journal %s: there is no execution %q", t.path, id)
	}
	return n, err
}

func (t *tx) Create(e *journal.Execution) error {
	if err := t.write(); err != nil {
		return err
	}
	s := t.query(createExecution).text(e.ID).text(e.Workflow).int(int64(e.Version)).text(e.Fingerprint).text(e.Parent).time(e.Created)
	if err := s.state(&e.State).run(); err != nil {
		return err
	}
	n := lib.Xsqlite3_last_insert_rowid(t.tls, t.db)
	t.remember(e.ID, n)
	if e.Input == nil {
		return nil
	}
	return t.query(addInput).int(n).data(e.Input).run()
}

func (s *stmt) state(v *journal.State) *stmt {
	return s.text(string(v.Status)).int(int64(v.Generation)).time(v.Wake).time(v.Ended).data(v.Result).text(v.Error).text(v.Cancel).int(int64(v.Seen)).int(int64(v.Trials))
}

func (t *tx) SetState(id string, v journal.State) error {
	if err := t.write(); err != nil {
		return err
	}
	n, err := t.stored(id)
	if err != nil {
		return err
	}
	return t.query(setState).state(&v).int(n).run()
}

// execution reads a row of executionColumns.
func (s *stmt) execution() *journal.Execution {
	return &journal.Execution{
		ID: s.string(0), Workflow: s.string(1), Version: int(s.int64(2)), Fingerprint: s.string(3), Parent: s.string(4), Created: s.moment(5),
		State: journal.State{
			Status: journal.Status(s.string(6)), Generation: int(s.int64(7)), Wake: s.moment(8), Ended: s.moment(9),
			Result: s.json(10), Error: s.string(11), Cancel: s.string(12), Seen: int(s.int64(14)), Trials: int(s.int64(15)),
		},
		Input: s.json(13),
	}
}

func (t *tx) Execution(id string) (e *journal.Execution, err error) {
	if err := t.read(); err != nil {
		return nil, err
	}
	s := t.query(findExecution).text(id)
	for s.next() {
		e = s.execution()
	}
	return e, s.end()
}

func (t *tx) Executions(q journal.Query) (list []*journal.Execution, err error) {
	if err := t.read(); err != nil {
		return nil, err
	}
	below := int64(math.MaxInt64)
	if q.After != "" {
		if below, err = t.stored(q.After); err != nil {
			return nil, err
		}
	}
	s, err := t.prepare(listing(q))
	if err != nil {
		return nil, err
	}
	defer s.finalize()
	s.int(below)
	for _, v := range []string{q.Workflow, q.Parent} {
		if v != "" {
			s.text(v)
		}
	}
	for _, v := range q.Status {
		s.text(string(v))
	}
	limit := q.Limit
	if limit <= 0 {
		limit = 100
	}
	s.int(int64(limit))
	for s.next() {
		list = append(list, s.execution())
	}
	return list, s.end()
}

// listing is the SQL of a query for executions.
func listing(q journal.Query) string {
	sql := "SELECT " + executionColumns + " WHERE e.n < ?"
	if q.Workflow != "" {
		sql += " AND e.workflow = ?"
	}
	if q.Parent != "" {
		sql += " AND e.parent = ? AND e.parent <> ''"
	}
	if n := len(q.Status); n > 0 {
		sql += " AND e.status IN (?" + strings.Repeat(", ?", n-1) + ")"
	}
	return sql + " ORDER BY e.n DESC LIMIT ?"
}

// ids gives the texts that a statement finds.
func (s *stmt) ids() (list []string, err error) {
	for s.next() {
		list = append(list, s.string(0))
	}
	return list, s.end()
}

func (t *tx) Running(after string, limit int) ([]string, error) {
	if err := t.read(); err != nil || limit <= 0 {
		return nil, err
	}
	return t.query(listRunning).text(after).int(int64(limit)).ids()
}

func (t *tx) Due(now time.Time, limit int) ([]string, error) {
	if err := t.read(); err != nil || limit <= 0 {
		return nil, err
	}
	return t.query(listDue).int(now.UnixMicro()).int(int64(limit)).ids()
}

func (t *tx) NextWake() (wake time.Time, err error) {
	if err := t.read(); err != nil {
		return wake, err
	}
	s := t.query(nextWake)
	for s.next() {
		wake = s.moment(0)
	}
	return wake, s.end()
}

func (t *tx) Append(id string, records []journal.Record) error {
	if err := t.write(); err != nil {
		return err
	}
	n, err := t.stored(id)
	if err != nil {
		return err
	}
	for i := range records {
		r := &records[i]
		s := t.query(addRecord).int(n).int(int64(r.N)).text(string(r.Kind)).text(r.Step).text(r.Tool).int(int64(r.Attempt))
		if err := s.int(int64(r.Hash)).time(r.Began).time(r.Time).data(r.Data).run(); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) LastN(id string) (last int, err error) {
	if err := t.read(); err != nil {
		return 0, err
	}
	n, err := t.numberOf(id)
	if err != nil {
		return 0, err
	}
	s := t.query(lastRecord).int(n)
	for s.next() {
		last = int(s.int64(0))
	}
	return last, s.end()
}

func (t *tx) Records(id string, after, limit int) (list []journal.Record, err error) {
	if err := t.read(); err != nil {
		return nil, err
	}
	n, err := t.numberOf(id)
	if err != nil || n == 0 {
		return nil, err
	}
	if limit <= 0 {
		limit = -1 // none, to SQLite
	}
	s := t.query(listRecords).int(n).int(int64(after)).int(int64(limit))
	for s.next() {
		list = append(list, journal.Record{
			N: int(s.int64(0)), Kind: journal.Kind(s.string(1)), Step: s.string(2), Tool: s.string(3), Attempt: int(s.int64(4)),
			Hash: uint64(s.int64(5)), Began: s.moment(6), Time: s.moment(7), Data: s.json(8),
		})
	}
	return list, s.end()
}
