package journal_test

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/wfgen/wfgen/runtime/journal"
)

// TestStatuses: the list has each status that is declared.
func TestStatuses(t *testing.T) {
	source, err := os.ReadFile("journal.go")
	if err != nil {
		t.Fatal(err)
	}
	var declared []journal.Status
	for _, m := range regexp.MustCompile(`\tStatus\w+ +Status = "(\w+)"`).FindAllSubmatch(source, -1) {
		declared = append(declared, journal.Status(m[1]))
	}
	if got := journal.Statuses(); len(declared) == 0 || !slices.Equal(got, declared) {
		t.Errorf("there are %q, declared %q", got, declared)
	}
}
