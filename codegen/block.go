package codegen

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/types"
)

// A schedule is a block cut into what runs one after the other: a single node, or
// a region whose chains run side by side. It knows how long each variable is in
// use, so that the block's small bindings are written where they are needed and
// nothing is declared that nobody reads.
type schedule struct {
	block *plan.Block
	items []item
	// written is the place of a node in the source's order.
	written map[*plan.Node]int
	// small are the places of the nodes that are small bindings or may hold some whose
	// names are visible after them. The rest need no look at each item.
	small []int
	// lets are the block's small bindings by variable.
	lets map[*plan.Variable]*plan.Node
	// last is the last item in which a variable is read: len(items) for the
	// block's value. A variable that the block doesn't read isn't in it.
	last map[*plan.Variable]int
	// beyond holds the variables that are read by what comes after the block.
	beyond map[*plan.Variable]bool
}

// An item is one node (chains is nil) or a region.
type item struct {
	node   *plan.Node
	chains [][]*plan.Node
}

func (it *item) nodes() []*plan.Node {
	if it.node != nil {
		return []*plan.Node{it.node}
	}
	var all []*plan.Node
	for _, c := range it.chains {
		all = append(all, c...)
	}
	return all
}

// newSchedule cuts a block. beyond tells which of its variables are read after it.
func newSchedule(blk *plan.Block, beyond func(*plan.Variable) bool) *schedule {
	s := &schedule{
		block: blk, written: map[*plan.Node]int{}, lets: map[*plan.Variable]*plan.Node{},
		last: map[*plan.Variable]int{}, beyond: map[*plan.Variable]bool{},
	}
	for i, n := range blk.Nodes {
		s.written[n] = i
		if _, ok := n.Op.(*plan.Parallel); ok || n.Inline {
			s.small = append(s.small, i)
		}
	}
	s.collectLets(blk)
	for _, r := range blk.Regions {
		if len(r.Chains) > 1 {
			s.items = append(s.items, item{chains: r.Chains})
			continue
		}
		for _, n := range r.Chains[0] {
			s.items = append(s.items, item{node: n})
		}
	}
	s.measure(beyond)
	return s
}

// collectLets takes note of the small bindings of a block, and of the parallel
// blocks in it, whose names are visible after them.
func (s *schedule) collectLets(blk *plan.Block) {
	for _, n := range blk.Nodes {
		if n.Inline && n.Binds != nil {
			s.lets[n.Binds] = n
		}
		if p, ok := n.Op.(*plan.Parallel); ok {
			s.collectLets(p.Body)
		}
	}
}

// measure fills last and beyond.
func (s *schedule) measure(beyond func(*plan.Variable) bool) {
	for i := range s.items {
		for _, n := range s.items[i].nodes() {
			for v := range s.deep(n.Uses) {
				s.last[v] = max(s.last[v], i)
			}
		}
	}
	for v := range s.deep(readsOf(s.block.Value)) {
		s.last[v] = len(s.items)
	}
	var bound []*plan.Variable
	for _, n := range s.block.Nodes {
		bound = append(bound, boundBy(n)...)
	}
	for v := range s.deep(slices.DeleteFunc(bound, func(v *plan.Variable) bool { return !beyond(v) })) {
		s.beyond[v] = true
	}
	s.measureUnused()
}

// measureUnused keeps what is read by a small binding that nobody reads: it is
// computed, as it may fail.
func (s *schedule) measureUnused() {
	for _, n := range s.block.Nodes {
		if !n.Inline || s.used(n.Binds) {
			continue
		}
		for v := range s.deep(n.Uses) {
			s.last[v] = len(s.items)
		}
	}
}

// deep is a set of variables with those that small bindings among them read.
func (s *schedule) deep(vs []*plan.Variable) map[*plan.Variable]bool {
	out := map[*plan.Variable]bool{}
	var visit func([]*plan.Variable)
	visit = func(vs []*plan.Variable) {
		for _, v := range vs {
			if out[v] {
				continue
			}
			out[v] = true
			if n := s.lets[v]; n != nil {
				visit(n.Uses)
			}
		}
	}
	visit(vs)
	return out
}

func (s *schedule) used(v *plan.Variable) bool {
	if v == nil {
		return false
	}
	_, ok := s.last[v]
	return ok || s.beyond[v]
}

