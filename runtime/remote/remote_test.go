package remote_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/journaltest"
	"github.com/wfgen/wfgen/runtime/memory"
	"github.com/wfgen/wfgen/runtime/remote"
)

// serve gives the far end of a journal, and where Serve tells its end.
func serve(j journal.Journal) (*remote.Journal, <-chan error) {
	requests, ask := io.Pipe()
	replies, answer := io.Pipe()
	served := make(chan error, 1)
	go func() {
		err := remote.Serve(j, requests, answer)
		_ = answer.Close()
		served <- err
	}()
	return remote.Connect(replies, ask), served
}

func TestConformance(t *testing.T) {
	journaltest.Run(t, func(t *testing.T) journal.Journal {
		j, served := serve(memory.New())
		t.Cleanup(func() {
			if err := <-served; err != nil {
				t.Errorf("Serve: %v", err)
			}
		})
		return j
	})
}

// What a process was about to store when it ended isn't stored, and the journal is as
// good as before.
func TestTheProgramEnds(t *testing.T) {
	own := memory.New()
	j, served := serve(own)
	err := j.Update(context.Background(), func(tx journal.Tx) error {
		if err := tx.Create(&journal.Execution{ID: "a", Workflow: "W"}); err != nil {
			return err
		}
		return j.Close()
	})
	if !errors.Is(err, remote.ErrGone) {
		t.Errorf("Update: %v, want ErrGone", err)
	}
	if err := <-served; err != nil {
		t.Errorf("Serve: %v", err)
	}
	if err := own.View(context.Background(), func(tx journal.Tx) error {
		x, err := tx.Execution("a")
		if x != nil {
			t.Error("half a transaction is stored")
		}
		return err
	}); err != nil {
		t.Error(err)
	}
}

func TestTheOwnerEnds(t *testing.T) {
	replies, answer := io.Pipe()
	requests, ask := io.Pipe()
	go func() { _, _ = io.ReadFull(requests, make([]byte, 1)); _ = answer.Close(); _ = requests.Close() }()
	j := remote.Connect(replies, ask)
	err := j.View(context.Background(), func(journal.Tx) error { t.Error("called"); return nil })
	if !errors.Is(err, remote.ErrGone) {
		t.Errorf("View: %v, want ErrGone", err)
	}
	<-j.Gone()
}

func TestServeRefuses(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"not JSON", "{", "read from the program: unexpected EOF"},
		{"a transaction that hasn't begun", `{"tx": 4, "op": "commit"}`, "there is no transaction 4"},
	}
	for _, test := range tests {
		err := remote.Serve(memory.New(), strings.NewReader(test.in), io.Discard)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		}
	}
}
