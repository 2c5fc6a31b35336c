// Package agent runs conversations with language models as steps of a workflow: each request
// to a model is a step, and so is what each call does that a reply asks for. Converse is what
// the generated code of an agent calls; it is given the models, what they are told, the tools
// that they may have called, and what a result is, and gives the result.
//
// It has no engine of its own. What is recorded, how an execution goes on, what waits and what
// is undone is the runtime's: a reply that is recorded is never asked for again. It decides
// what is asked next, which model is asked, what a failure is told to the model as, and what
// the budgets allow. It never lets a model choose what isn't in a tool's parameters, and never
// tells one of an effect of which nobody knows whether it has happened.
package agent

import (
	"context"

	"github.com/wfgen/wfgen/runtime/model"
)

// A Model is a language model of one provider, as *model.Client is one.
type Model interface {
	// Ask asks for one reply; see model.Client.
	Ask(ctx context.Context, r *model.Request, partial func(model.Delta)) (*model.Reply, error)
}

// A Choice is a model as an agent has it.
type Choice struct {
	Name  string // in the .wf file
	Model Model
	Max   int    // how many tokens one reply may have; 0 leaves it to the provider, and counts as 4096 where a budget is to allow it
	Price *Price // nil where none is stated
	Retry int    // how often a request is repeated that has failed
}

// A Price is what a million tokens cost, in dollars. Cached is for those of a request that the
// provider reads from a cache: In where they cost what others do, 0 where they cost nothing.
type Price struct{ In, Out, Cached float64 }

// A Budget bounds an agent; of tokens and dollars that are 0 there is no bound, and turns that
// are 0 are DefaultTurns.
type Budget struct {
	Turns, Tokens int
	Dollars       float64
}

// DefaultTurns is how many turns an agent has that doesn't say how many.
const DefaultTurns = 25

// A Conversation is what an agent is asked and may do, for a result of type T.
type Conversation[T any] struct {
	Models         []Choice
	System, Prompt string
	Tools          []Tool
	// Answer is the JSON Schema of the result's form, an object; empty where any text is a
	// result, T is a string then. Wrapped tells that the result is in its one field, value.
	// What models can't be held to is said in another way: each field is required, an optional
	// one may be null, and a map is a list of objects with key and value, which has
	// map as its title. Replies are made the language's JSON by the same schema before anything
	// decodes them. It has no $ref.
	Answer  string
	Wrapped bool
	// Decode reads a result and looks at its constraints; nil where the runtime's decoder for T
	// and no look do. What doesn't fit is a *pure.InvalidError.
	Decode func(json []byte) (T, error)
	// Validate says of a result what is wrong with it; nil where nothing more is asked of it.
	Validate func(T) []string
	// Budget bounds it, together with the agents that it calls, each of which counts against
	// all budgets around it: they find these by the context, so that nothing is to be done for
	// it where a workflow starts.
	Budget Budget
}
