package plan

// sources finds the scheduled nodes of a block that variables and labels come
// from.
type sources struct {
	// index holds the scheduled nodes with their place.
	index map[*Node]int
	// binder holds, by variable, the node of the block that binds it; by node,
	// the one that is or holds it.
	binder map[*Variable]*Node
	holder map[*Node]*Node
}

func newSources(b *Block) sources {
	s := sources{map[*Node]int{}, map[*Variable]*Node{}, map[*Node]*Node{}}
	for _, n := range b.Nodes {
		s.note(n, n)
		if !n.Inline {
			s.index[n] = len(s.index)
		}
	}
	return s
}

// note notes what n, which is or stands in by, binds and can be called by. What a
// parallel block binds can be used below it.
func (s *sources) note(n, by *Node) {
	s.holder[n] = by
	if n.Binds != nil {
		s.binder[n.Binds] = by
	}
	if p, ok := n.Op.(*Parallel); ok {
		for _, inner := range p.Body.Nodes {
			s.note(inner, by)
		}
	}
}

// each calls do for the nodes that variables come from: those that bind them and,
// where that is a binding too small to be scheduled, those that it uses.
func (s *sources) each(vs []*Variable, do func(*Node)) {
	seen := map[*Node]bool{}
	var visit func([]*Variable)
	visit = func(vs []*Variable) {
		for _, v := range vs {
			n := s.binder[v]
			switch {
			case n == nil || seen[n]:
			case n.Inline:
				seen[n] = true
				visit(n.Uses)
			default:
				do(n)
			}
		}
	}
	visit(vs)
}

// eachRef is each for a name after "after".
func (s *sources) eachRef(r ref, do func(*Node)) {
	if r.v != nil {
		s.each([]*Variable{r.v}, do)
	} else if n := s.holder[r.n]; n != nil && n.Inline {
		s.each(n.Uses, do)
	} else if n != nil {
		do(n)
	}
}
