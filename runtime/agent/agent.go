// Package agent runs conversations with language models as steps of a workflow: each reply is
// a step, and so is each call that a reply asks for.
package agent

import (
	"context"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/model"
	"github.com/wfgen/wfgen/runtime/pure"
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
	Max   int    // how many tokens one reply may have
	Price *Price // nil where none is stated
	Retry int    // how often a request is repeated that has failed
}

// A Price is what a million tokens cost, in dollars.
type Price struct{ In, Out, Cached float64 }

// A Budget bounds an agent; of what is 0 there is no bound.
type Budget struct {
	Turns, Tokens int
	Dollars       float64
}

// A Tool is what a model may have called. Offer makes one.
type Tool struct {
	Name, Doc  string
	Parameters string // the JSON Schema of its arguments, an object
	Max        int    // calls in one conversation; 0 for any number
	Reads      bool   // it changes nothing: calls may go on side by side, and any failure is told to the model

	// prepare reads and checks arguments. What is wrong with them is told to the model. call
	// makes the call, within the frame of that call alone, and gives the JSON of its result;
	// nil where it gives nothing.
	prepare func(args []byte) (call func(f *runtime.Frame) ([]byte, error), err error)
}

// Offer makes a tool of a type of arguments, of what looks at these (nil for nothing), and of
// what calls it. What call gives is encoded as the language's JSON.
func Offer[A any](t Tool, check func(*pure.Check, A), call func(f *runtime.Frame, args A) (any, error)) Tool {
	return t
}

// OfferDynamic is Offer for arguments that decode reads and checks, for interpreters.
func OfferDynamic(t Tool, decode func(args []byte) (any, error), call func(f *runtime.Frame, args any) (any, error)) Tool {
	return t
}

// A Conversation is what an agent is asked and may do, for a result of type T.
type Conversation[T any] struct {
	Models         []Choice
	System, Prompt string
	Tools          []Tool
	// Answer is the JSON Schema of the result's form, an object; empty where any text is a
	// result, T is a string then. Wrapped tells that the result is in its one field, value.
	Answer  string
	Wrapped bool
	// Decode reads a result and looks at its constraints; nil where the runtime's decoder for T
	// and no look do. What doesn't fit is a *pure.InvalidError.
	Decode func(json []byte) (T, error)
	// Validate says of a result what is wrong with it; nil where nothing more is asked of it.
	Validate func(T) []string
	Budget   Budget
}

// Converse has a conversation, and gives its result. step is where it stands: the ids of its
// steps are step[i].ask[k].MODEL for a reply and step[i].call[k].… for the calls of a reply. It fails
// with Spent, Refused or Unfit, as what fails a call, or as the last model asked has failed.
func Converse[T any](f *runtime.Frame, step *runtime.Step, c *Conversation[T]) (T, error) {
	panic("to be written")
}
