package agent_test

import (
	"context"
	"encoding/json"
	"fmt"
	goruntime "runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/agent"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
	"github.com/wfgen/wfgen/runtime/model"
)

// A world is what outlives the process: the provider, and what tools have changed.
type world struct {
	mu    sync.Mutex
	asked map[string]int // requests, by the conversation so far
	done  map[string]int // calls of tools, by the key of their step
}

func newWorld() *world { return &world{asked: map[string]int{}, done: map[string]int{}} }

// support has a conversation of three turns, with a tool that is another agent, a call that
// reads and one that is to be approved, and owes its undo.
func (w *world) support() *runtime.Definition {
	deep := workflow("Deep")
	main := workflow("Support")
	refund := &runtime.Task[string]{Step: runtime.Step{ID: "Refund", At: "a.wf:9:9", Tool: "Refund", Effect: runtime.Idempotent, Owes: true}}
	back := &runtime.Step{ID: "Refund.undo", At: "a.wf:9:20", Tool: "Back", Effect: runtime.Idempotent}
	approve := &runtime.Step{ID: "approve", At: "a.wf:9:30"}
	call := func(ctx context.Context, name string) string {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.done[name+" "+runtime.StepKey(ctx)]++
		return name
	}
	look := tool(agent.Tool{Name: "Look"}, runtime.Idempotent, func(ctx context.Context, _ int) (string, error) { return call(ctx, "look"), nil })
	thinking := having(deep, func() *agent.Conversation[string] {
		return &agent.Conversation[string]{Models: only(w.model("deep", calls(`Look{"x":1}`), says("deep"))), Prompt: "Think.", Tools: []agent.Tool{look}}
	})
	thinker := nested("Deep", runtime.Idempotent, thinking)
	thinker.Reads, look.Reads = true, true // they go on side by side, and have keys
	refunding := agent.Offer(agent.Tool{Name: "Refund", Parameters: anyObject}, nil, func(f *runtime.Frame, _ struct{}) (any, error) {
		if _, err := f.Approve(approve, "Refund?", "support", 72*time.Hour); err != nil {
			return nil, err
		}
		v, err := runtime.Call0(f, refund, func(ctx context.Context) (string, error) { return call(ctx, "refund"), nil })
		if err == nil {
			f.Owe(back, func(ctx context.Context) error { call(ctx, "back"); return nil })
		}
		return v, err
	})
	return runtime.Define(runtime.Definition{Workflow: main}, func(ctx context.Context, _ struct{}) (string, error) {
		return having(main, func() *agent.Conversation[string] {
			return &agent.Conversation[string]{
				Models: only(w.model("main", calls("Deep{}", `Look{"x":1}`), calls("Refund{}"), says("settled"))),
				Prompt: "Help.", Tools: []agent.Tool{thinker, look, refunding},
				Budget: agent.Budget{Tokens: 100_000, Turns: 8},
			}
		})(ctx)
	})
}

