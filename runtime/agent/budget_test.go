package agent_test

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/agent"
	"github.com/wfgen/wfgen/runtime/memory"
	"github.com/wfgen/wfgen/runtime/model"
)

func reader(made *counter) agent.Tool {
	return tool(agent.Tool{Name: "Read"}, runtime.Readonly, func(context.Context, int) (string, error) {
		made.add("read")
		return "r", nil
	})
}

// TestLastTurn: the model is told which turn is the last, and may call nothing in it.
func TestLastTurn(t *testing.T) {
	var made counter
	m := saying(calls(`Read{"x":1}`), says("ok"))
	c := &agent.Conversation[string]{Models: only(m), Prompt: "Do.", Tools: []agent.Tool{reader(&made)}, Budget: agent.Budget{Turns: 2}}
	if got, err := ask(t, c); got != "ok" || err != nil {
		t.Fatalf("gave %q, %v", got, err)
	}
	if m.requests[0].NoCalls || !m.requests[1].NoCalls || len(m.requests[1].Tools) != 1 {
		t.Errorf("asked %+v", m.requests)
	}
	if last := m.last(); last.Role != model.User || !strings.Contains(last.Text, "last reply") {
		t.Errorf("told %+v", last)
	}
}

func TestTurnsSpent(t *testing.T) {
	var made counter
	m := saying(calls(`Read{"x":1}`).costs(10, 5))
	_, err := ask(t, &agent.Conversation[string]{Models: only(m), Prompt: "Do.", Tools: []agent.Tool{reader(&made)}, Budget: agent.Budget{Turns: 2}})
	if e := wantError[runtime.Spent](t, err); e != (runtime.Spent{Turns: 2, Tokens: 60}) {
		t.Errorf("failed with %+v", e)
	}
	if made.String() != "read" || m.asked() != 4 { // of the last turn, two are repairs
		t.Errorf("called %s after %d requests", &made, m.asked())
	}
}

// TestDefaultTurns: an agent that doesn't say how many turns it has doesn't go on for ever.
func TestDefaultTurns(t *testing.T) {
	var made counter
	m := saying(calls(`Read{"x":1}`))
	_, err := ask(t, &agent.Conversation[string]{Models: only(m), Prompt: "Do.", Tools: []agent.Tool{reader(&made)}})
	if e := wantError[runtime.Spent](t, err); e.Turns != agent.DefaultTurns {
		t.Errorf("failed with %+v", e)
	}
}

func TestTokensSpent(t *testing.T) {
	var made counter
	m := saying(calls(`Read{"x":1}`).costs(300, 100))
	_, err := ask(t, &agent.Conversation[string]{Models: only(m), Prompt: "Do.", Tools: []agent.Tool{reader(&made)}, Budget: agent.Budget{Tokens: 1300}})
	// The third request reserves the 400 that the second had, what is new, and 100 for a reply.
	if e := wantError[runtime.Spent](t, err); e != (runtime.Spent{Turns: 2, Tokens: 800}) || m.asked() != 2 {
		t.Errorf("failed with %+v after %d requests", e, m.asked())
	}
}

// TestUsageThatCantBe: what a provider says it has used switches no budget off: where it can't
// be so, the request counts as what it had reserved.
func TestUsageThatCantBe(t *testing.T) {
	for name, u := range map[string]model.Usage{
		"negative": {In: -1_000_000, Out: -5}, "cached": {In: 10, Cached: 1_000_000_000, Out: 2}, "huge": {In: 1 << 62, Out: 1 << 62},
	} {
		var made counter
		reply := calls(`Read{"x":1}`)
		reply.Usage = &u
		_, err := ask(t, &agent.Conversation[string]{
			Models: only(saying(reply)), Prompt: "Do.", Tools: []agent.Tool{reader(&made)}, Budget: agent.Budget{Turns: 20, Tokens: 1300},
		})
		if e := wantError[runtime.Spent](t, err); e.Turns > 5 || e.Tokens <= 0 || e.Tokens > 1300 {
			t.Errorf("%s: failed with %+v", name, e)
		}
	}
}

