package parser

import (
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
)

// The words of models and agents are words of the language where they stand below, and names
// everywhere else.

const modelHelp = "a model is declared with the tokens that a reply may have, and what a million cost in dollars: model fast max 2000 price 0.25, 2.00, 0.03 cached"

// isModel tells whether a model is declared at a token, which begins a line: no other line at
// the top of a file begins with two names.
func isModel(t, after *lexer.Token) bool {
	return t.Type == identToken && t.Value == "model" && isName(after)
}

// modelDecl parses model NAME max N price IN, OUT, CACHED cached.
func (p *parser) modelDecl() dsl.Decl {
	start := p.start
	p.next()
	d := &dsl.ModelDecl{Doc: p.doc(start), Name: ident(p.next())}
	if p.accept("max") {
		d.Max = p.clauseValue("a number of tokens")
	}
	if !p.broken && p.acceptName("price") {
		p.price(d)
	}
	if !p.broken && !isSemi(p.peek()) && !p.peek().EOF() {
		p.wanted("the end of the line", modelHelp)
	}
	d.Span = p.from(start)
	return d
}

func (p *parser) price(d *dsl.ModelDecl) {
	d.In, d.Out = p.clauseValue("a price"), p.bad()
	if !p.broken && !p.accept(",") {
		p.wanted("`,` and the price of what comes back", modelHelp)
	}
	if p.broken {
		return
	}
	d.Out = p.clauseValue("a price")
	if !p.broken && p.accept(",") {
		d.Cached = p.clauseValue("a price")
		if !p.broken && !p.acceptName("cached") {
			p.wanted("`cached`", modelHelp)
		}
	}
}

// agentDecl parses an agent.
func (p *parser) agentDecl() dsl.Decl {
	start := p.start
	d := &dsl.AgentDecl{Doc: p.doc(start), Name: p.head()}
	if d.Name == nil {
		return nil
	}
	d.Params = p.params()
	d.Result = p.result()
	switch t := p.peek(); {
	case d.Result == nil && p.at("{") && !p.broken:
		p.report(diag.Syntax, spanOf(t), "expected the type of the result"+p.after()+", found `{`",
			"an agent gives a value: write its type before the {, `string` for a text")
	case t.Type == clauseToken:
		p.wanted("`{`", "an agent has no clauses before its {: its budget stands inside, and a call of it takes `timeout` and `retry`")
	}
	if p.broken && !p.skipToBody() {
		d.Span = p.from(start)
		return d
	}
	p.braces(func(open int) {
		seen := map[string]bool{}
		for p.skipSemis(); !p.blockEnd(open); p.skipSemis() {
			p.agentLine(d, seen)
		}
	})
	d.Span = p.from(start)
	return d
}

// agentLine parses one clause of an agent, and what ends it. An unsound one is left out.
func (p *parser) agentLine(d *dsl.AgentDecl, seen map[string]bool) {
	first := p.index()
	t := p.peek()
	p.start = spanOf(t).Start
	switch {
	case agentClauses[t.Value] && seen[t.Value] && t.Value != "validate":
		p.fault(diag.Syntax, spanOf(t), "an agent has `"+t.Value+"` once", "")
	case t.Value == "model":
		p.next()
		d.Models = p.modelChoices()
	case t.Value == "system":
		p.next()
		d.System = p.agentText()
	case t.Value == "prompt":
		p.next()
		d.Prompt = p.agentText()
	case t.Value == "tools":
		p.next()
		p.agentTools(d)
	case t.Value == "budget":
		p.next()
		d.Budget = p.agentBudget()
	case is(t, "validate"):
		p.next()
		v, _ := p.validate(p.start).(*dsl.ValidateStmt)
		if !p.broken {
			d.Validates = append(d.Validates, v)
		}
	case t.Type == identToken && t.Value == "history":
		p.fault(diag.NotYet, spanOf(t), "`history` isn't part of the language yet", "give the agent what was said before as a parameter, and write it into its `prompt`")
	case t.Type == identToken && t.Value == "handoff":
		p.handoff(t)
	default:
		p.wanted("a clause of an agent (model, system, prompt, tools, budget or validate)", agentHelp(t))
	}
	seen[t.Value] = !p.broken || seen[t.Value]
	p.endStatement()
	if p.index() == first {
		p.next()
	}
}

