package compat

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/plan/schema"
	"github.com/wfgen/wfgen/types"
)

// converse describes what an agent does. Its records are replies and the calls that these ask
// for: which models may have replied, how often, which tools there are with the types of what
// a model chooses, and by what a reply is judged, have to be what they were. What a model is
// told is nothing to what is recorded.
func (m *maker) converse(s *step, p *printer, op *plan.Converse) {
	s.kind = "conversation"
	p.put("(models")
	for _, c := range op.Models {
		p.put(" " + c.Model.Name + " retry " + strconv.Itoa(c.Retry))
	}
	p.put(fmt.Sprintf(") (budget %d %d %g)", op.Budget.Turns, op.Budget.Tokens, op.Budget.Dollars))
	m.bind(op.Value, s, "result")
	for _, r := range op.Validate {
		p.list("validate", r.Cond)
	}
	s.asks = m.asks(op)
	for _, o := range op.Offers {
		m.offer(s, o)
	}
}

// offered is what the label of a block begins with that does what a model asks for.
const offered = "tool "

// offer describes a tool that a model may have called.
func (m *maker) offer(s *step, o *plan.Offer) {
	label := offered + o.Name()
	head := m.d.printer(m.refs)
	head.put("(takes")
	for _, v := range o.Params {
		head.put(" " + v.Name + ":" + head.typ(v.Type))
		m.bind(v, s, o.Name()+"/"+v.Name)
	}
	head.put(" max " + strconv.Itoa(o.Max) + ")")
	m.inner(s, label, o.Body, false)
	made := s.byLabel[label]
	for key := range made.value.touches {
		head.touches[key] = true
	}
	made.value = value{string(head.text) + made.value.text, head.touches}
}

// asks is all that a model is told, with the funcs that it is computed by, and what a reply
// costs.
func (m *maker) asks(op *plan.Converse) string {
	p := m.d.printer(m.refs)
	p.opt(op.System)
	p.expr(op.Prompt)
	for _, r := range op.Validate {
		p.expr(r.Message)
	}
	for _, c := range op.Models {
		p.put(fmt.Sprintf(" %d", c.Model.Max))
		if c.Model.Price != nil {
			p.put(fmt.Sprintf(" %v", *c.Model.Price))
		}
	}
	for _, o := range op.Offers {
		p.put(" " + o.Name() + " " + strconv.Quote(o.Doc()) + schema.Arguments(m.d.program, o.Params).Text())
	}
	if !types.Is(op.Result, types.String) {
		answer, _ := schema.Answer(m.d.program, op.Result)
		p.put(answer.Text())
	}
	for _, key := range m.d.decls.closure(p.touches) {
		p.put("\n" + key + ": " + m.d.decls[key].text)
	}
	return string(p.text)
}

// otherwise says of a block that its value isn't what it was.
func (b *block) otherwise() string {
	if strings.HasPrefix(b.label, offered) {
		return "what a model chooses for the " + b.label + ", how often, or what it is told then is another"
	}
	return "its value is computed otherwise"
}

// converses tells whether a step is what an agent does.
func (s *step) converses() bool {
	_, ok := s.op.(*plan.Converse)
	return ok
}
