package agent_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/agent"
	"github.com/wfgen/wfgen/runtime/model"
	"github.com/wfgen/wfgen/runtime/pure"
)

func only(m agent.Model) []agent.Choice { return []agent.Choice{{Name: "fast", Model: m, Max: 100}} }

func TestText(t *testing.T) {
	m := saying(says("Good day."))
	got, err := ask(t, &agent.Conversation[string]{Models: only(m), System: "Be polite.", Prompt: "Greet."})
	if got != "Good day." || err != nil {
		t.Fatalf("gave %q, %v", got, err)
	}
	r := m.requests[0]
	if r.System != "Be polite." || len(r.Messages) != 1 || r.Messages[0].Text != "Greet." || r.MaxTokens != 100 || r.Answer != nil || r.NoCalls {
		t.Errorf("asked %+v", r)
	}
}

type verdict struct {
	Kind       string         `json:"kind"`
	Confidence float64        `json:"confidence"`
	Note       *string        `json:"note"`
	Scores     map[string]int `json:"scores"`
}

const verdictSchema = `{"type": "object", "properties": {"kind": {"type": "string"}, "confidence": {"type": "number"},
	"note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
	"scores": {"title": "map", "type": "array", "items": {"type": "object", "properties": {"key": {"type": "string"}, "value": {"type": "integer"}}, "required": ["key", "value"], "additionalProperties": false}}},
	"required": ["kind", "confidence", "note", "scores"], "additionalProperties": false}`

func TestTypedResult(t *testing.T) {
	for _, reply := range []string{
		`{"kind": "refund", "confidence": 0.5, "note": null, "scores": [{"key": "a", "value": 1}]}`,
		"Here it is:\n```json\n{kind: 'refund', confidence: .5, note: None, scores: [{key: 'a', value: 1,}],}\n```\nAsk me more.",
	} {
		m := saying(says(reply))
		got, err := ask(t, &agent.Conversation[verdict]{Models: only(m), Prompt: "Sort.", Answer: verdictSchema})
		if err != nil || got.Kind != "refund" || got.Confidence != 0.5 || got.Note != nil || got.Scores["a"] != 1 || len(got.Scores) != 1 {
			t.Errorf("%s gave %+v, %v", reply, got, err)
		}
		if string(m.requests[0].Answer) != verdictSchema {
			t.Errorf("asked for %s", m.requests[0].Answer)
		}
	}
}

func TestWrappedResult(t *testing.T) {
	for _, reply := range []string{`{"value": [1, 2]}`, `[1, 2]`, `{"value": [1, 2,]}`} {
		got, err := ask(t, &agent.Conversation[[]int]{Models: only(saying(says(reply))), Prompt: "List.", Answer: `{"type":"object"}`, Wrapped: true})
		if err != nil || len(got) != 2 || got[1] != 2 {
			t.Errorf("%s gave %v, %v", reply, got, err)
		}
	}
	if n, err := ask(t, &agent.Conversation[int]{Models: only(saying(says("7"))), Prompt: "Count.", Answer: `{"type":"object"}`, Wrapped: true}); n != 7 || err != nil {
		t.Errorf("gave %d, %v", n, err)
	}
	if s, err := ask(t, &agent.Conversation[string]{Models: only(saying(says(`"red"`))), Prompt: "Choose.", Answer: `{"type":"object"}`, Wrapped: true}); s != "red" || err != nil {
		t.Errorf("gave %q, %v", s, err)
	}
}

// TestUnfitReplies: a model is told twice what is wrong with its reply, then the next one is
// asked, which is told as often, and then the agent fails.
func TestUnfitReplies(t *testing.T) {
	fast, strong := saying(says(`{"kind": 1}`)), saying(says(`nothing`))
	_, err := ask(t, &agent.Conversation[verdict]{
		Models: []agent.Choice{{Name: "fast", Model: fast, Max: 100}, {Name: "strong", Model: strong, Max: 100}},
		Prompt: "Sort.", Answer: verdictSchema,
	})
	if e := wantError[runtime.Unfit](t, err); !strings.Contains(e.Message, "no JSON") {
		t.Errorf("failed with %q", e.Message)
	}
	if fast.asked() != 3 || strong.asked() != 3 {
		t.Errorf("asked %d and %d times, want 3 and 3", fast.asked(), strong.asked())
	}
	if m := fast.requests[1].Messages; len(m) != 3 || m[1].Text != `{"kind": 1}` || m[2].Role != model.User || !strings.Contains(m[2].Text, "- kind: ") {
		t.Errorf("the second request has %+v", m)
	}
	if n := len(strong.requests[0].Messages); n != 7 {
		t.Errorf("the next model gets %d messages, want the conversation so far, 7", n)
	}
	if step := runtime.FailedStep(err); step != "turn[0].ask[5].strong" {
		t.Errorf("the step that failed is %s", step)
	}
}

