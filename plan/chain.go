package plan

// maxExact is how many nodes a region may have for a least cover; above it takes a
// greedy one.
const maxExact = 1000

// cover parts the nodes from lo to hi into chains, each in order, sorted by their
// first nodes: as few as there are nodes in the widest antichain (Dilworth), or a
// few more where there are too many nodes.
//
// Chains with few joins between them are preferred: a node first goes behind a
// direct predecessor that no other node has followed.
func cover(run *relation, direct [][]int, lo, hi int) [][]int {
	m := newMatching(run, lo, hi)
	m.follow(direct)
	if hi-lo <= maxExact {
		m.complete()
	} else {
		m.greedy()
	}
	return m.chains()
}

// A matching gives each node at most one that goes right before it in its chain,
// and the reverse. Nodes go by their index less lo; -1 is none.
type matching struct {
	run        *relation
	lo, n      int
	prev, next []int
}

func newMatching(run *relation, lo, hi int) *matching {
	m := &matching{run: run, lo: lo, n: hi - lo, prev: make([]int, hi-lo), next: make([]int, hi-lo)}
	for i := range m.prev {
		m.prev[i], m.next[i] = -1, -1
	}
	return m
}

func (m *matching) before(p, i int) bool { return m.run.has(p+m.lo, i+m.lo) }

func (m *matching) link(p, i int) { m.prev[i], m.next[p] = p, i }

// follow links nodes to direct predecessors, of several to the one with the
// fewest other followers.
func (m *matching) follow(direct [][]int) {
	followers := make([]int, m.n)
	for i := range m.n {
		for _, p := range direct[m.lo+i] {
			if p >= m.lo {
				followers[p-m.lo]++
			}
		}
	}
	for i := range m.n {
		best := -1
		for _, p := range direct[m.lo+i] {
			p -= m.lo
			if p >= 0 && m.next[p] < 0 && (best < 0 || followers[p] <= followers[best]) {
				best = p
			}
		}
		if best >= 0 {
			m.link(best, i)
		}
	}
}

// greedy links the nodes that are still first to the latest chain that ends
// before them.
func (m *matching) greedy() {
	open := make([]uint64, m.run.words)
	for i := range m.n {
		if m.prev[i] < 0 {
			if p := m.run.latest(i+m.lo, open); p >= 0 {
				m.link(p-m.lo, i)
				open[p/64] &^= 1 << (p % 64)
			}
		}
		if m.next[i] < 0 {
			open[(i+m.lo)/64] |= 1 << ((i + m.lo) % 64)
		}
	}
}

// chains reads the chains off the links.
func (m *matching) chains() [][]int {
	var out [][]int
	for i := range m.n {
		if m.prev[i] >= 0 {
			continue
		}
		var chain []int
		for at := i; at >= 0; at = m.next[at] {
			chain = append(chain, at+m.lo)
		}
		out = append(out, chain)
	}
	return out
}
