package codegen

import (
	"github.com/dave/jennifer/jen"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/types"
)

// This file writes how expressions that may take long look now and then at whether the
// execution has been stopped. The others are ordinary Go.

// framed tells whether a func needs what stops it: it may take long.
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
		return x.Looks()
	case *plan.PureLoop:
		return x.Looks()
	case *plan.Keyed:
		return x.Looks()
	case *plan.FuncCall:
		return g.framed(x.Func)
	}
	return false
}

// stopper is what stops an expression.
func (b *body) stopper() *jen.Statement {
	switch {
	case b.brief != "":
		b.briefly = true
		return jen.Id(b.brief)
	case b.unframed:
		return jen.Qual(purePath, "Unstoppable")
	case b.looks:
		return jen.Id("c")
	}
	return b.f()
}

// mayStop writes that a round looks at whether the execution has been stopped.
func (b *body) mayStop() {
	if !b.unframed || b.brief != "" {
		b.add(b.stopper().Dot("CheckStopped").Call())
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
	return b.compute("Fit", value, jen.Op("&").Id(f.size), b.at(f.pos))
}

// element writes an expression as an element of a list of t's.
func (b *body) element(t types.Type, x plan.Expr) *jen.Statement {
	if isNone(x) {
		return b.self(x)
	}
	return b.as(t, x)
}
