package runtime

import (
	"testing"

	"github.com/wfgen/wfgen/runtime/journal"
)

// TestUndoGaveUpBefore: of an undo with several retries the failures of an earlier generation
// count each for its own.
func TestUndoGaveUpBefore(t *testing.T) {
	failed := journal.Record{Kind: journal.Failed, Data: encodeError(Interrupted{}, Interrupted{})}
	onInterrupted := Retry{Times: 1, On: []Declaration{Declares[Interrupted]}}
	h := &stepHistory{
		step:     &Step{Sub: true, Retry: Several(Retry{Times: 1}, onInterrupted)},
		failures: []journal.Record{failed, failed}, recalled: 1, entered: 2,
	}
	if !h.gaveUp() {
		t.Error("it is tried again, although both failures are of one retry")
	}
}
