package runtime

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/pure"
	"github.com/wfgen/wfgen/runtime/stepid"
)

// A stepHistory is what is recorded of a step that a session runs.
type stepHistory struct {
	session *session
	step    *Step
	path    string
	inputs  pure.Hashes

	first    int              // the N of the first record; 0 where there is none
	failures []journal.Record // of attempts, in their order
	recalled int              // how many of these an earlier generation has left
	earlier  []error          // what attempts at a sub-workflow have failed with that were tried again
	started  bool             // an attempt after these has been begun
	undoing  bool
	entered  int             // the last attempt of a sub-workflow that has been begun
	waiting  *journal.Wait   // nil where it doesn't wait yet
	returned bool            // what it has awaited was given back, or it was owed and isn't
	kept     bool            // it is owed unless another record says that it isn't
	done     *journal.Record // its end; nil where it hasn't come to one
	unread   bool            // what is recorded counts as unread until its result is known to fit

	scheduled bool // that it is due has been told
	attempt   int  // at which its tool is being called
	slot      int  // where that is noted in the session, from 1; 0 where it isn't
}

// historyOf takes what is recorded of a step. It fails where that doesn't fit. Where it has
// an end, fits is to be called as soon as it is known that this fits as well: what is
// recorded last lets in what is new, and where it doesn't fit nothing new is to begin.
func (s *session) historyOf(f *Frame, st *Step, inputs []any) (*stepHistory, error) {
	h := &stepHistory{session: s, step: st, path: f.path(st.ID), inputs: pure.HashesOf(inputs)}
	err := h.read()
	if h.unread = true; err == nil && h.done == nil {
		h.fits()
	}
	return h, err
}

func (s *session) history(f *Frame, st *Step, inputs []any) (history, error) {
	return s.historyOf(f, st, inputs)
}

func (h *stepHistory) end() (data []byte, attempt int, ok bool) {
	if h.done == nil {
		return nil, 0, false
	}
	return h.done.Data, h.done.Attempt, true
}

func (h *stepHistory) reenters() bool {
	return h.step.Sub && h.session.reenter[stepid.Attempt(h.path, h.done.Attempt)]
}

// failure doesn't give that of an earlier generation's attempt at a sub-workflow: it is
// gone through once more, and may succeed with what has been done anew.
func (h *stepHistory) failure(attempt int) (at time.Time, ok bool, err error) {
	if attempt > len(h.failures) || h.step.Sub && attempt <= h.recalled {
		return at, false, nil
	}
	r := &h.failures[attempt-1]
	return r.Time, true, decodeError(r.Data)
}

func (h *stepHistory) admit(f *Frame) bool { return h.session.admit(f.ctx) }

func (h *stepHistory) fits() {
	if h.unread {
		h.unread = false
		h.session.take(h.path)
	}
}

func (h *stepHistory) misfits(why string, err error) error {
	if err != nil {
		why += ": " + err.Error()
	}
	h.session.hold(fmt.Errorf("step %s: %s", h.path, why))
	return errSuspended
}

// read takes in what still holds of earlier generations, where that is of these inputs,
// and what this one has recorded, which counts as unread still.
func (h *stepHistory) read() error {
	switch old := h.session.recall(h.path); {
	case !slices.ContainsFunc(old, h.differs):
		h.take(old)
		h.recalled = len(h.failures)
	case h.step.Sub:
		h.session.anew(h.path)
	}
	own := h.session.recorded(h.path)
	if i := slices.IndexFunc(own, h.differs); i >= 0 {
		return h.misfit(&own[i])
	}
	h.take(own)
	return nil
}

// differs tells whether a record is of another tool or other inputs.
func (h *stepHistory) differs(r journal.Record) bool {
	return r.Hash != 0 && (r.Tool != h.step.Tool || !h.inputs.Fit(r.Hash))
}