func TestValidated(t *testing.T) {
	m := saying(says("3"), says("5"))
	got, err := ask(t, &agent.Conversation[int]{
		Models: only(m), Prompt: "Above 4.", Answer: `{"type":"object"}`, Wrapped: true,
		Validate: func(n int) []string {
			if n > 4 {
				return nil
			}
			return []string{"it has to be above 4"}
		},
	})
	if got != 5 || err != nil || !strings.Contains(m.last().Text, "- it has to be above 4") {
		t.Errorf("gave %d, %v; told %q", got, err, m.last().Text)
	}
}

func TestSeveralValues(t *testing.T) {
	m := saying(says("First [1], or maybe [2]."), says("[3]"))
	got, err := ask(t, &agent.Conversation[[]int]{Models: only(m), Prompt: "List.", Answer: `{"type":"object"}`, Wrapped: true})
	if err != nil || len(got) != 1 || got[0] != 3 {
		t.Errorf("gave %v, %v: which of two values is meant isn't to be guessed", got, err)
	}
}

// TestSideBySide: calls that read go on at the same time, those before an effect end before it.
func TestSideBySide(t *testing.T) {
	var both sync.WaitGroup
	both.Add(2)
	var made counter
	read := tool(agent.Tool{Name: "Read"}, runtime.Readonly, func(_ context.Context, x int) (string, error) {
		if x < 3 {
			both.Done()
			both.Wait()
		}
		made.add("read")
		return "r", nil
	})
	write := tool(agent.Tool{Name: "Write"}, runtime.Once, func(context.Context, int) (string, error) {
		made.add("write")
		return "w", nil
	})
	m := saying(calls(`Read{"x":1}`, `Read{"x":2}`, `Write{"x":1}`, `Read{"x":3}`, `Write{"x":2}`), says("ok"))
	if _, err := ask(t, &agent.Conversation[string]{Models: only(m), Prompt: "Do.", Tools: []agent.Tool{read, write}}); err != nil {
		t.Fatal(err)
	}
	if made.String() != "read read write read write" {
		t.Errorf("called %s", &made)
	}
	var told []string
	for _, r := range m.last().Results {
		told = append(told, r.Text)
	}
	if strings.Join(told, " ") != "r r w r w" {
		t.Errorf("told %q", told)
	}
}

type refundArgs struct {
	Sum float64 `json:"sum"`
}

// TestUnfitCalls: all calls are looked at before any is made, and each is answered.
func TestUnfitCalls(t *testing.T) {
	var made counter
	refund := agent.Offer(agent.Tool{Name: "Refund", Parameters: anyObject, Max: 1}, func(c *pure.Check, in refundArgs) {
		if in.Sum <= 0 {
			c.Violation("sum", "sum > 0", in.Sum)
		}
	}, func(*runtime.Frame, refundArgs) (any, error) {
		made.add("refund")
		return nil, nil
	})
	m := saying(calls(`Refund{"sum":-1}`, `Refund{"sum":"much"}`, `Refund{"sum":`, `Pay{}`, `Refund{"sum": 2}`, `Refund{"sum": 3}`), says("ok"))
	if _, err := ask(t, &agent.Conversation[string]{Models: only(m), Prompt: "Refund.", Tools: []agent.Tool{refund}}); err != nil {
		t.Fatal(err)
	}
	if made.String() != "refund" {
		t.Errorf("called %s", &made)
	}
	want := []string{"sum: must satisfy sum > 0", "sum: ", "aren't JSON", `no tool "Pay"; the tools are Refund`, "done", "may be called once"}
	results := m.last().Results
	for i, w := range want {
		if !strings.Contains(results[i].Text, w) || results[i].Failed != (w != "done") {
			t.Errorf("call %d is answered %+v, want %q", i, results[i], w)
		}
	}
	ids := map[string]bool{}
	for _, r := range results {
		ids[r.Call] = true
	}
	if len(ids) != len(want) {
		t.Errorf("the results have the ids %v", ids)
	}
}

