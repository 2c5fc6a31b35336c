package codegen

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/types"
)

// steps writes a block as its schedule has it, and puts its value where it goes.
func (b *body) steps(blk *plan.Block, to sink) {
	set := b.intoVariable(blk, to)
	for i, r := range blk.Schedule.Regions {
		b.lets(r.Before)
		switch n := r.Alone(); {
		case n == nil:
			b.region(r)
		case b.tail(blk, i, n, to):
			return
		default:
			b.node(n)
		}
	}
	b.lets(blk.Schedule.Last)
	if blk.Value != nil && !set {
		b.pureInto(to, blk.Value)
	}
}

// lets writes small bindings, but for those that are written already.
func (b *body) lets(small []*plan.Node) {
	for _, n := range small {
		if n.Read {
			b.name(n.Binds)
		} else {
			b.discard(n.Op.(*plan.Let).X)
		}
	}
}

// intoVariable makes the last call of a block set the variable that the block's
// value goes to, where the value is just what the call gives. It tells whether it
// did.
func (b *body) intoVariable(blk *plan.Block, to sink) bool {
	regions := blk.Schedule.Regions
	if to.kind != assign || blk.Value == nil || len(regions) == 0 {
		return false
	}
	n := regions[len(regions)-1].Alone()
	if n == nil || n.Binds == nil || !isVar(blk.Value, n.Binds) {
		return false
	}
	if c, ok := n.Op.(*plan.Call); !ok || !types.Identical(resultOf(c), n.Binds.Type) {
		return false
	}
	b.vars[n.Binds] = to.name
	return true
}

// tail writes the last step of a function literal together with the return of its
// value, where the value is just what the step gives. It tells whether it did.
func (b *body) tail(blk *plan.Block, i int, n *plan.Node, to sink) bool {
	value, last := returned(blk, i, to)
	if c, ok := n.Op.(*plan.Converse); ok && last && isVar(value, n.Binds) {
		defer b.own(stepOwner(b.workflow, n))()
		b.mark(n)
		b.add(jen.Return(b.converse(n, c)))
		return true
	}
	call, ok := n.Op.(*plan.Call)
	if !ok || call.Else != nil || call.Undo != nil || to.dynamic && isUnion(resultOf(call)) {
		return false
	}
	if !last || n.Binds == nil && value != nil || n.Binds != nil && (value == nil || !isVar(value, n.Binds)) {
		return false
	}
	wanted := b.leave.result != nil && !types.Is(b.leave.result, types.Nothing)
	if hasResult(call) != wanted || wanted != (n.Binds != nil) || readers(blk, n.Binds) > 1 || inlineAfter(blk, n) {
		return false
	}
	defer b.own(stepOwner(b.workflow, n))()
	b.mark(n)
	b.add(jen.Return(b.callStep(n, call)))
	return true
}

// returned is what the function literal returns that a block is the end of, if nothing is
// run between a region and the return.
func returned(blk *plan.Block, i int, to sink) (value plan.Expr, last bool) {
	switch rest := blk.Schedule.Regions[i+1:]; {
	case len(rest) == 0:
		return blk.Value, to.kind == give
	case len(rest) == 1 && rest[0].Alone() != nil:
		if ret, ok := rest[0].Alone().Op.(*plan.Return); ok {
			return ret.X, true
		}
	}
	return nil, false
}

// readers counts the nodes that read a variable, and the block's value.
func readers(blk *plan.Block, v *plan.Variable) int {
	count := 0
	for _, n := range blk.Nodes {
		if slices.Contains(n.Uses, v) {
			count++
		}
	}
	if blk.Value != nil && v != nil && reads(blk.Value, v) {
		count++
	}
	return count
}

// inlineAfter tells whether a small binding stands below a node.
func inlineAfter(blk *plan.Block, n *plan.Node) bool {
	below := blk.Nodes[slices.Index(blk.Nodes, n):]
	return slices.ContainsFunc(below, func(n *plan.Node) bool { return n.Inline })
}

// readsOf are the variables that an expression reads.
func readsOf(x plan.Expr) []*plan.Variable {
	var out []*plan.Variable
	plan.Walk(x, func(x plan.Expr) {
		if v, ok := x.(*plan.Var); ok {
			out = append(out, v.V)
		}
	})
	return out
}

// mayFail tells whether an expression can fail.
func mayFail(x plan.Expr) bool {
	fails := false
	plan.Walk(x, func(x plan.Expr) {
		switch x := x.(type) {
		case *plan.Index, *plan.Slice, *plan.Convert, *plan.FuncCall:
			fails = true
		case *plan.Builtin:
			fails = fails || x.Name != "len"
		case *plan.Binary:
			_, plain := plainOp(x)
			fails = fails || !plain
		case *plan.Interp:
			fails = fails || plan.Multiplies(x.Parts)
		case *plan.PureLoop:
			fails = fails || x.X == nil && x.Else == nil
		case *plan.PureFor:
			fails = fails || plan.Counts(x.Typ.(*types.List).Elem, x.Body)
		}
	})
	return fails
}

func isUnion(t types.Type) bool {
	_, ok := t.(*types.Union)
	return ok
}
