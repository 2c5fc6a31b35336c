package codegen

import (
	"github.com/dave/jennifer/jen"

	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/types"
)

// This file knows which expressions may take long: they look now and then at whether the
// execution has been stopped. The others are ordinary Go.

// heavy tells whether an expression may take longer than a moment each time.
func (g *generator) heavy(x plan.Expr) bool {
	found := false
	plan.Walk(x, func(x plan.Expr) { found = found || g.heavyPart(x) })
	return found
}

func (g *generator) heavyBlock(p *plan.Pure) bool {
	found := false
	p.Walk(func(x plan.Expr) { found = found || g.heavyPart(x) })
	return found
}

func (g *generator) heavyPart(x plan.Expr) bool {
	switch x := x.(type) {
	case *plan.PureFor, *plan.Sort, *plan.Decode:
		return true
	case *plan.FuncCall:
		return x.Func.Go != nil || g.heavyBlock(x.Func.Body)
	case *plan.Interp:
		return plan.Multiplies(x.Parts)
	case *plan.Builtin:
		return !plan.IsQuick(x)
	case *plan.Binary:
		switch x.Op {
		case dsl.In, dsl.NotIn:
			_, isMap := x.Y.Type().(*types.Map)
			return !isMap
		case dsl.Add:
			return plan.IsList(x.Typ) || plan.Multiplies(plan.Summands(x))
		}
	}
	return false
}

// stoppable tells whether the rounds of a for look at whether the execution has been
// stopped.
func (g *generator) stoppable(x *plan.PureFor) bool {
	return x.Where != nil && g.heavy(x.Where) || g.heavyBlock(x.Body)
}

// framed tells whether a func needs the frame that it is called in: it may take long.
func (g *generator) framed(f *plan.Func) bool {
	if f.Go != nil {
		return false
	}
	needs, known := g.needsFrame[f]
	if !known {
		f.Body.Walk(func(x plan.Expr) { needs = needs || g.looksAround(x) })
		g.needsFrame[f] = needs
	}
	return needs
}

func (g *generator) looksAround(x plan.Expr) bool {
	switch x := x.(type) {
	case *plan.PureFor:
		return g.stoppable(x)
	case *plan.Sort:
		return g.heavy(x.Key)
	case *plan.FuncCall:
		return g.framed(x.Func)
	}
	return false
}

// frameOrNil is the frame, and nil where nothing stops an expression.
func (b *body) frameOrNil() *jen.Statement {
	switch {
	case b.unframed:
		return jen.Nil()
	case b.looks:
		return jen.Id("c").Dot("Frame").Call()
	}
	return b.f()
}

// mayStop writes that a round looks at whether the execution has been stopped.
func (b *body) mayStop() {
	switch {
	case b.unframed:
	case b.looks:
		b.add(jen.Id("c").Dot("CheckStopped").Call())
	default:
		b.add(b.f().Dot("CheckStopped").Call())
	}
}

// A fit says where the size of a list that is being made is counted, and where the list is
// in the source.
type fit struct {
	size string // a variable
	pos  plan.Pos
}

// fitted declares what counts the size of a list of t's that a block makes; nil where the
// list can't come to be much larger than what it is made from.
func (b *body) fitted(t types.Type, p *plan.Pure, pos plan.Pos) *fit {
	if !plan.Counts(t, p) {
		return nil
	}
	size := b.temp("size")
	b.add(jen.Id(size).Op(":=").Lit(0))
	return &fit{size, pos}
}

// add writes that a value is counted.
func (f *fit) add(b *body, value jen.Code) *jen.Statement {
	return b.call("Fit", value, jen.Op("&").Id(f.size), at(f.pos))
}

// element writes an expression as an element of a list of t's.
func (b *body) element(t types.Type, x plan.Expr) *jen.Statement {
	if isNone(x) {
		return b.self(x)
	}
	return b.as(t, x)
}
