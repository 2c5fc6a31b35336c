package runtime

import (
	"strconv"
	"strings"

	"github.com/wfgen/wfgen/runtime/journal"
)

// A message to all stays at its address, unclaimed, until it expires. Who has received it is
// a message of its own for each execution, a receipt: nobody awaits its address, it has its
// reader as its claimant, and it expires with what it is for. It is written in the batch that
// delivers, so that no crash has an execution receive something twice, and it is found by its
// id: no execution has to be in memory for it, and nothing has to be kept for one that never
// looks.

// isToAll tells whether each execution is given a message that awaits it.
func isToAll(m *journal.Message) bool { return strings.HasPrefix(m.Address, toAllPrefix) }

// receiptOf is the id of an execution's receipt for a message to all.
func receiptOf(execution string, m *journal.Message) string {
	return "received:" + strconv.FormatInt(m.Seq, 10) + "/" + execution
}

// mayReceive tells whether a message is for an execution, too: of one to all, whether the
// execution was there when that was sent, and hasn't received it.
func (b *batch) mayReceive(execution string, m *journal.Message) (bool, error) {
	if !isToAll(m) {
		return true, nil
	}
	x, err := b.Execution(execution)
	if err != nil || x == nil || m.Sent.Before(x.Created) {
		return false, err
	}
	receipt, err := b.MessageByID(receiptOf(execution, m))
	return receipt == nil || receipt.Claimed == "", err
}

// claim notes who of an execution has a message; nobody of it where by is empty.
func (b *batch) claim(m *journal.Message, execution, by string) error {
	if !isToAll(m) {
		return b.Claim(m.Seq, by)
	}
	if by == "" {
		b.hearsAgain(execution, m)
	}
	id := receiptOf(execution, m)
	receipt, err := b.MessageByID(id)
	switch {
	case err != nil:
		return err
	case receipt != nil:
		return b.Claim(receipt.Seq, by)
	}
	return b.AddMessage(&journal.Message{ID: id, Address: id, Sent: m.Sent, Expires: m.Expires, Claimed: by})
}

// A heard is up to which message there is none at an address that an execution may still
// receive, as far as is known: one that awaits a stream of them doesn't look at all of them
// each time. Its session's lock is held for it.
type heard struct {
	upTo  int64
	again int // how often that was taken back
}

// heardAt is that of an address. The lock is held.
func (s *session) heardAt(address string) *heard {
	h := s.heard[address]
	if h == nil {
		if s.heard == nil {
			s.heard = map[string]*heard{}
		}
		h = &heard{}
		s.heard[address] = h
	}
	return h
}

// A look is at the messages at an address, for an await.
type look struct {
	from    int64 // up to which there is none to look at
	batch   *batch
	session *session // nil where the execution isn't in memory, and where the messages are to one
	address string
	again   int
}

func (b *batch) look(a *journal.Await) look {
	l := look{batch: b, address: a.Address}
	if !strings.HasPrefix(a.Address, toAllPrefix) {
		return l
	}
	if l.session = b.engine.inMemory(a.Execution); l.session != nil {
		l.session.lock()
		defer l.session.mu.Unlock()
		h := l.session.heardAt(a.Address)
		l.from, l.again = h.upTo, h.again
	}
	return l
}

// done takes note of how far the look has come, once the batch is stored: the receipts that it
// has seen may be of this batch.
func (l *look) done() {
	s := l.session
	if s == nil {
		return
	}
	l.batch.after = append(l.batch.after, func() {
		s.lock()
		defer s.mu.Unlock()
		if h := s.heardAt(l.address); h.again == l.again {
			h.upTo = max(h.upTo, l.from)
		}
	})
}

// hearsAgain has an execution look at a message once more.
func (b *batch) hearsAgain(execution string, m *journal.Message) {
	s := b.engine.inMemory(execution)
	if s == nil {
		return
	}
	s.lock()
	defer s.mu.Unlock()
	h := s.heardAt(m.Address)
	h.again++
	h.upTo = min(h.upTo, m.Seq-1)
}
