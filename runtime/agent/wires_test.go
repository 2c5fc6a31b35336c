package agent_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/agent"
	"github.com/wfgen/wfgen/runtime/agenttest"
	"github.com/wfgen/wfgen/runtime/model"
)

var wires = []model.Wire{model.ChatCompletions, model.AnthropicMessages, model.Gemini}

// TestWires: a conversation with calls, a repair, and a last turn is one that providers take.
func TestWires(t *testing.T) {
	for _, wire := range wires {
		t.Run(string(wire), func(t *testing.T) {
			p := agenttest.Start(agenttest.Turns(
				agenttest.Turn{Text: "I look.", Calls: []model.Call{{Name: "Look", Arguments: `{"x": 1}`}, {Name: "Look", Arguments: `{"x": "one"}`}}},
				agenttest.Turn{Text: "It is three."},
				agenttest.Turn{Status: 503},
				agenttest.Turn{Text: `{"value": 3}`},
			))
			defer p.Close()
			var made counter
			look := tool(agent.Tool{Name: "Look", Doc: "Look looks."}, runtime.Readonly, func(context.Context, int) (string, error) {
				made.add("look")
				return "three", nil
			})
			look.Parameters = `{"type":"object","properties":{"x":{"type":"integer"}},"required":["x"],"additionalProperties":false}`
			clock := runtime.NewVirtualClock(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
			got, err := having(workflow("Agent"), func() *agent.Conversation[int] {
				return &agent.Conversation[int]{
					Models: []agent.Choice{{Name: "fast", Model: p.Client(wire, "m1"), Max: 100, Retry: 1}},
					System: "Count.", Prompt: "How many?", Tools: []agent.Tool{look}, Wrapped: true, Budget: agent.Budget{Turns: 2},
					Answer: `{"type":"object","properties":{"value":{"type":"integer"}},"required":["value"],"additionalProperties":false}`,
				}
			})(runtime.WithClock(t.Context(), clock))
			if got != 3 || err != nil || made.String() != "look" {
				t.Fatalf("gave %d, %v after %s", got, err, &made)
			}
			if n := len(p.Requests()); n != 4 {
				t.Errorf("the provider took %d requests", n)
			}
		})
	}
}

// TestWrongProvider: what is wrong with a provider is said without the key.
func TestWrongProvider(t *testing.T) {
	for _, wire := range wires {
		for _, test := range []struct {
			turn agenttest.Turn
			key  model.Key
			want string
		}{
			{agenttest.Turn{}, "sk-secret-of-mine", "bad key: the provider doesn't take the key"},
			{agenttest.Turn{}, "", "bad key: the provider wants a key, and there is none"},
			{agenttest.Turn{Status: 404, Text: "there is no such model"}, "agenttest-key", "404, no model: there is no such model"},
			{agenttest.Turn{Status: 400, Text: "what is agenttest-key?"}, "agenttest-key", "400, bad request: what is "},
		} {
			p := agenttest.Start(func(*agenttest.Request) agenttest.Turn { return test.turn })
			client := p.Client(wire, "m1")
			client.Key = test.key
			_, err := ask(t, &agent.Conversation[string]{Models: []agent.Choice{{Name: "fast", Model: client, Max: 10, Retry: 3}}, Prompt: "Do."})
			p.Close()
			if err == nil || !strings.Contains(err.Error(), test.want) || test.key != "" && strings.Contains(err.Error(), string(test.key)) {
				t.Errorf("%s: failed with %v, want %q", wire, err, test.want)
			}
		}
	}
}
