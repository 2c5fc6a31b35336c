package wftest

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/wfgen/wfgen/interp"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime/stepid"
)

// An engine gives an event to who awaits its keys. A mock gives what it says: where that
// has other keys the test is about something that can't happen, and fails.

// does takes note of what a step that only a durable execution can do is done with.
func (m *mocks) does(step string, args []interp.Value) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.given[step] = args
	general, _ := stepid.Planned(step)
	if played := m.played[general]; played.op.Kind == plan.Emit {
		m.note(made{attempt: attempt{step: step}, tool: played.tool}, func() []string { return fieldsOf(played.op.Event, args[0]) })
	}
}

// unasked says what is wrong with the answer of a step that awaits an event of other keys;
// nil for what is awaited, and for other steps.
func (m *mocks) unasked(step string, answer *plan.Answer, v interp.Value) error {
	general, _ := stepid.Planned(step)
	played, ok := m.played[general]
	if !ok || played.op.Kind != plan.AwaitEvent {
		return nil
	}
	m.mu.Lock()
	keys := m.given[step]
	m.mu.Unlock()
	given, want := keysOf(played.op.Event, v), make([]string, len(keys))
	for i, key := range keys {
		want[i] = show(key)
	}
	if strings.Join(given, ",") == strings.Join(want, ",") {
		return nil
	}
	name := played.op.Event.Name
	return m.lacks(answer.Pos, "the mock gives %s(%s), and step %s awaits %s(%s), at %s:%d:%d",
		name, strings.Join(given, ", "), step, name, strings.Join(want, ", "), played.at.File, played.at.Line, played.at.Col)
}

// keysOf are the keys of an event as JSON.
func keysOf(e *plan.Event, v interp.Value) []string {
	return fieldsOf(e, v)[:e.Keys]
}

// fieldsOf are the fields of an event as JSON, null for those that it doesn't have.
func fieldsOf(e *plan.Event, v interp.Value) []string {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(show(v)), &fields); err != nil {
		panic("internal error: an event that is no object: " + err.Error())
	}
	out := make([]string, len(e.Type.Fields))
	for i, f := range e.Type.Fields {
		if out[i] = string(bytes.TrimSpace(fields[f.Key()])); out[i] == "" {
			out[i] = "null"
		}
	}
	return out
}
