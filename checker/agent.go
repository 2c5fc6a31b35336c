package checker

import (
	"cmp"
	"go/constant"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// An agent is a workflow. What a model may have called stands in blocks of ordinary lines,
// which are checked, and later lowered, as if somebody had written them:
//
//	if sum > 20.0 { approve "Refund ${sum}?" by "support" }
//	result := Refund(t.customer, sum) undo TakeBack(result)
//	result
//
// To the passes that ask what a workflow may do, its body is rounds in which each of these
// blocks may run.

// A Model is a declared language model.
type Model struct {
	Name, GoName string
	Max          int    // how many tokens one reply may have
	Price        *Price // nil where none is stated
	Decl         *dsl.ModelDecl
	File         *dsl.File
}

func (*Model) object() {}

// A Price is what a million tokens cost, in dollars.
type Price struct{ In, Out, Cached float64 }

// An Agent is what a workflow is whose declaration is that of an agent.
type Agent struct {
	Models        []*Choice
	Offers        []*Offer
	Turns, Tokens int // 0 where nothing bounds them
	Dollars       float64
	Given         *Var // the result as what validate says names it; nil where nothing does
	Decl          *dsl.AgentDecl
}

// A Choice is a model that an agent asks, and how often a request is repeated.
type Choice struct {
	Model *Model
	Retry int
}

// An Offer is a tool or workflow that a model may have called; one of Tool and Workflow is set.
type Offer struct {
	Tool     *Tool
	Workflow *Workflow
	// Free are the parameters that the model chooses, in the order of the declaration.
	Free []*Var
	Max  int // 0 where nothing bounds how often it is called
	// Block is what a call does. Its last line is its value, where the call gives one; the
	// call is the whole of that, or of the line above.
	Block *dsl.Block
	Decl  *dsl.AgentTool
}

func isModel(o Object) bool {
	_, ok := o.(*Model)
	return ok
}

// modelDecl checks the numbers of a model.
func (c *checker) modelDecl(m *Model) {
	d := m.Decl
	if d.Max == nil && d.Name != nil && !c.file.Unsound {
		c.report(diag.BadAgent, d.Name, "nothing says how long a reply of %s may be", m.Name).
			Help = "write max and a number of tokens: model " + m.Name + " max 2000"
	}
	if d.Max != nil {
		m.Max = c.countAboveNone(d.Max, "max")
	}
	if d.In == nil {
		return
	}
	m.Price = &Price{In: c.constAmount(d.In, "a price"), Out: c.constAmount(d.Out, "a price")}
	m.Price.Cached = m.Price.In
	if d.Cached != nil {
		m.Price.Cached = c.constAmount(d.Cached, "a price")
	}
}

// constAmount gives the value of an expression that has to be a constant amount, not below 0;
// 0 where it isn't one, which is reported.
func (c *checker) constAmount(x dsl.Expr, what string) float64 {
	v := c.constNumber(x, basic(types.Float64), what, what)
	switch {
	case v == nil:
		return 0
	case constant.Sign(v) < 0:
		c.report(diag.BadConstant, x, "%s can't be below 0, found %s", what, c.text(x))
		return 0
	}
	amount, _ := constant.Float64Val(v)
	return amount
}

// modelNames reports models that would be one method of the interface of tools, or that of a
// tool.
func (c *checker) modelNames() {
	taken := map[string]goName{}
	for _, t := range c.prog.Tools {
		if t.Decl.Name != nil {
			taken[t.GoName] = goName{t.File, t.Decl.Name, "the tool " + t.Name}
		}
	}
	for _, m := range c.prog.Models {
		c.file = m.File
		at := m.Decl.Name
		if at == nil || at.Name == "_" || !c.goNameFits(m.GoName, at) {
			continue
		}
		if old, ok := taken[m.GoName]; ok && old.at.Name != m.Name {
			c.clash(at, m.Name, m.GoName, old)
			continue
		}
		taken[m.GoName] = goName{m.File, at, "the model " + m.Name}
	}
}

// agentBody checks what an agent holds.
func (c *checker) agentBody(w *Workflow) {
	a, d := w.Agent, w.Agent.Decl
	c.with(place{decl: w, result: w.Result}, func() {
		c.inScope(func() {
			c.parameters(w.Params)
			c.choices(a)
			c.agentTexts(w)
			c.offers(w)
			c.agentBudget(a)
			c.rules(w)
		})
	})
	if d.Result != nil && !isInvalid(w.Result) {
		c.askable(d.Result, w.Result, "the result of "+w.Name, "")
	}
	w.Decl.Body = c.turns(a)
}

// turns is what the agent does to the passes that look for what may happen in a workflow: that
// a model is asked, which may fail, and any of the calls, in any order. What nobody has written
// has a type like all else.
func (c *checker) turns(a *Agent) *dsl.Block {
	d := a.Decl
	unknown := func(at dsl.Span, t types.Type) dsl.Expr {
		x := &dsl.BadExpr{Span: at}
		c.info.Types[x] = t
		return x
	}
	round := &dsl.Block{Span: d.Span}
	for _, m := range d.Models[:min(1, len(d.Models))] {
		round.Stmts = append(round.Stmts, &dsl.ValidateStmt{Span: m.Span, Cond: unknown(m.Span, basic(types.Bool))})
	}
	for _, o := range a.Offers {
		chosen := &dsl.IfExpr{Span: o.Decl.Span, Cond: unknown(o.Decl.Name.Span, basic(types.Bool)), Then: o.Block}
		c.info.Types[chosen] = nothing
		round.Stmts = append(round.Stmts, &dsl.ExprStmt{X: chosen})
	}
	at := dsl.Span{Start: d.Span.Start, End: d.Span.Start}
	rounds := &dsl.ForExpr{Span: d.Span, Value: &dsl.Ident{Span: at, Name: "_"}, X: unknown(at, &types.List{Elem: basic(types.Int)}), Body: round}
	c.info.Types[rounds] = nothing
	return &dsl.Block{Span: d.Span, Stmts: []dsl.Stmt{&dsl.ExprStmt{X: rounds}}}
}

// choices checks the models that an agent asks.
func (c *checker) choices(a *Agent) {
	d := a.Decl
	seen := map[*Model]*dsl.Ident{}
	for _, m := range d.Models {
		choice := &Choice{}
		if m.Retry != nil {
			choice.Retry = c.attempts(m.Retry)
		}
		o := c.find(m.Name, "model", isModel)
		model, ok := o.(*Model)
		switch old := seen[model]; {
		case o == nil:
			continue
		case !ok:
			e := c.scope.lookup(m.Name.Name)
			label(c.report(diag.WrongType, m.Name, "%s is %s, expected a model", m.Name.Name, kindOf(e)), e.file, e.at, "declared here")
			continue
		case old != nil:
			d := c.report(diag.DuplicateName, m.Name, "%s is asked already", model.Name)
			label(d, c.file, old, "first here")
			d.Help = "once it has failed another one is asked; retry has it asked again: " + model.Name + " retry 2"
			continue
		}
		seen[model] = m.Name
		choice.Model = model
		a.Models = append(a.Models, choice)
	}
	if len(d.Models) == 0 && d.Name != nil && !c.file.Unsound {
		help := "declare one, model fast max 2000, and name it in the agent: model fast"
		if len(c.prog.Models) > 0 {
			help = "write model and its name: model " + c.prog.Models[0].Name
		}
		c.report(diag.BadAgent, d.Name, "nothing says which model %s asks", d.Name.Name).Help = help
	}
}

// agentTexts checks the system text and the prompt.
func (c *checker) agentTexts(w *Workflow) {
	d := w.Agent.Decl
	if d.Prompt == nil && d.Name != nil && !c.file.Unsound {
		c.report(diag.BadAgent, d.Name, "nothing says what %s asks its model", w.Name).Help = "write prompt and a text: prompt \"…\""
	}
	for _, text := range []struct {
		x    dsl.Expr
		what string
	}{{d.System, "the system text"}, {d.Prompt, "the prompt"}} {
		if text.x != nil {
			c.pureIn(text.what+" of an agent", func() { c.want(text.x, basic(types.String), text.what) })
		}
	}
}

func (c *checker) agentBudget(a *Agent) {
	b := a.Decl.Budget
	if b == nil {
		return
	}
	if b.Turns != nil {
		a.Turns = c.countAboveNone(b.Turns, "turns")
	}
	if b.Tokens != nil {
		a.Tokens = c.countAboveNone(b.Tokens, "tokens")
	}
	if b.Dollars != nil {
		before := len(c.diags)
		a.Dollars = c.constAmount(b.Dollars, "a budget")
		if _, bad := b.Dollars.(*dsl.BadExpr); a.Dollars == 0 && len(c.diags) == before && !bad {
			c.report(diag.BadConstant, b.Dollars, "a budget needs more than 0 dollars")
		}
	}
}

// rules checks what has to hold of an agent's result. Each is looked at by itself: all that
// don't hold are told to the model together.
func (c *checker) rules(w *Workflow) {
	a := w.Agent
	if len(a.Decl.Validates) == 0 {
		return
	}
	a.Given = &Var{Name: resultName, Type: w.Result}
	s := newScope(c.scope)
	if e := c.scope.lookup(resultName); e != nil && e.at != nil {
		d := c.report(diag.Shadowed, a.Decl.Validates[0].Cond, "validate can't tell the agent's result from %s result", kindOf(e))
		label(d, e.file, e.at, "declared here")
		d.Help = "give that another name"
	}
	s.put(&entry{name: resultName, obj: a.Given, file: c.file, what: "what the agent gives"})
	c.inThis(s, func() {
		for _, v := range a.Decl.Validates {
			c.inScope(func() { c.validate(v) })
		}
	})
}

// prices reports budgets in dollars over models of which nobody knows what they cost, be they
// those of an agent that is called.
func (c *checker) prices() {
	seen := map[*Workflow]bool{}
	var visit func(w *Workflow)
	visit = func(w *Workflow) {
		if seen[w] || w.Of != nil {
			return
		}
		seen[w] = true
		if w.Agent != nil {
			for _, m := range w.Agent.Models {
				if m.Model.Price == nil && w.unpriced == nil {
					w.unpriced = m.Model
				}
			}
		}
		for _, site := range c.calls[w] {
			callee, ok := site.callee.(*Workflow)
			if !ok {
				continue
			}
			visit(callee)
			if callee.Of != nil {
				callee = callee.Of
			}
			w.unpriced = cmp.Or(w.unpriced, callee.unpriced)
		}
	}
	for _, w := range c.prog.Workflows {
		visit(w)
		if w.Agent == nil || w.Agent.Dollars == 0 || w.unpriced == nil {
			continue
		}
		c.file = w.File
		m := w.unpriced
		d := c.report(diag.BadAgent, w.Agent.Decl.Budget.Dollars, "a budget in dollars needs the price of each model, and %s has none", m.Name)
		label(d, m.File, m.Decl.Name, "declared here")
		d.Help = "write there what a million tokens cost, in and out: price 0.25, 2.00"
	}
}
