package interp

import (
	"fmt"
	"reflect"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/plan/schema"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/agent"
	"github.com/wfgen/wfgen/runtime/pure"
	"github.com/wfgen/wfgen/types"
)

// An asked is what an agent's models are held to, which is the same in each conversation.
type asked struct {
	answer  string // empty where any text is a result
	wrapped bool
	offers  map[*plan.Offer]*layout // of what a model chooses
	schemas map[*plan.Offer]string
}

// asks describes what an agent's models are held to; nil for a workflow that is none.
func (p *Program) asks(w *plan.Workflow) (*asked, error) {
	c := w.Agent()
	if c == nil {
		return nil, nil
	}
	out := &asked{offers: map[*plan.Offer]*layout{}, schemas: map[*plan.Offer]string{}}
	if !types.Is(c.Result, types.String) {
		answer, wrapped := schema.Answer(p.plan, c.Result)
		out.answer, out.wrapped = answer.Text(), wrapped
	}
	for _, o := range c.Offers {
		l, err := p.parameters(o.Params)
		if err != nil {
			return nil, err
		}
		out.offers[o], out.schemas[o] = l, schema.Arguments(p.plan, o.Params).Text()
	}
	return out, nil
}

// bindModel finds the model of a name in the catalogue of tools, which needn't have those that
// nobody will ask.
func (p *Program) bindModel(m *plan.Model, given any) error {
	if given == nil {
		return nil
	}
	asked, ok := given.(agent.Model)
	if !ok {
		return fmt.Errorf("expected an agent.Model in the catalogue of tools, found %s", found(given))
	}
	p.models[m] = asked
	return nil
}

// converse has an agent's conversation, and binds its result.
func (e *env) converse(n *plan.Node, op *plan.Converse) error {
	c := &agent.Conversation[any]{
		Prompt: e.expr(op.Prompt).String(),
		Answer: e.w.asks.answer, Wrapped: e.w.asks.wrapped,
		Decode: func(json []byte) (any, error) { return e.p.decodeChecked(op.Result, json) },
		Budget: agent.Budget{Turns: op.Budget.Turns, Tokens: op.Budget.Tokens, Dollars: op.Budget.Dollars},
	}
	if op.System != nil {
		c.System = e.expr(op.System).String()
	}
	for _, m := range op.Models {
		c.Models = append(c.Models, e.choice(m))
	}
	for _, o := range op.Offers {
		c.Tools = append(c.Tools, e.offer(o))
	}
	if len(op.Validate) > 0 {
		c.Validate = func(result any) []string { return e.with(op.Value, value(result, op.Result)).faults(op.Validate) }
	}
	result, err := agent.Converse(e.frame, e.w.steps[n], c)
	if err == nil {
		e.set(n.Binds, value(result, op.Result))
	}
	return err
}

func (e *env) choice(c *plan.Choice) agent.Choice {
	out := agent.Choice{Name: c.Model.Name, Model: e.p.models[c.Model], Max: c.Model.Max, Retry: c.Retry}
	if p := c.Model.Price; p != nil {
		out.Price = &agent.Price{In: p.In, Out: p.Out, Cached: p.Cached}
	}
	return out
}

// faults are what is wrong with a result by the rules of its agent.
func (e *env) faults(rules []*plan.Rule) []string {
	var out []string
	for _, r := range rules {
		if !e.truth(r.Cond) {
			out = append(out, e.expr(r.Message).String())
		}
	}
	return out
}

// decodeChecked reads a value that a model has written, and looks at its constraints.
func (p *Program) decodeChecked(t types.Type, json []byte) (any, error) {
	v, err := p.shape(t).Decode(json, "")
	if err != nil {
		return nil, err
	}
	var c pure.Check
	p.check(&c, t, v)
	if err := c.Err(); err != nil {
		return nil, err
	}
	return v.Interface(), nil
}

// offer is a tool that a model may have called, with what a call does.
func (e *env) offer(o *plan.Offer) agent.Tool {
	tool := agent.Tool{Name: o.Name(), Doc: o.Doc(), Parameters: e.w.asks.schemas[o], Max: o.Max, Reads: o.Effect <= plan.Readonly}
	args := e.w.asks.offers[o]
	decode := func(json []byte) (any, error) {
		v, err := args.shape.Decode(json, "")
		if err != nil {
			return nil, err
		}
		var c pure.Check
		for i, p := range o.Params {
			c.Field(p.Name)
			e.p.check(&c, p.Type, fieldsOf(v).Field(i))
			c.Up()
		}
		if err := c.Err(); err != nil {
			return nil, err
		}
		return v.Interface(), nil
	}
	return agent.OfferDynamic(tool, decode, func(f *runtime.Frame, args any) (any, error) {
		in, fields := e.in(f), fieldsOf(reflect.ValueOf(args))
		for i, p := range o.Params {
			in = in.with(p, fields.Field(i))
		}
		out, err := in.block(o.Body)
		if err != nil || !out.value.IsValid() {
			return nil, err
		}
		return out.value.Interface(), nil
	})
}
