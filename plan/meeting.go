package plan

// meet makes a region of chains, so that each node starts when its predecessors are done:
// a chain whose first node follows one of another chain is started by that chain; every
// other dependency between chains is a wait.
func meet(nodes []*Node, chains [][]*Node) *Region {
	m := &meeting{
		region: &Region{Nodes: nodes, Chains: make([]Chain, len(chains))},
		turns:  map[*Node]*Turn{}, chain: map[*Node]int{}, latched: map[*Node]bool{},
	}
	for i, chain := range chains {
		for _, n := range chain {
			m.turns[n], m.chain[n] = &Turn{Node: n}, i
			m.region.Chains[i] = append(m.region.Chains[i], m.turns[n])
		}
	}
	for i := range chains {
		m.join(i)
	}
	return m.region
}

// A meeting is a region while its chains are joined.
type meeting struct {
	region *Region
	turns  map[*Node]*Turn
	chain  map[*Node]int // the number of the chain that runs a node
	// latched are the nodes that a chain waits for.
	latched map[*Node]bool
}

// join settles how a chain begins, and for whom it waits.
func (m *meeting) join(i int) {
	chain := m.region.Chains[i]
	for _, t := range chain {
		t.Waits = m.elsewhere(t.Node)
	}
	first := chain[0]
	if len(first.Waits) == 0 {
		m.region.Starts = append(m.region.Starts, chain)
	} else {
		by := m.turns[first.Waits[0]]
		by.Starts, first.Waits = append(by.Starts, chain), first.Waits[1:]
	}
	for _, t := range chain {
		for _, n := range t.Waits {
			m.latch(n)
		}
	}
}

// elsewhere are the predecessors of a node that other chains of its region run.
func (m *meeting) elsewhere(n *Node) []*Node {
	var out []*Node
	for _, p := range n.After {
		if chain, here := m.chain[p]; here && chain != m.chain[n] {
			out = append(out, p)
		}
	}
	return out
}

// latch notes that a chain waits for a node.
func (m *meeting) latch(n *Node) {
	if !m.latched[n] {
		m.latched[n] = true
		m.region.Latches = append(m.region.Latches, n)
	}
}
