package plan

import (
	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// pure lowers a block without steps; nil for nil.
func (b *builder) pure(src *dsl.Block) *Pure {
	if src == nil {
		return nil
	}
	out := &Pure{}
	for i, s := range src.Stmts {
		if f, ok := s.(*dsl.FailStmt); ok {
			out.Value = &Raise{T{types.Basics[types.Nothing]}, b.expr(f.X)}
			break
		}
		x := valueIn(s)
		if x == nil {
			panic("internal error: a step in a pure block")
		}
		_, binds := s.(*dsl.BindStmt)
		if i == len(src.Stmts)-1 && !binds {
			out.Value = b.expr(x)
			break
		}
		out.Lets = append(out.Lets, b.pureLet(s, x))
	}
	return out
}

func (b *builder) pureLet(s dsl.Stmt, x dsl.Expr) *PureLet {
	let := &PureLet{X: b.expr(x)}
	if bind, ok := s.(*dsl.BindStmt); ok {
		let.V = b.declared(bind.Name)
	}
	return let
}

func (b *builder) pureMatch(x *dsl.MatchExpr) Expr {
	return b.matchOf(x, T{b.info.Types[x]}, (*builder).pure)
}

// matchOf lowers a match whose arms are lowered by a function.
func (b *builder) matchOf(x *dsl.MatchExpr, t T, arms func(*builder, *dsl.Block) *Pure) *PureMatch {
	out := &PureMatch{T: t, X: b.expr(x.X), Pos: b.pos(x.X.Place())}
	for _, a := range x.Arms {
		arm := &PureArm{b.caseOf(a, out.X.Type()), arms(b.inPure(), a.Body)}
		read := false
		arm.Body.Walk(func(x Expr) {
			v, ok := x.(*Var)
			read = read || ok && v.V == arm.Binds
		})
		arm.dropUnread(read)
		out.Arms = append(out.Arms, arm)
	}
	return out
}

// caseOf lowers the pattern of an arm of a match over a t.
func (b *builder) caseOf(a *dsl.Arm, t types.Type) Case {
	if kind := b.kindOf(a.Pattern); kind != nil && IsAny(t) {
		return Case{Kind: kind, Binds: b.declared(a.Name)}
	}
	if name, ok := a.Pattern.(*dsl.Ident); ok {
		if t, ok := b.info.Uses[name].(*checker.TypeName); ok {
			return Case{Member: t.Type.(*types.Struct), Binds: b.declared(a.Name)}
		}
	}
	return Case{Pattern: b.pattern(a.Pattern)}
}

// kindOf is the type that a pattern names; nil where it doesn't.
func (b *builder) kindOf(p dsl.Expr) types.Type {
	switch p := p.(type) {
	case *dsl.Ident:
		if p.Name == "_" {
			return nil
		}
	case *dsl.TypePattern:
	default:
		return nil
	}
	return b.info.Types[p]
}

// dropUnread forgets the variable of a case that its arm doesn't read.
func (c *Case) dropUnread(read bool) {
	if !read {
		c.Binds = nil
	}
}

// pattern lowers a match's pattern; nil for _.
func (b *builder) pattern(p dsl.Expr) Expr {
	if name, ok := p.(*dsl.Ident); ok && name.Name == "_" {
		return nil
	}
	return b.inPure().expr(p)
}

func (b *builder) pureFor(x *dsl.ForExpr) Expr {
	list := b.expr(x.X)
	out := &PureFor{T: T{b.info.Types[x]}, X: list, Key: b.declared(x.Key), Value: b.element(x.Value, list), Pos: b.pos(x.Span)}
	if x.Where != nil {
		out.Where = b.inPure().expr(x.Where)
	}
	out.Body = b.inPure().pure(x.Body)
	return out
}