func TestDollarsSpent(t *testing.T) {
	priced := []agent.Choice{{Name: "fast", Max: 100, Price: &agent.Price{In: 1000, Out: 10000, Cached: 100}}}
	cached := calls(`Read{"x":1}`).costs(1000, 10)
	cached.Usage.Cached = 500
	m := saying(cached)
	priced[0].Model = m
	var made counter
	_, err := ask(t, &agent.Conversation[string]{Models: priced, Prompt: "Do.", Tools: []agent.Tool{reader(&made)}, Budget: agent.Budget{Dollars: 3}})
	// 500 tokens at 1000 dollars for a million, 500 at 100, 10 at 10000: 0.65; the next one may come to 1.01 and more, and 1 for its reply.
	e := wantError[runtime.Spent](t, err)
	if e.Turns != 2 || e.Tokens != 2020 || e.Dollars < 1.2999 || e.Dollars > 1.3001 {
		t.Errorf("failed with %+v", e)
	}
}

// TestCachedForNothing: a price of 0 for what is read from a cache is one.
func TestCachedForNothing(t *testing.T) {
	cached := calls(`Read{"x":1}`).costs(1000, 10)
	cached.Usage.Cached = 500
	priced := []agent.Choice{{Name: "fast", Model: saying(cached), Max: 100, Price: &agent.Price{In: 1000, Out: 10000}}}
	var made counter
	_, err := ask(t, &agent.Conversation[string]{Models: priced, Prompt: "Do.", Tools: []agent.Tool{reader(&made)}, Budget: agent.Budget{Dollars: 2.5}})
	// 500 tokens at 1000 dollars for a million, 10 at 10000.
	if e := wantError[runtime.Spent](t, err); e.Turns != 1 || e.Dollars < 0.5999 || e.Dollars > 0.6001 {
		t.Errorf("failed with %+v", e)
	}
}

