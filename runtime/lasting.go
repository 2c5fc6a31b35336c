package runtime

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/pure"
	"github.com/wfgen/wfgen/runtime/stepid"
)

// An execution takes up what is recorded in three ways: after a crash, as a fork, and
// when it is retried. After a crash all of it counts, and all of it has to be come to.
//
// A fork has the records before a step, and a later generation, which Retry begins, those
// of the one that failed. Both are lives of their own, so that what was going on in the
// other life doesn't last: an attempt without an end, a message that is awaited, or was
// and has been given back, a time limit that hasn't passed.
//
// The end of a generation is a failure, or a cancellation, that nothing has stood in for.
// Of that the next one has nothing: not the failures that the execution ended with, so
// that these steps begin anew, nor the steps that were undone for it, nor what either is
// a part of. Failures that something has stood in for last like results, and so does what
// was undone for these. What lasts of a generation counts where the next one comes to the
// same step with the same inputs; where it doesn't, the step is new.

// lasting are the records that last in another life of an execution.
func lasting(records []journal.Record) []journal.Record {
	drop := make([]bool, len(records))
	open := map[string][]int{}   // what has begun and not ended, by step
	awaits := map[string][]int{} // what awaits have recorded, and what is owed, likewise
	for i, r := range records {
		switch r.Kind {
		case journal.Progress:
			drop[i] = true
		case journal.Attempted, journal.Undoing:
			open[r.Step] = append(open[r.Step], i)
		case journal.Waiting:
			if waitOf(r).Address != "" || isLimit(r.Step) {
				open[r.Step] = append(open[r.Step], i)
			}
			awaits[r.Step] = append(awaits[r.Step], i)
		case journal.Owed:
			awaits[r.Step] = append(awaits[r.Step], i)
		case journal.Done, journal.Failed, journal.Undone, journal.Choice:
			delete(open, r.Step)
			awaits[r.Step] = append(awaits[r.Step], i)
		case journal.Returned:
			gone := open[r.Step]
			if r.Attempt == 0 {
				gone = awaits[r.Step]
			}
			for _, i := range append(gone, i) {
				drop[i] = true
			}
		}
	}
	for _, gone := range open {
		for _, i := range gone {
			drop[i] = true
		}
	}
	var last []journal.Record
	for i, r := range records {
		if !drop[i] {
			last = append(last, r)
		}
	}
	return last
}

// isLimit tells whether it is a time limit that is recorded under an id, and no step.
func isLimit(id string) bool {
	return strings.HasSuffix(id, timeoutMark) || strings.HasSuffix(id, limitMark)
}

// forget keeps, of what a generation has recorded, what lasts in the next one.
func (s *session) forget(generation int, records []journal.Record) {
	if s.earlier == nil {
		s.earlier = map[string][]journal.Record{}
	}
	tries := map[string]bool{}
	for _, r := range lasting(records) {
		tries[r.Step] = tries[r.Step] || r.Kind == journal.Entered && r.Tool == ""
		step := stepid.WithoutGeneration(r.Step)
		switch {
		case tries[r.Step]: // what it gave is by what is around, which may be other now
		case r.Kind == journal.Round, r.Kind == journal.Ended: // rounds are gone through: their state may be another now
		case step == timeoutMark: // it has its time anew
		case replaces(s.earlier[step], r):
			s.earlier[step] = []journal.Record{r}
		default:
			s.earlier[step] = append(s.earlier[step], r)
		}
	}
	failed, undone := endedWith(records)
	entered := voidAround(append(failed, undone...))
	undone = append(undone, s.givenBack(entered)...)
	entered[""] = true
	undone = append(undone, s.ranLast(entered)...)
	for _, step := range undone {
		s.shared.undid(stepid.Generation(generation) + step)
		s.redo(step)
	}
	for _, step := range failed {
		s.void(step)
	}
}

// replaces tells whether a step has begun anew with a record, with other inputs than
// before.
func replaces(old []journal.Record, r journal.Record) bool {
	return r.Hash != 0 && slices.ContainsFunc(old, func(o journal.Record) bool {
		return o.Hash != 0 && (o.Hash != r.Hash || o.Tool != r.Tool)
	})
}

// redo forgets a step that was undone, with all in it.
func (s *session) redo(step string) {
	s.void(step)
	maps.DeleteFunc(s.earlier, func(other string, _ []journal.Record) bool { return stepid.Within(other, step) })
}

// anew forgets, of a sub-workflow that had come to its end and is gone through with other
// inputs now, what it gave back at that end.
func (s *session) anew(sub string) {
	s.lock()
	defer s.mu.Unlock()
	entered := map[string]bool{stepid.WithoutAttempt(stepid.WithoutGeneration(sub)): true}
	for _, step := range append(s.givenBack(entered), s.ranLast(entered)...) {
		s.redo(step)
	}
}

// givenBack are the steps of sub-workflows that had come to their ends, and are gone through
// once more: those that a finally took back at that end. What they gave isn't there any more.
func (s *session) givenBack(entered map[string]bool) (steps []string) {
	for undo, records := range s.earlier {
		isOf := func(k journal.Kind) bool {
			return slices.ContainsFunc(records, func(r journal.Record) bool {
				return r.Kind == k && (k == journal.Undone || r.Attempt&everyWay != 0)
			})
		}
		if step, is := stepid.CutUndo(undo); is && isOf(journal.Owed) && isOf(journal.Undone) && entered[s.endedAround(step)] {
			steps = append(steps, step)
		}
	}
	slices.Sort(steps)
	return steps
}

