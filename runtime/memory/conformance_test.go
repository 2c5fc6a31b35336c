package memory_test

import (
	"testing"

	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/journaltest"
	"github.com/wfgen/wfgen/runtime/memory"
)

func TestConformance(t *testing.T) {
	journaltest.Run(t, func(*testing.T) journal.Journal { return memory.New() })
}

// A closed journal's clone stands in for one that is opened again.
func TestReopen(t *testing.T) {
	journaltest.RunReopen(t, func(*testing.T) func() journal.Journal {
		j := memory.New()
		return func() journal.Journal {
			j = j.Clone()
			return j
		}
	})
}
