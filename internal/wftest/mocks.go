package wftest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wfgen/wfgen/interp"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/stepid"
	"github.com/wfgen/wfgen/types"
)

// mocks play the tools of a test.
type mocks struct {
	of *execution
	// rounds holds, by the id without indexes of each step that calls a tool, which of
	// its rounds is the innermost that run side by side, from 1; 0 for none.
	rounds map[string]int
	// played holds, by the same ids, the steps that only a durable execution can do.
	played map[string]playedStep

	// agents holds, by the same ids, the agents that steps call.
	agents map[string]*plan.Workflow

	mu    sync.Mutex
	calls map[*plan.Mock]int // how many it has answered
	// asked is how many requests of a conversation were answered; replies are those of its
	// turns that were given last, and reserved which answers the calls of one get.
	asked    map[conversation]int
	replies  map[reply]*plan.Answer
	reserved map[reservation]int
	// given holds what steps that only a durable execution can do are done with, by their ids.
	given map[string]given
	// made are the calls that were made, each once.
	made []made
	// answered are the calls that were begun, where the process may crash; else nil.
	answered map[attempt]*answered
	// ended are the attempts of which the end was stored before the crash.
	ended map[attempt]bool
	// broken is what keeps the test from saying anything; nil for nothing.
	broken *Failure
	// needsGo tells that a func was called that nothing plays.
	needsGo bool
}

// A playedStep is a step that mocks play though it calls no tool.
type playedStep struct {
	tool *plan.Tool
	home []string // the packages that lead to its own, each imported by the one before
	op   *plan.Durable
	at   plan.Pos
}

func newMocks(e *execution) *mocks {
	m := &mocks{of: e, rounds: map[string]int{}, played: map[string]playedStep{}, calls: map[*plan.Mock]int{}, given: map[string]given{},
		agents: map[string]*plan.Workflow{}, asked: map[conversation]int{}, replies: map[reply]*plan.Answer{}, reserved: map[reservation]int{}}
	m.look(e.test.Workflow.Body, "", 0, nil)
	return m
}

// stub plays a step that only a durable execution can do.
func (m *mocks) stub(ctx context.Context) ([]byte, error) {
	step, _ := runtime.StepOf(ctx)
	general, _ := stepid.Planned(step.ID)
	played := m.played[general]
	home := m.of.program
	for _, path := range played.home {
		home = home.Imported(path)
	}
	v, err := m.call(ctx, home, played.tool.Name, played.tool, nil)
	if err != nil {
		return nil, err
	}
	return v.JSON()
}

// look takes note of the steps of a block that run in rounds side by side.
func (m *mocks) look(b *plan.Block, prefix string, round int, home []string) {
	for _, n := range b.Nodes {
		inner := round
		switch op := n.Op.(type) {
		case *plan.Call:
			if op.Undo != nil {
				m.noteAgent(prefix+op.Undo.Path, op.Undo.Workflow)
			}
			if op.Workflow != nil {
				m.noteAgent(prefix+n.Path, op.Workflow)
				m.look(op.Workflow.Body, prefix+n.Path+".", round, towards(home, op.Workflow))
			} else {
				m.rounds[prefix+n.Path] = round
			}
		case *plan.Durable:
			m.rounds[prefix+n.Path] = round
			m.played[prefix+n.Path] = playedStep{op.Played, home, op, n.Pos}
		case *plan.For:
			if op.Parallel {
				inner = strings.Count(prefix+n.Path, stepid.Rounds) + 1
			}
		}
		for _, body := range plan.Blocks(n.Op) {
			m.look(body, prefix, inner, home)
		}
	}
}

// noteAgent takes note of a workflow that a step calls, where it is an agent.
func (m *mocks) noteAgent(id string, w *plan.Workflow) {
	if w != nil && w.Agent() != nil {
		m.agents[id] = w
	}
}

// towards are the packages that lead to a workflow's own.
func towards(home []string, w *plan.Workflow) []string {
	if w.Package == nil {
		return home
	}
	return append(slices.Clone(home), w.Package.Path)
}

// calling tells whether the step of an id calls a tool.
func (m *mocks) calling(id string) bool {
	general, _ := stepid.Planned(id)
	_, ok := m.rounds[general]
	return ok
}

// catalogue gives what plays the tools, and the funcs that are bound to Go, of a
// program and of those that it imports.
func (e *execution) catalogue(p *plan.Program) interp.Tools {
	tools := interp.Tools{}
	e.cast(tools, "", p, func() *interp.Program { return e.program })
	return tools
}

// plays tells whether a step calls no tool, and is played.
func (m *mocks) plays(id string) bool {
	general, _ := stepid.Planned(id)
	_, ok := m.played[general]
	return ok
}

