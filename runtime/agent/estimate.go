package agent

import (
	"encoding/json"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/model"
	"github.com/wfgen/wfgen/runtime/stepid"
)

// What a request may cost is the tokens that are sent, and as many for the reply as it may
// have. Those that are sent are estimated from above: what a model has counted of the
// conversation so far is taken as it is, and of all else two bytes are one token, where models
// make one of three or four, and of the writings with the most tokens of two or three.

// bytesPerToken is how many bytes are counted as one token.
const bytesPerToken = 2

// perMessage is how many tokens a message or tool counts beside its texts.
const perMessage = 16

// reservation is what the next request may cost at most.
func (t *talk) reservation() Cost {
	m := &t.models[t.current]
	out := m.Max
	if out <= 0 {
		out = usualReply
	}
	return m.cost(t.input(), 0, out)
}

// usualReply is how many tokens a reply is taken to have at most where nothing is said.
const usualReply = 4096

// cost is what tokens cost, of which a part of those sent is read from a cache.
func (m *Choice) cost(in, cached, out int) Cost {
	c := Cost{Tokens: in + out}
	if p := m.Price; p != nil {
		c.Dollars = (float64(in-cached)*p.In + float64(cached)*p.Cached + float64(out)*p.Out) / 1e6
	}
	return c
}

// input is how many tokens the next request sends, at most.
func (t *talk) input() int {
	from, tokens := 0, perMessage // of what says that it is the last turn
	if t.known.messages > 0 && t.known.model == t.current {
		from, tokens = t.known.messages, tokens+t.known.tokens
	} else {
		tokens += estimate(len(t.system) + len(t.answer))
		for i := range t.offered {
			o := &t.offered[i]
			tokens += estimate(len(o.Name) + len(o.Description) + len(o.Parameters))
		}
	}
	for i := from; i < len(t.messages); i++ {
		tokens += estimate(size(&t.messages[i]))
	}
	return tokens + estimate(len(lastText))
}

func estimate(bytes int) int { return perMessage + (bytes+bytesPerToken-1)/bytesPerToken }

// size is how many bytes a message has that its model sees.
func size(m *model.Message) int {
	n := len(m.Text)
	for _, c := range m.Calls {
		n += len(c.ID) + len(c.Name) + len(c.Arguments)
	}
	for _, r := range m.Results {
		n += len(r.Call) + len(r.Name) + len(r.Text)
	}
	return max(n, len(m.Raw))
}

// recount adds up what the requests have cost that are recorded of a conversation, and of those
// of the agents within it.
func recount(f *runtime.Frame, step *runtime.Step, used *Cost) error {
	return runtime.Recount(f, step, func(id string, data []byte) {
		if _, _, ok := stepid.Asked(id); !ok {
			return
		}
		var r struct {
			Cost  Cost // of a reply
			Value struct{ Cost Cost }
		}
		if json.Unmarshal(data, &r) == nil {
			*used = used.plus(r.Cost).plus(r.Value.Cost)
		}
	})
}
