package wftest

import (
	"context"
	"time"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/mock"
	"github.com/wfgen/wfgen/runtime/stepid"
)

// An answered is a call that a mock answers.
type answered struct {
	answer int       // which of the mock's answers it gets
	ready  time.Time // when the answer is there; zero while that isn't known
	began  time.Time // when it was first asked for
	limit  time.Time // when that call is out of time; zero for never
	named  bool      // the workflow has named that time
}

// await waits until the answer is there, so long after it was first asked for. Who asks
// again after a crash waits no longer than the first time, and is out of time no later.
func (a *answered) await(ctx context.Context, c *runtime.VirtualClock, after time.Duration) error {
	if a.ready.IsZero() {
		a.began = c.Now()
		a.ready = a.began.Add(after)
		a.limit, _ = ctx.Deadline()
		return runtime.Sleep(ctx, after)
	}
	if a.limit.IsZero() || a.limit.After(a.ready) {
		return runtime.Sleep(ctx, a.ready.Sub(c.Now()))
	}
	if err := runtime.Sleep(ctx, a.limit.Sub(c.Now())); err != nil {
		return err
	}
	late := &runtime.TimeoutError{After: a.limit.Sub(a.began), Err: context.DeadlineExceeded}
	if a.named {
		late.Until = a.limit
	}
	return late
}

// An attempt is one of a step of an execution.
type attempt struct {
	execution, step string
	number          int
}

// begun notes a call of a tool, and says which answer of its mock it gets; the mock may
// be nil. Where the process crashes, the call that was made before it gets the same
// answer again. It fails where that call mustn't be made any more.
func (m *mocks) begun(ctx context.Context, step runtime.StepInfo, t *plan.Tool, mock *plan.Mock) (*answered, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	execution, _ := ctx.Value(executionKey{}).(string)
	call := attempt{execution, step.ID, step.Attempt}
	before := m.answered[call]
	switch {
	case m.ended[call]:
		return nil, m.broke(m.of.test.Run, "step %s is called again, though its end was stored", step.ID)
	case before != nil && t.Effect > plan.Idempotent && !m.plays(step.ID):
		return nil, m.broke(m.of.test.Run, "step %s is called twice, and %s is neither readonly nor idempotent", step.ID, t.Name)
	case before != nil:
		return before, nil
	}
	general, _ := stepid.Planned(step.ID)
	played, ok := m.played[general]
	own := &answered{named: ok && played.op.Until}
	if mock != nil {
		own.answer = m.nextOf(mock, call, t)
	}
	if m.answered != nil {
		m.answered[call] = own
	}
	return own, nil
}

// A reservation is of the answers of a mock that the calls of a reply get.
type reservation struct {
	reply
	mock *plan.Mock
}

// nextOf is next for a call. Where a model's reply asks for several of a tool, which go on side
// by side, each gets the answer of its place. The lock is held.
func (m *mocks) nextOf(of *plan.Mock, call attempt, t *plan.Tool) int {
	reply, place, n := m.amongCalls(call.execution, call.step, t)
	if n < 2 || call.number > 1 {
		return m.next(of, call.step)
	}
	key := reservation{reply, of}
	first, ok := m.reserved[key]
	if !ok {
		first = m.calls[of]
		m.reserved[key] = first
		m.calls[of] += n
	}
	return min(first+place, len(of.Answers)-1)
}

// next says which answer it is: that of the round where rounds run side by side and the
// mock's name doesn't tell which one it is for, else
// the next one. The last one is given again and again. The lock is held.
func (m *mocks) next(of *plan.Mock, id string) int {
	last := len(of.Answers) - 1
	general, indexes := stepid.Planned(id)
	loop := m.rounds[general]
	if i := mock.Round(indexes, loop); i >= 0 && !stepid.Tells(of.Step, loop) {
		return min(i, last)
	}
	m.calls[of]++
	return min(m.calls[of]-1, last)
}
