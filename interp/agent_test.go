package interp_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wfgen/wfgen/interp"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/memory"
	"github.com/wfgen/wfgen/runtime/model"
)

const desk = `
model fast   max 100
model strong max 200

type Found = Order | Nothing
type Order { id string, parts map[string]int }
type Nothing {}
type Verdict { reason string where len(reason) > 2, note string? }

tool Lookup(customer string, id string) Found           readonly
tool Refund(customer string, sums map[string]float64) string idempotent
tool TakeBack(receipt string)                           idempotent

agent Deep(q string) map[string]Found? {
	model  fast
	prompt q
}

agent Triage(customer string) Verdict {
	model  fast else strong
	system "You sort."
	prompt "For ${customer}."
	tools {
		Lookup(customer: customer)
		Deep()
		Refund(customer: customer)  max 1
			approve "Refund ${len(sums)}?" by "support" timeout 2d where len(sums) > 0
			undo TakeBack(result)
	}
	validate result.note != none else "say a note"
}

workflow Main(customer string) string {
	v := Triage(customer)
	return "${v.reason} ${v.note ?? ""}"
}
`

// A provider answers by what was said before, and counts what it is asked.
type provider struct {
	mu    sync.Mutex
	asked map[string]int
	text  []string // what results said
}

type asked struct {
	*provider
	name string
}

func (a asked) Ask(_ context.Context, r *model.Request, _ func(model.Delta)) (*model.Reply, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	last := r.Messages[len(r.Messages)-1]
	for _, result := range last.Results {
		a.text = append(a.text, result.Text)
	}
	a.asked[fmt.Sprint(a.name, " ", r.Messages[0].Text, len(r.Messages))]++
	reply := &model.Reply{Stop: model.Ended, Message: model.Message{Role: model.Assistant}}
	switch {
	case r.Messages[0].Text == "think":
		reply.Message.Text = `{"value": [{"key": "a", "value": {"type": "Nothing"}}, {"key": "b", "value": null}]}`
	case a.name == "fast":
		if len(r.Messages) > 1 {
			return &model.Reply{Stop: model.Refused, Message: model.Message{Role: model.Assistant, Text: "no"}}, nil
		}
		reply.Message.Calls = []model.Call{
			{ID: "1", Name: "Lookup", Arguments: `{"id": "7"}`},
			{ID: "2", Name: "Deep", Arguments: `{"q": "think"}`},
			{ID: "3", Name: "Refund", Arguments: `{"sums": [{"key": "a", "value": 1.5}]}`},
			{ID: "4", Name: "Refund", Arguments: `{"sums": []}`},
		}
	case len(r.Messages) == 3:
		reply.Message.Text = `{"reason": "no", "note": null}`
	case len(r.Messages) == 5:
		reply.Message.Text = `{"reason": "good", "note": null}`
	default:
		reply.Message.Text = `{"reason": "good", "note": "x"}`
	}
	return reply, nil
}

// decide has the desk decide on a journal.
func decide(t *testing.T, j *memory.Journal) (result string, p *provider) {
	t.Helper()
	p = &provider{asked: map[string]int{}}
	desk := planOf(t, desk)
	var program *interp.Program
	program, err := interp.New(desk, interp.Tools{
		"fast": asked{p, "fast"}, "strong": asked{p, "strong"},
		"Lookup": interp.Tool(func(context.Context, []interp.Value) (interp.Value, error) {
			return program.Decode(desk.Tools[0].Result, []byte(`{"type": "Order", "id": "7", "parts": {"x": 1}}`), "")
		}),
		"Refund":   func(customer string, sums map[string]float64) string { return fmt.Sprint(customer, sums) },
		"TakeBack": func(string) {},
	})
	if err != nil {
		t.Fatal(err)
	}
	e, err := runtime.Open(t.Context(), j, program.Registry())
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	run, err := e.Submit(ctx, "Main", []byte(`{"customer": "ann"}`), runtime.ID("x"))
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for ctx.Err() == nil {
			awaits, _ := e.Awaits(ctx, "x")
			for _, a := range awaits {
				_ = e.Answer(ctx, "x", a.Step, runtime.Answer{By: "support"})
			}
			time.Sleep(time.Millisecond)
		}
	}()
	data, err := run.ResultJSON(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return string(data), p
}

// TestAgentDurably: an interpreted agent comes to the same end from each point at which its
// journal can be cut, and asks no recorded request again.
func TestAgentDurably(t *testing.T) {
	j := memory.New()
	var states []*memory.Journal
	j.OnCommit(func(state *memory.Journal) { states = append(states, state) })
	got, p := decide(t, j)
	if got != `"good x"` {
		t.Fatalf("gave %s", got)
	}
	told := strings.Join(p.text, "\n")
	for _, want := range []string{`"type":"Order"`, `{"a":{"type":"Nothing"},"b":null}`, "annmap[a:1.5]", "Refund may be called once"} {
		if !strings.Contains(told, want) {
			t.Errorf("the model was told\n%s\nwithout %s", told, want)
		}
	}
	all := p.asked
	before := len(all)
	for i, state := range states {
		got, p := decide(t, state)
		if got != `"good x"` {
			t.Errorf("from state %d it gave %s", i, got)
		}
		for request, n := range p.asked {
			if all[request] == 0 || n > 1 {
				t.Errorf("from state %d, %s was asked %d times", i, request, n)
			}
		}
		if len(p.asked) > before {
			t.Errorf("from state %d, %d requests were made; from the one before, %d", i, len(p.asked), before)
		}
		before = len(p.asked)
	}
	if before != 0 {
		t.Errorf("from the last state %d requests were made", before)
	}
}

// TestNoModel: a model that isn't in the catalogue of tools is none that is asked again: the
// next one is asked at once.
func TestNoModel(t *testing.T) {
	desk := planOf(t, `
model fast   max 100
model strong max 200

agent Deep(q string) string {
	model  fast retry 1 else strong
	prompt q
}
`)
	p := &provider{asked: map[string]int{}}
	program, err := interp.New(desk, interp.Tools{"fast": nil, "strong": asked{p, "strong"}})
	if err != nil {
		t.Fatal(err)
	}
	e, err := runtime.Open(t.Context(), memory.New(), program.Registry())
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	run, err := e.Submit(t.Context(), "Deep", []byte(`{"q": "?"}`), runtime.ID("x"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := run.ResultJSON(t.Context()); err != nil {
		t.Fatal(err)
	}
	requests := 0
	for ev, err := range run.Events(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if ev.Kind == runtime.Failed && ev.Tool == "fast" {
			requests++
		}
	}
	if requests != 1 {
		t.Errorf("the model that isn't there is asked %d times", requests)
	}
}
