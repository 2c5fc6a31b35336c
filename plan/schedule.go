package plan

// This file is the contract between the plan and whoever runs it: the Go generator, the
// interpreter, and every backend to come. The language promises that steps run as early
// as what they need allows, and that a workflow comes to the same end however it is run.
// The second promise is only kept if all backends settle the same questions in the same
// way, and there are more of them than the order of the steps: which goroutine runs a
// step, who starts whom, who has to wait for whom and who needn't, and at which moment a
// binding that isn't a step is computed, which may fail and is seen then. So a backend
// settles none of them. It goes through a Schedule from the beginning to its end and
// says in its own words what stands there.
//
// How a schedule comes about, and where:
//
//   - Who waits for whom is worked out by the rules of the language, and reduced to what
//     none of it implies already: order.go. Between two nodes that everything else is
//     before or after, the rest can be looked at on its own: region.go.
//   - What of a region can run side by side is covered with the fewest goroutines that
//     hold nothing up, its chains: chain.go, matching.go. By Dilworth's theorem these are
//     as many as there are nodes of which none waits for another.
//   - Where chains meet, a chain starts another if it can, and else waits: meeting.go. In a
//     graph that is series-parallel all are started; only others need latches.
//   - What is read by whom, and when what is too small to be a node is computed:
//     reading.go.
//
// A small binding has no place in the order, since a goroutine, a latch or even a line in
// a trace costs more than it does. It is computed on the way instead, by whoever comes
// past: right before the first region below it, if that or a later one reads it, or nobody
// does. For what can't be computed fails where it is written, and that holds for a value
// that is dropped too. One that stands among the nodes of a region and is read there alone
// is computed by the chain that reads it: before the node, not in the midst of it, as a
// step that has begun may have changed something. What such a binding reads in turn is
// computed when it comes to that, which it needn't: the branch of an if may read it. So a
// backend computes a small binding that is read and isn't computed yet.

// A Schedule is how a block is run: its regions one after the other, then what is left to
// be computed, then the block's value. Where a node leaves the block, the rest isn't run.
type Schedule struct {
	Regions []*Region
	// Last are the small bindings that are computed behind the last region, in their order.
	Last []*Node
	// Width is how many goroutines the schedule asks for, the caller's own among them: the
	// width of the widest antichain, or a little more where a region has too many nodes for
	// the exact answer. Logs, which nothing waits for, are run by goroutines that are there
	// anyway. It is 0 in a block without nodes.
	Width int
}

// A Region is a part of a block that is done before the next one starts: a single node,
// or several that run side by side as far as they can.
type Region struct {
	// Before are the small bindings that are computed before the region, in their order.
	// One that is computed already, inside a parallel block, is left as it is; one whose
	// node isn't Read is computed since it may fail.
	Before []*Node
	// Nodes are all nodes of the region as they are written; never empty.
	Nodes []*Node
	// Chains are what the goroutines of the region run, sorted by their first nodes; nil
	// for a single node, which the caller's own runs.
	Chains []Chain
	// Starts are those of the chains that start with the region. The others are started by
	// turns.
	Starts []Chain
	// Latches are the nodes that a chain waits for which doesn't run them, in the order in
	// which they are waited for first.
	Latches []*Node
	// Shared are the variables that one chain binds and somebody else reads, another chain
	// or what comes after the region, in the order in which they are bound.
	Shared []*Variable
}

// A Chain is what one goroutine of a region runs, one turn after the other. It is never
// empty.
type Chain []*Turn

// A Turn is a node where a chain runs it.
type Turn struct {
	// Waits are the nodes of other chains that have to be done before. The node needs no
	// wait for what is above it in its chain, started its chain, or is in an earlier region.
	Waits []*Node
	// Before are the small bindings that are computed before the node, in their order: those
	// that it reads and that stand among the nodes of the region. Where what comes after the
	// region reads one too, the next region's list has it again.
	Before []*Node
	Node   *Node
	// Starts are the chains that start when the node is done.
	Starts []Chain
}

// Alone is the node that is all of the region, or nil.
func (r *Region) Alone() *Node {
	if r.Chains != nil {
		return nil
	}
	return r.Nodes[0]
}

// alone appends a node that runs beside no other.
func (s *Schedule) alone(n *Node) {
	s.Width = max(s.Width, 1)
	s.Regions = append(s.Regions, &Region{Nodes: []*Node{n}})
}

// beside appends a region of several chains. Its nodes are given as they are written.
func (s *Schedule) beside(nodes []*Node, chains [][]*Node) {
	s.Width = max(s.Width, len(chains))
	s.Regions = append(s.Regions, meet(nodes, chains))
	for i, chain := range chains {
		for _, n := range chain {
			n.Chain = i
		}
	}
}
