package history_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wfgen/wfgen/internal/history"
	"github.com/wfgen/wfgen/runtime/journal"
)

// TestTalkGenerations: what an agent goes on with after a retry is of the same step.
func TestTalkGenerations(t *testing.T) {
	lines, spent := history.Talk([]journal.Record{
		{N: 1, Kind: journal.Done, Step: "verdict.turn[0].ask[0].fast", Tool: "fast", Data: []byte(`{"text": "a", "cost": {"tokens": 3}}`)},
		{N: 2, Kind: journal.Failed, Step: "verdict.turn[0].call[0].Look", Tool: "Look", Data: []byte(`{"text": "no"}`)},
		{N: 3, Kind: journal.Done, Step: "@2.verdict.turn[0].call[0].Look", Tool: "Look", Data: []byte(`"l"`)},
		{N: 4, Kind: journal.Done, Step: "@2.verdict.turn[1].ask[0].fast", Tool: "fast", Data: []byte(`{"text": "b", "cost": {"tokens": 4}}`)},
	})
	var of []string
	for _, l := range lines {
		of = append(of, l.Agent+" "+string(l.Kind))
	}
	want := []string{"verdict replied", "verdict failed", "verdict gave", "verdict replied"}
	if diff := cmp.Diff(want, of); diff != "" || spent != (history.Spending{Requests: 2, Tokens: 7}) {
		t.Errorf("spent %+v, lines (-want +got): %s", spent, diff)
	}
}
