package agent_test

import (
	"context"
	"testing"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/agent"
	"github.com/wfgen/wfgen/runtime/model"
)

type scripted []*model.Reply

func (s *scripted) Ask(context.Context, *model.Request, func(model.Delta)) (*model.Reply, error) {
	r := (*s)[0]
	*s = (*s)[1:]
	return r, nil
}

func TestSmoke(t *testing.T) {
	m := &scripted{
		{Message: model.Message{Calls: []model.Call{{Name: "Add", Arguments: `{"a": 1, "b": 2}`}}}},
		{Message: model.Message{Text: "```json\n{\"value\": 3}\n```"}},
	}
	w := runtime.Workflow{Name: "W", At: "w.wf:1:1"}
	run := func(ctx context.Context) (v int, err error) {
		f := runtime.Start(ctx, &w)
		defer runtime.End(f, &v, &err)
		return agent.Converse(f, &runtime.Step{ID: "turn", At: "w.wf:2:2"}, &agent.Conversation[int]{
			Models: []agent.Choice{{Name: "fast", Model: m, Max: 100}}, Prompt: "add", Answer: `{"type":"object"}`, Wrapped: true,
			Tools: []agent.Tool{agent.Offer(agent.Tool{Name: "Add", Parameters: `{"type":"object"}`}, nil, func(f *runtime.Frame, in struct{ A, B int }) (any, error) {
				return in.A + in.B, nil
			})},
		})
	}
	v, err := run(t.Context())
	if v != 3 || err != nil {
		t.Fatal(v, err)
	}
}
