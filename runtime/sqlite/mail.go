package sqlite

import (
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
	lib "modernc.org/sqlite/lib"
)

func (t *tx) AddMessage(m *journal.Message) error {
	if err := t.write(); err != nil {
		return err
	}
	err := t.query(addMessage).text(m.ID).text(m.Address).data(m.Data).time(m.Sent).time(m.Expires).text(m.Claimed).run()
	if err == nil {
		m.Seq = lib.Xsqlite3_last_insert_rowid(t.tls, t.db)
	}
	return err
}

// message reads the one row of messageColumns, if there is one.
func (s *stmt) message() (m *journal.Message, err error) {
	for s.next() {
		m = &journal.Message{
			Seq: s.int64(0), ID: s.string(1), Address: s.string(2), Data: s.json(3),
			Sent: s.moment(4), Expires: s.moment(5), Claimed: s.string(6),
		}
	}
	return m, s.end()
}

func (t *tx) MessageByID(id string) (*journal.Message, error) {
	if err := t.read(); err != nil {
		return nil, err
	}
	return t.query(messageByID).text(id).message()
}

func (t *tx) FirstMessage(address string, after int64, now time.Time) (*journal.Message, error) {
	if err := t.read(); err != nil {
		return nil, err
	}
	return t.query(firstMessage).text(address).int(after).int(now.UnixMicro()).message()
}

func (t *tx) Claim(seq int64, by string) error {
	if err := t.write(); err != nil {
		return err
	}
	return t.query(claimMessage).text(by).int(seq).run()
}

func (t *tx) Expire(now time.Time) error {
	if err := t.write(); err != nil {
		return err
	}
	return t.query(expireMessages).int(now.UnixMicro()).run()
}

func (t *tx) AddAwait(a *journal.Await) error {
	if err := t.write(); err != nil {
		return err
	}
	s := t.query(addAwait).text(a.Execution).text(a.Step).text(a.Address).text(a.Text).text(a.By).time(a.Since).time(a.Until).data(a.Captured)
	for s.next() {
		a.Seq = s.int64(0)
	}
	return s.end()
}

// awaits reads rows of awaitColumns.
func (s *stmt) awaits() (list []journal.Await, err error) {
	for s.next() {
		list = append(list, journal.Await{
			Seq: s.int64(0), Execution: s.string(1), Step: s.string(2), Address: s.string(3),
			Text: s.string(4), By: s.string(5), Since: s.moment(6), Until: s.moment(7), Captured: s.json(8),
		})
	}
	return list, s.end()
}

func (t *tx) FirstAwait(address string, after int64, now time.Time) (*journal.Await, error) {
	if err := t.read(); err != nil {
		return nil, err
	}
	list, err := t.query(firstAwait).text(address).int(after).int(now.UnixMicro()).awaits()
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

func (t *tx) Awaits(execution string) ([]journal.Await, error) {
	if err := t.read(); err != nil {
		return nil, err
	}
	if execution == "" {
		return t.query(allAwaits).awaits()
	}
	return t.query(listAwaits).text(execution).awaits()
}

func (t *tx) RemoveAwait(execution, step string) (bool, error) {
	if err := t.write(); err != nil {
		return false, err
	}
	q := removeAwaits
	if step != "" {
		q = removeAwait
	}
	s := t.query(q).text(execution)
	if step != "" {
		s.text(step)
	}
	err := s.run()
	return err == nil && lib.Xsqlite3_changes(t.tls, t.db) > 0, err
}
