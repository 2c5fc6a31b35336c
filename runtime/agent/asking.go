package agent

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/model"
)

// ask asks until there is a whole reply: a request that fails is repeated where that may help,
// and then the next model is asked.
func (t *talk) ask(f *runtime.Frame, turn int) (*Reply, error) {
	for tries := 0; ; {
		at := f.Round(&t.asking, t.k)
		step := &t.tasks[t.current].Step
		need := t.reservation()
		reply, err := t.request(at, turn, tries, need)
		t.k++
		var u Unanswered
		switch {
		case err == nil:
			t.lost = Cost{}
			t.open(&reply)
			switch reply.Stop {
			case model.Refused:
				err = at.FailWith(step, runtime.Refused{Message: reply.Text})
			case model.Cut:
				err = at.FailWith(step, runtime.Unfit{Message: cutText(t.models[t.current].Max)})
			default:
				return &reply, nil
			}
		case !at.Caught(err):
			return nil, err
		case runtime.Declared(err) == error(runtime.Interrupted{}):
			t.lost = t.lost.plus(need)
			continue
		case !errors.As(err, &u):
			return nil, err
		default:
			t.lost = Cost{}
			if u.repeats() && tries < t.models[t.current].Retry {
				if err := t.pause(f, u.Pause); err != nil {
					return nil, err
				}
				tries++
				continue
			}
			err = undeclared(err)
		}
		if !t.fallBack() {
			return nil, err
		}
		tries = 0
	}
}

// pause waits before a request is repeated, in a round of its own: beside the request's step
// its id could be that of a model.
func (t *talk) pause(f *runtime.Frame, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	return f.Round(&t.pausing, t.k-1).Wait(&runtime.Step{ID: "wait", At: t.step.At}, d)
}

// undeclared is the failure of a request as that of the agent: to who has called that, what
// models fail with is a message.
func undeclared(err error) error {
	if e := (*runtime.Error)(nil); errors.As(err, &e) {
		own := *e
		own.Declared = nil
		return &own
	}
	return err
}

// request makes one request, or takes what is recorded of it. Its step has no inputs: what is
// recorded counts whatever the conversation's texts have become.
func (t *talk) request(at *runtime.Frame, turn, tries int, need Cost) (Reply, error) {
	return runtime.CallMany(at, &t.tasks[t.current], func(ctx context.Context) (Reply, error) {
		return t.make(ctx, turn, tries, need)
	}, func() []any { return nil })
}

// open takes what the conversation began with from its first reply: it goes on with that, also
// under a source that says something else.
func (t *talk) open(reply *Reply) {
	if o := reply.Opening; o != nil && !t.opened {
		t.system, t.messages[0].Text = o.System, o.Prompt
	}
	t.opened = true
}

// make makes a request where the budgets allow it.
func (t *talk) make(ctx context.Context, turn, tries int, need Cost) (reply Reply, err error) {
	if t.over {
		turn++
	}
	if t.over || turn >= t.budget.Turns {
		used := t.ledger.total()
		return reply, runtime.Spent{Turns: turn, Tokens: used.Tokens, Dollars: used.Dollars}
	}
	reserved := t.lost.plus(need)
	used, ok, err := t.ledger.reserve(ctx, reserved)
	if err != nil {
		return reply, err
	}
	if !ok {
		return reply, runtime.Spent{Turns: turn, Tokens: used.Tokens, Dollars: used.Dollars}
	}
	cost := reserved // unless it is known better
	defer func() { t.ledger.settle(reserved, cost) }()
	last := turn == t.budget.Turns-1
	got, err := t.send(ctx, last)
	if err == nil && !plausible(got.Usage) {
		got.Usage = nil
	}
	if err != nil {
		if ctx.Err() != nil {
			return reply, err
		}
		u := unanswered(ctx, err, tries)
		if costsNothing(err) {
			cost = t.lost
		}
		u.Cost = cost
		return reply, u
	}
	if got.Usage != nil {
		cost = t.lost.plus(t.models[t.current].cost(got.Usage.In, got.Usage.Cached, got.Usage.Out))
	}
	reply = t.replied(got, cost)
	reply.Last = last
	return reply, nil
}

