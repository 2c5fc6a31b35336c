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
func (m *mocks) does(step string, args []interp.Value, awaits func(interp.Value) (bool, error)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.given[step] = given{args, awaits}
	general, _ := stepid.Planned(step)
	if played := m.played[general]; played.op.Kind == plan.Emit {
		m.note(made{attempt: attempt{step: step}, tool: played.tool}, func() []string { return fieldsOf(played.op.Event, args[0]) })
	}
}

// A given is what a step that only a durable execution can do is done with.
type given struct {
	args   []interp.Value
	awaits func(event interp.Value) (bool, error) // nil where all events of the keys are awaited
}

// unasked says what is wrong with the answer of a step that awaits an event of other keys, or
// one for which its where holds; nil for what is awaited, and for other steps.
func (m *mocks) unasked(step string, answer *plan.Answer, v interp.Value) error {
	general, _ := stepid.Planned(step)
	played, ok := m.played[general]
	if !ok || played.op.Kind != plan.AwaitEvent {
		return nil
	}
	m.mu.Lock()
	of := m.given[step]
	m.mu.Unlock()
	keys := of.args
	given, want := keysOf(played.op.Event, v), make([]string, len(keys))
	for i, key := range keys {
		want[i] = show(key)
	}
	name := played.op.Event.Name
	if strings.Join(given, ",") == strings.Join(want, ",") {
		return m.refused(step, answer, played, of.awaits, v)
	}
	return m.lacks(answer.Pos, "the mock gives %s(%s), and step %s awaits %s(%s), at %s:%d:%d",
		name, strings.Join(given, ", "), step, name, strings.Join(want, ", "), played.at.File, played.at.Line, played.at.Col)
}

// refused says that the where of a step doesn't hold for the event that it is given; nil where
// it does, and where it can't be worked out: the step fails with that.
func (m *mocks) refused(step string, answer *plan.Answer, of playedStep, awaits func(interp.Value) (bool, error), event interp.Value) error {
	if awaits == nil {
		return nil
	}
	if holds, err := awaits(event); holds || err != nil {
		return nil
	}
	return m.lacks(answer.Pos, "the mock gives %s, and step %s awaits %s where %s, at %s:%d:%d",
		show(event), step, of.op.Event.Name, of.op.Filter.Text, of.at.File, of.at.Line, of.at.Col)
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
