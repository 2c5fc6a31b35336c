package runtime

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/wfgen/wfgen/runtime/journal"
)

// A Run is a durable execution. R is the workflow's result, None where it has none; any
// for one that was found by its id, whose Result is as JSON decodes. Its methods may be
// called by any goroutine.
type Run[R any] struct {
	engine  *Engine
	id      string
	session *session // that began it; nil where it isn't known to be in memory
	decode  func([]byte) (R, error)
}

// Submit starts a durable execution of a workflow, and returns when the journal has
// it. input is a struct with a field for each parameter, under the parameter's name in
// JSON. Where there is an execution of the same ID, workflow and input, Submit gives
// that one; with another input or workflow it is an error. Generated code calls it.
func Submit[R any](ctx context.Context, e *Engine, w *Workflow, input any, options ...Option) (*Run[R], error) {
	d := e.definitions[w.Name]
	if d == nil || d.Workflow != w {
		return nil, fmt.Errorf("the engine doesn't have %s: give Open the registry of its package", w.Name)
	}
	data, err := encodePayload(input, "the input of "+w.Name)
	if err != nil {
		return nil, err
	}
	r := &Run[R]{engine: e, decode: decodeAs[R]}
	r.id, r.session, err = e.start(ctx, d, data, options)
	if err != nil {
		return nil, err
	}
	return r, nil
}

// Submit starts a durable execution of the workflow of a name, with its input as JSON;
// none is an empty object. See the function Submit, and Definition.Start for what is
// wrong with an input.
func (e *Engine) Submit(ctx context.Context, name string, input []byte, options ...Option) (*Run[any], error) {
	d := e.definitions[name]
	if d == nil {
		return nil, fmt.Errorf("the engine has no workflow %s: give Open the registry of its package", name)
	}
	data, err := d.canonical(input)
	if err == nil {
		err = fits(data, "the input of "+name)
	}
	if err != nil {
		return nil, err
	}
	r := &Run[any]{engine: e, decode: decodeAs[any]}
	r.id, r.session, err = e.start(ctx, d, data, options)
	if err != nil {
		return nil, err
	}
	return r, nil
}

func decodeAs[R any](data []byte) (v R, err error) {
	if _, none := any(v).(None); none || data == nil {
		return v, nil
	}
	err = Decode(data, "", &v)
	return v, err
}

// Run gives the execution of an id.
func (e *Engine) Run(ctx context.Context, id string) (*Run[any], error) {
	if _, err := e.Get(ctx, id); err != nil {
		return nil, err
	}
	return &Run[any]{engine: e, id: id, decode: decodeAs[any]}, nil
}

func newExecution(id string, w *Workflow, input []byte, now time.Time) *journal.Execution {
	return &journal.Execution{
		ID: id, Workflow: w.Name, Version: w.version(), Fingerprint: w.Fingerprint, Input: input, Created: now,
		State: journal.State{Status: StatusRunning, Generation: 1},
	}
}

// maxID bounds the id that an execution is given, in bytes.
const maxID = 255

// checkID says what is wrong with an id that an execution is given.
func checkID(id string) error {
	switch {
	case len(id) > maxID:
		return fmt.Errorf("an execution's id may have %d bytes, this has %d", maxID, len(id))
	case !utf8.ValidString(id) || strings.ContainsFunc(id, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return fmt.Errorf("an execution's id is printable text, not %q", id)
	}
	return nil
}

// start starts an execution, or finds it. Its session is nil where it was found and
// isn't in memory.
func (e *Engine) start(ctx context.Context, d *Definition, input []byte, list []Option) (string, *session, error) {
	var o options
	for _, set := range list {
		set(&o)
	}
	if err := checkID(o.id); err != nil {
		return "", nil, err
	}
	if err := ctx.Err(); err != nil {
		return "", nil, err
	}
	fresh := o.id == ""
	if fresh {
		o.id = rand.Text()
	}
	x := newExecution(o.id, d.Workflow, input, e.now())
	if fresh { // nobody else has that id
		s, err := e.enroll(o.id)
		if err != nil {
			return "", nil, err
		}
		return o.id, s, s.create(x, d)
	}
	for {
		changed := e.watch(o.id)
		s, err := e.enroll(o.id)
		if err != nil {
			return "", nil, err
		}
		same, err := e.same(ctx, x)
		switch {
		case s != nil && !same && err == nil:
			return o.id, s, s.create(x, d)
		case s != nil:
			e.drop(s)
		}
		if same || err != nil {
			return o.id, nil, err
		}
		select { // another caller is about to store it
		case <-changed:
		case <-ctx.Done():
			return "", nil, ctx.Err()
		}
	}
}

// same tells whether the journal has an execution. It is an error where it has another
// one of that id.
func (e *Engine) same(ctx context.Context, x *journal.Execution) (bool, error) {
	old, err := e.find(ctx, x.ID)
	if old == nil || err != nil {
		return false, err
	}
	if old.Workflow != x.Workflow {
		return false, fmt.Errorf("there is an execution %s already, of %s: another one needs another id", x.ID, old.Workflow)
	}
	if !bytes.Equal(old.Input, x.Input) {
		return false, fmt.Errorf("there is an execution %s of %s already, with another input: another one needs another id", x.ID, old.Workflow)
	}
	return true, nil
}

// create stores a new execution and runs it. It returns when that is stored.
func (s *session) create(x *journal.Execution, d *Definition) error {
	own := *x // the session's; the writer has x
	ctx := s.begin(&own, d)
	s.last = 0
	u := s.add(entry{change: func(b *batch) error {
		b.touch(x.ID)
		return b.Create(x)
	}})
	go s.run(ctx)
	<-u.stored
	return u.err
}

// resume reads what is recorded of an execution and runs it.
func (s *session) resume() {
	ctx, err := s.load()
	switch {
	case err != nil:
		if !errors.Is(err, ErrClosed) {
			s.stop(err)
		}
		s.engine.drop(s)
	case ctx == nil:
		s.engine.drop(s)
	default:
		s.run(ctx)
	}
}

// load reads what is recorded; ctx is nil where the execution isn't to go on.
func (s *session) load() (ctx context.Context, err error) {
	e := s.engine
	e.loading <- struct{}{}
	defer func() { <-e.loading }()
	var x *journal.Execution
	var records []journal.Record
	read := func(tx journal.Tx) (err error) {
		if x, err = tx.Execution(s.id); err == nil {
			records, err = tx.Records(s.id, 0, 0)
		}
		return err
	}
	if err := e.journal.View(context.Background(), read); err != nil {
		return nil, &StoreError{Err: err}
	}
	if s.isTouched() { // what is read may be old
		if err := e.writer.do(func(b *batch) error { return read(b) }); err != nil {
			return nil, err
		}
	}
	if x == nil || !goesOn(x.Status) {
		return nil, nil
	}
	d := e.definitions[x.Workflow]
	if d == nil {
		return nil, nil
	}
	ctx = s.begin(x, d)
	if x.Version != d.Workflow.version() {
		s.hold(fmt.Errorf("%s is version %d now, and isn't said to be compatible", x.Workflow, d.Workflow.version()))
		return nil, nil
	}
	s.read(records)
	return ctx, nil
}

// touch notes that a batch changes the execution, which may be about to be read.
func (s *session) touch() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.touched = true
}