// mostTokens is more than a request can have.
const mostTokens = 1 << 40

// plausible tells whether what a provider says of a request can be so: it is what budgets are
// held to, and no provider is to switch one off.
func plausible(u *model.Usage) bool {
	return u == nil || 0 <= u.Cached && u.Cached <= u.In && u.In < mostTokens && 0 <= u.Out && u.Out < mostTokens
}

// send asks the model that is asked now.
func (t *talk) send(ctx context.Context, last bool) (*model.Reply, error) {
	m := t.models[t.current].Model
	if m == nil {
		return nil, &model.Error{Class: model.NoModel, Model: t.models[t.current].Name, Text: "the program has no model for this name"}
	}
	r := &model.Request{System: t.system, Messages: t.messages, Tools: t.offered, MaxTokens: t.models[t.current].Max}
	if t.answer != "" {
		r.Answer = []byte(t.answer)
	}
	if last && len(t.tools) > 0 {
		r.NoCalls = true
		r.Messages = append(r.Messages[:len(r.Messages):len(r.Messages)], model.Message{Role: model.User, Text: lastText})
	}
	reply, err := m.Ask(ctx, r, func(d model.Delta) {
		if d.Text != "" {
			runtime.Tell(ctx, d.Text)
		}
	})
	if err == nil && reply == nil {
		err = errors.New("the model gives neither a reply nor an error")
	}
	return reply, err
}

// replied is a reply as it is recorded.
func (t *talk) replied(got *model.Reply, cost Cost) Reply {
	m := &got.Message
	r := Reply{Text: m.Text, Calls: make([]Call, len(m.Calls)), Raw: string(m.Raw), RawOf: m.RawOf, Stop: got.Stop, Model: got.Model, Cost: cost}
	taken := map[string]bool{}
	for i, c := range m.Calls {
		r.Calls[i] = Call(c)
		if taken[c.ID] { // what each gave couldn't be told apart: the wire's own form would say so again
			r.Raw, r.RawOf = "", ""
		}
		if taken[c.ID] || c.ID == "" {
			r.Calls[i].ID = fmt.Sprintf("call_%d_%d", len(t.messages), i)
		}
		taken[c.ID] = true
	}
	if got.Usage != nil {
		u := Usage(*got.Usage)
		r.Usage = &u
	}
	if r.Stop == "" {
		r.Stop = model.Ended
	}
	if !t.opened {
		r.Opening = &Opening{t.system, t.prompt}
	}
	return r
}

// leastPause is the pause before the first repetition, and mostPause bounds those that follow,
// each twice as long as the one before.
const (
	leastPause = time.Second
	mostPause  = time.Minute
)

// unanswered is a failure as it is recorded, with the pause before the request is repeated: what
// the provider asks for, and no less than each further failure makes it.
func unanswered(ctx context.Context, err error, tries int) Unanswered {
	u := Unanswered{Message: err.Error()}
	pause := min(leastPause<<min(tries, 10), mostPause)
	if e := (*model.Error)(nil); errors.As(err, &e) {
		u.Class = e.Class
		pause = max(pause, e.RetryAfter)
	}
	if u.repeats() {
		u.Pause = pause + runtime.Spread(ctx, leastPause<<min(tries, 4))
	}
	return u
}

// costsNothing tells whether it is known of a request that failed that nothing was replied: the
// provider has said so, or nobody has got it.
func costsNothing(err error) bool {
	e := (*model.Error)(nil)
	if !errors.As(err, &e) {
		return false
	}
	if e.Status != 0 && e.Status != 200 {
		return true
	}
	var dial *net.OpError
	return e.Class == model.NoModel || e.Class == model.BadRequest || errors.As(err, &dial) && dial.Op == "dial"
}