func (h *stepHistory) take(records []journal.Record) {
	if h.first == 0 && len(records) > 0 {
		h.first = records[0].N
	}
	for i := range records {
		r := &records[i]
		switch r.Kind {
		case journal.Attempted:
			h.started = true
		case journal.Entered:
			h.entered = r.Attempt
		case journal.Undoing:
			h.undoing, h.started = true, h.step.Effect == Once && !h.step.Sub
		case journal.Failed:
			h.failures, h.started = append(h.failures, *r), false
		case journal.Waiting:
			w := waitOf(*r)
			h.waiting = &w
		case journal.Returned:
			h.returned, h.started, h.done = true, false, nil
		case journal.Owed:
			h.kept = r.Attempt&dropTold != 0
		case journal.Done, journal.Undone:
			h.done = r
		}
	}
}

// misfit holds the execution: a record isn't of the step that is to be run.
func (h *stepHistory) misfit(r *journal.Record) error {
	why := fmt.Errorf("step %s is recorded with other inputs than it has now", h.path)
	if r.Tool != h.step.Tool {
		why = fmt.Errorf("step %s is recorded as a call of %s, and is one of %s now", h.path, called(r.Tool), called(h.step.Tool))
	}
	h.session.hold(why)
	return errSuspended
}

func called(tool string) string {
	if tool == "" {
		return "no tool"
	}
	return tool
}

// record has something stored of the step.
func (h *stepHistory) record(r journal.Record) { h.add(r) }

// add is record, and gives the unit that it is a part of.
func (h *stepHistory) add(r journal.Record) *unit { return h.session.add(h.entry(r)) }

func (h *stepHistory) entry(r journal.Record) entry {
	r.Step, r.Tool, r.Hash, r.Time = h.path, h.step.Tool, h.inputs.Lean, h.session.engine.now()
	return entry{record: r}
}

func (s *session) decode(data []byte, into any) error { return decodeStored(data, into) }

func (s *session) given(f *Frame, result any) error {
	if result == nil || f.invocation.forgotten || s.isSuspended() {
		return nil
	}
	err := unstorable(result, "the result of "+f.workflow.Name)
	if err == nil {
		return nil
	}
	err = f.located(err)
	return withUndoFailure(err, f.rollback(err))
}

func encodeWait(w journal.Wait) []byte {
	fields := map[string]any{}
	if !w.Until.IsZero() {
		fields["until"] = w.Until
	}
	if w.Address != "" {
		fields["address"] = w.Address
	}
	data, _ := pure.Encode(fields) // a time and a text: it can't fail
	return data
}

// waitOf reads what a record says of a wait; what can't be read waits for nothing.
func waitOf(r journal.Record) (w journal.Wait) {
	var fields map[string]json.RawMessage
	_ = pure.Decode(r.Data, "", &fields)
	w.Until, _ = time.Parse(time.RFC3339Nano, textOf(fields, "until"))
	w.Address = textOf(fields, "address")
	return w
}

// recordOf is what a stub gives, as it is recorded.
func recordOf(d *delivery) journal.Record {
	if d.err != nil {
		return journal.Record{Kind: journal.Failed, Attempt: 1, Data: encodeError(d.err, find(stubFails, d.err))}
	}
	return journal.Record{Kind: journal.Done, Data: d.data}
}

// deliveryOf is what a record brings to who awaits it.
func deliveryOf(r journal.Record) *delivery {
	if r.Kind == journal.Failed {
		return &delivery{err: decodeError(r.Data)}
	}
	return &delivery{data: r.Data}
}

func (s *session) logged(step, message string) bool {
	data, _ := pure.Encode(valid(message)) // a text: it can't fail
	said := slices.ContainsFunc(s.recall(step), func(r journal.Record) bool { return bytes.Equal(r.Data, data) })
	if len(s.take(step)) > 0 || said || s.isSuspended() {
		return false
	}
	s.append(journal.Record{Kind: journal.Log, Step: step, Data: data})
	return true
}
