package agenttest

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/wfgen/wfgen/runtime/model"
)

// Random is an answer as a model gives it that knows nothing: at random, within the schemas
// mostly and outside of them sometimes, with calls of tools that are there and now and then of
// one that isn't; it refuses, is cut short and fails as providers do. What a request is answered
// depends on the seed and on what is asked, and on nothing that was asked before.
func Random(seed uint64) func(*Request) Turn {
	return func(r *Request) Turn {
		w := &writer{Rand: rand.New(rand.NewPCG(seed, requestSum(r)))}
		return w.turn(r)
	}
}

// requestSum tells apart what is asked; the ids of calls are only names.
func requestSum(r *Request) uint64 {
	h := fnv.New64a()
	_, _ = fmt.Fprint(h, r.Model, "\x00", r.System, "\x00", r.NoCalls, "\x00", string(r.Answer))
	for _, m := range r.Messages {
		_, _ = fmt.Fprint(h, "\x00", m.Role, m.Text)
		for _, c := range m.Calls {
			_, _ = fmt.Fprint(h, "\x00", c.Name, c.Arguments)
		}
		for _, result := range m.Results {
			_, _ = fmt.Fprint(h, "\x00", result.Text, result.Failed)
		}
	}
	return h.Sum64()
}

// A writer writes at random.
type writer struct {
	*rand.Rand
	// wrong is how many of a hundred values aren't of the kind that is asked for.
	wrong int
}

// oneIn tells, once in n times.
func (w *writer) oneIn(n int) bool { return w.IntN(n) == 0 }

func (w *writer) turn(r *Request) Turn {
	switch w.IntN(30) {
	case 0:
		return Turn{Status: http.StatusInternalServerError}
	case 1:
		return Turn{Status: http.StatusTooManyRequests, RetryAfter: 10 * time.Millisecond}
	case 2:
		return Turn{Text: "I can't help with that.", Stop: model.Refused}
	case 3:
		return Turn{Text: `{"value": `, Stop: model.Cut}
	}
	if w.oneIn(5) {
		w.wrong = 20
	}
	t := Turn{}
	if len(r.Tools) > 0 && !r.NoCalls && !w.oneIn(3) {
		for i := range 1 + w.IntN(3) {
			t.Calls = append(t.Calls, w.call(r, i))
		}
		return t
	}
	if len(r.Answer) == 0 {
		t.Text = w.text()
		return t
	}
	t.Text = w.document(r.Answer)
	switch w.IntN(10) {
	case 0:
		t.Text = "Here it is:\n```json\n" + t.Text + "\n```\n"
	case 1:
		t.Text = "I am not sure."
	}
	return t
}

// call has an id that no other of the conversation has.
func (w *writer) call(r *Request, i int) model.Call {
	tool := r.Tools[w.IntN(len(r.Tools))]
	c := model.Call{ID: fmt.Sprint("call_", len(r.Messages), "_", i), Name: tool.Name, Arguments: w.document(tool.Parameters)}
	if w.wrong > 0 && w.oneIn(5) {
		c.Name = "nothing"
	}
	return c
}

func (w *writer) document(s json.RawMessage) string {
	var n schemaNode
	if err := json.Unmarshal(s, &n); err != nil {
		return "{}"
	}
	return w.value(&n)
}

// A schemaNode is a schema as far as a writer reads it.
type schemaNode struct {
	Type       string
	Const      *string
	Enum       []string
	Format     string
	Pattern    string
	Properties map[string]*schemaNode
	Required   []string // all of Properties, in their order
	Items      *schemaNode
	AnyOf      []*schemaNode `json:"anyOf"`
}

func (w *writer) value(n *schemaNode) string {
	if w.IntN(100) < w.wrong {
		return []string{"null", "17", `"other"`, "{}", "[]", "true", "-1.5"}[w.IntN(7)]
	}
	switch {
	case len(n.AnyOf) > 0:
		return w.value(n.AnyOf[w.IntN(len(n.AnyOf))])
	case n.Const != nil:
		return string(jsonOf(*n.Const))
	case len(n.Enum) > 0:
		return string(jsonOf(n.Enum[w.IntN(len(n.Enum))]))
	}
	switch n.Type {
	case "object":
		return w.object(n)
	case "array":
		var all []string
		for range w.IntN(3) {
			all = append(all, w.value(n.Items))
		}
		return "[" + strings.Join(all, ", ") + "]"
	case "integer":
		return fmt.Sprint(w.IntN(100))
	case "number":
		return fmt.Sprint(float64(w.IntN(40)) / 8)
	case "boolean":
		return fmt.Sprint(w.oneIn(2))
	case "string":
		return string(jsonOf(w.string(n)))
	}
	return "null"
}

func (w *writer) object(n *schemaNode) string {
	var all []string
	for _, name := range n.Required {
		if w.IntN(100) >= w.wrong {
			all = append(all, string(jsonOf(name))+": "+w.value(n.Properties[name]))
		}
	}
	if w.IntN(100) < w.wrong {
		all = append(all, `"more": 1`)
	}
	return "{" + strings.Join(all, ", ") + "}"
}

func (w *writer) string(n *schemaNode) string {
	switch {
	case n.Format == "date-time":
		return time.Unix(int64(w.IntN(2_000_000_000)), 0).UTC().Format(time.RFC3339)
	case n.Pattern != "":
		return fmt.Sprint(1+w.IntN(90), "m")
	}
	return w.text()
}

func (w *writer) text() string {
	words := []string{"late", "order 7", "broken", "ünïcode", "a \"quote\"", "two\nlines", ""}
	return words[w.IntN(len(words))]
}
