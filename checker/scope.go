package checker

import (
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// A scope holds the names of a block, and what is known in it not to be none.
type scope struct {
	parent   *scope
	names    map[string]*entry
	order    []*entry
	narrowed map[path]bool
}

// An entry is a declared name.
type entry struct {
	name string
	obj  Object
	file *dsl.File
	at   *dsl.Ident // nil for what the language declares
	used bool
	// binding tells that the name was bound by :=, so that somebody should use it.
	binding bool
}

// A path is a name with the fields that follow it: order.note.
type path struct {
	v      *Var
	fields string
}

func newScope(parent *scope) *scope {
	return &scope{parent: parent, names: map[string]*entry{}, narrowed: map[path]bool{}}
}

func (s *scope) lookup(name string) *entry {
	for ; s != nil; s = s.parent {
		if e, ok := s.names[name]; ok {
			return e
		}
	}
	return nil
}

func (s *scope) isNarrowed(p path) bool {
	for ; s != nil; s = s.parent {
		if s.narrowed[p] {
			return true
		}
	}
	return false
}

func (s *scope) narrow(ps []path) {
	for _, p := range ps {
		s.narrowed[p] = true
	}
}

// all are the names in sight.
func (s *scope) all() []string {
	var names []string
	for ; s != nil; s = s.parent {
		for _, e := range s.order {
			names = append(names, e.name)
		}
	}
	return names
}

// inScope checks something in a scope of its own, and then that its bindings are
// used.
func (c *checker) inScope(do func()) {
	s := newScope(c.scope)
	c.inThis(s, do)
	c.unused(s)
}

func (c *checker) inThis(s *scope, do func()) {
	defer func(was *scope) { c.scope = was }(c.scope)
	c.scope = s
	do()
}

func (c *checker) unused(s *scope) {
	for _, e := range s.order {
		if e.binding && !e.used {
			c.warn(diag.UnusedResult, e.at, "%s is bound, but nothing uses it", e.name).
				Help = "leave the name out, or drop the value with _ :="
		}
	}
}

// bind declares a variable in the current block.
func (c *checker) bind(at *dsl.Ident, t types.Type, binding bool) *Var {
	if at == nil {
		return &Var{Type: t}
	}
	v := &Var{Name: at.Name, Type: t, Ident: at}
	c.info.Defs[at] = v
	if at.Name != "_" {
		c.enter(&entry{name: at.Name, obj: v, file: c.file, at: at, binding: binding})
	}
	return v
}

// enter adds a name to the current scope, where it may not be taken.
func (c *checker) enter(e *entry) {
	old := c.scope.lookup(e.name)
	switch {
	case old == nil || old.at == nil: // what the language declares may be hidden
	case c.scope.names[e.name] != nil:
		d := c.report(diag.DuplicateName, e.at, "%s is declared twice", e.name)
		label(d, old.file, old.at, "first declared here")
		d.Help = "names are bound once: take another one"
		return
	case e.name != "err":
		d := c.report(diag.Shadowed, e.at, "%s hides another %s", e.name, e.name)
		label(d, old.file, old.at, "declared here")
		d.Help = "take another name"
	}
	c.scope.names[e.name] = e
	c.scope.order = append(c.scope.order, e)
}

func isBuiltin(o Object) bool {
	_, ok := o.(*Builtin)
	return ok
}

// find gives what a name stands for, and reports one that stands for nothing.
func (c *checker) find(name *dsl.Ident, what string) Object {
	e := c.scope.lookup(name.Name)
	if e == nil {
		c.unknown(name, what)
		return nil
	}
	e.used = true
	c.info.Uses[name] = e.obj
	return e.obj
}

func (c *checker) unknown(name *dsl.Ident, what string) {
	if name.Name == "" {
		return
	}
	d := c.report(diag.UnknownName, name, "unknown %s %s", what, name.Name)
	if later[name.Name] {
		d.Help = name.Name + " isn't part of the language yet"
		return
	}
	near := nearest(name.Name, c.scope.all())
	if near == "" {
		return
	}
	d.Help = "did you mean " + near + "?"
	if e := c.scope.lookup(near); e != nil && e.at != nil {
		label(d, e.file, e.at, "%s is declared here", near)
	}
}

// later are the functions of the language that this version doesn't have.
var later = map[string]bool{"decode": true, "fixed": true, "format": true, "now": true, "uuid": true}
