package runtime

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
)

// read takes in what is recorded of the execution.
func (s *session) read(records []journal.Record) {
	for i, r := range records {
		if r.Kind == journal.Retried {
			s.forget(records[:i])
			records = records[i+1:]
			s.shared.started = r.Time
			s.read(records)
			return
		}
	}
	within := indexRecords(records)
	loops := indexLoops(records)
	s.unread, s.reenter, s.rounds = make(map[string][]journal.Record, len(records)), within.owing, loops.begun
	for _, r := range records {
		if !within.skips(r.Step) && !loops.skips(&r) {
			s.unread[r.Step] = append(s.unread[r.Step], r)
			s.left++
		}
	}
}

// forget keeps, of what a generation that has failed has recorded, what still holds:
// the steps that are done and haven't been undone.
func (s *session) forget(records []journal.Record) {
	if s.earlier == nil {
		s.earlier, s.voided = map[string]journal.Record{}, map[string]int{}
	}
	for _, r := range records {
		switch step := ungenerated(r.Step); r.Kind {
		case journal.Done:
			s.earlier[step] = r
		case journal.Undoing:
			s.void(strings.TrimSuffix(step, ".undo"))
		}
	}
}

// void forgets a step that is undone, what it is made of, and what it is a part of.
func (s *session) void(step string) {
	s.voided[step]++
	delete(s.earlier, step)
	for _, around := range parts(step) {
		delete(s.earlier, around)
	}
	for other := range s.earlier {
		if strings.HasPrefix(other, step+".") || strings.HasPrefix(other, step+"[") {
			delete(s.earlier, other)
		}
	}
}

// An index tells which records of sub-workflows needn't be looked at.
type index struct {
	done  map[string]bool // what begins the steps of a sub-workflow that is done
	owing map[string]bool // those of them that owe undos
	owed  map[string]bool // the undos
}

func indexRecords(records []journal.Record) index {
	x := index{map[string]bool{}, map[string]bool{}, map[string]bool{}}
	entered := map[string]bool{}
	for _, r := range records {
		switch path := attemptPath(r.Step, r.Attempt); {
		case r.Kind == journal.Entered:
			entered[path] = true
		case (r.Kind == journal.Done || r.Kind == journal.Undone) && entered[path]:
			x.done[path] = true
		case r.Kind == journal.Owed:
			x.owed[r.Step] = true
		}
	}
	for undo := range x.owed {
		for _, around := range parts(undo) {
			if x.done[around] && !x.undoes(undo, around) {
				x.owing[around] = true
			}
		}
	}
	return x
}

// undoes tells whether a step is the undo that the call of a sub-workflow has, or within
// that.
func (x *index) undoes(step, call string) bool {
	undo := call + ".undo"
	rest, ok := strings.CutPrefix(step, undo)
	return ok && x.owed[undo] && (rest == "" || rest[0] == '.' || rest[0] == '@')
}

// skips tells whether a step is within a sub-workflow of which the end is all that
// counts.
func (x *index) skips(step string) bool {
	for _, around := range parts(step) {
		if x.done[around] && !x.owing[around] && !x.undoes(step, around) {
			return true
		}
	}
	return false
}

// attemptPath is what, with a dot, begins the steps of a sub-workflow: the id of the
// step that calls it, and from the second attempt on the generation.
func attemptPath(step string, attempt int) string {
	if attempt < 2 {
		return step
	}
	return step + "@" + strconv.Itoa(attempt)
}

// generationPrefix begins the ids of the steps of an execution that was retried.
func generationPrefix(generation int) string {
	if generation < 2 {
		return ""
	}
	return "@" + strconv.Itoa(generation) + "."
}

// ungenerated is a step's id without the generation of its execution.
func ungenerated(step string) string {
	if rest, ok := strings.CutPrefix(step, "@"); ok {
		if _, id, ok := strings.Cut(rest, "."); ok {
			return id
		}
	}
	return step
}

