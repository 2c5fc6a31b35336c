package plan

// A Meeting says how the chains of a region meet, so that each node starts when its
// predecessors are done: a chain whose first node follows one of another chain is
// started by that chain; every other dependency between chains is a wait.
type Meeting struct {
	// Starts are the chains that start with the region, by their numbers.
	Starts []int
	// Forks holds, for a node, the chains that start when it is done.
	Forks map[*Node][]int
	// Waits holds, for a node, the nodes of other chains that it waits for.
	Waits map[*Node][]*Node
}

// Meeting works out how the chains of a region meet.
func (r *Region) Meeting() *Meeting {
	m := &Meeting{Forks: map[*Node][]int{}, Waits: map[*Node][]*Node{}}
	chainOf := map[*Node]int{}
	for i, chain := range r.Chains {
		for _, n := range chain {
			chainOf[n] = i
		}
	}
	for i, chain := range r.Chains {
		for at, n := range chain {
			var others []*Node
			for _, p := range n.After {
				if chain, ok := chainOf[p]; ok && chain != i {
					others = append(others, p)
				}
			}
			switch {
			case at == 0 && len(others) == 0:
				m.Starts = append(m.Starts, i)
			case at == 0:
				m.Forks[others[0]] = append(m.Forks[others[0]], i)
				m.Waits[n] = others[1:]
			default:
				m.Waits[n] = others
			}
		}
	}
	return m
}
