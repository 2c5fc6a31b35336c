package wftest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/wfgen/wfgen/interp"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/foreign"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/model"
	"github.com/wfgen/wfgen/runtime/stepid"
	"github.com/wfgen/wfgen/types"
)

// A played model replies what the test says to each agent that asks it.
type playedModel struct {
	mocks *mocks
	name  string
}

// A conversation is what one step that calls an agent has asked, in all of its attempts.
type conversation struct{ execution, step string }

// A reply is a turn of a conversation whose reply asks for calls.
type reply struct {
	conversation
	turn int
}

// Ask gives the next of the replies that the test has for the agent that asks.
func (p playedModel) Ask(ctx context.Context, r *model.Request, _ func(model.Delta)) (*model.Reply, error) {
	m := p.mocks
	step, _ := runtime.StepOf(ctx)
	from, i, _ := stepid.Asked(step.ID)
	mock := m.turnsOf(from)
	if mock == nil {
		return nil, m.lacks(m.of.test.Run, "no mock says what model %s replies, which step %s asks: write mock %q => [call NAME(…)], reply RESULT%s", p.name, step.ID, turnsName(from), m.insteadOf(from))
	}
	answer, before, err := m.turn(ctx, step, from, i, mock, r)
	if err != nil {
		return nil, err
	}
	if answer.After != nil {
		d, err := m.of.program.Eval(answer.After, m.of.values)
		if err != nil {
			return nil, m.lacks(answer.Pos, "%s", err)
		}
		if err := before.await(ctx, m.of.clock, d.Any().(time.Duration)); err != nil {
			return nil, err
		}
	}
	reply, err := m.reply(mock, answer, r)
	if reply != nil && reply.Stop == "" {
		reply.Stop = model.Ended
	}
	return reply, err
}

// turnsName is what a mock of an agent's replies is called.
func turnsName(agent string) string {
	general, _ := stepid.Planned(agent)
	return stepid.In(general, "turns")
}

// insteadOf says how the agent is played as a whole, where it isn't what is tested.
func (m *mocks) insteadOf(agent string) string {
	general, _ := stepid.Planned(agent)
	if w := m.agents[general]; w != nil {
		return ", or mock " + w.Name + " => RESULT"
	}
	return ""
}

// turnsOf gives the mock of the replies that an agent gets; nil where there is none.
func (m *mocks) turnsOf(agent string) (best *plan.Mock) {
	most := -1
	for _, mock := range m.of.test.Mocks {
		if n := stepid.Precision(mock.Step, agent); mock.Turns && n > most {
			best, most = mock, n
		}
	}
	return best
}

// turn gives the answer to a request. Those of a conversation come one after the other, over
// all attempts at its agent; a request that a crash has cut off is answered again.
func (m *mocks) turn(ctx context.Context, step runtime.StepInfo, from string, i int, mock *plan.Mock, r *model.Request) (*plan.Answer, *answered, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	execution, _ := ctx.Value(executionKey{}).(string)
	if m.ended[attempt{execution, step.ID, step.Attempt}] {
		return nil, nil, m.broke(m.of.test.Run, "step %s is asked again, though its end was stored", step.ID)
	}
	c := conversation{execution, stepid.WithoutAttempts(from)}
	n := m.asked[c]
	if n >= len(mock.Answers) {
		what := "its agent"
		if c.step != "" {
			what = c.step
		}
		return nil, nil, m.broke(mock.Pos, "the model of %s is asked %d times, and the mock has %d of its replies%s", what, n+1, len(mock.Answers), toldLast(r))
	}
	m.asked[c]++
	answer := mock.Answers[n]
	m.replies[reply{conversation{execution, from}, i}] = answer
	own := &answered{answer: n}
	if m.answered != nil {
		key := attempt{execution, fmt.Sprint(c.step, " ", n), 0}
		if old := m.answered[key]; old != nil {
			own = old
		}
		m.answered[key] = own
	}
	return answer, own, nil
}

// toldLast says what the model was told last, which may be why it is asked once more.
func toldLast(r *model.Request) string {
	if len(r.Messages) < 2 {
		return ""
	}
	last := r.Messages[len(r.Messages)-1]
	var told []string
	for _, result := range last.Results {
		told = append(told, result.Name+": "+result.Text)
	}
	if last.Text != "" {
		told = append(told, last.Text)
	}
	const most = 400
	text := []rune(strings.Join(told, "; "))
	if len(text) > most {
		text = append(text[:most], '…')
	}
	return "; it was told last: " + foreign.Line(string(text))
}