// TestFailuresAsAnswers: what is known to have happened, or only reads, is told to the model.
func TestFailuresAsAnswers(t *testing.T) {
	var made counter
	write := tool(agent.Tool{Name: "Write"}, runtime.Once, func(context.Context, int) (string, error) { return "", NotFound{"it"} })
	read := tool(agent.Tool{Name: "Read"}, runtime.Readonly, func(context.Context, int) (string, error) { return "", errBroken })
	m := saying(calls(`Write{"x":1}`, `Read{"x":1}`), says("ok"))
	_, err := ask(t, &agent.Conversation[string]{Models: only(m), Prompt: "Do.", Tools: []agent.Tool{write, read}})
	if err != nil {
		t.Fatal(err, &made)
	}
	results := m.last().Results
	if !results[0].Failed || !strings.Contains(results[0].Text, "not found: it") || !results[1].Failed || !strings.Contains(results[1].Text, "broken") {
		t.Errorf("told %+v", results)
	}
}

// TestFailingEffect: of an effect that has failed in another way nobody knows what it has done:
// the agent fails, and what it owes is undone.
func TestFailingEffect(t *testing.T) {
	var made counter
	pay := &runtime.Task[string]{Step: runtime.Step{ID: "Pay", At: "a.wf:9:9", Tool: "Pay"}}
	back := &runtime.Step{ID: "Pay.undo", At: "a.wf:9:20", Tool: "Back"}
	paying := agent.Offer(agent.Tool{Name: "Pay", Parameters: anyObject}, nil, func(f *runtime.Frame, _ struct{}) (any, error) {
		v, err := runtime.Call0(f, pay, func(context.Context) (string, error) { made.add("pay"); return "p", nil })
		if err == nil {
			f.Owe(back, func(context.Context) error { made.add("back"); return nil })
		}
		return v, err
	})
	broken := tool(agent.Tool{Name: "Write"}, runtime.Idempotent, func(context.Context, int) (string, error) { return "", errBroken })
	m := saying(calls("Pay{}", `Write{"x":1}`, "Pay{}"), says("ok"))
	_, err := ask(t, &agent.Conversation[string]{Models: only(m), Prompt: "Do.", Tools: []agent.Tool{paying, broken}})
	if err == nil || runtime.FailedStep(err) != "turn[0].call[1].Write" || made.String() != "pay back" || m.asked() != 1 {
		t.Errorf("failed with %v after %s and %d requests", err, &made, m.asked())
	}
}

// TestCallsOfOneID: calls that can't be told apart by their ids get ids of ours, and what the
// provider wrote isn't sent back.
func TestCallsOfOneID(t *testing.T) {
	twice := calls(`Read{"x":1}`, `Read{"x":2}`)
	twice.Message.Calls[0].ID, twice.Message.Calls[1].ID = "same", "same"
	twice.Message.Raw, twice.Message.RawOf = []byte(`{"id":"same"}`), "host"
	m := saying(twice, says("ok"))
	read := tool(agent.Tool{Name: "Read"}, runtime.Readonly, func(_ context.Context, x int) (string, error) { return fmt.Sprint(x), nil })
	if got, err := ask(t, &agent.Conversation[string]{Models: only(m), Prompt: "Do.", Tools: []agent.Tool{read}}); got != "ok" || err != nil {
		t.Fatalf("gave %q, %v", got, err)
	}
	told := m.requests[1].Messages[1:]
	if told[0].Raw != nil || len(told[1].Results) != 2 || told[1].Results[0].Call == told[1].Results[1].Call {
		t.Errorf("told %+v", told)
	}
	for i, c := range told[0].Calls {
		if c.ID != told[1].Results[i].Call {
			t.Errorf("call %d is %s, answered as %s", i, c.ID, told[1].Results[i].Call)
		}
	}
}

