package support

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/agenttest"
	"github.com/wfgen/wfgen/runtime/memory"
	"github.com/wfgen/wfgen/runtime/model"
)

// TestHandle has a ticket handled on an engine, over HTTP: the provider is a fake on
// 127.0.0.1, and all else is what runs in production.
func TestHandle(t *testing.T) {
	provider := agenttest.Start(agenttest.Turns(
		agenttest.Turn{Status: 529}, // it is out of order, and asked again
		agenttest.Turn{Calls: []model.Call{{Name: "Lookup", Arguments: `{"words": "chandelier"}`}, {Name: "Recall"}}},
		agenttest.Turn{Calls: []model.Call{{Name: "Refund", Arguments: `{"order": "7", "sum": 12.5}`}}},
		agenttest.Turn{Text: "```json\n{\"kind\": \"refund\", \"confidence\": 0.9, \"answer\": \"a part is paid back\"}\n```"},
	))
	defer provider.Close()
	d := &Service{Desk: NewDesk()}
	d.Models.Fast = provider.Client(model.AnthropicMessages, "tiny")
	d.Models.Strong = provider.Client(model.ChatCompletions, "big")
	engine, err := runtime.Open(t.Context(), memory.New(), Workflows(d))
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	run, err := SubmitHandle(t.Context(), engine, Ticket{ID: "1", Customer: "ann", Text: "my chandelier is broken"})
	if err != nil {
		t.Fatal(err)
	}
	verdict, err := run.Result(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	if verdict.Kind != KindRefund || verdict.Answer != "a part is paid back" {
		t.Errorf("the verdict is %+v", verdict)
	}
	if want, got := []string{"refund ann 7", "answer 1 a part is paid back"}, d.Done(); !slices.Equal(want, got) {
		t.Errorf("the desk has done %q, want %q", got, want)
	}
	for _, r := range provider.Requests() {
		if strings.Contains(string(r.Body), "ann") {
			t.Errorf("the model is told who the customer is: %s", r.Body)
		}
	}
}
