package parser

import "github.com/wfgen/wfgen/dsl"

// Words before what is exchanged with the world around an execution.
var verbs = set("await", "emit", "approve", "start")

// What follows each of them.
var verbHelp = map[dsl.Verb]string{
	dsl.Await: "an event is awaited by its keys, await Paid(order.id), another execution by its id, await run(id)",
	dsl.Emit:  "an event is sent with its keys, and with its payload in braces: emit Paid(order.id) { amount: 3.0 }",
	dsl.Start: "a workflow is started with its arguments: start Ship(order)",
}

// eventDecl parses event Name(keys) { payload } with its clauses.
func (p *parser) eventDecl() dsl.Decl {
	start := p.start
	d := &dsl.EventDecl{Doc: p.doc(start), Name: p.head()}
	if d.Name == nil {
		return nil
	}
	if !p.at("(") {
		p.wanted("`(`", "an event's keys stand in parentheses, also where there are none")
	}
	for _, key := range p.params() {
		d.Keys = append(d.Keys, &dsl.Field{Span: key.Span, Name: key.Name, Type: key.Type})
	}
	if !p.broken && p.at("{") {
		d.Fields = p.fields()
	}
	p.toAll(d)
	d.Clauses = p.clauses()
	p.toAll(d)
	d.Span = p.from(start)
	return d
}

// toAll parses to all, which stands before the clauses of an event or behind them.
func (p *parser) toAll(d *dsl.EventDecl) {
	free := func(text string) bool { return p.peek().Type == identToken && p.peek().Value == text }
	if p.broken || d.All || !free("to") {
		return
	}
	p.next()
	if !free("all") {
		p.wanted("`all`", "an event goes to one execution, or `to all` that await it")
		return
	}
	p.next()
	d.All = true
}

// verb parses what begins with a verb, without clauses.
func (p *parser) verb(verb dsl.Verb) dsl.Expr {
	word := ident(p.next())
	if verb == dsl.Approve {
		return p.approve(word)
	}
	x, ok := p.undoCall().(*dsl.CallExpr)
	if !ok {
		p.wanted("a name and its arguments", verbHelp[verb])
		return p.bad()
	}
	x.Verb = verb
	if verb == dsl.Emit && !p.broken && !p.header && p.at("{") {
		p.list("}", func() {
			if f := p.fieldValue(); !p.broken {
				x.Fields = append(x.Fields, f)
			}
		})
	}
	x.Span = p.from(word.Start)
	return x
}

// approve parses approve TEXT by WHO.
func (p *parser) approve(word *dsl.Ident) dsl.Expr {
	x := &dsl.CallExpr{Verb: dsl.Approve, Fun: word, Args: []dsl.Expr{p.expr()}}
	if !p.broken && !p.accept("by") {
		p.wanted("`by`", "say who may answer: approve \"Refund ${x}?\" by \"manager\"")
		return p.bad()
	}
	x.Args = append(x.Args, p.expr())
	x.Span = p.from(word.Start)
	return x
}