// TestOutage: a request is repeated after pauses, as long as the provider says, and then the
// next model is asked, to the end.
func TestOutage(t *testing.T) {
	limited := turn{err: &model.Error{Class: model.Limited, Host: "host", Model: "m", Status: 429, RetryAfter: time.Minute}}
	fast := saying(fails(model.Outage), limited, fails(model.Outage))
	strong := saying(calls(`Read{"x":1}`), says("ok"))
	read := tool(agent.Tool{Name: "Read"}, runtime.Readonly, func(context.Context, int) (string, error) { return "r", nil })
	clock := runtime.NewVirtualClock(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	began := clock.Now()
	ctx := runtime.WithClock(t.Context(), clock)
	got, err := having(workflow("Agent"), func() *agent.Conversation[string] {
		return &agent.Conversation[string]{
			Models: []agent.Choice{{Name: "fast", Model: fast, Retry: 2}, {Name: "strong", Model: strong}},
			Prompt: "Do.", Tools: []agent.Tool{read},
		}
	})(ctx)
	if got != "ok" || err != nil || fast.asked() != 3 || strong.asked() != 2 {
		t.Errorf("gave %q, %v; asked %d and %d times", got, err, fast.asked(), strong.asked())
	}
	if d := clock.Now().Sub(began); d != time.Second+time.Minute {
		t.Errorf("paused for %v, want 1s and the minute that the provider wanted", d)
	}
}

func TestFailedRequests(t *testing.T) {
	for _, test := range []struct {
		reply turn
		want  string
	}{
		{fails(model.Outage), "503, outage: no"},
		{fails(model.BadKey), "bad key"},
		{fails(model.NoModel), "no model"},
		{turn{err: errBroken}, "broken"},
	} {
		m := saying(test.reply)
		_, err := ask(t, &agent.Conversation[string]{Models: only(m), Prompt: "Do."})
		if err == nil || !strings.Contains(err.Error(), test.want) || runtime.Declared(err) != nil || m.asked() != 1 {
			t.Errorf("failed with %v, declared %v, after %d requests", err, runtime.Declared(err), m.asked())
		}
		if step := runtime.FailedStep(err); step != "turn[0].ask[0].fast" {
			t.Errorf("the step that failed is %s", step)
		}
	}
	if _, err := ask(t, &agent.Conversation[string]{Models: only(nil), Prompt: "Do."}); err == nil || !strings.Contains(err.Error(), "model fast") {
		t.Errorf("without a model it failed with %v", err)
	}
}

func TestRefusedAndCut(t *testing.T) {
	no := says("I can't.").stops(model.Refused)
	_, err := ask(t, &agent.Conversation[string]{Models: only(saying(no)), Prompt: "Do."})
	if e := wantError[runtime.Refused](t, err); e.Message != "I can't." {
		t.Errorf("failed with %+v", e)
	}
	_, err = ask(t, &agent.Conversation[string]{Models: only(saying(says("Once upon").stops(model.Cut))), Prompt: "Do."})
	if e := wantError[runtime.Unfit](t, err); !strings.Contains(e.Message, "cut short: it may have 100 tokens") {
		t.Errorf("failed with %+v", e)
	}
	strong := saying(says("ok"))
	got, err := ask(t, &agent.Conversation[string]{
		Models: []agent.Choice{{Name: "a", Model: saying(no)}, {Name: "b", Model: saying(calls("Write{}").stops(model.Cut))}, {Name: "c", Model: strong}}, Prompt: "Do.",
	})
	if got != "ok" || err != nil || len(strong.requests[0].Messages) != 1 {
		t.Errorf("gave %q, %v; the third model got %+v", got, err, strong.requests[0].Messages)
	}
}

func TestPartial(t *testing.T) {
	var told []string
	ctx := runtime.WithObserver(t.Context(), observer(func(e runtime.Event) {
		if e.Kind == runtime.Partial {
			told = append(told, e.Step+" "+e.Result.(string))
		}
	}))
	if _, err := having(workflow("Agent"), func() *agent.Conversation[string] {
		return &agent.Conversation[string]{Models: only(saying(says("Good day."))), Prompt: "Greet."}
	})(ctx); err != nil {
		t.Fatal(err)
	}
	if len(told) != 1 || told[0] != "turn[0].ask[0].fast Good day." {
		t.Errorf("told %q", told)
	}
}

type observer func(runtime.Event)

func (o observer) Observe(e runtime.Event) { o(e) }

func BenchmarkTurn(b *testing.B) {
	read := tool(agent.Tool{Name: "Read"}, runtime.Readonly, func(context.Context, int) (string, error) { return "r", nil })
	const turns = 20
	m := &fake{reply: func(n int, _ *model.Request) (*model.Reply, error) {
		if n%turns == 0 {
			return says("ok").Reply, nil
		}
		return calls(`Read{"x":1}`).costs(100, 10).Reply, nil
	}}
	run := having(workflow("Agent"), func() *agent.Conversation[string] {
		return &agent.Conversation[string]{Models: only(m), Prompt: "Do.", Tools: []agent.Tool{read}}
	})
	for b.Loop() {
		m.requests = m.requests[:0]
		if _, err := run(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/turns, "ns/turn")
}

// TestValidateFaults: a rule that can't be worked out is a fault of the reply, which the model is
// told.
func TestValidateFaults(t *testing.T) {
	m := saying(says("bad"), says("good"))
	got, err := ask(t, &agent.Conversation[string]{Models: only(m), Prompt: "Do.", Validate: func(result string) []string {
		if result == "bad" {
			panic(&pure.Fault{At: "a.wf:7:1", Text: "index 0 of a list of 0"})
		}
		return nil
	}})
	if got != "good" || err != nil || !strings.Contains(m.last().Text, "index 0 of a list of 0") {
		t.Errorf("gave %q, %v, told %q", got, err, m.last().Text)
	}
}