// TestWithoutUsage: a reply of which the provider doesn't say what it has cost counts as what
// it had reserved, and so does one that was cut off.
func TestWithoutUsage(t *testing.T) {
	for _, reply := range []turn{calls(`Read{"x":1}`), {err: &model.Error{Class: model.Outage, Text: "the reply ended before its end"}}} {
		var made counter
		m := saying(reply)
		clock := runtime.NewVirtualClock(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
		_, err := having(workflow("Agent"), func() *agent.Conversation[string] {
			return &agent.Conversation[string]{
				Models: []agent.Choice{{Name: "fast", Model: m, Max: 1000, Retry: 9}}, Prompt: "Do.",
				Tools: []agent.Tool{reader(&made)}, Budget: agent.Budget{Tokens: 3000},
			}
		})(runtime.WithClock(t.Context(), clock))
		if e := wantError[runtime.Spent](t, err); e.Tokens < 2000 || e.Tokens > 3000 || m.asked() != 2 {
			t.Errorf("failed with %+v after %d requests", e, m.asked())
		}
	}
}

// nested is a tool that is another agent.
func nested(name string, effect runtime.Effect, run func(context.Context) (string, error)) agent.Tool {
	t := agent.Tool{Name: name, Parameters: anyObject, Reads: effect == runtime.Readonly}
	step := &runtime.Task[string]{Step: runtime.Step{ID: name, At: "a.wf:9:9", Tool: name, Sub: true, Effect: effect}}
	return agent.Offer(t, nil, func(f *runtime.Frame, _ struct{}) (any, error) { return runtime.Call0(f, step, run) })
}

// TestNestedBudgets: what an agent uses counts against those around it.
func TestNestedBudgets(t *testing.T) {
	inner := saying(says("in").costs(500, 100))
	deep := nested("Deep", runtime.Readonly, having(workflow("Deep"), func() *agent.Conversation[string] {
		return &agent.Conversation[string]{Models: only(inner), Prompt: "Think."}
	}))
	outer := saying(calls("Deep{}").costs(50, 10))
	_, err := ask(t, &agent.Conversation[string]{Models: only(outer), Prompt: "Do.", Tools: []agent.Tool{deep}, Budget: agent.Budget{Tokens: 1500}})
	if e := wantError[runtime.Spent](t, err); e.Tokens != 2*(600+60) || e.Turns != 2 {
		t.Errorf("failed with %+v", e)
	}
	if outer.asked() != 2 || inner.asked() != 2 {
		t.Errorf("asked %d and %d times", outer.asked(), inner.asked())
	}
}

// TestBudgetSideBySide: agents side by side reserve before they ask. One that doesn't fit
// beside the others waits until they have ended: it may fit then.
func TestBudgetSideBySide(t *testing.T) {
	for _, test := range []struct{ cost, served int }{{10, 8}, {1000, 3}} {
		var now, most atomic.Int64
		inner := &fake{reply: func(int, *model.Request) (*model.Reply, error) {
			most.Store(max(most.Load(), now.Add(1)))
			time.Sleep(time.Millisecond)
			now.Add(-1)
			return says("in").costs(0, test.cost).Reply, nil
		}}
		var spent atomic.Int64
		run := having(workflow("Deep"), func() *agent.Conversation[string] {
			return &agent.Conversation[string]{Models: []agent.Choice{{Name: "m", Model: inner, Max: 1000}}, Prompt: "Think."}
		})
		deep := nested("Deep", runtime.Readonly, func(ctx context.Context) (string, error) {
			v, err := run(ctx)
			if _, is := runtime.Declared(err).(runtime.Spent); is {
				spent.Add(1)
			}
			return v, err
		})
		var list []string
		for range 8 {
			list = append(list, "Deep{}")
		}
		outer := saying(calls(list...).costs(10, 10), says("ok").costs(0, 0))
		_, err := ask(t, &agent.Conversation[string]{Models: []agent.Choice{{Name: "o", Model: outer, Max: 10}}, Prompt: "Do.", Tools: []agent.Tool{deep}, Budget: agent.Budget{Tokens: 3600}})
		if n := most.Load(); n > 3 {
			t.Errorf("%d requests were made at a time, of which the budget has place for 3", n)
		}
		if inner.asked() != test.served || int(spent.Load()) != 8-test.served || err != nil {
			t.Errorf("at %d tokens each %d of 8 were asked, %d failed as Spent, want %d; %v", test.cost, inner.asked(), spent.Load(), test.served, err)
		}
	}
}

// TestBudgetByClock: who waits for those beside it doesn't hold a virtual clock, nor does the
// execution leave the memory.
func TestBudgetByClock(t *testing.T) {
	deep := nested("Deep", runtime.Readonly, having(workflow("Deep"), func() *agent.Conversation[string] {
		return &agent.Conversation[string]{Models: []agent.Choice{{Name: "m", Model: sleeping{}, Max: 1000}}, Prompt: "Think."}
	}))
	w := workflow("Agent")
	run := having(w, func() *agent.Conversation[string] {
		outer := saying(calls("Deep{}", "Deep{}", "Deep{}").costs(10, 10), says("ok").costs(0, 0))
		return &agent.Conversation[string]{Models: []agent.Choice{{Name: "o", Model: outer, Max: 10}}, Prompt: "Do.", Tools: []agent.Tool{deep}, Budget: agent.Budget{Tokens: 1500}}
	})
	for _, durable := range []bool{false, true} {
		clock := runtime.NewVirtualClock(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
		began := clock.Now()
		ctx := runtime.WithClock(t.Context(), clock)
		var got string
		var err error
		if durable {
			e := open(t, ctx, memory.New(), runtime.Define(runtime.Definition{Workflow: w}, func(ctx context.Context, _ struct{}) (string, error) { return run(ctx) }))
			r, wrong := runtime.Submit[string](t.Context(), e, w, struct{}{})
			if wrong != nil {
				t.Fatal(wrong)
			}
			got, err = r.Result(t.Context())
		} else {
			got, err = run(ctx)
		}
		if got != "ok" || err != nil || clock.Now().Sub(began) != 3*time.Hour {
			t.Errorf("durable %v: gave %q, %v after %v, want one after the other, an hour each", durable, got, err, clock.Now().Sub(began))
		}
	}
}

// sleeping takes an hour for a reply.
type sleeping struct{}

func (sleeping) Ask(ctx context.Context, _ *model.Request, _ func(model.Delta)) (*model.Reply, error) {
	if err := runtime.Sleep(ctx, time.Hour); err != nil {
		return nil, err
	}
	return says("in").costs(10, 10).Reply, nil
}
