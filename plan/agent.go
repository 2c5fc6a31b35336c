package plan

import "github.com/wfgen/wfgen/types"

// A Model is a declared language model. Which provider's it is, is said where the program is
// put together.
type Model struct {
	Name, GoName string
	Doc          string
	Max          int    // how many tokens one reply may have
	Price        *Price // nil where none is stated
	Pos          Pos
}

// A Price is what a million tokens cost, in dollars.
type Price struct {
	In, Out float64
	Cached  float64 // of the tokens sent, those that the provider has read from a cache
}

// A Converse is what an agent does. It asks a model, has the tools called that the reply asks
// for, and asks again with what they gave, until a reply is the result. It stands alone in the
// body of a workflow, before the return of what it binds: an agent is a workflow to all that
// calls it.
type Converse struct {
	Models []*Choice // the first is asked; each further one once those before it have failed
	System Expr      // nil for none
	Prompt Expr
	Offers []*Offer
	Budget Budget
	Result types.Type
	// Value is the result as the rules of Validate name it; nil where there are none.
	Value    *Variable
	Validate []*Rule
}

// A Choice is a model that an agent asks, and how often a request is repeated that has failed.
type Choice struct {
	Model *Model
	Retry int
}

// An Offer is a tool or a workflow that a model may have called. One of Tool and Workflow is
// set.
type Offer struct {
	Tool     *Tool
	Workflow *Workflow
	// Params are what the model chooses: the parameters that aren't bound, in the order of the
	// declaration.
	Params []*Variable
	Max    int // how often it may be called in one conversation; 0 for any number
	// Body is what a call does, of which Value is what the model is told; nil where the call
	// gives nothing. It reads the Params, and the agent's parameters for what is bound. The
	// ids of its steps are within turn[].call[].
	Body   *Block
	Effect Effect // the strongest that Body holds
}

// Name is the name by which the model calls it.
func (o *Offer) Name() string {
	if o.Tool != nil {
		return o.Tool.Name
	}
	return o.Workflow.Name
}

// Doc is the comment on what is called; it may be empty.
func (o *Offer) Doc() string {
	if o.Tool != nil {
		return o.Tool.Doc
	}
	return o.Workflow.Doc
}

// A Budget bounds an agent; of what is 0 there is no bound.
type Budget struct {
	Turns, Tokens int
	Dollars       float64
}

// A Rule has to hold of an agent's result: Message says to the model what is wrong where Cond
// is false.
type Rule struct {
	Cond    Expr
	Message Expr
	Text    string // of Cond, as written
}

func (*Converse) op() {}

// Agent is what the workflow does where it is an agent; nil where it is none.
func (w *Workflow) Agent() *Converse {
	if w.Body == nil || len(w.Body.Nodes) == 0 {
		return nil
	}
	op, _ := w.Body.Nodes[0].Op.(*Converse)
	return op
}
