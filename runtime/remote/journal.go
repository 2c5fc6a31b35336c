package remote

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"sync"

	"github.com/wfgen/wfgen/runtime/journal"
)

// A Journal is one that another process has, which runs Serve. Make it with Connect.
type Journal struct {
	gone chan struct{} // closed when nothing comes from the other process any more

	writing sync.Mutex
	out     io.WriteCloser
	encoder *json.Encoder

	mu      sync.Mutex
	last    int64                // transaction that has begun
	waiting map[int64]chan reply // by the transaction
}

var _ journal.Journal = (*Journal)(nil)

// Connect gives the journal at the other end of a pair of pipes. Close closes out.
func Connect(in io.Reader, out io.WriteCloser) *Journal {
	j := &Journal{gone: make(chan struct{}), out: out, encoder: json.NewEncoder(out), waiting: map[int64]chan reply{}}
	go j.read(json.NewDecoder(in))
	return j
}

// Gone gives what is closed when the other process has ended, or doesn't serve the
// journal any more.
func (j *Journal) Gone() <-chan struct{} { return j.gone }

// read hands out what the other process says until it says nothing any more.
func (j *Journal) read(in *json.Decoder) {
	defer close(j.gone)
	for {
		var r reply
		if in.Decode(&r) != nil {
			return
		}
		j.mu.Lock()
		waiting := j.waiting[r.Tx]
		j.mu.Unlock()
		if waiting == nil {
			return // not what was asked
		}
		waiting <- r
	}
}

// Update calls do with a transaction, and returns when the other process has stored it.
func (j *Journal) Update(ctx context.Context, do func(journal.Tx) error) error {
	return j.transact(ctx, opUpdate, do)
}

// View calls do with a transaction that only reads.
func (j *Journal) View(ctx context.Context, do func(journal.Tx) error) error {
	return j.transact(ctx, opView, do)
}

// Close ends what the other process serves. The journal itself stays open there.
func (j *Journal) Close() error {
	err := j.out.Close()
	if errors.Is(err, io.ErrClosedPipe) {
		return nil
	}
	return err
}

func (j *Journal) transact(ctx context.Context, begin op, do func(journal.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t := j.begin()
	defer j.end(t)
	if _, err := t.ask(request{Op: begin}); err != nil {
		return err
	}
	over := false
	defer func() {
		if !over { // do panics
			_, _ = t.ask(request{Op: opRollback})
		}
	}()
	err := do(t)
	over = true
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		_, _ = t.ask(request{Op: opRollback}) // one that isn't ended so is when the pipe closes
		return err
	}
	_, err = t.ask(request{Op: opCommit})
	return err
}

func (j *Journal) begin() *tx {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.last++
	t := &tx{journal: j, id: j.last, replies: make(chan reply, 1)}
	j.waiting[t.id] = t.replies
	return t
}

func (j *Journal) end(t *tx) {
	j.mu.Lock()
	defer j.mu.Unlock()
	delete(j.waiting, t.id)
}

// send writes a request. Several goroutines may.
func (j *Journal) send(r request) error {
	j.writing.Lock()
	defer j.writing.Unlock()
	if j.encoder.Encode(r) != nil {
		return ErrGone
	}
	return nil
}
