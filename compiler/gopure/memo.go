package gopure

// A memo keeps what is found of functions, by key. Functions may call each other: one is then
// asked for while it is being looked at, and what has been found of it so far is given. What
// leans on that is kept until the other has been found, and then found anew: or what is said
// of a function would depend on which was asked for first.
type memo[T any] struct {
	kept  map[string]T
	open  map[string]*finding[T]
	loose map[string]int // of what is kept for now, the depth of the outermost that it leans on
	order []string       // the keys of loose, the oldest first
	leans int            // the outermost that is leant on by what is being found
}

// A finding is a function that is being looked at.
type finding[T any] struct {
	depth int
	sofar T
}

// nothing is deeper than any finding.
const nothing = int(^uint(0) >> 1)

func newMemo[T any]() *memo[T] {
	return &memo[T]{map[string]T{}, map[string]*finding[T]{}, map[string]int{}, nil, nothing}
}

// of gives what is kept of a key, or finds it. Grown tells whether more has been found than
// before: as long as that is so, it is found again.
func (m *memo[T]) of(key string, find func() T, grown func(before, now T) bool) T {
	if found, ok := m.kept[key]; ok {
		if depth, ok := m.loose[key]; ok {
			m.leans = min(m.leans, depth)
		}
		return found
	}
	if f := m.open[key]; f != nil {
		m.leans = min(m.leans, f.depth)
		return f.sofar
	}
	f, outer, first := &finding[T]{depth: len(m.open)}, m.leans, len(m.order)
	m.open[key] = f
	for again := true; again; {
		m.leans = nothing
		now := find()
		again = m.leans <= f.depth && grown(f.sofar, now)
		f.sofar = now
		if again || m.leans >= f.depth {
			m.drop(first)
		}
	}
	delete(m.open, key)
	m.kept[key] = f.sofar
	if m.leans < f.depth {
		m.order = append(m.order, key)
		for _, k := range m.order[first:] {
			m.loose[k] = m.leans
		}
	} else {
		m.leans = nothing
	}
	m.leans = min(m.leans, outer)
	return f.sofar
}

// drop forgets what has been kept for now since some moment.
func (m *memo[T]) drop(first int) {
	for _, key := range m.order[first:] {
		delete(m.kept, key)
		delete(m.loose, key)
	}
	m.order = m.order[:first]
}
