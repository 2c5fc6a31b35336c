package build

import "github.com/wfgen/wfgen/dsl"

// Model declares a language model, of whose replies each has up to limit tokens. A price is
// what a million tokens cost that are sent, that come back and, where it is stated, that are
// read from a cache.
func (f *File) Model(name string, limit any, price ...any) {
	d := &dsl.ModelDecl{Name: id(name), Max: expr(limit)}
	for i, to := range []*dsl.Expr{&d.In, &d.Out, &d.Cached} {
		if i < len(price) {
			*to = expr(price[i])
		}
	}
	f.add(d)
}

// Agent declares an agent, whose clauses its methods set.
func (f *File) Agent(name string, sig Signature) *Agent {
	d := &dsl.AgentDecl{Name: id(name), Params: sig.params, Result: sig.result}
	f.add(d)
	return &Agent{d}
}

// An Agent is a declared agent.
type Agent struct{ decl *dsl.AgentDecl }

// Model adds a model that is asked where those before have failed; with a retry, that often
// again.
func (a *Agent) Model(name string, retry ...any) *Agent {
	c := &dsl.ModelChoice{Name: id(name)}
	if len(retry) > 0 {
		c.Retry = expr(retry[0])
	}
	a.decl.Models = append(a.decl.Models, c)
	return a
}

// System is what the model is told before all else.
func (a *Agent) System(parts ...any) *Agent {
	a.decl.System = Text(parts...).x
	return a
}

// Prompt is what the model is asked.
func (a *Agent) Prompt(parts ...any) *Agent {
	a.decl.Prompt = Text(parts...).x
	return a
}

// Tool adds a tool or workflow that the model may have called; what is bound of its arguments
// the model can't choose.
func (a *Agent) Tool(name string, bound ...FieldValue) *AgentTool {
	pkg, rest := split(name)
	t := &dsl.AgentTool{Package: pkg, Name: rest}
	for _, b := range bound {
		t.Args = append(t.Args, dsl.FieldValue(b))
	}
	a.decl.Tools = append(a.decl.Tools, t)
	return &AgentTool{t}
}

// Turns bounds how many replies the model gives.
func (a *Agent) Turns(n any) *Agent {
	a.budget().Turns = expr(n)
	return a
}

// Tokens bounds how many tokens are sent and come back.
func (a *Agent) Tokens(n any) *Agent {
	a.budget().Tokens = expr(n)
	return a
}

// Dollars bounds what the requests cost.
func (a *Agent) Dollars(n any) *Agent {
	a.budget().Dollars = expr(n)
	return a
}

func (a *Agent) budget() *dsl.AgentBudget {
	if a.decl.Budget == nil {
		a.decl.Budget = &dsl.AgentBudget{}
	}
	return a.decl.Budget
}

// Validate has the model try again where a condition over the result is false. Without a
// message it is told the condition's text.
func (a *Agent) Validate(cond any, message ...any) *Agent {
	v, _ := Validate(cond, message...).stmt.(*dsl.ValidateStmt)
	a.decl.Validates = append(a.decl.Validates, v)
	return a
}

// An AgentTool is a tool that an agent's model may have called.
type AgentTool struct{ tool *dsl.AgentTool }

// Max bounds how often it is called.
func (t *AgentTool) Max(n any) *AgentTool {
	t.tool.Max = expr(n)
	return t
}

// Approve asks somebody before each call, with a Timeout if need be.
func (t *AgentTool) Approve(text, by any, clauses ...Clause) *AgentTool {
	t.tool.Approve = Approve(text, by).Clauses(clauses...).call
	return t
}

// Where says of which calls Approve asks.
func (t *AgentTool) Where(cond any) *AgentTool {
	t.tool.Where = expr(cond)
	return t
}

// Clauses adds clauses to each call: Undo, Retry, RetryAt, Timeout and With.
func (t *AgentTool) Clauses(clauses ...Clause) *AgentTool {
	t.tool.Clauses = addClauses(t.tool.Clauses, clauses)
	return t
}
