package plan

// sources finds the scheduled nodes of a block that variables and labels come
// from.
type sources struct {
	// place is a node's index among the scheduled ones; for one that isn't
	// scheduled, how many of those are above it.
	place map[*Node]int
	// binder holds, by variable, the node of the block that binds it; by node,
	// the one that is or holds it.
	binder map[*Variable]*Node
	holder map[*Node]*Node
}

func newSources(b *Block) sources {
	s := sources{map[*Node]int{}, map[*Variable]*Node{}, map[*Node]*Node{}}
	at := 0
	for _, n := range b.Nodes {
		visible(n, func(inner *Node) {
			s.holder[inner] = n
			if inner.Binds != nil {
				s.binder[inner.Binds] = n
			}
		})
		s.place[n] = at
		if !n.Inline {
			at++
		}
	}
	return s
}

// each calls do for the nodes from place lo on that variables come from: those
// that bind them and, where that is a binding too small to be scheduled, those
// that it uses.
func (s *sources) each(vs []*Variable, lo int, do func(*Node)) {
	var seen map[*Node]bool
	var visit func([]*Variable)
	visit = func(vs []*Variable) {
		for _, v := range vs {
			n := s.binder[v]
			switch {
			case n == nil || seen[n]:
			case !n.Inline && s.place[n] >= lo:
				do(n)
			case n.Inline && s.place[n] > lo:
				if seen == nil {
					seen = map[*Node]bool{}
				}
				seen[n] = true
				visit(n.Uses)
			}
		}
	}
	visit(vs)
}

// eachRef is each for a name after "after".
func (s *sources) eachRef(r ref, lo int, do func(*Node)) {
	if r.v != nil {
		s.each([]*Variable{r.v}, lo, do)
	} else if n := s.holder[r.n]; n != nil && n.Inline {
		s.each(n.Uses, lo, do)
	} else if n != nil && s.place[n] >= lo {
		do(n)
	}
}