// The words that begin a line of an agent.
var agentClauses = set("model", "system", "prompt", "tools", "budget", "validate")

// agentHelp is what to say of a line that is no clause of an agent.
func agentHelp(t *lexer.Token) string {
	switch {
	case leading[t.Value] || is(t, "max") || is(t, "approve"):
		return "an agent's clause stands on one line, except in `tools`"
	case t.Value == "tool" || t.Value == "models" || t.Value == "prompts":
		return "what a model may have called stands in `tools { … }`, the model behind `model`, what it is asked behind `prompt`"
	case t.Type == clauseToken || isName(t) || t.Type == wordToken:
		return "an agent has no steps: its model says what is called; steps stand in a workflow, which may call it"
	}
	return ""
}

func (p *parser) handoff(t *lexer.Token) {
	p.fault(diag.NotYet, spanOf(t), "`handoff` isn't part of the language yet", "list the other agent in `tools`: the model can have it called, and goes on with what it gives")
}

// agentText parses what stands behind system and prompt.
func (p *parser) agentText() dsl.Expr {
	if p.at(":") || p.at("=") {
		p.wanted("a text", "the text follows the word itself: prompt \"…\"")
	}
	if p.ended() {
		p.wanted("a text", "the text begins on the same line")
	}
	x := p.expr()
	if p.broken {
		return &dsl.BadExpr{Span: x.Place()}
	}
	return x
}

// modelChoices parses fast retry 2 else strong.
func (p *parser) modelChoices() []*dsl.ModelChoice {
	const help = "the model is named, and those behind it for where it fails: model fast retry 2 else strong"
	var list []*dsl.ModelChoice
	for {
		name := p.name(help)
		if name == nil {
			return list
		}
		c := &dsl.ModelChoice{Name: name}
		list = append(list, c)
		if p.accept("retry") {
			c.Retry = p.clauseValue("a number of further requests")
		}
		c.Span = p.from(name.Start)
		if !p.broken && !p.ended() && !p.at("else") {
			p.wanted("`else`", help)
		}
		if p.broken || !p.accept("else") {
			return list
		}
	}
}

// agentBudget parses 8 turns, 20_000 tokens, 0.05 dollars.
func (p *parser) agentBudget() *dsl.AgentBudget {
	b := &dsl.AgentBudget{}
	start := p.start
	for {
		p.budgetPart(b)
		if p.broken || !p.accept(",") {
			break
		}
	}
	b.Span = p.from(start)
	return b
}

func (p *parser) budgetPart(b *dsl.AgentBudget) {
	const help = "a budget is written budget 8 turns, 20_000 tokens, 0.05 dollars"
	x := p.clauseValue("a number")
	if lit, ok := x.(*dsl.BasicLit); ok && lit.Kind == dsl.DurationLit {
		p.fault(diag.NotYet, lit.Span, "a time in a budget isn't part of the language yet", "a call of the agent takes `timeout`")
	}
	if p.broken {
		return
	}
	t := p.peek()
	part := map[string]*dsl.Expr{"turns": &b.Turns, "tokens": &b.Tokens, "dollars": &b.Dollars}[t.Value]
	switch {
	case part == nil:
		p.wanted("`turns`, `tokens` or `dollars`", help)
	case *part != nil:
		p.fault(diag.Syntax, spanOf(t), "a budget has `"+t.Value+"` once", "")
	default:
		*part = x
		p.next()
	}
}

// agentTools parses the tools of an agent, one to a line.
func (p *parser) agentTools(d *dsl.AgentDecl) {
	outer := p.start
	d.Offers.Start = spanOf(p.peek()).Start
	p.body(func(open int) {
		p.arm = true // a comma ends an entry
		p.members(open, func() {
			if t := p.agentTool(); t != nil && !p.broken {
				d.Tools = append(d.Tools, t)
			}
		})
	})
	d.Offers.End = p.end()
	p.start = outer
}