// cast is catalogue for a program that home gives once it is there.
func (e *execution) cast(tools interp.Tools, prefix string, p *plan.Program, home func() *interp.Program) {
	for _, t := range p.Tools {
		tools[prefix+t.Name] = interp.Tool(func(ctx context.Context, args []interp.Value) (interp.Value, error) {
			return e.mocks.call(ctx, home(), prefix+t.Name, t, args)
		})
	}
	for _, declared := range p.Models {
		tools[prefix+declared.Name] = playedModel{e.mocks, declared.Name}
	}
	for _, f := range p.Funcs {
		linked := e.funcs[prefix+f.Name]
		switch mocked := slices.ContainsFunc(e.test.Mocks, func(m *plan.Mock) bool { return m.Func == f }); {
		case f.Go == nil:
		case linked != nil && !mocked:
			tools[prefix+f.Name] = linked
		default:
			tools[prefix+f.Name] = interp.Tool(func(_ context.Context, args []interp.Value) (interp.Value, error) {
				return e.mocks.compute(prefix+f.Name, f, args)
			})
		}
	}
	for _, path := range slices.Sorted(maps.Keys(p.Imported)) {
		other := p.Imported[path]
		e.cast(tools, other.Package+".", other, func() *interp.Program { return home().Imported(path) })
	}
}

// call answers the call of a tool of the program home.
func (m *mocks) call(ctx context.Context, home *interp.Program, name string, t *plan.Tool, args []interp.Value) (interp.Value, error) {
	step, _ := runtime.StepOf(ctx)
	mock := m.find(step.ID, t)
	own, err := m.begun(ctx, step, t, mock)
	if err != nil {
		return interp.Value{}, err
	}
	m.make(ctx, step, t, args)
	if m.of.cancelsAt(ctx, step.ID) {
		return interp.Value{}, m.of.canceller.cut(ctx)
	}
	if mock == nil && types.Is(t.Result, types.Nothing) {
		return interp.Value{}, nil
	}
	if mock == nil {
		return interp.Value{}, m.lacks(m.of.test.Run, "no mock says what %s gives, which step %s calls", name, step.ID)
	}
	answer := mock.Answers[own.answer]
	values := m.of.given(mock, args)
	if answer.After != nil {
		d, err := m.of.program.Eval(answer.After, values)
		if err != nil {
			return interp.Value{}, m.lacks(answer.Pos, "%s", err)
		}
		if err := own.await(ctx, m.of.clock, d.Any().(time.Duration)); err != nil {
			return interp.Value{}, err
		}
	}
	if answer.X == nil {
		return interp.Value{}, nil
	}
	v, err := m.of.program.Eval(answer.X, values)
	raised, fails := errors.AsType[*interp.Raised](err)
	switch {
	case fails:
		return interp.Value{}, failWith(home, t, raised.X, raised.Value)
	case err != nil:
		return interp.Value{}, m.lacks(answer.Pos, "%s", err)
	case answer.Fail:
		return interp.Value{}, failWith(home, t, answer.X, v)
	case types.Is(t.Result, types.Nothing):
		return interp.Value{}, nil
	}
	return v, m.unasked(step.ID, answer, v)
}

// compute answers the call of a func.
func (m *mocks) compute(name string, f *plan.Func, args []interp.Value) (interp.Value, error) {
	for _, mock := range m.of.test.Mocks {
		if mock.Func == f {
			v, err := m.of.program.Eval(mock.Answers[0].X, m.of.given(mock, args))
			if err != nil {
				return v, m.lacks(mock.Pos, "%s", err)
			}
			return v, nil
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.needsGo = true
	return interp.Value{}, m.broke(m.of.test.Run, "no mock says what %s gives, which is bound to Go", name)
}

// lacks notes what keeps the test from saying anything, and gives it as an error.
func (m *mocks) lacks(at plan.Pos, format string, args ...any) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.broke(at, format, args...)
}

// broke is lacks with the lock held.
func (m *mocks) broke(at plan.Pos, format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	if m.broken == nil {
		m.broken = &Failure{at, err.Error()}
	}
	return err
}

// find gives the mock of a call: that of the step comes before the tool's, and of several
// of the step the one that tells most of its rounds.
func (m *mocks) find(id string, t *plan.Tool) (best *plan.Mock) {
	most := -2
	for _, mock := range m.of.test.Mocks {
		if mock.Tool != t {
			continue
		}
		n := stepid.Precision(mock.Step, id)
		if n > most && (n >= 0 || mock.Step == "") {
			best, most = mock, n
		}
	}
	return best
}

// given are the values that an answer may use.
func (e *execution) given(mock *plan.Mock, args []interp.Value) map[*plan.Variable]interp.Value {
	values := maps.Clone(e.values)
	for i, p := range mock.Params {
		values[p] = args[i]
	}
	return values
}

// failWith makes the error of a failing call of a tool: with a message, or a declared
// error by its name.
func failWith(home *interp.Program, t *plan.Tool, x plan.Expr, v interp.Value) error {
	given, ok := x.Type().(*types.Struct)
	if !ok {
		return fmt.Errorf("%s", v.Any())
	}
	text, err := v.JSON()
	if err != nil {
		return err
	}
	for _, declared := range t.Fails {
		if declared.Name == given.Name {
			failure, err := home.Declared(declared, text, "")
			if err != nil {
				return err
			}
			return failure
		}
	}
	return fmt.Errorf("%s", text)
}
