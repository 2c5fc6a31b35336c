package control_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/control"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
	"github.com/wfgen/wfgen/runtime/pure"
)

// A stage is an engine with an execution "x" that is brought into a state: all that an
// engine can be asked is asked of it.
type stage struct {
	*testing.T
	engine *runtime.Engine
	socket string
	open   chan struct{} // lets the tool, and the undo, come to their end
}

var (
	mode     = runtime.Workflow{Name: "Mode", At: "m.wf:1:1"}
	modeAsk  = runtime.Step{ID: "ok", At: "m.wf:2:1"}
	modeWork = runtime.Task[runtime.None]{Step: runtime.Step{ID: "work", At: "m.wf:3:1"}}
	modeUndo = runtime.Step{ID: "work.undo", At: "m.wf:3:2"}
	modeFail = runtime.Step{ID: "fail", At: "m.wf:4:1"}
)

type modeInput struct {
	Kind string `json:"kind"`
}

// definition is a workflow that does what its input says.
func (s *stage) definition(w *runtime.Workflow) *runtime.Definition {
	block := func(context.Context) error { <-s.open; return nil }
	return runtime.Define(runtime.Definition{Workflow: w}, func(ctx context.Context, in modeInput) (v string, err error) {
		f := runtime.Start(ctx, w)
		defer runtime.End(f, &v, &err)
		switch in.Kind {
		case "ask":
			a, err := f.Approve(&modeAsk, "well?", "ann", 0)
			return a.Note, err
		case "await":
			return runtime.Await(f, &awaits, &signal, 0, "now")
		case "undo":
			f.Owe(&modeUndo, block)
			return runtime.Await(f, &awaits, &signal, 0, "now")
		case "work":
			return "", runtime.Run0(f, &modeWork, block)
		case "fail":
			return "", f.Fail(&modeFail, "no")
		}
		return "done", nil
	})
}

