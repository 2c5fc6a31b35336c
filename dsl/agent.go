package dsl

// A ModelDecl declares a language model, with the price of a million tokens where that is
// stated.
//
//	model fast max 2000 price 0.25, 2.00, 0.03 cached
type ModelDecl struct {
	Span
	Doc  string
	Name *Ident
	Max  Expr // how many tokens one reply may have; nil where it isn't stated
	// In, Out and Cached are what tokens cost that are sent, that come back, and that are
	// sent but read from a cache. All are nil without a price; Cached also where the cache
	// makes nothing cheaper.
	In, Out, Cached Expr
}

// An AgentDecl declares an agent: a workflow in which a model says what is called, until it
// gives the result.
//
//	agent Triage(t Ticket) Verdict {
//		model fast retry 2 else strong
//		prompt "Ticket ${t.id}: ${t.text}"
//		tools {
//			Lookup(customer: t.customer) max 5
//		}
//		budget 8 turns, 20_000 tokens
//		validate result.confidence > 0.3 else "be surer"
//	}
type AgentDecl struct {
	Span
	Doc       string
	Name      *Ident
	Params    []*Param
	Result    TypeExpr       // nil only where the source was unsound
	Models    []*ModelChoice // the first is asked; the others where those before have failed
	System    Expr           // nil where there is none
	Prompt    Expr           // nil where it is missing
	Tools     []*AgentTool
	Offers    Span         // the braces of tools; empty where there are none
	Budget    *AgentBudget // nil where there is none
	Validates []*ValidateStmt
}

// A ModelChoice is a model that an agent asks, and how often a request is repeated that fails.
type ModelChoice struct {
	Span
	Name  *Ident
	Retry Expr // nil where it isn't repeated
}

// An AgentTool is a tool or workflow that a model may have called. Args are bound: the model
// chooses the other arguments.
//
//	Refund(customer: t.customer) max 1
//		approve "Refund ${sum}?" by "support" timeout 2d where sum > 20.0
//		undo TakeBack(result)
type AgentTool struct {
	Span
	Package *Ident // nil but for a workflow of an imported package
	Name    *Ident
	Args    []FieldValue
	Max     Expr      // how often it may be called; nil where nothing bounds that
	Approve *CallExpr // what is asked before a call; nil where nothing is
	Where   Expr      // whether Approve is asked; nil where it always is
	Clauses []Clause  // those of the call: undo, retry, timeout, with
}

// An AgentBudget is budget A turns, B tokens, C dollars, of which each part is nil where it
// is left out.
type AgentBudget struct {
	Span
	Turns, Tokens, Dollars Expr
}

func (*ModelDecl) decl() {}
func (*AgentDecl) decl() {}
