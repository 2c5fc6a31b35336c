package plan

import (
	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// operands are the expressions right inside x, without those in its blocks, in
// the order in which they are evaluated.
func operands(x dsl.Expr) []dsl.Expr {
	switch x := x.(type) {
	case *dsl.StringLit:
		var out []dsl.Expr
		for _, p := range x.Parts {
			out = append(out, p.X)
		}
		return out
	case *dsl.ListLit:
		return x.Elems
	case *dsl.MapLit:
		var out []dsl.Expr
		for _, e := range x.Entries {
			switch {
			case e.For != nil:
				out = append(out, e.For)
			case e.Spread != nil:
				out = append(out, e.Spread)
			default:
				out = append(out, e.Key, e.Value)
			}
		}
		return out
	case *dsl.StructLit:
		out := []dsl.Expr{x.Spread}
		for _, f := range x.Fields {
			out = append(out, f.Value)
		}
		return out
	case *dsl.ParenExpr:
		return []dsl.Expr{x.X}
	case *dsl.UnaryExpr:
		return []dsl.Expr{x.X}
	case *dsl.BinaryExpr:
		return []dsl.Expr{x.X, x.Y}
	case *dsl.SelectorExpr:
		return []dsl.Expr{x.X}
	case *dsl.IndexExpr:
		return []dsl.Expr{x.X, x.Index}
	case *dsl.SliceExpr:
		return []dsl.Expr{x.X, x.Lo, x.Hi}
	case *dsl.CallExpr:
		out := x.Args[:len(x.Args):len(x.Args)]
		for _, f := range x.Fields {
			out = append(out, f.Value)
		}
		return out
	case *dsl.KeyedExpr:
		return []dsl.Expr{x.List, x.Key}
	case *dsl.IfExpr:
		return []dsl.Expr{x.Cond}
	case *dsl.MatchExpr:
		return []dsl.Expr{x.X}
	case *dsl.ForExpr:
		return []dsl.Expr{x.X, x.Limit} // its where is in no order: each round has its own
	case *dsl.LoopExpr:
		return []dsl.Expr{x.Init, x.Max, x.X}
	case *dsl.DecodeExpr:
		return []dsl.Expr{x.X}
	}
	return nil
}

// bodies are the blocks of a block form.
func bodies(x dsl.Expr) []*dsl.Block {
	switch x := x.(type) {
	case *dsl.IfExpr:
		if x.Else != nil {
			return []*dsl.Block{x.Then, x.Else}
		}
		return []*dsl.Block{x.Then}
	case *dsl.MatchExpr:
		var out []*dsl.Block
		for _, a := range x.Arms {
			out = append(out, a.Body)
		}
		return out
	case *dsl.ForExpr:
		return []*dsl.Block{x.Body}
	case *dsl.ParallelExpr:
		return []*dsl.Block{x.Body}
	case *dsl.TryExpr:
		if x.Else == nil {
			return []*dsl.Block{x.Body}
		}
		return []*dsl.Block{x.Body, x.Else}
	case *dsl.RaceExpr:
		var out []*dsl.Block
		for _, a := range x.Arms {
			out = append(out, a.Body)
		}
		return out
	case *dsl.LoopExpr:
		if x.Else != nil {
			return []*dsl.Block{x.Body, x.Else}
		}
		return []*dsl.Block{x.Body}
	}
	return nil
}

// isRecorded tells whether a call is one of now or uuid, whose value is recorded.
func (l *lowerer) isRecorded(x *dsl.CallExpr) bool {
	o, ok := l.info.Uses[x.Fun].(*checker.Builtin)
	return ok && (o.Name == "now" || o.Name == "uuid")
}

// isStep tells whether an expression is a node of its own: the call of a tool or
// workflow, now and uuid, parallel, try, race and loop, any other block form that
// is a statement or has steps in its blocks.
func (l *lowerer) isStep(x dsl.Expr) bool {
	step, known := l.steps[x]
	if known {
		return step
	}
	switch x := x.(type) {
	case *dsl.CallExpr:
		switch l.info.Uses[x.Fun].(type) {
		case *checker.Tool, *checker.Workflow:
			step = true
		default:
			step = x.Verb != dsl.Call || l.isRecorded(x)
		}
	case *dsl.ParallelExpr, *dsl.TryExpr, *dsl.RaceExpr, *dsl.LoopExpr:
		step = true
	default:
		blocks := bodies(x)
		step = len(blocks) > 0 && types.Is(l.info.Types[x], types.Nothing)
		for _, b := range blocks {
			step = step || l.blockHolds(b)
		}
	}
	l.steps[x] = step
	return step
}

// blockHolds tells whether a block holds a step. All statements but bindings and
// values are some.
func (l *lowerer) blockHolds(b *dsl.Block) bool {
	for _, s := range b.Stmts {
		x := valueIn(s)
		if x == nil || len(l.outermost(x, nil)) > 0 {
			return true
		}
	}
	return false
}

// valueIn is the expression of a binding or of a line that is one, else nil.
func valueIn(s dsl.Stmt) dsl.Expr {
	switch s := s.(type) {
	case *dsl.LabeledStmt:
		return valueIn(s.Stmt)
	case *dsl.BindStmt:
		return s.Value
	case *dsl.ExprStmt:
		return s.X
	}
	return nil
}

// outermost appends the steps in x that no other step in x holds.
func (l *lowerer) outermost(x dsl.Expr, to []dsl.Expr) []dsl.Expr {
	if x == nil {
		return to
	}
	if l.isStep(x) {
		return append(to, x)
	}
	for _, o := range operands(x) {
		to = l.outermost(o, to)
	}
	return to
}

func unparen(x dsl.Expr) dsl.Expr {
	for {
		p, ok := x.(*dsl.ParenExpr)
		if !ok {
			return x
		}
		x = p.X
	}
}
