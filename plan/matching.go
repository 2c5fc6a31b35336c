package plan

// complete makes the matching a largest one, by Hopcroft and Karp: rounds of
// augmenting paths, all paths of a round disjoint.
func (m *matching) complete() {
	level := make([]int, m.n)
	for m.layers(level) {
		grown := false
		for i := range m.n {
			if m.prev[i] < 0 && m.augment(i, level) {
				grown = true
			}
		}
		if !grown {
			return
		}
	}
}

// layers gives each node its distance from those without a predecessor, along
// paths that alternate between possible and actual links, and tells whether one
// leads to a node that may still be followed.
func (m *matching) layers(level []int) bool {
	var queue []int
	for i := range m.n {
		level[i] = -1
		if m.prev[i] < 0 {
			level[i] = 0
			queue = append(queue, i)
		}
	}
	found := false
	for len(queue) > 0 {
		i := queue[0]
		queue = queue[1:]
		for p := i - 1; p >= 0; p-- {
			if !m.before(p, i) {
				continue
			}
			switch next := m.next[p]; {
			case next < 0:
				found = true
			case level[next] < 0:
				level[next] = level[i] + 1
				queue = append(queue, next)
			}
		}
	}
	return found
}

// augment links i to a predecessor, if need be by linking the node that follows
// it now to another. A node that leads nowhere is left out of the round.
func (m *matching) augment(i int, level []int) bool {
	own := level[i]
	level[i] = -1
	for p := i - 1; p >= 0; p-- {
		if m.next[p] < 0 && m.before(p, i) {
			m.link(p, i)
			return true
		}
	}
	for p := i - 1; p >= 0; p-- {
		next := m.next[p]
		if next >= 0 && level[next] == own+1 && m.before(p, i) && m.augment(next, level) {
			m.link(p, i)
			return true
		}
	}
	return false
}
