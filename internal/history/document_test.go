package history_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wfgen/wfgen/internal/history"
	"github.com/wfgen/wfgen/runtime/journal"
)

// What is exported is read as it was, to the last digit.
func TestDocumentKeepsAll(t *testing.T) {
	x := &journal.Execution{
		ID: `odd "id" <&>`, Workflow: "W", Version: 3, Fingerprint: "f", Input: []byte(`{"a":1}`), Parent: "p", Created: at(0),
		State: journal.State{Status: journal.StatusFailed, Generation: 2, Ended: at(9), Wake: at(5), Result: []byte(`[1]`), Error: "e", Cancel: "c"},
	}
	records := []journal.Record{
		{N: 1, Kind: journal.Attempted, Step: "a", Tool: "T", Attempt: 1, Hash: 1<<64 - 1, Time: at(1)},
		{N: 7, Kind: journal.Done, Step: "a", Tool: "T", Attempt: 1, Began: at(1), Time: at(2), Data: []byte(`9007199254740993`)},
	}
	text, err := json.Marshal(history.NewDocument(x, records, nil))
	if err != nil {
		t.Fatal(err)
	}
	d, err := history.Read(text)
	if err != nil {
		t.Fatal(err)
	}
	gotX, gotRecords := d.Journal()
	if diff := cmp.Diff(x, gotX) + cmp.Diff(records, gotRecords); diff != "" {
		t.Error(diff)
	}
}

func FuzzRead(f *testing.F) {
	for _, text := range []string{"", "{}", `{"format": 1, "execution": {"workflow": "W"}, "records": [{"n": 1, "hash": "x"}]}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if d, err := history.Read(text); err == nil {
			_, records := d.Journal()
			history.Steps(records)
		}
	})
}
