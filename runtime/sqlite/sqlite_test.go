package sqlite_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"

	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/journaltest"
	"github.com/wfgen/wfgen/runtime/sqlite"
)

// open opens a journal that the test closes, or the end of it.
func open(t testing.TB, path string, options ...sqlite.Option) *sqlite.Journal {
	t.Helper()
	j, err := sqlite.Open(path, options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	})
	return j
}

func TestConformance(t *testing.T) {
	for name, d := range map[string]sqlite.Durability{"PowerLoss": sqlite.PowerLoss, "ProcessCrash": sqlite.ProcessCrash} {
		t.Run(name, func(t *testing.T) {
			journaltest.Run(t, func(t *testing.T) journal.Journal {
				return open(t, filepath.Join(t.TempDir(), "journal"), sqlite.WithDurability(d))
			})
		})
	}
}

func TestReopen(t *testing.T) {
	journaltest.RunReopen(t, func(t *testing.T) func() journal.Journal {
		path := filepath.Join(t.TempDir(), "journal")
		return func() journal.Journal { return open(t, path) }
	})
}

func TestClosed(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "journal"))
	nothing := func(journal.Tx) error { return nil }
	if err := j.View(context.Background(), nothing); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if err := j.View(context.Background(), nothing); err == nil {
		t.Error("a closed journal could be read")
	}
	if err := j.Update(context.Background(), nothing); err == nil {
		t.Error("a closed journal could be written")
	}
}

// More Views than run at once wait for each other, and no longer than their contexts.
func TestManyViews(t *testing.T) {
	j := open(t, filepath.Join(t.TempDir(), "journal"))
	var views sync.WaitGroup
	ended := make(chan struct{})
	began := make(chan struct{})
	for range 4 {
		views.Go(func() {
			err := j.View(context.Background(), func(journal.Tx) error {
				began <- struct{}{}
				<-ended
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	for range 4 {
		<-began
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancelled := make(chan error)
	go func() { cancelled <- j.View(ctx, func(journal.Tx) error { return nil }) }()
	cancel()
	if err := <-cancelled; !errors.Is(err, context.Canceled) {
		t.Errorf("a View that waited gave %v", err)
	}
	close(ended)
	views.Wait()
	if err := j.View(context.Background(), func(journal.Tx) error { return nil }); err != nil {
		t.Error(err)
	}
}
