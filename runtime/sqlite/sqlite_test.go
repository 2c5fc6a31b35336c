package sqlite_test

import (
	"path/filepath"
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
