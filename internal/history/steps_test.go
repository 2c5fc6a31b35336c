package history_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wfgen/wfgen/internal/history"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/stepid"
)

func TestSplit(t *testing.T) {
	tests := []struct{ id, want string }{
		{"a", "a"},
		{"a.b", "a|b"},
		{"parcels[0].Ship", "parcels[0]|Ship"},
		{`m["x.y"].Ship#2`, `m["x.y"]|Ship#2`},
		{`m["a\".b"].s`, `m["a\".b"]|s`},
		{"@2.a.undo", "@2|a|undo"},
		{"", ""},
	}
	for _, test := range tests {
		if got := strings.Join(stepid.Split(test.id), "|"); got != test.want {
			t.Errorf("%s: %s, want %s", test.id, got, test.want)
		}
	}
}

var start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func at(second int) time.Time { return start.Add(time.Duration(second) * time.Second) }

func done(step string, from, to int) journal.Record {
	return journal.Record{Kind: journal.Done, Step: step, Tool: "T", Attempt: 1, Began: at(from), Time: at(to)}
}

// TestWithRunning: what an engine says beside the records is shown where these don't know.
func TestWithRunning(t *testing.T) {
	steps := history.Steps([]journal.Record{
		done("done", 0, 1),
		{Kind: journal.Failed, Step: "again", Tool: "T", Attempt: 1, Time: at(1), Data: []byte(`{"text": "no"}`)},
		{Kind: journal.Failed, Step: "fell", Tool: "T", Attempt: 1, Time: at(1), Data: []byte(`{"text": "no"}`)},
	})
	var got []string
	for _, s := range history.WithRunning(steps, []history.Call{{"done", "T", 1, nil}, {"again", "T", 2, nil}, {"new", "U", 1, nil}, {"line", "T", 0, nil}, {"fell", "T", 0, nil}, {"done", "T", 0, nil}}) {
		got = append(got, fmt.Sprintf("%s %s %s %d%s", s.ID, s.Tool, s.State, s.Attempts, s.Error))
	}
	if text := strings.Join(got, "; "); text != "done T done 1; again T running 2; fell T queued 1; new U running 1; line T queued 0" {
		t.Error(text)
	}
}

