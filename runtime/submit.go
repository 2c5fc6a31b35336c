package runtime

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/pure"
)

// Submit starts a durable execution of a workflow, and returns when the journal has
// it. input is a struct with a field for each parameter, under the parameter's name in
// JSON. Where there is an execution of the same ID, workflow and input, Submit gives
// that one; with another input or workflow it is ErrExists. An input that breaks a
// constraint of its types is refused: InvalidInput finds what is wrong, nothing is stored,
// and the ID stays free. ErrNotRegistered says that the engine has no registry with the
// workflow, a *PayloadError that the input is too big, ErrClosed that the engine is closed or
// drains, a *StoreError that the journal can't store. The Run is nil only with an error.
// Generated code calls it.
func Submit[R any](ctx context.Context, e *Engine, w *Workflow, input any, options ...Option) (*Run[R], error) {
	d := e.definitions[w.Name]
	if d == nil || d.Workflow != w {
		return nil, e.unregistered(w.Name)
	}
	data, same, err := storable(input, "the input of "+w.Name)
	if err == nil && !same { // so that it isn't held at once
		_, err = d.input(data)
	}
	if err != nil {
		return nil, err
	}
	return submit[R](ctx, e, d, data, d.violations(ctx, input), options)
}

// Submit starts a durable execution of the workflow of a name, with its input as JSON: an
// object with a key for each parameter; nil is an empty one. Where no registry of the engine
// has the workflow it gives ErrNotRegistered. See the function Submit, and Definition.Start
// for what is wrong with an input. The Run is nil only with an error.
func (e *Engine) Submit(ctx context.Context, name string, input []byte, options ...Option) (*Run[any], error) {
	d := e.definitions[name]
	if d == nil {
		return nil, e.unregistered(name)
	}
	in, err := d.input(input)
	if err != nil {
		return nil, err
	}
	data, err := encodePayload(in, "the input of "+name) // as every equal one is written
	if err != nil {
		return nil, err
	}
	return submit[any](ctx, e, d, data, d.violations(ctx, in), options)
}

func submit[R any](ctx context.Context, e *Engine, d *Definition, input []byte, violations error, options []Option) (*Run[R], error) {
	id, s, err := e.start(ctx, d, input, violations, options)
	if err != nil {
		return nil, err
	}
	return &Run[R]{engine: e, id: id, session: s, decode: decodeAs[R]}, nil
}

func decodeAs[R any](data []byte) (v R, err error) {
	if _, none := any(v).(None); none || data == nil {
		return v, nil
	}
	err = pure.Decode(data, "", &v)
	return v, err
}

// Run gives the execution of an id, of any workflow, whatever its status is; an
// *UnknownError where the journal has none. That the engine runs it isn't asked for: the
// Result of one whose workflow no registry has is ErrNotRegistered unless it has ended. The
// Run is nil only with an error.
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

// maxID bounds the id that an execution or a message is given, in bytes.
const maxID = 255

// checkID says what is wrong with an id that an execution, or whatever what says, is given.
func checkID(what, id string) error {
	switch {
	case len(id) > maxID:
		return refuse(ErrID, fmt.Sprintf("%s may have %d bytes, this has %d", what, maxID, len(id)))
	case !utf8.ValidString(id) || strings.ContainsFunc(id, func(r rune) bool { return !unicode.IsPrint(r) }):
		return refuse(ErrID, fmt.Sprintf("%s is printable text, not %q", what, id))
	}
	return nil
}