// usedAfter tells whether somebody reads a variable after item i.
func (s *schedule) usedAfter(v *plan.Variable, i int) bool {
	last, ok := s.last[v]
	return ok && last > i || s.beyond[v]
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

// boundBy are the variables that a node binds: its own, and those of a parallel
// block, which are visible after it.
func boundBy(n *plan.Node) []*plan.Variable {
	var out []*plan.Variable
	if n.Binds != nil {
		out = append(out, n.Binds)
	}
	if p, ok := n.Op.(*plan.Parallel); ok {
		for _, n := range p.Body.Nodes {
			out = append(out, boundBy(n)...)
		}
	}
	return out
}

func nobody(*plan.Variable) bool { return false }

// steps writes a block, and puts its value where it goes. beyond tells which of
// the variables that it binds are read by what comes after it.
func (b *body) steps(blk *plan.Block, to sink, beyond func(*plan.Variable) bool) {
	s := newSchedule(blk, beyond)
	for v, n := range s.lets {
		b.pending[v] = n
	}
	set := b.intoVariable(s, to)
	for i := range s.items {
		b.flush(s, i)
		it := &s.items[i]
		switch {
		case it.chains != nil:
			b.region(s, i)
		case b.tail(s, i, to):
			return
		default:
			b.node(s, it.node)
		}
	}
	b.flush(s, len(s.items))
	if blk.Value != nil && !set {
		b.pureInto(to, blk.Value)
	}
}

// readers counts the nodes that read a variable, and the block's value.
func (s *schedule) readers(v *plan.Variable) int {
	count := 0
	for _, n := range s.block.Nodes {
		if slices.Contains(n.Uses, v) {
			count++
		}
	}
	if s.block.Value != nil && v != nil && reads(s.block.Value, v) {
		count++
	}
	return count
}

// inlineAfter tells whether a small binding stands below a node.
func (s *schedule) inlineAfter(n *plan.Node) bool {
	return slices.ContainsFunc(s.block.Nodes[s.written[n]:], func(n *plan.Node) bool { return n.Inline })
}

// intoVariable makes the last call of a block set the variable that the block's
// value goes to, where the value is just what the call gives. It tells whether it
// did.
func (b *body) intoVariable(s *schedule, to sink) bool {
	if to.kind != assign || s.block.Value == nil || len(s.items) == 0 {
		return false
	}
	n := s.items[len(s.items)-1].node
	if n == nil || n.Binds == nil || !isVar(s.block.Value, n.Binds) {
		return false
	}
	if c, ok := n.Op.(*plan.Call); !ok || !types.Identical(resultOf(c), n.Binds.Type) {
		return false
	}
	b.vars[n.Binds] = to.name
	return true
}

// flush writes the small bindings that stand above item i in the source, as far
// as what they read is there and somebody reads them from here on.
func (b *body) flush(s *schedule, i int) {
	above := len(s.block.Nodes)
	if i < len(s.items) {
		for _, n := range s.items[i].nodes() {
			above = min(above, s.written[n])
		}
	}
	for _, at := range s.small {
		if at >= above {
			break
		}
		n := s.block.Nodes[at]
		b.flushNode(s, n, i)
		if n.Inline && !s.used(n.Binds) && b.available(n) && b.once(n) {
			b.discard(n.Op.(*plan.Let).X)
		}
	}
}

// flushNode writes a small binding, or those of a parallel block, whose names are
// visible after it. What only comes after the block that s is of may be in another
// Go scope: there it is written when it is needed.
func (b *body) flushNode(s *schedule, n *plan.Node, i int) {
	if p, ok := n.Op.(*plan.Parallel); ok {
		for _, n := range p.Body.Nodes {
			b.flushNode(s, n, i)
		}
	}
	if last, ok := s.last[n.Binds]; ok && n.Inline && last >= i && b.available(n) {
		b.name(n.Binds)
	}
}

// ready writes the small bindings that a node of a chain reads, so that what can't
// be computed fails before the node, not in the midst of it, or never.
func (b *body) ready(s *schedule, n *plan.Node) {
	for _, v := range n.Uses {
		if s.lets[v] != nil {
			b.name(v)
		}
	}
}

// once tells whether it is asked for a node for the first time.
func (b *body) once(n *plan.Node) bool {
	for around := b; around != nil; around = around.parent {
		if around.dropped[n] {
			return false
		}
	}
	b.dropped[n] = true
	return true
}

// available tells whether what a small binding reads can be read here.
func (b *body) available(n *plan.Node) bool {
	for _, v := range n.Uses {
		if _, ok := b.visible(v); ok {
			continue
		}
		if p := b.pending[v]; p == nil || !b.available(p) {
			return false
		}
	}
	return true
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
		case *plan.PureFor:
			fails = fails || plan.Counts(x.Typ.(*types.List).Elem, x.Body)
		}
	})
	return fails
}

// tail writes the last step of a function literal together with the return of its
// value, where the value is just what the step gives. It tells whether it did.
func (b *body) tail(s *schedule, i int, to sink) bool {
	n := s.items[i].node
	call, ok := n.Op.(*plan.Call)
	if !ok || call.Else != nil || call.Undo != nil {
		return false
	}
	var value plan.Expr
	switch {
	case i == len(s.items)-1 && to.kind == give:
		value = s.block.Value
	case i == len(s.items)-2 && s.items[i+1].node != nil:
		ret, ok := s.items[i+1].node.Op.(*plan.Return)
		if !ok {
			return false
		}
		value = ret.X
	default:
		return false
	}
	if n.Binds == nil && value != nil || n.Binds != nil && (value == nil || !isVar(value, n.Binds)) {
		return false
	}
	wanted := b.leave.result != nil && !types.Is(b.leave.result, types.Nothing)
	if hasResult(call) != wanted || wanted != (n.Binds != nil) || s.readers(n.Binds) > 1 || s.inlineAfter(n) {
		return false
	}
	b.mark(n.Pos)
	b.add(jen.Return(b.callStep(n, call)))
	return true
}