// reply makes a reply of an answer.
func (m *mocks) reply(mock *plan.Mock, answer *plan.Answer, r *model.Request) (*model.Reply, error) {
	out := &model.Reply{Message: model.Message{Role: model.Assistant}}
	if answer.X != nil {
		v, err := m.of.program.Eval(answer.X, m.of.values)
		if err != nil {
			return nil, m.lacks(answer.Pos, "%s", err)
		}
		given, isError := answer.X.Type().(*types.Struct)
		switch {
		case answer.Fail && isError && given == types.Refused:
			var refused struct{ Message string }
			if text, err := v.JSON(); err != nil || json.Unmarshal(text, &refused) != nil {
				return nil, m.lacks(answer.Pos, "the refusal has no JSON: %v", err)
			}
			out.Stop, out.Message.Text = model.Refused, refused.Message
		case answer.Fail:
			return nil, &model.Error{Class: model.Outage, Host: "the test", Model: "mock", Text: fmt.Sprint(v.Any())}
		case answer.Reply:
			if out.Message.Text, err = resultText(v, mock.Agent.Result, r); err != nil {
				return nil, m.lacks(answer.Pos, "%s", err)
			}
		default:
			out.Message.Text = fmt.Sprint(v.Any())
		}
	}
	for i, c := range answer.Calls {
		args, err := m.arguments(c)
		if err != nil {
			return nil, m.lacks(answer.Pos, "%s", err)
		}
		id := fmt.Sprintf("call_%d_%d", len(r.Messages), i+1)
		out.Message.Calls = append(out.Message.Calls, model.Call{ID: id, Name: c.Name, Arguments: string(args)})
	}
	out.Usage = &model.Usage{In: wordsOf(r), Out: len(strings.Fields(out.Message.Text)) + len(out.Message.Calls)}
	return out, nil
}

// resultText is a result as a model replies it.
func resultText(v interp.Value, t types.Type, r *model.Request) (string, error) {
	if r.Answer == nil {
		return fmt.Sprint(v.Any()), nil
	}
	text, err := v.JSON()
	if _, object := t.(*types.Struct); !object {
		return `{"value": ` + string(text) + `}`, err
	}
	return string(text), err
}

// arguments are what a call is asked for with, as JSON.
func (m *mocks) arguments(c *plan.ModelCall) ([]byte, error) {
	args := map[string]json.RawMessage{}
	for _, a := range c.Args {
		v, err := m.of.program.Eval(a.X, m.of.values)
		if err != nil {
			return nil, err
		}
		if args[a.Name], err = v.JSON(); err != nil {
			return nil, err
		}
	}
	return json.Marshal(args)
}

// wordsOf counts the words of a request: its tokens, in a test.
func wordsOf(r *model.Request) int {
	n := len(strings.Fields(r.System))
	for _, message := range r.Messages {
		n += len(strings.Fields(message.Text))
		for _, result := range message.Results {
			n += len(strings.Fields(result.Text))
		}
	}
	return n
}

// asksIn counts the requests of each conversation of which the end is recorded.
func asksIn(all map[string][]journal.Record) map[conversation]int {
	asked := map[conversation]int{}
	for id, records := range all {
		ended := map[string]bool{}
		for _, r := range records {
			from, _, ok := stepid.Asked(r.Step)
			if ok && r.Tool != "" && (r.Kind == journal.Done || r.Kind == journal.Failed) && !ended[r.Step] {
				ended[r.Step] = true
				asked[conversation{id, stepid.WithoutAttempts(from)}]++
			}
		}
	}
	return asked
}

// amongCalls gives the place of a call among those of its tool that one reply asks for, and how
// many these are; n is 0 where the step isn't such a call. The lock is held.
func (m *mocks) amongCalls(execution, id string, t *plan.Tool) (of reply, place, n int) {
	agent, turn, k, _, ok := stepid.Called(id)
	if !ok {
		return of, 0, 0
	}
	of = reply{conversation{execution, agent}, turn}
	answer := m.replies[of]
	if answer == nil || k >= len(answer.Calls) || answer.Calls[k].Name != t.Name {
		return of, 0, 0
	}
	for j, c := range answer.Calls {
		if c.Name == t.Name {
			if n++; j < k {
				place++
			}
		}
	}
	return of, place, n
}