// take gives what is recorded under an id, once.
func (s *session) take(id string) []journal.Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	records := s.unread[id]
	if len(records) > 0 {
		delete(s.unread, id)
		if s.left -= len(records); s.left == 0 {
			s.letIn()
		}
	}
	return records
}

// replaying tells whether something is recorded that hasn't been read.
func (s *session) replaying() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.left > 0
}

// anyUnread is the first record that hasn't been read; nil where there is none. The
// lock is held.
func (s *session) anyUnread() *journal.Record {
	var first *journal.Record
	for _, records := range s.unread {
		if first == nil || records[0].N < first.N {
			first = &records[0]
		}
	}
	return first
}

// unreached says that the workflow doesn't come to a record.
func (s *session) unreached(r *journal.Record) error {
	what := "step " + r.Step
	if r.Tool != "" {
		what += " (" + r.Tool + ")"
	}
	return fmt.Errorf("%s is recorded as %s, and the workflow doesn't come to it", what, r.Kind)
}

// A history is what is recorded of a step that is run.
type history struct {
	session *session
	step    *Step
	path    string
	hash    uint64

	failures []journal.Record // of attempts, in their order
	started  bool             // an attempt after these has been begun
	undoing  bool
	entered  int             // the last attempt of a sub-workflow that has been begun
	waiting  *journal.Wait   // nil where it doesn't wait yet
	returned bool            // what it has awaited was given back
	done     *journal.Record // its end; nil where it hasn't come to one
}

// history takes what is recorded of a step. It fails where that doesn't fit.
func (f *Frame) history(st *Step, inputs []any) (*history, error) {
	h := &history{session: f.session(), step: st, path: f.path(st.ID), hash: hashOf(inputs)}
	return h, h.read(h.session.take(h.path))
}

func (h *history) read(records []journal.Record) error {
	for i := range records {
		r := &records[i]
		if r.Hash != 0 && (r.Tool != h.step.Tool || r.Hash != h.hash) {
			return h.misfit(r)
		}
		switch r.Kind {
		case journal.Started:
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
		case journal.Done, journal.Undone:
			h.done = r
		}
	}
	if len(records) == 0 {
		h.reuse()
	}
	return nil
}

// reuse answers a step from a generation before.
func (h *history) reuse() {
	if r, ok := h.session.earlier[ungenerated(h.path)]; ok && r.Tool == h.step.Tool && r.Hash == h.hash {
		h.done = &r
	}
}