func TestSteps(t *testing.T) {
	tests := []struct {
		name    string
		records []journal.Record
		want    string // each step with its state and attempts, critical ones with *
	}{
		{"none", nil, ""},
		{"side by side", []journal.Record{done("quick", 0, 1), done("slow", 0, 3), done("then", 3, 4)}, "quick done 1; slow done 1 *; then done 1 *"},
		{"a gap", []journal.Record{done("a", 0, 1), done("b", 5, 6)}, "a done 1 *; b done 1 *"},
		{"a workflow isn't on the path, its steps are", []journal.Record{
			{Kind: journal.Entered, Step: "sub", Attempt: 1, Time: at(0)}, done("sub.a", 0, 2), done("sub", 0, 2),
		}, "sub done 1; sub.a done 1 *"},
		{"nor is one that was tried again", []journal.Record{
			{Kind: journal.Entered, Step: "sub", Attempt: 2, Time: at(0)}, done("sub@2.a", 0, 2), done("sub", 0, 3),
		}, "sub done 2; sub@2.a done 1 *"},
		{"an attempt goes on", []journal.Record{
			{Kind: journal.Failed, Step: "a", Attempt: 1, Time: at(1), Data: []byte(`{"text": "no"}`)},
			{Kind: journal.Attempted, Step: "a", Attempt: 2, Time: at(2)},
		}, "a running 2"},
		{"a failure", []journal.Record{{Kind: journal.Failed, Step: "a", Attempt: 3, Time: at(1), Data: []byte(`{"text": "no"}`)}}, "a failed 3 * no"},
		{"an undo begins when it is run", []journal.Record{
			done("a", 0, 1), {Kind: journal.Owed, Step: "a.undo", Time: at(1)}, done("b", 1, 5),
			{Kind: journal.Undoing, Step: "a.undo", Time: at(5)}, {Kind: journal.Undone, Step: "a.undo", Attempt: 1, Time: at(6)},
		}, "a done 1 *; b done 1 *; a.undo undone 1 *"},
		{"undos stand in the order in which they were run", []journal.Record{
			done("a", 0, 1), {Kind: journal.Owed, Step: "a.undo", Time: at(1)}, done("b", 1, 2), {Kind: journal.Owed, Step: "b.undo", Time: at(2)},
			{Kind: journal.Undoing, Step: "b.undo", Attempt: 1, Time: at(3)}, {Kind: journal.Undone, Step: "b.undo", Attempt: 1, Time: at(4)},
			{Kind: journal.Undoing, Step: "a.undo", Attempt: 1, Time: at(4)}, {Kind: journal.Undone, Step: "a.undo", Attempt: 1, Time: at(5)},
		}, "a done 1 *; b done 1 *; b.undo undone 1 *; a.undo undone 1 *"},
		{"what is owed at the end isn't undone any more", []journal.Record{
			done("a", 0, 1), {Kind: journal.Owed, Step: "a.undo", Time: at(1)}, {Kind: journal.Ended, Time: at(2)},
		}, "a done 1 *; a.undo kept 0"},
		{"what goes on at the end is stopped", []journal.Record{
			{Kind: journal.Attempted, Step: "a", Attempt: 1, Time: at(0)}, {Kind: journal.Waiting, Step: "b", Time: at(0)}, {Kind: journal.Ended, Time: at(2)},
		}, "a stopped 1; b stopped 0"},
		{"what goes on in the other arms of a race is stopped when one has won", []journal.Record{
			{Kind: journal.Waiting, Step: "r.a.w", Time: at(0)}, {Kind: journal.Waiting, Step: "r.b.w", Time: at(0)}, {Kind: journal.Waiting, Step: "r.ab.w", Time: at(0)},
			{Kind: journal.Waiting, Step: "rr.w", Time: at(0)}, {Kind: journal.Choice, Step: "r", Time: at(1), Data: []byte(`"a"`)},
		}, "r.a.w waiting 0; r.b.w stopped 0; r.ab.w stopped 0; rr.w waiting 0"},
		{"an arm that is recorded by its index stops nothing", []journal.Record{
			{Kind: journal.Waiting, Step: "r.a.w", Time: at(0)}, {Kind: journal.Choice, Step: "r", Time: at(1), Data: []byte(`0`)},
		}, "r.a.w waiting 0"},
		{"what goes on in a workflow that has ended is stopped", []journal.Record{
			{Kind: journal.Entered, Step: "s", Attempt: 1, Time: at(0)}, {Kind: journal.Waiting, Step: "s.w", Time: at(0)}, {Kind: journal.Waiting, Step: "s2.w", Time: at(0)},
			{Kind: journal.Failed, Step: "s", Attempt: 1, Time: at(1)}, {Kind: journal.Entered, Step: "s", Attempt: 2, Time: at(2)}, {Kind: journal.Waiting, Step: "s@2.w", Time: at(2)},
		}, "s running 2; s.w stopped 0; s2.w waiting 0; s@2.w waiting 0"},
		{"an early undo is dropped by an error that says that nothing has happened", []journal.Record{
			{Kind: journal.Owed, Step: "a.undo", Attempt: 1, Time: at(0)}, {Kind: journal.Failed, Step: "a", Attempt: 1, Time: at(1), Data: []byte(`{"text": "no", "type": "No"}`)},
			{Kind: journal.Ended, Time: at(2)},
		}, "a.undo dropped 0; a failed 1 * no"},
		{"and not by others", []journal.Record{
			{Kind: journal.Owed, Step: "a.undo", Attempt: 1, Time: at(0)}, {Kind: journal.Failed, Step: "a", Attempt: 1, Time: at(1), Data: []byte(`{"text": "no", "type": "No"}`)},
			{Kind: journal.Failed, Step: "a", Attempt: 2, Time: at(2), Data: []byte(`{"text": "late", "type": "TimedOut"}`)},
		}, "a.undo owed 0; a failed 2 * late"},
		{"an early undo is dropped where its step never begins", []journal.Record{
			{Kind: journal.Owed, Step: "a.undo", Attempt: 1, Time: at(0)}, {Kind: journal.Returned, Step: "a.undo", Time: at(1)},
		}, "a.undo dropped 0"},
		{"what had been awaited is given back", []journal.Record{
			{Kind: journal.Waiting, Step: "a", Time: at(0)}, {Kind: journal.Done, Step: "a", Time: at(1)}, {Kind: journal.Returned, Step: "a", Time: at(2)},
		}, "a stopped 0"},
		{"a call that the execution was cancelled at", []journal.Record{
			{Kind: journal.Failed, Step: "b", Attempt: 1, Time: at(1), Data: []byte(`{"text": "no"}`)},
			{Kind: journal.Ended, Time: at(2), Data: []byte(`{"text": "cancelled", "step": "a", "attempt": 1, "failed": ["a", "b"]}`)},
		}, "b failed 1 * no; a stopped 1"},
		{"it was at a further attempt", []journal.Record{
			{Kind: journal.Failed, Step: "a", Attempt: 1, Time: at(1), Data: []byte(`{"text": "no"}`)},
			{Kind: journal.Ended, Time: at(2), Data: []byte(`{"text": "cancelled", "step": "a", "attempt": 2}`)},
		}, "a stopped 2"},
		{"how far a tool has come says that it goes on", []journal.Record{
			{Kind: journal.Progress, Step: "a", Tool: "T", Attempt: 1, Time: at(1), Data: []byte(`1`)}, done("b", 0, 2), {Kind: journal.Progress, Step: "b", Attempt: 1, Time: at(2), Data: []byte(`2`)},
			{Kind: journal.Undoing, Step: "c.undo", Attempt: 1, Time: at(3)}, {Kind: journal.Progress, Step: "c.undo", Attempt: 1, Time: at(4), Data: []byte(`3`)},
		}, "a running 1 1; b running 1 2; c.undo undoing 1 3"},
		{"what has ended doesn't go on", []journal.Record{
			{Kind: journal.Progress, Step: "a", Tool: "T", Attempt: 1, Time: at(1), Data: []byte(`1`)}, done("a", 0, 2),
		}, "a done 1 *"},
		{"what is no step", []journal.Record{
			{Kind: journal.Waiting, Step: "@timeout", Time: at(0)}, {Kind: journal.Log, Step: "log", Time: at(0)},
			{Kind: journal.Round, Step: "l", Time: at(0)}, {Kind: journal.Ended, Time: at(1)},
		}, ""},
	}
	for _, test := range tests {
		for i := range test.records {
			test.records[i].N = i + 1
		}
		var got []string
		for _, s := range history.Steps(test.records) {
			text := fmt.Sprintf("%s %s %d", s.ID, s.State, s.Attempts)
			if s.Critical {
				text += " *"
			}
			got = append(got, strings.TrimSpace(text+" "+s.Error+string(s.Progress)))
		}
		if text := strings.Join(got, "; "); text != test.want {
			t.Errorf("%s: %s, want %s", test.name, text, test.want)
		}
	}
}