// start starts an execution, or finds it. Its session is nil where it was found and
// isn't in memory. A new one isn't started where there are violations.
func (e *Engine) start(ctx context.Context, d *Definition, input []byte, violations error, list []Option) (string, *session, error) {
	var o options
	for _, set := range list {
		set(&o)
	}
	if err := checkID("an execution's id", o.id); err != nil {
		return "", nil, err
	}
	if err := ctx.Err(); err != nil {
		return "", nil, err
	}
	fresh := o.id == ""
	if fresh {
		o.id = newID()
	}
	x := newExecution(o.id, d.Workflow, input, e.now())
	if fresh { // nobody else has that id
		if violations != nil {
			return "", nil, violations
		}
		s, err := e.enroll(o.id, probing)
		if err != nil {
			return "", nil, err
		}
		s, err = s.create(x, d)
		return o.id, s, err
	}
	for {
		changed := e.watch(o.id)
		s, err := e.enroll(o.id, probing)
		if err != nil {
			return "", nil, err
		}
		same, err := e.same(ctx, x)
		if !same && err == nil {
			err = violations
		}
		switch {
		case s != nil && !same && err == nil:
			if s, err := s.create(x, d); !errors.Is(err, ErrExists) {
				return o.id, s, err
			}
			e.wake(o.id) // the step that has been faster couldn't, and now it is found
			continue
		case s != nil:
			e.drop(s)
		}
		if same && e.lost(o.id) != nil {
			e.wake(o.id)
		}
		if same && err == nil && e.answers { // also what it waited for before
			err = e.writer.do(func(b *batch) error { return b.rouse(o.id) })
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
	switch {
	case isSame(old, x) || e.hasGrown(old, x):
		return true, nil
	case old.Workflow != x.Workflow:
		return false, refuse(ErrExists, fmt.Sprintf("there is an execution %s already, of %s: another one needs another id", x.ID, old.Workflow))
	}
	return false, refuse(ErrExists, fmt.Sprintf("there is an execution %s of %s already, with another input: another one needs another id", x.ID, old.Workflow))
}

// isSame tells whether two executions of one id are one: of the same workflow and input.
func isSame(a, b *journal.Execution) bool {
	return a.Workflow == b.Workflow && bytes.Equal(a.Input, b.Input)
}

// hasGrown tells whether two executions of one id are one whose input has fields by now
// that the first one's type hadn't, and that have their defaults.
func (e *Engine) hasGrown(old, x *journal.Execution) bool {
	d := e.definitions[x.Workflow]
	if old.Workflow != x.Workflow || d == nil {
		return false
	}
	in, err := d.input(old.Input)
	if err != nil {
		return false
	}
	input, err := pure.Encode(in)
	return err == nil && bytes.Equal(input, x.Input)
}

// create stores a new execution and runs it, and gives its session: none where the workflow
// has a limit, so that it may have to wait. It returns when that is stored. It is refused where a step has started one of its id since that was found to be free.
func (s *session) create(x *journal.Execution, d *Definition) (*session, error) {
	if d.AtOnce != nil {
		defer s.engine.drop(s) // that its id was kept for
		return nil, s.engine.enter(x)
	}
	own := *x // the session's; the writer has x
	ctx := s.begin(&own, d)
	s.tell(onCreate)
	u := s.add(entry{change: func(b *batch) error {
		if err := b.isFree(x.ID); err != nil {
			return err
		}
		b.touch(x.ID)
		b.after = append(b.after, s.created)
		s.last = 0
		return b.Create(x)
	}})
	go s.execute(ctx)
	<-u.stored
	return s, u.err
}

// isFree says that there is an execution of an id; nil where there is none.
func (b *batch) isFree(id string) error {
	old, err := b.Execution(id)
	if err == nil && old != nil {
		err = refuse(ErrExists, "there is an execution "+id+" already, of "+old.Workflow)
	}
	return err
}

// enter stores a new execution of a workflow that has a limit, which begins once it has a
// place.
func (e *Engine) enter(x *journal.Execution) error {
	var refused error
	err := e.writer.do(func(b *batch) (err error) {
		own := *x // the batch may be made once more
		if err := b.isFree(x.ID); err != nil {
			return err
		}
		if refused, err = b.enter(&own, false); refused != nil || err != nil {
			return err
		}
		b.touch(x.ID)
		b.after = append(b.after, func() { e.wake(x.ID) })
		return b.Create(&own)
	})
	return outcome(err, refused)
}

// created notes that the journal has the execution.
func (s *session) created() {
	s.lock()
	defer s.mu.Unlock()
	s.exists = true
}