// misfit holds the execution: a record isn't of the step that is to be run.
func (h *history) misfit(r *journal.Record) error {
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
func (h *history) record(r journal.Record) { h.session.add(h.entry(r)) }

func (h *history) entry(r journal.Record) entry {
	r.Step, r.Tool, r.Hash, r.Time = h.path, h.step.Tool, h.hash, h.session.engine.now()
	return entry{record: r}
}

// hashOf is a hash of a step's inputs that is the same in every process.
func hashOf(inputs []any) uint64 {
	e := encoders.Get().(*encoder)
	defer e.release()
	for _, in := range inputs {
		if p := e.value(in); p != nil {
			e.buf, e.depth = append(e.buf, p.Text...), 0
		}
		e.buf = append(e.buf, 0)
	}
	h := uint64(14695981039346656037) // FNV-1a
	for _, b := range e.buf {
		h = (h ^ uint64(b)) * 1099511628211
	}
	return h>>1 | 1 // never 0, and within what any database has for a whole number
}

// recordedResult is a result as it is recorded. It holds the execution where the step's
// type has become another.
func recordedResult[T any](h *history, t *Task[T]) (v T, err error) {
	if _, none := any(v).(None); none || h.done.Data == nil {
		return v, nil
	}
	if v, err = decodeResult(t, h.done.Data); err != nil {
		h.session.hold(fmt.Errorf("what step %s has given doesn't fit its type any more: %w", h.path, err))
		return v, errSuspended
	}
	return v, nil
}

func decodeResult[T any](t *Task[T], data []byte) (v T, err error) {
	if t.Decode != nil {
		v, err = t.Decode(data)
	} else {
		err = Decode(data, "", &v)
	}
	if err == nil && t.Check != nil {
		v, err = t.Check(v)
	}
	return v, err
}

// recordedCall is call in a durable execution.
func recordedCall[T any](f *Frame, t *Task[T], do func(context.Context) (T, error), args func() []any) (v T, err error) {
	h, err := f.history(&t.Step, args())
	if err != nil {
		return v, err
	}
	v, _, err = recordedAttempts(f, t, h, do, args)
	return v, err
}

// recordedAttempts is attempts for a step of a durable execution, of which h is the
// history.
func recordedAttempts[T any](f *Frame, t *Task[T], h *history, do func(context.Context) (T, error), args func() []any) (v T, n int, err error) {
	if h.done != nil {
		if t.Sub && h.session.owes(h.path, h.done.Attempt) {
			if _, err := try(f, t, h.done.Attempt, do, args); err != nil {
				return v, 0, err
			}
		}
		v, err = recordedResult(h, t)
		return v, h.done.Attempt, err
	}
	var first, at time.Time // when the first attempt failed, and this one
	for n = 1; ; n++ {
		switch {
		case n > len(h.failures):
			if err = h.begin(f, n); err == nil {
				began := f.now()
				if v, err = try(f, t, n, do, args); err == nil {
					if err = h.succeeded(n, began, encodable(v)); err == nil {
						emitDone(f, &t.Step, n, v)
						return v, n, nil
					}
				}
				err = h.failed(f, n, began, err)
			}
			at = f.now()
		case t.Sub: // what is recorded within gives its failure
			at = h.failures[n-1].Time
			if _, err = try(f, t, n, do, args); err == nil {
				h.session.hold(fmt.Errorf("attempt %d of step %s is recorded as failed, and succeeds now", n, h.path))
				err = errSuspended
			}
		default:
			at, err = h.failures[n-1].Time, decodeError(h.failures[n-1].Data)
		}
		if n == 1 {
			first = at
		}
		if err == errSuspended || err == errStopped {
			return v, n, f.stop(&t.Step, n-1, err)
		}
		if !h.again(f, n, first, at, err) {
			return v, n, f.settled(&t.Step, n, err)
		}
	}
}

// begin records what has to be known before an attempt is made, and waits until all
// before it is stored. It gives errStopped where the attempt isn't to be made, and
// Interrupted where it has been, by a process that ended during it.
func (h *history) begin(f *Frame, n int) error {
	if n <= h.entered {
		return nil
	}
	if !h.session.admit(f.ctx) {
		f.skip(h.step)
		return errStopped
	}
	if h.started {
		h.started = false
		h.record(journal.Record{Kind: journal.Failed, Attempt: n, Data: encodeError(Interrupted{}, Interrupted{})})
		return Interrupted{}
	}
	if n == 1 {
		f.emitStep(Scheduled, h.step, 0, nil)
	}
	f.emitStep(Attempt, h.step, n, nil)
	begun := h.step.undo && !h.undoing
	if begun {
		h.undoing = true
		h.record(journal.Record{Kind: journal.Undoing, Attempt: n})
	}
	switch {
	case h.step.Sub:
		h.record(journal.Record{Kind: journal.Entered, Attempt: n})
		return nil // what it begins with waits
	case h.step.Effect == Once && !begun:
		h.record(journal.Record{Kind: journal.Started, Attempt: n})
	}
	if h.session.flush() != nil {
		if begun || h.step.Effect == Once { // it may be stored, and isn't so
			h.record(journal.Record{Kind: journal.Returned, Attempt: n})
		}
		return errSuspended
	}
	return nil
}

// succeeded records a success, also where the execution is stopped by now.
func (h *history) succeeded(n int, began time.Time, result any) error {
	r := journal.Record{Kind: journal.Done, Attempt: n, Began: began}
	if h.step.undo {
		r.Kind = journal.Undone
	}
	if result != nil {
		data, err := encodePayload(result, "the result of step "+h.path)
		if err != nil {
			return err
		}
		r.Data = data
	}
	h.record(r)
	return nil
}

// failed records a failure, unless the execution is stopped by now, which counts as the
// reason.
func (h *history) failed(f *Frame, n int, began time.Time, err error) error {
	if h.session.isSuspended() {
		return errSuspended
	}
	if f.ctx.Err() != nil {
		return &stopError{err}
	}
	f.emitStep(Failed, h.step, n, err)
	h.record(journal.Record{Kind: journal.Failed, Attempt: n, Began: began, Data: encodeError(err, h.step.declaredIn(err))})
	return err
}

// again tells whether a step is tried again, after the pause it is due.
func (h *history) again(f *Frame, n int, first, at time.Time, err error) bool {
	if _, stopped := err.(*stopError); stopped || isPayload(err) || undoFailure(err) != nil || h.step.ends(err) {
		return false
	}
	pause, spread, ok := h.step.Retry.pause(n, at.Sub(first))
	if !ok {
		return false
	}
	if n < len(h.failures) || h.started || n < h.entered {
		return true
	}
	if f.clock() == nil {
		pause += time.Duration(hashOf([]any{h.session.id, h.path, n}) % uint64(spread+1)) // the same however often it is asked for
	}
	f.emitStep(Retrying, h.step, n+1, nil)
	h.session.await(&wait{step: h.path, until: at.Add(pause), ctx: f.ctx})
	return true
}

// owes tells whether what a sub-workflow has done is to be gone through, because it
// owes undos.
func (s *session) owes(step string, attempt int) bool {
	return s.reenter[attemptPath(step, attempt)]
}

// recordedRead is read in a durable execution.
func recordedRead[T any](f *Frame, st *Step, do func() T) (v T, err error) {
	t := &Task[T]{Step: *st}
	h, err := f.history(st, nil)
	if err != nil {
		return v, err
	}
	if h.done != nil {
		return recordedResult(h, t)
	}
	if !h.session.admit(f.ctx) {
		return v, f.stop(st, 0, errStopped)
	}
	f.emitStep(Scheduled, st, 0, nil)
	v = do()
	if err := h.succeeded(0, time.Time{}, encodable(v)); err != nil {
		return v, f.settled(st, 0, err)
	}
	emitDone(f, st, 0, v)
	return v, nil
}

// recordedWait is Wait in a durable execution: until a time that inputs, as the
// workflow has them, say.
func (f *Frame) recordedWait(st *Step, until func() time.Time, inputs ...any) error {
	h := &history{session: f.session(), step: st, path: f.path(st.ID), hash: hashOf(inputs)}
	if err := h.read(h.session.take(h.path)); err != nil || h.done != nil {
		return err
	}
	w := wait{step: h.path, ctx: f.ctx}
	if h.waiting != nil {
		w.until = h.waiting.Until
	} else {
		if !h.session.admit(f.ctx) {
			f.skip(st)
			return f.stop(st, 0, errStopped)
		}
		w.until = until()
		h.record(journal.Record{Kind: journal.Waiting, Data: encodeWait(journal.Wait{Until: w.until})})
		f.emitStep(Scheduled, st, 0, nil)
		f.emitStep(Waiting, st, 0, nil)
	}
	h.session.await(&w)
	if f.ctx.Err() != nil || !h.session.admit(f.ctx) {
		return f.stop(st, 0, errStopped)
	}
	h.record(journal.Record{Kind: journal.Done})
	f.emitStep(Resumed, st, 0, nil)
	f.emitStep(Done, st, 0, nil)
	return nil
}