// agentTool parses a tool with what is bound of it. It is nil where there is none.
func (p *parser) agentTool() *dsl.AgentTool {
	const help = "what a model may have called is named with the arguments that it can't choose: Lookup(customer: t.customer), or Lookup()"
	if t := p.peek(); t.Type == identToken && t.Value == "handoff" && isName(p.ahead(1)) {
		p.handoff(t)
		return nil
	}
	start := spanOf(p.peek()).Start
	t := &dsl.AgentTool{Name: p.name(help)}
	if t.Name == nil {
		return nil
	}
	if p.accept(".") {
		if t.Package, t.Name = t.Name, p.name(help); t.Name == nil {
			return nil
		}
	}
	if !p.at("(") {
		p.wanted("`(`", help)
		return nil
	}
	p.list(")", func() {
		if a := p.boundArg(); !p.broken {
			t.Args = append(t.Args, a)
		}
	})
	for !p.broken && p.nextOfTool() {
		p.toolClause(t)
	}
	t.Span = p.from(start)
	return t
}

// boundArg parses an argument that is bound.
func (p *parser) boundArg() dsl.FieldValue {
	if !isFieldName(p.peek()) || !is(p.ahead(1), ":") {
		p.wanted("a parameter's name", "what is bound is named, as in Lookup(customer: t.customer): the model chooses the other arguments")
		return dsl.FieldValue{}
	}
	return p.fieldValue()
}

// nextOfTool goes to the clause of a tool that follows, past the end of a line if need be.
func (p *parser) nextOfTool() bool {
	if p.at("max") || p.at("approve") {
		return true
	}
	if next := p.ahead(1); p.lineEnd() && (is(next, "approve") || is(next, "max") && !startsOther(p.ahead(2))) {
		p.next()
		return true
	}
	return p.nextClause()
}

// toolClause parses a clause of a tool that a model may have called.
func (p *parser) toolClause(t *dsl.AgentTool) {
	at := p.peek()
	switch at.Value {
	case "max":
		p.twice(at, t.Max != nil)
		p.next()
		t.Max = p.clauseValue("a number of calls")
	case "approve":
		p.twice(at, t.Approve != nil)
		t.Approve = p.agentApproval(t)
	case "undo", "retry", "timeout", "with":
		if c := p.clause(); c != nil && !p.broken {
			t.Clauses = append(t.Clauses, c)
		}
	case "where":
		p.fault(diag.Syntax, spanOf(at), "`where` can't stand here", "it follows `approve` and says of which calls a person is asked; what an argument has to fulfil is said at a field of its type")
	case "else":
		p.fault(diag.Syntax, spanOf(at), "`else` can't stand here", "where the call fails, the model is told so and goes on")
	default:
		p.fault(diag.Syntax, spanOf(at), "`"+at.Value+"` can't stand here", "a tool of an agent takes `max`, `approve`, `undo`, `retry`, `timeout` and `with`; other clauses stand at its declaration")
	}
}

// twice faults a clause that a tool has already.
func (p *parser) twice(t *lexer.Token, has bool) {
	if has {
		p.fault(diag.Syntax, spanOf(t), "a tool of an agent has `"+t.Value+"` once", "")
	}
}

// agentApproval parses approve TEXT by WHO, and the timeout and where that follow it.
func (p *parser) agentApproval(t *dsl.AgentTool) *dsl.CallExpr {
	x, ok := p.verb(dsl.Approve).(*dsl.CallExpr)
	for ok && !p.broken && p.nextClause() {
		switch {
		case p.at("timeout"):
			x.Clauses = append(x.Clauses, p.clause())
		case p.at("where"):
			p.twice(p.peek(), t.Where != nil)
			p.next()
			t.Where = p.clauseValue("a condition")
		default:
			x.Span = p.from(x.Start)
			return x
		}
	}
	if !ok || p.broken {
		return nil
	}
	x.Span = p.from(x.Start)
	return x
}
