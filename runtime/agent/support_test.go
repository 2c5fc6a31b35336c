package agent_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/agent"
	"github.com/wfgen/wfgen/runtime/model"
)

// A fake is a model that replies what a function says. It keeps what it was asked.
type fake struct {
	reply func(n int, r *model.Request) (*model.Reply, error) // n counts from 1

	mu       sync.Mutex
	requests []model.Request
}

func (m *fake) Ask(ctx context.Context, r *model.Request, partial func(model.Delta)) (*model.Reply, error) {
	m.mu.Lock()
	own := *r
	own.Messages = slices.Clone(r.Messages)
	m.requests = append(m.requests, own)
	n := len(m.requests)
	m.mu.Unlock()
	reply, err := m.reply(n, &own)
	if err == nil {
		partial(model.Delta{Text: reply.Message.Text})
	}
	return reply, err
}

func (m *fake) asked() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.requests)
}

// last is the last message that it was sent.
func (m *fake) last() model.Message {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := m.requests[len(m.requests)-1].Messages
	return all[len(all)-1]
}

// A turn is a reply, or the failure to give one.
type turn struct {
	*model.Reply
	err error
}

// saying is a model that gives turns one after the other, the last one again and again.
func saying(turns ...turn) *fake {
	return &fake{reply: func(n int, _ *model.Request) (*model.Reply, error) {
		t := turns[min(n, len(turns))-1]
		return t.Reply, t.err
	}}
}

func says(text string) turn {
	return turn{Reply: &model.Reply{Message: model.Message{Role: model.Assistant, Text: text}, Stop: model.Ended}}
}

// calls is a reply with calls: Name{…} each.
func calls(list ...string) turn {
	t := says("")
	for _, c := range list {
		name, args, _ := strings.Cut(c, "{")
		t.Message.Calls = append(t.Message.Calls, model.Call{Name: name, Arguments: "{" + args})
	}
	return t
}

// costs is a turn for which the provider says what it has cost.
func (t turn) costs(in, out int) turn {
	t.Usage = &model.Usage{In: in, Out: out}
	return t
}

func (t turn) stops(why model.Stop) turn {
	t.Stop = why
	return t
}

func fails(class model.Class) turn {
	return turn{err: &model.Error{Class: class, Host: "host", Model: "m", Status: 503, Text: "no"}}
}

// anyObject is the schema of arguments.
const anyObject = `{"type":"object","properties":{},"required":[],"additionalProperties":false}`

// A counter counts calls of tools by their names.
type counter struct {
	mu   sync.Mutex
	made []string
}

func (c *counter) add(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.made = append(c.made, name)
}

func (c *counter) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Join(c.made, " ")
}

// tool offers a tool whose calls do what a function says of the argument x.
func tool(t agent.Tool, effect runtime.Effect, do func(ctx context.Context, x int) (string, error)) agent.Tool {
	t.Parameters, t.Reads = anyObject, effect == runtime.Readonly
	step := &runtime.Task[string]{Step: runtime.Step{ID: t.Name, At: "a.wf:9:9", Tool: t.Name, Effect: effect, Fails: []runtime.Declaration{runtime.Declares[NotFound]}}}
	return agent.Offer(t, nil, func(f *runtime.Frame, in struct {
		X int `json:"x"`
	}) (any, error) {
		return runtime.Call1(f, step, do, in.X)
	})
}

// NotFound is an error that a tool declares.
type NotFound struct {
	What string `json:"what"`
}

func (n NotFound) Error() string { return "not found: " + n.What }

var errBroken = errors.New("broken")

// having is a workflow whose body is a conversation.
func having[T any](w *runtime.Workflow, c func() *agent.Conversation[T]) func(context.Context) (T, error) {
	return func(ctx context.Context) (v T, err error) {
		f := runtime.Start(ctx, w)
		defer runtime.End(f, &v, &err)
		f.Enter(func() []any { return nil })
		return agent.Converse(f, &turnStep, c())
	}
}

var turnStep = runtime.Step{ID: "turn", At: "a.wf:5:5"}

func workflow(name string) *runtime.Workflow { return &runtime.Workflow{Name: name, At: "a.wf:1:1"} }

// ask has a conversation in memory.
func ask[T any](t *testing.T, c *agent.Conversation[T]) (T, error) {
	t.Helper()
	return having(workflow("Agent"), func() *agent.Conversation[T] { return c })(t.Context())
}

func wantError[E error](t *testing.T, err error) (found E) {
	t.Helper()
	d := runtime.Declared(err)
	found, ok := d.(E)
	if !ok {
		t.Fatalf("failed with %v, declared %#v; want a %T", err, d, found)
	}
	return found
}
