package wftest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/wfgen/wfgen/interp"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/pure"
	"github.com/wfgen/wfgen/runtime/stepid"
	"github.com/wfgen/wfgen/types"
)

// playsAgents tells whether mocks play agents as a whole.
func (m *mocks) playsAgents() bool {
	return slices.ContainsFunc(m.of.test.Mocks, func(mock *plan.Mock) bool { return mock.Agent != nil && !mock.Turns })
}

// playAgent gives what a mock says in place of running an agent.
func (m *mocks) playAgent(ctx context.Context, call runtime.WorkflowCall, next runtime.Next) (any, error) {
	general, _ := stepid.Planned(call.Step)
	agent := m.agents[general]
	if call.Step == "" || agent == nil {
		return next(ctx)
	}
	mock := m.findAgent(call.Step, agent)
	if mock == nil {
		return next(ctx)
	}
	answer, own := m.agentAnswer(call, mock)
	values := maps.Clone(m.of.values)
	for i, p := range mock.Params {
		data, err := pure.Encode(call.Args[i])
		if err != nil {
			return nil, m.lacks(answer.Pos, "%s", err)
		}
		if values[p], err = m.of.program.Decode(p.Type, data, p.Name); err != nil {
			return nil, m.lacks(answer.Pos, "%s", err)
		}
	}
	if answer.After != nil {
		d, err := m.of.program.Eval(answer.After, values)
		if err != nil {
			return nil, m.lacks(answer.Pos, "%s", err)
		}
		if err := own.await(ctx, m.of.clock, d.Any().(time.Duration)); err != nil {
			return nil, err
		}
	}
	v, err := m.of.program.Eval(answer.X, values)
	raised, fails := errors.AsType[*interp.Raised](err)
	asTool := &plan.Tool{Name: agent.Name, Fails: []*types.Struct{types.Spent, types.Refused, types.Unfit, types.TimedOut}}
	switch {
	case fails:
		return nil, failWith(m.of.program, asTool, raised.X, raised.Value)
	case err != nil:
		return nil, m.lacks(answer.Pos, "%s", err)
	case answer.Fail:
		return nil, failWith(m.of.program, asTool, answer.X, v)
	}
	return v.Any(), nil
}

// findAgent gives the mock that plays an agent at a step; nil where none does.
func (m *mocks) findAgent(step string, agent *plan.Workflow) (best *plan.Mock) {
	most := -2
	for _, mock := range m.of.test.Mocks {
		if mock.Agent != agent || mock.Turns {
			continue
		}
		n := stepid.Precision(mock.Step, step)
		if n > most && (n >= 0 || mock.Step == "") {
			best, most = mock, n
		}
	}
	return best
}

// agentAnswer is what a mock says of a run of an agent: the same again after a crash.
func (m *mocks) agentAnswer(call runtime.WorkflowCall, mock *plan.Mock) (*plan.Answer, *answered) {
	m.mu.Lock()
	defer m.mu.Unlock()
	key := attempt{call.ID, fmt.Sprint("agent ", call.Step), 0}
	own := m.answered[key]
	if own == nil {
		own = &answered{answer: m.next(mock, call.Step)}
		if m.answered != nil {
			m.answered[key] = own
		}
	}
	return mock.Answers[own.answer], own
}