func (s *session) isTouched() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.touched
}

func goesOn(s Status) bool { return s == StatusRunning || s == StatusWaiting }

// ID is the execution's id.
func (r *Run[R]) ID() string { return r.id }

// Result waits for the end of the execution and gives its result, or its error: that of
// the workflow, as a *RecordedError where it is read from the journal, a *HeldError where
// the execution is held, or ctx's. What the journal couldn't store is a *StoreError, and
// ErrClosed tells that the engine was closed before.
func (r *Run[R]) Result(ctx context.Context) (v R, err error) {
	data, err := r.ResultJSON(ctx)
	if err != nil {
		return v, err
	}
	return r.decode(data)
}

// ResultJSON is Result, as JSON; nil where the workflow has no result.
func (r *Run[R]) ResultJSON(ctx context.Context) ([]byte, error) {
	if s := r.session; s != nil {
		select {
		case <-s.over:
			if !s.state.Ended.IsZero() {
				return s.state.Result, s.result
			}
			if s.failure != nil {
				return nil, s.failure
			}
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return r.engine.end(ctx, r.id)
}

// end waits for the end of an execution and gives its result.
func (e *Engine) end(ctx context.Context, id string) ([]byte, error) {
	for {
		changed := e.watch(id)
		x, err := e.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		switch {
		case x.Status == StatusSucceeded:
			return x.Result, nil
		case !x.Ended.IsZero():
			return nil, e.failureOf(ctx, x)
		case x.Status == StatusHeld:
			return nil, &HeldError{ID: id, Text: x.Error}
		case e.isClosed():
			return nil, ErrClosed
		}
		if s := e.active(id); s == nil && x.Status == StatusRunning && len(e.definitions) == 0 {
			return nil, fmt.Errorf("execution %s doesn't go on: the engine has no workflow %s", id, x.Workflow)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (e *Engine) isClosed() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.closed
}

// failureOf is what an execution failed with.
func (e *Engine) failureOf(ctx context.Context, x *journal.Execution) error {
	var records []journal.Record
	err := e.journal.View(ctx, func(tx journal.Tx) error {
		n, err := tx.LastN(x.ID)
		if err == nil {
			records, err = tx.Records(x.ID, n-1, 1)
		}
		return err
	})
	if err != nil || len(records) == 0 || records[0].Kind != journal.Ended {
		return errors.Join(errors.New(x.Error), err)
	}
	return decodeError(records[0].Data)
}

// Status says how the execution stands.
func (r *Run[R]) Status(ctx context.Context) (Status, error) {
	x, err := r.engine.Get(ctx, r.id)
	if err != nil {
		return "", err
	}
	return x.Status, nil
}

// Cancel cancels the execution, which runs its undos. See Engine.Cancel.
func (r *Run[R]) Cancel(ctx context.Context, reason string) error {
	return r.engine.Cancel(ctx, r.id, reason)
}

// Pause has no step of the execution begin until Resume. See Engine.Pause.
func (r *Run[R]) Pause(ctx context.Context) error { return r.engine.Pause(ctx, r.id) }

// Resume has the execution go on that was paused, or is held.
func (r *Run[R]) Resume(ctx context.Context) error { return r.engine.Resume(ctx, r.id) }

// Events gives the execution's events from the first one on, and waits for new ones
// until it has ended. See Engine.Events.
func (r *Run[R]) Events(ctx context.Context) iter.Seq2[Event, error] {
	return r.engine.Events(ctx, r.id, 0)
}

// Workflows gives the names of the workflows that the engine has, sorted.
func (e *Engine) Workflows() []string {
	var names []string
	for name := range e.definitions {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
