package dsl

func modelText(d *ModelDecl) string {
	text := "model " + d.Name.Name
	if d.Max != nil {
		text += " max " + exprText(d.Max, 0)
	}
	if d.In != nil {
		text += " price " + exprText(d.In, 0) + ", " + exprText(d.Out, 0)
	}
	if d.Cached != nil {
		text += ", " + exprText(d.Cached, 0) + " cached"
	}
	return text
}

func (w *writer) agent(d *AgentDecl) {
	w.line("agent " + d.Name.Name + paramTexts(d.Params) + resultText(d.Result) + " {")
	w.inside(func() { w.agentClauses(d) })
	w.line("}")
}

func (w *writer) agentClauses(d *AgentDecl) {
	if len(d.Models) > 0 {
		w.line("model " + choiceTexts(d.Models))
	}
	if d.System != nil {
		w.line("system " + exprText(d.System, 0))
	}
	if d.Prompt != nil {
		w.line("prompt " + exprText(d.Prompt, 0))
	}
	if len(d.Tools) > 0 {
		w.line("tools {")
		w.inside(func() {
			for _, t := range d.Tools {
				w.line(agentToolText(t))
			}
		})
		w.line("}")
	}
	if d.Budget != nil {
		w.line("budget " + budgetText(d.Budget))
	}
	for _, v := range d.Validates {
		w.line(stmtText(v, w))
	}
}

func choiceTexts(models []*ModelChoice) string {
	text := ""
	for i, m := range models {
		if i > 0 {
			text += " else "
		}
		text += m.Name.Name
		if m.Retry != nil {
			text += " retry " + exprText(m.Retry, 0)
		}
	}
	return text
}

func agentToolText(t *AgentTool) string {
	text := qualifiedText(t.Package, t.Name) + "(" + fieldTexts(t.Args) + ")"
	if t.Max != nil {
		text += " max " + exprText(t.Max, 0)
	}
	text += clauseTexts(t.Clauses)
	if t.Approve != nil {
		text += " " + exprText(t.Approve, 0)
	}
	if t.Where != nil {
		text += " where " + exprText(t.Where, 0)
	}
	return text
}

func budgetText(b *AgentBudget) string {
	text := ""
	for _, part := range []struct {
		n    Expr
		unit string
	}{{b.Turns, "turns"}, {b.Tokens, "tokens"}, {b.Dollars, "dollars"}} {
		if part.n == nil {
			continue
		}
		if text != "" {
			text += ", "
		}
		text += exprText(part.n, 0) + " " + part.unit
	}
	return text
}
