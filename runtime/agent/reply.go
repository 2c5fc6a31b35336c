package agent

import (
	"time"

	"github.com/wfgen/wfgen/runtime/model"
)

// A Reply is a model's reply as it is recorded: the result of a step turn[i].ask[k].MODEL.
type Reply struct {
	// Opening is what the conversation began with; nil but in the first reply of it.
	Opening *Opening `json:"opening,omitempty"`
	Text    string   `json:"text"`
	Calls   []Call   `json:"calls"`
	// Raw is the reply as its provider RawOf wrote it, as JSON; empty where there is none.
	Raw   string     `json:"raw,omitempty"`
	RawOf string     `json:"rawOf,omitempty"`
	Stop  model.Stop `json:"stop"`
	// Model is the model that has replied, as its provider calls it; may be empty.
	Model string `json:"model"`
	Usage *Usage `json:"usage,omitempty"` // nil where the provider didn't say
	Cost  Cost   `json:"cost"`
	// Last tells that the budget allows no turn after it, and the model was told so.
	Last bool `json:"last,omitempty"`
}

// An Opening is what a conversation begins with.
type Opening struct {
	System string `json:"system"` // empty for none
	Prompt string `json:"prompt"`
}

// A Call is one that a reply asks for, as model.Call is.
type Call struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Arguments string `json:"arguments"` // as the model wrote them
}

// A Usage is what a reply has cost, in tokens, as model.Usage is.
type Usage struct {
	In     int `json:"in"`
	Cached int `json:"cached"`
	Out    int `json:"out"`
}

// A Cost is what a request counts for in budgets. One of which the provider doesn't say what it
// has used counts as what it had reserved; so does one that a process has ended in the midst
// of, which is a part of the cost of the request after it.
type Cost struct {
	Tokens  int     `json:"tokens"` // those sent and those of the reply
	Dollars float64 `json:"dollars"`
}

func (c Cost) plus(d Cost) Cost  { return Cost{c.Tokens + d.Tokens, c.Dollars + d.Dollars} }
func (c Cost) minus(d Cost) Cost { return Cost{c.Tokens - d.Tokens, c.Dollars - d.Dollars} }

// Unanswered is what a request has failed with, as it is recorded.
type Unanswered struct {
	Class   model.Class `json:"class"` // empty for a failure that isn't a *model.Error
	Message string      `json:"message"`
	Cost    Cost        `json:"cost"`
	// Pause is how long to wait before the request is repeated.
	Pause time.Duration `json:"pause"`
}

// Error is what has gone wrong, as the model's client says it.
func (u Unanswered) Error() string { return u.Message }

// repeats tells whether the same request may succeed later.
func (u *Unanswered) repeats() bool {
	return u.Class == model.Outage || u.Class == model.Limited || u.Class == ""
}

// message is the reply as a part of the conversation.
func (r *Reply) message() model.Message {
	m := model.Message{Role: model.Assistant, Text: r.Text, Calls: make([]model.Call, len(r.Calls))}
	for i, c := range r.Calls {
		m.Calls[i] = model.Call(c)
	}
	if r.Raw != "" {
		m.Raw, m.RawOf = []byte(r.Raw), r.RawOf
	}
	return m
}