func (s *stage) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *stage) until(want runtime.Status) {
	s.Helper()
	for range 3000 {
		if x, err := s.engine.Get(s.Context(), "x"); err == nil && x.Status == want {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	s.Fatalf("it isn't %s", want)
}

// states are those that an execution can be in, by what its input is and what is done.
var states = map[string]struct {
	kind string
	is   runtime.Status
	then func(s *stage) error
}{
	"working":    {"work", runtime.StatusRunning, nil},
	"waiting":    {"await", runtime.StatusWaiting, nil},
	"asking":     {"ask", runtime.StatusWaiting, nil},
	"paused":     {"await", runtime.StatusPaused, func(s *stage) error { return s.engine.Pause(s.Context(), "x") }},
	"cancelling": {"undo", runtime.StatusRunning, func(s *stage) error { return s.engine.Cancel(s.Context(), "x", "") }},
	"cancelled":  {"await", runtime.StatusCancelled, func(s *stage) error { return s.engine.Cancel(s.Context(), "x", "") }},
	"succeeded":  {"", runtime.StatusSucceeded, nil},
	"failed":     {"fail", runtime.StatusFailed, nil},
	"held":       {"await", runtime.StatusHeld, nil},
	"answered":   {"ask", runtime.StatusSucceeded, func(s *stage) error { return s.engine.Answer(s.Context(), "x", "ok", runtime.Answer{By: "ann"}) }},
}

func newStage(t *testing.T, state string) *stage {
	t.Helper()
	s := &stage{T: t, open: make(chan struct{})}
	j, c := memory.New(), states[state]
	registry := func(w *runtime.Workflow) *runtime.Registry {
		return runtime.NewRegistry("{}", s.definition(w)).AddEvents("{}", runtime.DefineEvent(runtime.EventDefinition{}, &signal))
	}
	var err error
	s.engine, err = runtime.Open(t.Context(), j, registry(&mode))
	s.must(err)
	_, err = s.engine.Submit(t.Context(), "Mode", []byte(`{"kind":"`+c.kind+`"}`), runtime.ID("x"))
	s.must(err)
	switch {
	case c.is == runtime.StatusHeld:
		s.until(runtime.StatusWaiting)
		s.must(s.engine.Close())
		later := mode
		later.Version = 2
		s.engine, err = runtime.Open(t.Context(), j, registry(&later))
		s.must(err)
		s.must(s.engine.Signal(t.Context(), "Go", []byte(`"now"`)))
	case c.then != nil:
		s.until(runtime.StatusWaiting)
		s.must(c.then(s))
	}
	s.until(c.is)
	engine := s.engine
	t.Cleanup(func() {
		close(s.open)
		engine.Close()
	})
	s.socket = filepath.Join(t.TempDir(), "s")
	server, err := control.Serve(engine, s.socket)
	s.must(err)
	t.Cleanup(func() { server.Close() })
	return s
}

// A verb asks an engine for something about "x", or the execution of another id.
type verb func(ctx context.Context, e *runtime.Engine, id string) error

// requests are the verbs that the socket has too.
var requests = map[string]control.Request{
	"cancel":    {Verb: control.Cancel},
	"pause":     {Verb: control.Pause},
	"resume":    {Verb: control.Resume},
	"retry":     {Verb: control.Retry},
	"fork":      {Verb: control.Fork, Step: "s"},
	"fork none": {Verb: control.Fork, Step: "nowhere"},
	"answer":    {Verb: control.Approve, Step: "ok", Answer: runtime.Answer{By: "ann"}},
	"answer by": {Verb: control.Approve, Step: "ok", Answer: runtime.Answer{By: "eve"}},
	"signal":    {Verb: control.Signal, Event: "Go", Data: []byte(`"later"`)},
	"signal no": {Verb: control.Signal, Event: "Stop", Data: []byte(`"later"`)},
	"signal ?":  {Verb: control.Signal, Event: "Go", Data: []byte(`4`)},
}

// readings are those that only an engine in the same process has.
var readings = map[string]verb{
	"get": func(ctx context.Context, e *runtime.Engine, id string) error { _, err := e.Get(ctx, id); return err },
	"history": func(ctx context.Context, e *runtime.Engine, id string) error {
		_, err := e.History(ctx, id, 0, 0)
		return err
	},
	"awaits": func(ctx context.Context, e *runtime.Engine, id string) error { _, err := e.Awaits(ctx, id); return err },
	"list": func(ctx context.Context, e *runtime.Engine, _ string) error {
		_, err := e.List(ctx, journal.Query{})
		return err
	},
	"submit other": func(ctx context.Context, e *runtime.Engine, id string) error {
		_, err := e.Submit(ctx, "Mode", []byte(`{"kind":"other"}`), runtime.ID(id))
		return err
	},
	"submit none": func(ctx context.Context, e *runtime.Engine, id string) error {
		_, err := e.Submit(ctx, "Nothing", nil, runtime.ID(id))
		return err
	},
	"events": func(ctx context.Context, e *runtime.Engine, id string) error {
		for _, err := range e.Events(ctx, id, -1) {
			if err != nil {
				return err
			}
		}
		return nil
	},
	"result": func(ctx context.Context, e *runtime.Engine, id string) error {
		r, err := e.Run(ctx, id)
		if err == nil {
			_, err = r.ResultJSON(ctx)
		}
		if _, failed := errors.AsType[*runtime.RecordedError](err); failed {
			return nil // its own end
		}
		return err
	},
}

var (
	late     = context.DeadlineExceeded // it goes on, so that one waits
	errNamed = errors.New("any that has a name")
)

// outcomes has what each verb gives in each state, where it isn't nil.
var outcomes = map[string]map[string]error{
	"working":    {"resume": runtime.ErrNotPaused, "retry": runtime.ErrNotFailed, "fork": runtime.ErrNoStep, "answer": runtime.ErrNotAsked, "answer by": runtime.ErrNotAsked, "events": late, "result": late},
	"waiting":    {"resume": runtime.ErrNotPaused, "retry": runtime.ErrNotFailed, "answer": runtime.ErrNotAsked, "answer by": runtime.ErrNotAsked, "events": late, "result": late},
	"asking":     {"resume": runtime.ErrNotPaused, "retry": runtime.ErrNotFailed, "fork": runtime.ErrNoStep, "answer by": runtime.ErrNotAllowed, "events": late, "result": late},
	"paused":     {"retry": runtime.ErrNotFailed, "answer": runtime.ErrNotAsked, "answer by": runtime.ErrNotAsked, "events": late, "result": late},
	"cancelling": {"pause": runtime.ErrCancelling, "resume": runtime.ErrNotPaused, "retry": runtime.ErrNotFailed, "answer": runtime.ErrNotAsked, "answer by": runtime.ErrNotAsked, "events": late, "result": late},
	"cancelled":  {"cancel": runtime.ErrEnded, "pause": runtime.ErrEnded, "resume": runtime.ErrEnded, "answer": runtime.ErrNotAsked, "answer by": runtime.ErrNotAsked},
	"succeeded":  {"cancel": runtime.ErrEnded, "pause": runtime.ErrEnded, "resume": runtime.ErrEnded, "retry": runtime.ErrNotFailed, "fork": runtime.ErrNoStep, "answer": runtime.ErrNotAsked, "answer by": runtime.ErrNotAsked},
	"failed":     {"cancel": runtime.ErrEnded, "pause": runtime.ErrEnded, "resume": runtime.ErrEnded, "fork": runtime.ErrNoStep, "answer": runtime.ErrNotAsked, "answer by": runtime.ErrNotAsked},
	"held":       {"pause": runtime.ErrHeld, "resume": runtime.ErrHeld, "retry": runtime.ErrNotFailed, "answer": runtime.ErrNotAsked, "answer by": runtime.ErrNotAsked, "events": runtime.ErrHeld, "result": runtime.ErrHeld},
	"answered":   {"cancel": runtime.ErrEnded, "pause": runtime.ErrEnded, "resume": runtime.ErrEnded, "retry": runtime.ErrNotFailed, "fork": runtime.ErrNoStep, "answer": runtime.ErrAnswered, "answer by": runtime.ErrAnswered},
}

// always has what a verb gives in whatever state.
var always = map[string]error{
	"fork none": runtime.ErrNoStep, "signal no": runtime.ErrNotRegistered, "submit other": runtime.ErrExists, "submit none": runtime.ErrNotRegistered,
	"signal ?": errNamed,
}

func wants(state, verb string) error {
	if err := always[verb]; err != nil {
		return err
	}
	return outcomes[state][verb]
}

// isNamed tells whether an error is one that a program can tell from others.
func isNamed(err error) bool {
	if err == nil || errors.As(err, new(*runtime.UnknownError)) || errors.As(err, new(*pure.InvalidError)) {
		return true
	}
	return slices.ContainsFunc([]error{
		runtime.ErrExists, runtime.ErrNotRegistered, runtime.ErrEnded, runtime.ErrHeld, runtime.ErrCancelling, runtime.ErrNotPaused,
		runtime.ErrNotFailed, runtime.ErrNoStep, runtime.ErrNotAsked, runtime.ErrAnswered, runtime.ErrNotAllowed, late,
	}, func(named error) bool { return errors.Is(err, named) })
}

// ways are the verbs by how they are asked: of the engine, and through its socket.
func (s *stage) ways() map[string]map[string]verb {
	engine, socket := map[string]verb{}, map[string]verb{}
	for name, r := range requests {
		ask := func(id string) control.Request {
			asked := r
			asked.Execution = id
			return asked
		}
		engine[name] = func(ctx context.Context, e *runtime.Engine, id string) error {
			_, err := control.Do(ctx, e, ask(id))
			return err
		}
		socket[name] = func(ctx context.Context, _ *runtime.Engine, id string) error {
			_, err := control.Call(ctx, s.socket, ask(id))
			return err
		}
	}
	for name, do := range readings {
		engine[name] = do
	}
	return map[string]map[string]verb{"engine": engine, "socket": socket}
}

// call calls a verb, which must come back.
func (s *stage) call(do verb, id string) error {
	ctx, cancel := context.WithTimeout(s.Context(), 200*time.Millisecond)
	defer cancel()
	back := make(chan error, 1)
	go func() { back <- do(ctx, s.engine, id) }()
	select {
	case err := <-back:
		return err
	case <-time.After(30 * time.Second):
		return errors.New("it doesn't come back")
	}
}

// TestVerbs asks an engine for each verb in each state, once, which the table says the
// outcome of, and again; of an execution that isn't there; and through the socket.
func TestVerbs(t *testing.T) {
	for state := range states {
		for _, way := range []string{"engine", "socket"} {
			for name := range new(stage).ways()[way] {
				t.Run(state+"/"+way+"/"+name, func(t *testing.T) {
					s := newStage(t, state)
					do, want := s.ways()[way][name], wants(state, name)
					if err := s.call(do, "x"); want != errNamed && !errors.Is(err, want) || want == errNamed && !isNamed(err) {
						t.Errorf("got %v, want %v", err, want)
					}
					for range 2 {
						if err := s.call(do, "x"); !isNamed(err) {
							t.Errorf("again: %v has no name", err)
						}
					}
					if err := s.call(do, "nobody"); !isNamed(err) {
						t.Errorf("of nobody: %v has no name", err)
					}
				})
			}
		}
	}
}

// TestVerbsAtOnce asks for all of them at the same time.
func TestVerbsAtOnce(t *testing.T) {
	for state := range states {
		t.Run(state, func(t *testing.T) {
			s := newStage(t, state)
			var wg sync.WaitGroup
			for way, verbs := range s.ways() {
				for name, do := range verbs {
					for range 3 {
						wg.Go(func() {
							if err := s.call(do, "x"); !isNamed(err) {
								t.Error(fmt.Errorf("%s %s: %w, which has no name", way, name, err))
							}
						})
					}
				}
			}
			wg.Wait()
		})
	}
}
