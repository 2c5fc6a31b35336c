// Package gopure tells whether a Go function gives the same each time it is called with
// the same arguments, as a func of a workflow has to. It takes a function of go/types and
// gives the way from it to what may differ: the clock, random numbers, the environment,
// files, the network, goroutines, the order of a map. Functions of the module and of what
// it requires are followed through their source, each read once; of the standard library
// there is a table. Where a call may lead to several functions all of them count: a method
// of an interface to those of each type that the functions come across, a function's value
// to that function, wherever it is called. It never runs anything, doesn't see through
// reflection, assembly and cgo, and reports nothing itself.
package gopure

import (
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"

	"github.com/wfgen/wfgen/compiler/gopkg"
)

// A Checker remembers what it has read of functions. It is for one goroutine.
type Checker struct {
	view     *gopkg.View
	packages map[string]*source // by import path; nil for those without source
	nodes    *memo[*node]
	effects  *memo[effect]
	sorting  map[string]bool // functions of which it is being found out whether they sort
}

// New gives a checker for the packages that a view shows.
func New(v *gopkg.View) *Checker {
	return &Checker{view: v, packages: map[string]*source{}, nodes: newMemo[*node](), effects: newMemo[effect](), sorting: map[string]bool{}}
}

// A Reach is how a function comes to something that may differ.
type Reach struct {
	// Way names the functions and variables, from the function itself to what differs. What is
	// of another package than the function has that before its name.
	Way []string
	// At is where the last of them is named; not valid where it is the function itself.
	At token.Pos
	// Unreasoned is a comment on the way that declares one of them to be deterministic without
	// saying why, and so doesn't count; not valid where there is none.
	Unreasoned token.Pos
}

// Of gives the shortest way from the function to what may differ, and nil where there is
// none that can be seen.
func (c *Checker) Of(f *types.Func) *Reach {
	if f.Pkg() == nil {
		return nil
	}
	if c.view.Standard(f.Pkg().Path()) {
		if differs(f) {
			return &Reach{Way: []string{f.Pkg().Name() + "." + f.Name()}}
		}
		return nil
	}
	s := &search{c: c, seen: map[string]bool{}, met: map[string]bool{}, calls: map[string]*pending{}, having: map[string][]*met{}, needing: map[string][]*pending{}}
	s.add(f, false, nil)
	return s.run()
}

// A search goes through what a function reaches, the nearest first. It takes time in
// proportion to that: a type is looked up by the name of a method, and so is a call.
type search struct {
	c       *Checker
	queue   []*visit
	seen    map[string]bool // by key, with what was asked of it
	met     map[string]bool // types that were come across, by name
	calls   map[string]*pending
	having  map[string][]*met // types by the names of their methods
	needing map[string][]*pending
}

// A visit is a function or variable that was come to.
type visit struct {
	*node
	from *visit // nil for the first
}

// A pending is the calls of an interface's method, and the first function with one: it leads
// to that method of each type that is come across, before or after.
type pending struct {
	dynamic
	by *visit
}

// A met is a type that was come across, with its methods.
type met struct {
	t       *types.Named
	methods map[string]*types.Func
}

// add comes to a function or variable. What a function gives in no order counts where it isn't
// just called, which is seen to there.
func (s *search) add(o types.Object, called bool, from *visit) {
	key := keyOf(o)
	if key == "" {
		return
	}
	n := s.c.node(o)
	if n == nil {
		return
	}
	if given := key + " gives"; !called && n.gives != nil && !n.steady && !s.seen[given] {
		s.seen[given] = true
		s.queue = append(s.queue, &visit{&node{object: o, fault: &fault{mapOrder, n.gives.at}}, from})
	}
	if !s.seen[key] {
		s.seen[key] = true
		s.queue = append(s.queue, &visit{n, from})
	}
}

func (s *search) run() *Reach {
	for len(s.queue) > 0 {
		v := s.queue[0]
		s.queue = s.queue[1:]
		if v.steady {
			continue
		}
		if v.fault != nil {
			return v.reach()
		}
		for _, e := range v.edges {
			s.add(e.to, e.called, v)
		}
		for _, d := range v.dynamics {
			s.call(d, v)
		}
		for _, t := range v.types {
			s.meet(t)
		}
	}
	return nil
}

// call takes a call of an interface's method to those types that are known.
func (s *search) call(d dynamic, by *visit) {
	key := strings.Join(d.needs, " ") + "|" + strings.Join(d.calls, " ")
	if s.calls[key] != nil {
		return
	}
	p := &pending{d, by}
	s.calls[key] = p
	for _, name := range d.first() {
		s.needing[name] = append(s.needing[name], p)
		for _, m := range s.having[name] {
			s.dispatch(p, m)
		}
	}
}

// first are the names of methods of which a type has one, if the calls can lead to it.
func (d dynamic) first() []string {
	if len(d.needs) > 0 {
		return d.needs[:1]
	}
	return d.calls
}

// meet takes the calls that are known to the methods of one more type.
func (s *search) meet(t *types.Named) {
	name := t.Origin().String()
	if s.met[name] {
		return
	}
	s.met[name] = true
	set := types.NewMethodSet(types.NewPointer(t))
	m := &met{t, map[string]*types.Func{}}
	for i := range set.Len() {
		if f, ok := set.At(i).Obj().(*types.Func); ok {
			m.methods[f.Name()] = f
		}
	}
	for name := range m.methods {
		s.having[name] = append(s.having[name], m)
	}
	for _, name := range slices.Sorted(maps.Keys(m.methods)) {
		for _, p := range s.needing[name] {
			s.dispatch(p, m)
		}
	}
}

// dispatch adds the method of a type, where that has all the methods of the interface.
// Only their names are compared: the type may have been read twice, from source and from
// what Go has compiled, and is then two types.
func (s *search) dispatch(p *pending, m *met) {
	for _, name := range p.needs {
		if m.methods[name] == nil {
			return
		}
	}
	for _, name := range p.calls {
		f := m.methods[name]
		switch {
		case f == nil || f.Pkg() == nil:
		case !s.c.view.Standard(f.Pkg().Path()):
			s.add(f, false, p.by)
		case differs(f):
			by := &node{object: p.by.object, fault: &fault{f.Pkg().Name() + "." + ownName(f), p.at}}
			s.queue = append(s.queue, &visit{by, p.by.from})
		}
	}
}

// reach is the way to what differs in the function or variable that a search has come to.
func (v *visit) reach() *Reach {
	first := v
	for first.from != nil {
		first = first.from
	}
	r := &Reach{Way: []string{v.fault.what}, At: v.fault.at}
	for at := v; at != nil; at = at.from {
		r.Way = append(r.Way, at.name(first.object.Pkg()))
		if at.unreasoned.IsValid() {
			r.Unreasoned = at.unreasoned
		}
	}
	slices.Reverse(r.Way)
	return r
}