// endedAround is the innermost of what a step is a part of that has come to its end; empty
// where nothing has.
func (s *session) endedAround(step string) (ended string) {
	for around := range stepid.Around(step) {
		around = stepid.WithoutAttempt(around)
		if slices.ContainsFunc(s.earlier[around], func(r journal.Record) bool { return r.Kind == journal.Done }) {
			ended = around
		}
	}
	return ended
}

// void forgets what is recorded of a step itself, and of what that is a part of.
func (s *session) void(step string) {
	for around := range voidAround([]string{step}) {
		delete(s.earlier, around)
	}
	delete(s.earlier, step)
	delete(s.earlier, step+firstMark)
	maps.DeleteFunc(s.earlier, func(other string, _ []journal.Record) bool {
		of, limited := strings.CutSuffix(other, limitMark)
		if !limited {
			of, limited = strings.CutSuffix(other, "."+timeoutMark)
		}
		return limited && stepid.WithoutAttempt(of) == step
	})
}

// voidAround is what steps are a part of that is void with them: not what has failed, and in
// whose else they are.
func voidAround(steps []string) map[string]bool {
	void := map[string]bool{}
	for _, step := range steps {
		for around := range stepid.Around(step) {
			if !strings.HasPrefix(step[len(around):], ".else.") {
				void[stepid.WithoutAttempt(around)] = true
			}
		}
	}
	return void
}

// endedWith tells which steps a generation has ended with: those with whose failures it did,
// and those that were undone then. An undo that hasn't come to its end counts as done.
func endedWith(records []journal.Record) (failed, undone []string) {
	var end map[string]json.RawMessage
	if last := len(records) - 1; last >= 0 {
		_ = pure.Decode(records[last].Data, "", &end) // an older engine's end may be anything
	}
	known := pure.Decode(end["failed"], "", &failed) == nil && pure.Decode(end["undone"], "", &undone) == nil
	open := map[string]bool{}
	for _, r := range records {
		of, undo := stepid.CutUndo(r.Step)
		switch {
		case undo && r.Kind == journal.Undoing:
			open[of] = true
		case undo && r.Kind == journal.Undone && known:
			delete(open, of)
		case r.Kind == journal.Failed && !known: // all of them, as which of them counts isn't recorded
			failed = append(failed, r.Step)
		}
	}
	undone = slices.AppendSeq(undone, maps.Keys(open))
	for i := range undone {
		undone[i] = stepid.WithoutGeneration(undone[i])
	}
	for i := range failed {
		failed[i] = stepid.WithoutGeneration(failed[i])
	}
	return failed, undone
}

// recall is what lasts of earlier generations of a step.
func (s *session) recall(id string) []journal.Record {
	s.lock()
	defer s.mu.Unlock()
	return s.earlier[stepid.WithoutGeneration(id)]
}

// remembered are the records that last of earlier generations as those of this one.
func (s *session) remembered() (all []journal.Record) {
	for step, records := range s.earlier {
		for _, r := range records {
			r.Step = s.prefix() + step
			all = append(all, r)
		}
	}
	slices.SortFunc(all, func(a, b journal.Record) int { return a.N - b.N })
	return all
}

// wentWith takes note of failures that went down with another one.
func (s *session) wentWith(err error, others ...error) {
	s.lock()
	defer s.mu.Unlock()
	if s.beside == nil {
		s.beside = map[string][]error{}
	}
	path := failurePath(err)
	s.beside[path] = append(s.beside[path], others...)
}

func (s *session) unwind(us []undo, why error) {
	slices.SortStableFunc(us, func(a, b undo) int { return a.owed - b.owed })
	if why == nil {
		return
	}
	s.lock()
	defer s.mu.Unlock()
	if s.unwound == nil {
		s.unwound = map[string][]string{}
	}
	path := failurePath(why)
	for _, u := range us {
		s.unwound[path] = append(s.unwound[path], stepid.Undone(u.frame.path(u.step.ID)))
	}
}

// encodeEnd is encodeError for the failure that the execution ends with, and says with
// which steps that is.
func (s *session) encodeEnd(err error) []byte {
	s.lock()
	defer s.mu.Unlock()
	d := downfall{session: s, seen: map[string]bool{}}
	d.add(err)
	d.undone = append(d.undone, s.unwound[""]...) // for a failure of no step
	fields := errorFields(err, Declared(err))
	fields["failed"], fields["undone"] = d.failed, d.undone
	data, _ := pure.Encode(fields) // texts and JSON: it can't fail
	return data
}

// A downfall is what an execution ends with.
type downfall struct {
	session        *session // its lock is held
	seen           map[string]bool
	failed, undone []string
}

// add adds the steps that an error is made of, with those that went down with them.
func (d *downfall) add(err error) {
	switch e := err.(type) {
	case *Error:
		d.addStep(cmp.Or(e.Step, e.At))
		d.add(e.Err)
	case interface{ Unwrap() error }:
		d.add(e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, err := range e.Unwrap() {
			d.add(err)
		}
	}
}

func (d *downfall) addStep(path string) {
	if d.seen[path] {
		return
	}
	d.seen[path] = true
	d.failed = append(d.failed, path)
	d.undone = append(d.undone, d.session.unwound[path]...)
	for _, err := range d.session.beside[path] {
		d.add(err)
	}
}
