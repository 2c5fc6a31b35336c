package plan

import (
	"fmt"
	"go/constant"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// line lowers a statement.
func (b *builder) line(s dsl.Stmt) {
	//sumtype:exhaustive
	switch s := s.(type) {
	case *dsl.LabeledStmt:
		before := len(b.out.Nodes)
		b.line(s.Stmt)
		b.label(s, before)
	case *dsl.BindStmt:
		b.bind(s)
	case *dsl.ExprStmt:
		b.dropped(s.X)
	case *dsl.ValidateStmt:
		id := b.own("validate")
		b.add(s, id, &Validate{Cond: b.expr(s.Cond), Message: b.message(s)}, nil)
	case *dsl.FailStmt:
		id := b.own("fail")
		b.add(s, id, &Fail{X: said(b.expr(s.X))}, nil)
	case *dsl.ReturnStmt:
		b.returning(s)
	case *dsl.BreakStmt:
		op := &Break{}
		if s.Value != nil && b.rounds.wanted {
			b.nameOutermost(s.Value)
			op.X = b.expr(s.Value)
		} else if s.Value != nil {
			b.dropped(s.Value)
		}
		b.add(s, b.own("break"), op, nil)
	case *dsl.ContinueStmt:
		op := &Continue{}
		if s.State != nil {
			b.nameOutermost(s.State)
			op.X = b.expr(s.State)
		}
		b.add(s, b.own("continue"), op, nil)
	case *dsl.WaitStmt:
		id := b.own("wait")
		b.add(s, id, &Wait{Until: s.Until, X: b.expr(s.X)}, nil)
	case *dsl.CommitStmt:
		b.add(s, b.own("commit"), &Commit{}, nil)
	case *dsl.RollbackStmt:
		b.add(s, b.own("rollback"), &Rollback{}, nil)
	case *dsl.LogStmt:
		id := b.own("log")
		b.add(s, id, &Log{Message: said(b.expr(s.Message))}, nil)
	default:
		panic(fmt.Sprintf("internal error: %T in a sound program", s))
	}
}

// label notes which node a label means: the last that its line made, if any.
func (b *builder) label(s dsl.Stmt, before int) {
	if l, ok := s.(*dsl.LabeledStmt); ok && len(b.out.Nodes) > before {
		b.labels[l] = b.out.Nodes[len(b.out.Nodes)-1]
	}
}

// bind lowers name := value. A step that is the whole value binds the name
// itself; else the name is bound to what is computed of the steps' results.
func (b *builder) bind(s *dsl.BindStmt) {
	b.nameOutermost(s.Value)
	v := b.declared(s.Name)
	b.binding = v
	defer func() { b.binding = nil }()
	if x := unparen(s.Value); b.isStep(x) && !b.adapted(s.Value) && !b.adapted(x) {
		b.step(x, v, v != nil)
		return
	}
	x := b.expr(s.Value)
	word := s.Name.Name
	if v == nil {
		word = "_"
	}
	b.add(s, b.own(word), &Let{X: x}, v)
}

// declared is the variable that a name declares; nil for _.
func (b *builder) declared(name *dsl.Ident) *Variable {
	if name == nil || name.Name == "_" {
		return nil
	}
	v, ok := b.info.Defs[name].(*checker.Var)
	if !ok {
		panic("internal error: " + name.Name + " declares no variable")
	}
	return b.variable(v)
}

// adapted tells whether a value isn't used as it comes, but made optional.
func (b *builder) adapted(x dsl.Expr) bool { return b.info.Wanted[x] != nil }

// dropped lowers an expression whose value nobody wants. What isn't a step in it
// has no effect and goes.
func (b *builder) dropped(x dsl.Expr) {
	b.nameOutermost(x)
	if whole := unparen(x); b.isStep(whole) || len(bodies(whole)) > 0 {
		b.step(whole, nil, false)
		return
	}
	for _, s := range b.outermost(x, nil) {
		b.step(s, nil, false)
	}
}

// valueOf is the expression of a line that may be its block's value; nil where
// the line has no value.
func (b *builder) valueOf(s dsl.Stmt) dsl.Expr {
	if l, ok := s.(*dsl.LabeledStmt); ok {
		s = l.Stmt
	}
	e, ok := s.(*dsl.ExprStmt)
	if !ok || !b.hasValue(e.X) {
		return nil
	}
	return e.X
}

func (b *builder) hasValue(x dsl.Expr) bool {
	t := b.info.Types[x]
	return t != nil && !types.Is(t, types.Nothing)
}

// message is a validation's message, by default the text of its condition.
func (b *builder) message(s *dsl.ValidateStmt) Expr {
	if s.Message != nil {
		return said(b.expr(s.Message))
	}
	return &Const{T{types.Basics[types.String]}, constant.MakeString(b.text(s.Cond))}
}

func (b *builder) returning(s *dsl.ReturnStmt) {
	op := &Return{}
	if s.Value != nil {
		b.nameOutermost(s.Value)
		op.X = b.expr(s.Value)
	}
	b.add(s, b.own("return"), op, nil)
}
