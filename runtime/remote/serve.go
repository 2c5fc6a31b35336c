package remote

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/wfgen/wfgen/runtime/journal"
)

// Serve has the Journal at the other end of a pair of pipes use a journal, until nothing
// comes from there any more. Transactions that are open then are rolled back. What it
// gives is nil, or says that the other end speaks otherwise.
func Serve(j journal.Journal, in io.Reader, out io.Writer) error {
	s := &server{journal: j, encoder: json.NewEncoder(out), open: map[int64]chan request{}}
	err := s.read(json.NewDecoder(in))
	for _, c := range s.open {
		close(c)
	}
	s.transactions.Wait()
	return err
}

// A server is one Serve.
type server struct {
	journal journal.Journal
	writing sync.Mutex
	encoder *json.Encoder
	// open has what takes the requests of each transaction. The goroutine that reads
	// alone uses it.
	open         map[int64]chan request
	transactions sync.WaitGroup
}

func (s *server) read(in *json.Decoder) error {
	for {
		var q request
		err := in.Decode(&q)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("read from the program: %w", err)
		case q.Op == opUpdate || q.Op == opView:
			c := make(chan request)
			s.open[q.Tx] = c
			s.transactions.Go(func() { s.transact(q, c) })
			continue
		}
		c := s.open[q.Tx]
		if c == nil {
			return fmt.Errorf("read from the program: there is no transaction %d", q.Tx)
		}
		c <- q
		if q.Op == opCommit || q.Op == opRollback {
			delete(s.open, q.Tx)
		}
	}
}

var errRolledBack = errors.New("rolled back")

// transact runs a transaction. Each request gets one reply: the last one, and one that
// can't begin, when that is settled.
func (s *server) transact(begin request, requests <-chan request) {
	run := s.journal.Update
	if begin.Op == opView {
		run = s.journal.View
	}
	err := run(context.Background(), func(tx journal.Tx) error {
		s.reply(reply{Tx: begin.Tx})
		for q := range requests {
			if q.Op == opCommit {
				return nil
			}
			if q.Op == opRollback {
				return errRolledBack
			}
			r, err := answer(tx, q)
			r.Tx = begin.Tx
			if err != nil {
				r.Error = err.Error()
			}
			s.reply(r)
		}
		return errRolledBack
	})
	last := reply{Tx: begin.Tx}
	if err != nil && !errors.Is(err, errRolledBack) {
		last.Error = err.Error()
	}
	s.reply(last)
}

// reply writes a reply. Where nobody reads any more there is nobody to tell.
func (s *server) reply(r reply) {
	s.writing.Lock()
	defer s.writing.Unlock()
	_ = s.encoder.Encode(r)
}

// answer does what a request asks for.
func answer(tx journal.Tx, q request) (r reply, err error) {
	var n int
	switch q.Op {
	case opCreate:
		err = tx.Create(q.Execution)
	case opExecution:
		r.Execution, err = tx.Execution(q.ID)
	case opSetState:
		err = tx.SetState(q.ID, *q.State)
	case opExecutions:
		r.Executions, err = tx.Executions(*q.Query)
	case opRunning:
		r.IDs, err = tx.Running(q.ID, q.Limit)
	case opDue:
		r.IDs, err = tx.Due(q.Time, q.Limit)
	case opNextWake:
		r.Time, err = tx.NextWake()
	case opAppend:
		err = tx.Append(q.ID, q.Records)
	case opLastN:
		n, err = tx.LastN(q.ID)
		r.N = int64(n)
	case opRecords:
		r.Records, err = tx.Records(q.ID, int(q.N), q.Limit)
	default:
		return answerMail(tx, q)
	}
	return r, err
}

func answerMail(tx journal.Tx, q request) (r reply, err error) {
	switch q.Op {
	case opAddMessage:
		err = tx.AddMessage(q.Message)
		r.N = q.Message.Seq
	case opMessageByID:
		r.Message, err = tx.MessageByID(q.ID)
	case opFirstMessage:
		r.Message, err = tx.FirstMessage(q.Text, q.Seq, q.Time)
	case opClaim:
		err = tx.Claim(q.N, q.Text)
	case opExpire:
		err = tx.Expire(q.Time)
	case opAddAwait:
		err = tx.AddAwait(q.Await)
		r.N = q.Await.Seq
	case opFirstAwait:
		r.Await, err = tx.FirstAwait(q.Text, q.Seq, q.Time)
	case opAwaits:
		r.Awaits, err = tx.Awaits(q.ID)
	case opRemoveAwait:
		r.Yes, err = tx.RemoveAwait(q.ID, q.Text)
	default:
		err = fmt.Errorf("a journal has no %q", q.Op)
	}
	return r, err
}