// model replies by how long the conversation is, whatever process asks.
func (w *world) model(name string, turns ...turn) *fake {
	return &fake{reply: func(_ int, r *model.Request) (*model.Reply, error) {
		n := 0
		for _, m := range r.Messages {
			if m.Role == model.Assistant {
				n++
			}
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		w.asked[fmt.Sprint(name, n)]++
		t := turns[n]
		t.Usage = &model.Usage{In: 100, Out: 10}
		return t.Reply, nil
	}}
}

func open(t *testing.T, ctx context.Context, j journal.Journal, list ...*runtime.Definition) *runtime.Engine {
	t.Helper()
	e, err := runtime.Open(ctx, j, runtime.NewRegistry("{}", list...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

// approveAll answers what is asked, until it is told to stop.
func approveAll(ctx context.Context, e *runtime.Engine, id string) {
	for ctx.Err() == nil {
		awaits, _ := e.Awaits(ctx, id)
		for _, a := range awaits {
			_ = e.Answer(ctx, id, a.Step, runtime.Answer{By: "support"})
		}
		time.Sleep(200 * time.Microsecond)
	}
}

// finish has an execution come to its end on a journal.
func finish(t *testing.T, j *memory.Journal, d *runtime.Definition) (string, error) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	e, err := runtime.Open(ctx, j, runtime.NewRegistry("{}", d))
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	run, err := runtime.Submit[string](ctx, e, d.Workflow, struct{}{}, runtime.ID("x"))
	if err != nil {
		t.Fatal(err)
	}
	go approveAll(ctx, e, "x")
	return run.Result(ctx)
}

// TestCrashes: the process ends at each state that the journal was in. The next one comes to
// the same result; a reply that is recorded is never asked for again, and no call whose end is
// recorded is made again.
func TestCrashes(t *testing.T) {
	whole := newWorld()
	var states []*memory.Journal
	j := memory.New()
	j.OnCommit(func(at *memory.Journal) { states = append(states, at.Clone()) })
	if got, err := finish(t, j, whole.support()); got != "settled" || err != nil {
		t.Fatalf("gave %q, %v", got, err)
	}
	if len(states) < 8 { // what is stored together depends on timing
		t.Fatalf("the journal had %d states only", len(states))
	}
	for i, state := range states {
		recorded := endsOf(t, state)
		next := newWorld()
		got, err := finish(t, state.Clone(), next.support())
		if got != "settled" || err != nil {
			t.Errorf("after state %d it gave %q, %v", i, got, err)
		}
		for _, name := range []string{"main0", "main1", "main2", "deep0", "deep1"} {
			want := 1
			if recorded[name] {
				want = 0
			}
			if next.asked[name] != want {
				t.Errorf("after state %d, %s was asked %d times, want %d", i, name, next.asked[name], want)
			}
		}
		for key, n := range next.done {
			if n != 1 || recorded[key] {
				t.Errorf("after state %d, %s was called %d times", i, key, n)
			}
		}
	}
}

// endsOf says what of it is recorded: replies as the world names the requests, and calls.
func endsOf(t *testing.T, j *memory.Journal) map[string]bool {
	t.Helper()
	names := map[string]string{
		"turn[0].ask": "main0", "turn[1].ask": "main1", "turn[2].ask": "main2",
		"turn[0].call[0].Deep.turn[0].ask": "deep0", "turn[0].call[0].Deep.turn[1].ask": "deep1",
	}
	out := map[string]bool{}
	err := j.View(t.Context(), func(tx journal.Tx) error {
		records, err := tx.Records("x", 0, 0)
		for _, r := range records {
			if r.Kind != journal.Done {
				continue
			}
			if i := strings.LastIndex(r.Step, "ask["); i >= 0 {
				out[names[r.Step[:i+3]]] = true
			}
			out[strings.ToLower(r.Tool)+" x/"+r.Step] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestInterruptedRequest: a request in the midst of which the process ends is made again, as
// another one, and counts as what it had reserved.
func TestInterruptedRequest(t *testing.T) {
	w := workflow("Agent")
	asks := make(chan bool)
	hang := &hanging{asks}
	def := func(m agent.Model) *runtime.Definition {
		return runtime.Define(runtime.Definition{Workflow: w}, func(ctx context.Context, _ struct{}) (string, error) {
			return having(w, func() *agent.Conversation[string] {
				return &agent.Conversation[string]{Models: only(m), Prompt: "Do.", Budget: agent.Budget{Tokens: 100_000}}
			})(ctx)
		})
	}
	var cut *memory.Journal
	j := memory.New()
	j.OnCommit(func(at *memory.Journal) { cut = at.Clone() })
	e := open(t, t.Context(), j, def(hang))
	if _, err := runtime.Submit[string](t.Context(), e, w, struct{}{}, runtime.ID("x")); err != nil {
		t.Fatal(err)
	}
	<-asks
	crashed := cut
	e.Close()

	m := saying(says("ok").costs(7, 3))
	e = open(t, t.Context(), crashed, def(m))
	run, err := runtime.Submit[string](t.Context(), e, w, struct{}{}, runtime.ID("x"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := run.Result(t.Context()); got != "ok" || err != nil || m.asked() != 1 {
		t.Fatalf("gave %q, %v after %d requests", got, err, m.asked())
	}
	for ev, err := range run.Events(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if ev.Kind == runtime.Done && ev.Step == "turn[0].ask[1].fast" {
			data, err := ev.EncodeResult()
			var reply agent.Reply
			if err == nil {
				err = json.Unmarshal(data, &reply)
			}
			if err != nil || reply.Cost.Tokens < 110+10 { // 100 for the reply that didn't come, what was sent for it, and 10
				t.Errorf("it counts %+v tokens, %v", reply.Cost, err)
			}
			return
		}
	}
	t.Error("the second request isn't told")
}

// hanging never replies.
type hanging struct{ asks chan bool }

func (h *hanging) Ask(ctx context.Context, _ *model.Request, _ func(model.Delta)) (*model.Reply, error) {
	h.asks <- true
	<-ctx.Done()
	return nil, ctx.Err()
}

// TestSpentBefore: what was used before the process ended counts, also by agents that had come
// to their end.
func TestSpentBefore(t *testing.T) {
	w, deep := workflow("Agent"), workflow("Deep")
	inner, outer := saying(says("in").costs(600, 0)), saying(calls("Deep{}", "Wait{}").costs(10, 0))
	d := runtime.Define(runtime.Definition{Workflow: w}, func(ctx context.Context, _ struct{}) (string, error) {
		return having(w, func() *agent.Conversation[string] {
			return &agent.Conversation[string]{
				Models: only(outer), Prompt: "Do.", Budget: agent.Budget{Tokens: 800},
				Tools: []agent.Tool{
					nested("Deep", runtime.Idempotent, having(deep, func() *agent.Conversation[string] {
						return &agent.Conversation[string]{Models: only(inner), Prompt: "Think."}
					})),
					asking("Wait"),
				},
			}
		})(ctx)
	})
	j := memory.New()
	e, err := answeredLater(t, j, w, d)
	if s := wantError[runtime.Spent](t, err); s != (runtime.Spent{Turns: 1, Tokens: 610}) || inner.asked() != 1 || outer.asked() != 1 {
		t.Errorf("failed with %+v after %d and %d requests", s, outer.asked(), inner.asked())
	}
	e.Close()
	e = open(t, t.Context(), j, d)
	again, err := runtime.Submit[string](t.Context(), e, w, struct{}{}, runtime.ID("x"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = again.Result(t.Context())
	if s := wantError[runtime.Spent](t, err); s.Tokens != 610 {
		t.Errorf("read from the journal it failed with %+v", s)
	}
}

// TestSpentOfTurns: what was used before the process ended counts as well where turns alone are
// bounded.
func TestSpentOfTurns(t *testing.T) {
	w, deep := workflow("Agent"), workflow("Deep")
	inner, outer := saying(says("in").costs(600, 0)), saying(calls("Deep{}", "Wait{}").costs(10, 0))
	d := runtime.Define(runtime.Definition{Workflow: w}, func(ctx context.Context, _ struct{}) (string, error) {
		return having(w, func() *agent.Conversation[string] {
			return &agent.Conversation[string]{
				Models: only(outer), Prompt: "Do.", Budget: agent.Budget{Turns: 2},
				Tools: []agent.Tool{
					nested("Deep", runtime.Idempotent, having(deep, func() *agent.Conversation[string] {
						return &agent.Conversation[string]{Models: only(inner), Prompt: "Think."}
					})),
					asking("Wait"),
				},
			}
		})(ctx)
	})
	_, err := answeredLater(t, memory.New(), w, d)
	if s := wantError[runtime.Spent](t, err); s != (runtime.Spent{Turns: 2, Tokens: 10 + 600 + 3*10}) || runtime.FailedStep(err) != "turn[1].ask[3].fast" {
		t.Errorf("failed with %+v at %s", s, runtime.FailedStep(err))
	}
}

// answeredLater runs an execution until it asks its boss, who answers once another engine has
// it. It gives that engine, and what the execution fails with.
func answeredLater(t *testing.T, j *memory.Journal, w *runtime.Workflow, d *runtime.Definition) (*runtime.Engine, error) {
	t.Helper()
	e := open(t, t.Context(), j, d)
	if _, err := runtime.Submit[string](t.Context(), e, w, struct{}{}, runtime.ID("x")); err != nil {
		t.Fatal(err)
	}
	awaited(t, e, "x")
	e.Close()
	e = open(t, t.Context(), j, d)
	run, err := runtime.Submit[string](t.Context(), e, w, struct{}{}, runtime.ID("x"))
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Answer(t.Context(), "x", awaited(t, e, "x"), runtime.Answer{By: "boss"}); err != nil {
		t.Fatal(err)
	}
	_, err = run.Result(t.Context())
	return e, err
}

// asking is a tool that asks its boss whether to go on.
func asking(name string) agent.Tool {
	approve := &runtime.Step{ID: "approve", At: "a.wf:9:30"}
	return agent.Offer(agent.Tool{Name: name, Parameters: anyObject}, nil, func(f *runtime.Frame, _ struct{}) (any, error) {
		_, err := f.Approve(approve, "Go on?", "boss", 0)
		return nil, err
	})
}

// TestSpentInGenerations: what was used before an execution was retried counts, also where
// nothing of it lasts.
func TestSpentInGenerations(t *testing.T) {
	w := workflow("Agent")
	m := saying(turn{err: &model.Error{Class: model.Denied, Text: "no"}}, says("ok").costs(10, 5)) // nobody says what the first has cost
	d := runtime.Define(runtime.Definition{Workflow: w}, func(ctx context.Context, _ struct{}) (string, error) {
		return having(w, func() *agent.Conversation[string] {
			return &agent.Conversation[string]{Models: only(m), Prompt: "Do.", Budget: agent.Budget{Tokens: 300}}
		})(ctx)
	})
	e := open(t, t.Context(), memory.New(), d)
	run, err := runtime.Submit[string](t.Context(), e, w, struct{}{}, runtime.ID("x"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := run.Result(t.Context()); err == nil || !strings.Contains(err.Error(), "no") {
		t.Fatalf("failed with %v", err)
	}
	if err := e.Retry(t.Context(), "x"); err != nil {
		t.Fatal(err)
	}
	_, err = run.Result(t.Context())
	if s := wantError[runtime.Spent](t, err); s.Turns != 0 || s.Tokens < 150 || m.asked() != 1 {
		t.Errorf("failed with %+v after %d requests", s, m.asked())
	}
}

// awaited is the step that is asked for an answer.
func awaited(t *testing.T, e *runtime.Engine, id string) string {
	t.Helper()
	for range 5000 {
		if list, err := e.Awaits(t.Context(), id); err != nil {
			t.Fatal(err)
		} else if len(list) > 0 {
			return list[0].Step
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("nothing is asked")
	return ""
}

// TestApproval: an approval is asked for days in which nothing is in memory, and goes on in
// another engine; a no, and none in time, are answers to the model.
func TestApproval(t *testing.T) {
	for _, test := range []struct {
		name, want string
		answer     *runtime.Answer
	}{
		{"yes", "done", &runtime.Answer{By: "support"}},
		{"no", "rejected by support: not today", &runtime.Answer{By: "support", Note: "not today", Reject: true}},
		{"never", "timed out after 3d", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := workflow("Agent")
			m := saying(calls("Refund{}"), says("ok"))
			approve := &runtime.Step{ID: "approve", At: "a.wf:9:30"}
			d := runtime.Define(runtime.Definition{Workflow: w}, func(ctx context.Context, _ struct{}) (string, error) {
				return having(w, func() *agent.Conversation[string] {
					return &agent.Conversation[string]{Models: only(m), Prompt: "Do.", Tools: []agent.Tool{
						agent.Offer(agent.Tool{Name: "Refund", Parameters: anyObject}, nil, func(f *runtime.Frame, _ struct{}) (any, error) {
							_, err := f.Approve(approve, "Refund?", "support", 72*time.Hour)
							return nil, err
						}),
					}}
				})(ctx)
			})
			clock := runtime.NewVirtualClock(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
			release := clock.Hold()
			j := memory.New()
			ctx := runtime.WithClock(context.Background(), clock)
			e := open(t, ctx, j, d)
			if _, err := runtime.Submit[string](t.Context(), e, w, struct{}{}, runtime.ID("x")); err != nil {
				t.Fatal(err)
			}
			step := awaited(t, e, "x")
			e.Close()

			e = open(t, ctx, j, d)
			run, err := runtime.Submit[string](t.Context(), e, w, struct{}{}, runtime.ID("x"))
			if err != nil {
				t.Fatal(err)
			}
			if test.answer != nil {
				clock.After(48*time.Hour, func() {
					if err := e.Answer(context.Background(), "x", step, *test.answer); err != nil {
						t.Error(err)
					}
				})
			}
			release()
			if got, err := run.Result(t.Context()); got != "ok" || err != nil {
				t.Fatalf("gave %q, %v", got, err)
			}
			if told := m.last().Results[0]; !strings.Contains(told.Text, test.want) || told.Failed != (test.name != "yes") || m.asked() != 2 {
				t.Errorf("told %+v after %d requests", told, m.asked())
			}
			if step != "turn[0].call[0].approve" {
				t.Errorf("the step that asked is %s", step)
			}
		})
	}
}

// TestWaitingHoldsNothing: agents whose calls wait for an approval hold no goroutines.
func TestWaitingHoldsNothing(t *testing.T) {
	const n = 500
	w := newWorld()
	d := w.support()
	e := open(t, t.Context(), memory.New(), d)
	before := goruntime.NumGoroutine()
	for i := range n {
		if _, err := runtime.Submit[string](t.Context(), e, d.Workflow, struct{}{}, runtime.ID(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
	}
	for i := range n {
		awaited(t, e, fmt.Sprint(i))
	}
	var left int
	for range 2000 {
		if left = goruntime.NumGoroutine() - before; left < n/10 {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Errorf("%d goroutines are left while %d agents wait", left, n)
}

// TestRetried: an execution that is retried goes on at the call that failed. What was replied
// isn't asked for again.
func TestRetried(t *testing.T) {
	w := workflow("Agent")
	broken := true
	var made counter
	m := saying(calls(`Look{"x":1}`), calls(`Write{"x":1}`), says("ok"))
	d := runtime.Define(runtime.Definition{Workflow: w}, func(ctx context.Context, _ struct{}) (string, error) {
		return having(w, func() *agent.Conversation[string] {
			return &agent.Conversation[string]{Models: only(m), Prompt: "Do.", Budget: agent.Budget{Tokens: 10_000}, Tools: []agent.Tool{
				tool(agent.Tool{Name: "Look"}, runtime.Idempotent, func(context.Context, int) (string, error) { made.add("look"); return "l", nil }),
				tool(agent.Tool{Name: "Write"}, runtime.Idempotent, func(context.Context, int) (string, error) {
					made.add("write")
					if broken {
						return "", errBroken
					}
					return "w", nil
				}),
			}}
		})(ctx)
	})
	e := open(t, t.Context(), memory.New(), d)
	run, err := runtime.Submit[string](t.Context(), e, w, struct{}{}, runtime.ID("x"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := run.Result(t.Context()); err == nil || runtime.FailedStep(err) != "turn[1].call[0].Write" || m.asked() != 2 {
		t.Fatalf("failed with %v after %d requests", err, m.asked())
	}
	broken = false
	if err := e.Retry(t.Context(), "x"); err != nil {
		t.Fatal(err)
	}
	if got, err := run.Result(t.Context()); got != "ok" || err != nil || m.asked() != 3 || made.String() != "look write write" {
		t.Errorf("gave %q, %v after %d requests and %s", got, err, m.asked(), &made)
	}
}

// TestChangedTexts: what is recorded counts whatever the texts have become; the conversation
// goes on with the system and the prompt that it began with.
func TestChangedTexts(t *testing.T) {
	w := workflow("Agent")
	m := saying(calls("Wait{}"), says("ok"))
	def := func(prompt, doc string, turns int) *runtime.Definition {
		return runtime.Define(runtime.Definition{Workflow: w}, func(ctx context.Context, _ struct{}) (string, error) {
			return having(w, func() *agent.Conversation[string] {
				return &agent.Conversation[string]{Models: only(m), System: prompt, Prompt: prompt, Budget: agent.Budget{Turns: turns}, Tools: []agent.Tool{
					agent.Offer(agent.Tool{Name: "Wait", Doc: doc, Parameters: anyObject}, nil, func(f *runtime.Frame, _ struct{}) (any, error) {
						_, err := f.Approve(&runtime.Step{ID: "approve", At: "a.wf:9:30"}, "Go on?", "boss", 0)
						return nil, err
					}),
				}}
			})(ctx)
		})
	}
	j := memory.New()
	e := open(t, t.Context(), j, def("old", "old", 8))
	if _, err := runtime.Submit[string](t.Context(), e, w, struct{}{}, runtime.ID("x")); err != nil {
		t.Fatal(err)
	}
	step := awaited(t, e, "x")
	e.Close()
	e = open(t, t.Context(), j, def("new", "new", 1)) // of which the turn that was had is the last
	run, err := runtime.Submit[string](t.Context(), e, w, struct{}{}, runtime.ID("x"))
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Answer(t.Context(), "x", step, runtime.Answer{By: "boss"}); err != nil {
		t.Fatal(err)
	}
	_, err = run.Result(t.Context())
	if s := wantError[runtime.Spent](t, err); s.Turns != 1 || m.asked() != 1 {
		t.Errorf("failed with %+v after %d requests", s, m.asked())
	}
	j = memory.New()
	m = saying(calls("Wait{}"), says("ok"))
	e = open(t, t.Context(), j, def("old", "old", 8))
	if _, err := runtime.Submit[string](t.Context(), e, w, struct{}{}, runtime.ID("x")); err != nil {
		t.Fatal(err)
	}
	awaited(t, e, "x")
	e.Close()
	e = open(t, t.Context(), j, def("new", "new", 8))
	if run, err = runtime.Submit[string](t.Context(), e, w, struct{}{}, runtime.ID("x")); err != nil {
		t.Fatal(err)
	}
	if err := e.Answer(t.Context(), "x", step, runtime.Answer{By: "boss"}); err != nil {
		t.Fatal(err)
	}
	if got, err := run.Result(t.Context()); got != "ok" || err != nil {
		t.Fatalf("gave %q, %v", got, err)
	}
	if r := m.requests[1]; r.System != "old" || r.Messages[0].Text != "old" || r.Tools[0].Description != "new" {
		t.Errorf("asked %+v", r)
	}
}

// TestModelNames: no name of a model is that of another step of its requests.
func TestModelNames(t *testing.T) {
	for _, name := range []string{"pause", "wait", "ask", "call", "turn"} {
		m := saying(fails(model.Outage), says("ok"))
		w := workflow("Agent")
		clock := runtime.NewVirtualClock(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
		def := runtime.Define(runtime.Definition{Workflow: w}, func(ctx context.Context, _ struct{}) (string, error) {
			return having(w, func() *agent.Conversation[string] {
				return &agent.Conversation[string]{Models: []agent.Choice{{Name: name, Model: m, Retry: 1}}, Prompt: "Do."}
			})(ctx)
		})
		e, err := runtime.Open(runtime.WithClock(t.Context(), clock), memory.New(), runtime.NewRegistry("{}", def))
		if err != nil {
			t.Fatal(err)
		}
		r, err := runtime.Submit[string](t.Context(), e, w, struct{}{})
		if err != nil {
			t.Fatal(err)
		}
		if v, err := r.Result(t.Context()); v != "ok" || err != nil {
			t.Errorf("a model called %s gives %q, %v", name, v, err)
		}
		e.Close()
	}
}
