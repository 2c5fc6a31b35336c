package plan

import (
	"slices"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// The ids of what an agent does: its one step, and the calls of a turn.
const (
	turnID = "turn"
	callID = "call"
)

func (l *lowerer) modelDecls(prog *checker.Program) {
	for _, m := range prog.Models {
		u := &unit{source: m.File.Source}
		l.models[m] = &Model{Name: m.Name, GoName: m.GoName, Doc: m.Decl.Doc, Max: m.Max, Price: (*Price)(m.Price), Pos: u.pos(m.Decl.Name.Span)}
		l.out.Models = append(l.out.Models, l.models[m])
	}
}

// agent lowers the body of an agent: the one step that it is, and the return of its result.
func (l *lowerer) agent(u *unit, w *checker.Workflow) *Block {
	a := w.Agent
	b := &builder{lowerer: l, unit: u, out: &Block{}}
	pure := b.inPure()
	op := &Converse{Prompt: pure.expr(a.Decl.Prompt), Budget: Budget{a.Turns, a.Tokens, a.Dollars}, Result: w.Result}
	for _, c := range a.Models {
		op.Models = append(op.Models, &Choice{l.models[c.Model], c.Retry})
	}
	if a.Decl.System != nil {
		op.System = pure.expr(a.Decl.System)
	}
	id := b.unique(turnID)
	calls := b.scope.rounds(id).rounds(callID)
	for _, o := range a.Offers {
		op.Offers = append(op.Offers, b.offer(o, calls))
	}
	for _, v := range a.Decl.Validates {
		op.Value = b.variable(a.Given)
		op.Validate = append(op.Validate, &Rule{Cond: pure.expr(v.Cond), Message: pure.message(v), Text: b.text(v.Cond)})
	}
	result := &Variable{Name: "answer", Type: w.Result}
	b.add(a.Decl.Name, id, op, result)
	b.add(a.Decl.Name, b.unique("return"), &Return{X: &Var{T{result.Type}, result}}, nil)
	b.out.Exits = true
	b.schedule(b.out)
	return b.out
}

// offer lowers what a model may have called. A call is a round of its own, so that the steps of
// different tools never have to be told apart.
func (b *builder) offer(o *checker.Offer, calls scope) *Offer {
	out := &Offer{Params: b.params(o.Free), Max: o.Max}
	var result types.Type
	if o.Tool != nil {
		out.Tool, result = b.tools[o.Tool], o.Tool.Result
	} else {
		out.Workflow, result = b.workflow(o.Workflow), o.Workflow.Result
	}
	u := &unit{source: b.source, comments: b.comments, taken: map[string]int{}}
	out.Body = b.block(u, calls, named(o), !types.Is(result, types.Nothing))
	out.Effect = effectOf(out.Body)
	return out
}

// named are the lines of a call, of which the one that binds its result is called by the name
// of the tool.
func named(o *checker.Offer) *dsl.Block {
	src := *o.Block
	src.Stmts = slices.Clone(src.Stmts)
	for i, s := range src.Stmts {
		if bind, ok := s.(*dsl.BindStmt); ok {
			src.Stmts[i] = &dsl.LabeledStmt{Span: bind.Span, Label: o.Decl.Name, Stmt: bind}
		}
	}
	return &src
}
