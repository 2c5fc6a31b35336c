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
	"slices"

	"github.com/wfgen/wfgen/compiler/gopkg"
)

// A Checker remembers what it has read of functions. It is for one goroutine.
type Checker struct {
	view     *gopkg.View
	packages map[string]*source // by import path; nil for those without source
	nodes    map[string]*node   // by key
}

// New gives a checker for the packages that a view shows.
func New(v *gopkg.View) *Checker {
	return &Checker{view: v, packages: map[string]*source{}, nodes: map[string]*node{}}
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
	s := &search{c: c, seen: map[string]bool{}, met: map[string]bool{}}
	s.add(f, nil)
	return s.run()
}

// A search goes through what a function reaches, the nearest first.
type search struct {
	c        *Checker
	queue    []*visit
	seen     map[string]bool // by key
	types    []*types.Named  // that were come across
	met      map[string]bool // them, by name
	dynamics []pending
}

// A visit is a function or variable that was come to.
type visit struct {
	*node
	from *visit // nil for the first
}

// A pending is the calls of an interface's method by one function: it leads to that
// method of each type that is come across, before or after.
type pending struct {
	dynamic
	by *visit
}

func (s *search) add(o types.Object, from *visit) {
	key := keyOf(o)
	if key == "" || s.seen[key] {
		return
	}
	s.seen[key] = true
	if n := s.c.node(o); n != nil {
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
		for _, o := range v.edges {
			s.add(o, v)
		}
		for _, d := range v.dynamics {
			s.call(pending{d, v})
		}
		for _, t := range v.types {
			s.meet(t)
		}
	}
	return nil
}

// call takes a call of an interface's method to those types that are known.
func (s *search) call(p pending) {
	s.dynamics = append(s.dynamics, p)
	for _, t := range s.types {
		s.dispatch(p, t)
	}
}

// meet takes the calls that are known to the methods of one more type.
func (s *search) meet(t *types.Named) {
	name := t.Origin().String()
	if s.met[name] {
		return
	}
	s.met[name] = true
	s.types = append(s.types, t)
	for _, p := range s.dynamics {
		s.dispatch(p, t)
	}
}

// dispatch adds the method of a type, where that has all the methods of the interface.
// Only their names are compared: the type may have been read twice, from source and from
// what Go has compiled, and is then two types.
func (s *search) dispatch(p pending, t *types.Named) {
	methods := types.NewMethodSet(types.NewPointer(t))
	for _, name := range p.needs {
		if methodOf(methods, name) == nil {
			return
		}
	}
	for _, name := range p.calls {
		if m := methodOf(methods, name); m != nil {
			s.add(m, p.by)
		}
	}
}

func methodOf(set *types.MethodSet, name string) *types.Func {
	for i := range set.Len() {
		if f, ok := set.At(i).Obj().(*types.Func); ok && f.Name() == name {
			return f
		}
	}
	return nil
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
