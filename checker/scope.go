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
	// below holds the names that the block binds further down.
	below map[string]*dsl.Ident
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
	what    string // what a variable is that wasn't bound by :=
	// hides is the declaration whose name the variable has, which is reported; nil for none.
	// Where a variable can't stand the name means that.
	hides *entry
}

// A path is a name with the fields that follow it: order.note.
type path struct {
	v      *Var
	fields string
}

// anyPath is the path that an unsound condition compares with none. It may have
// meant any: where it is narrowed, other optionals count as unsound too.
var anyPath path

func newScope(parent *scope) *scope {
	return &scope{parent: parent, names: map[string]*entry{}, narrowed: map[path]bool{}, below: map[string]*dsl.Ident{}}
}

func (s *scope) lookup(name string) *entry {
	for ; s != nil; s = s.parent {
		if e, ok := s.names[name]; ok {
			return e
		}
	}
	return nil
}

// bindingBelow is where a name is bound further down; nil where it isn't.
func (s *scope) bindingBelow(name string) *dsl.Ident {
	for ; s != nil; s = s.parent {
		if at := s.below[name]; at != nil {
			return at
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

// learn takes over what another scope knows: what is below it passes through it.
func (s *scope) learn(from *scope) {
	for p := range from.narrowed {
		s.narrowed[p] = true
	}
}

// all are the names in sight for which keep holds.
func (s *scope) all(keep func(Object) bool) []string {
	var names []string
	for ; s != nil; s = s.parent {
		for _, e := range s.order {
			if keep(e.obj) {
				names = append(names, e.name)
			}
		}
	}
	return names
}

func (s *scope) put(e *entry) {
	s.names[e.name] = e
	s.order = append(s.order, e)
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

// unused warns of bindings that nothing uses. One without a sound value has been
// reported already.
func (c *checker) unused(s *scope) {
	if c.file.Unsound {
		return // what the parser couldn't read may use it
	}
	for _, e := range s.order {
		v, _ := e.obj.(*Var)
		if e.binding && !e.used && v != nil && !isInvalid(v.Type) {
			c.warn(diag.UnusedResult, e.at, "%s is bound, but nothing uses it", e.name).
				Help = "drop the value with _ :="
		}
	}
}

// bind declares a variable in the current block that isn't bound by :=.
func (c *checker) bind(at *dsl.Ident, t types.Type, what string) {
	if at == nil {
		return
	}
	v := &Var{Name: at.Name, Type: t, Ident: at}
	c.info.Defs[at] = v
	if at.Name != "_" {
		c.enter(&entry{name: at.Name, obj: v, file: c.file, at: at, what: what})
	}
}

// enter adds a name to the current scope, where it may not be taken. It tells
// whether the name is there now.
func (c *checker) enter(e *entry) bool {
	old := c.scope.lookup(e.name)
	if e.at != nil && c.hidesImport(e.at, e.file) {
		if _, local := e.obj.(*Var); local {
			c.scope.put(e)
		}
		return false
	}
	switch {
	case old == nil || old.at == nil: // what the language declares may be hidden
	case c.scope.names[e.name] != nil:
		d := c.report(diag.DuplicateName, e.at, "%s is declared twice", e.name)
		label(d, old.file, old.at, "first declared here")
		d.Help = "names are bound once: choose another one"
		return false
	case e.name != "err":
		d := c.report(diag.Shadowed, e.at, "%s hides %s of the same name", e.name, kindOf(old))
		label(d, old.file, old.at, "declared here")
		d.Help = e.otherName(old)
		if _, local := old.obj.(*Var); local {
			break
		}
		if _, local := e.obj.(*Var); !local {
			return false
		}
		e.hides, e.used = old, true // what it is used for is said once it has another name
	}
	c.scope.put(e)
	return true
}

// otherName is what to do about a name that hides another one.
func (e *entry) otherName(hidden *entry) string {
	_, isLabel := e.obj.(*Label)
	_, isConst := hidden.obj.(*Const)
	switch {
	case isLabel:
		return "a label only names its step: choose another one"
	case isConst && e.what == armNamed:
		return "the name behind a member is what the arm calls it, not what it is compared with: choose another one, and compare in the arm with if"
	}
	return "choose another name"
}

// kindOf says in a message what a name stands for.
func kindOf(e *entry) string {
	switch o := e.obj.(type) {
	case *Var:
		if e.binding {
			return "a binding"
		}
		return e.what
	case *Label:
		return "a label"
	case *TypeName:
		return "a type"
	case *Tool:
		return "a tool"
	case *Func:
		return "a func"
	case *Workflow:
		if o.Agent != nil {
			return "an agent"
		}
		return "a workflow"
	case *Model:
		return "a model"
	case *Const:
		return "a constant"
	case *Policy:
		return "a policy"
	case *Builtin:
		if o.Name == "run" {
			return "the execution"
		}
	}
	return "a function"
}

func isValue(o Object) bool {
	switch o := o.(type) {
	case *Var, *Const:
		return true
	case *TypeName:
		_, enum := o.Type.(*types.Enum)
		return enum
	}
	return false
}

func isFunction(o Object) bool {
	switch o := o.(type) {
	case *Tool, *Func, *Workflow:
		return true
	case *Builtin:
		return o.Name != "run"
	case *TypeName:
		return types.IsNumeric(o.Type) || types.Is(o.Type, types.String)
	}
	return false
}

func isType(o Object) bool {
	_, ok := o.(*TypeName)
	return ok
}

// find gives what a name stands for, and reports one that stands for nothing.
// keep chooses what to suggest.
func (c *checker) find(name *dsl.Ident, what string, keep func(Object) bool) Object {
	e := c.scope.lookup(name.Name)
	if e == nil {
		c.unknown(name, what, keep)
		return nil
	}
	e = e.meant(keep)
	e.used = true
	c.info.Uses[name] = e.obj
	return e.obj
}

// meant is the entry, or what it hides where that is what can stand.
func (e *entry) meant(keep func(Object) bool) *entry {
	if e.hides != nil && !keep(e.obj) && keep(e.hides.obj) {
		return e.hides
	}
	return e
}

func (c *checker) unknown(name *dsl.Ident, what string, keep func(Object) bool) {
	if name.Name == "" {
		return
	}
	if c.unknownYet(name) || c.packageIsNoValue(name) {
		return
	}
	d := c.report(diag.UnknownName, name, "unknown %s %s", what, name.Name)
	if help := elsewhere[name.Name]; help != "" && (what == "function" || what == "name") {
		d.Help = help
	} else if enum := c.enumWith(name.Name); enum != "" {
		d.Help = "write " + enum + "." + name.Name
	} else if near := nearest(name.Name, c.scope.all(keep)); near != "" {
		c.suggest(d, near)
	}
}

// elsewhere are names that mean something in other languages, with what to write.
var elsewhere = map[string]string{
	"panic": failHelp, "throw": failHelp, "raise": failHelp, "abort": failHelp, "exit": failHelp,
	"print": logHelp, "println": logHelp, "printf": logHelp, "puts": logHelp,
	"sleep": "write wait and a duration", "delay": "write wait and a duration", "assert": "write validate", "require": "write validate",
	"nil": "write none", "null": "write none", "None": "write none", "undefined": "write none", "True": "write true", "False": "write false",
	"err": "a step that fails ends the workflow; else on its call, or try around it, says what happens instead, and knows err there",
	"str": "write string(x), or \"${x}\"", "length": "write len(x)", "size": "write len(x)", "count": "write len(x)",
	"toString": "write string(x), or \"${x}\"", "sprintf": "write \"${x}\"", "float": "write float64(x)", "filter": roundsHelp, "map": roundsHelp,
	"image": seesText, "file": seesText,
	"retry": "write retry behind the call, as a clause", "commit": "write commit alone, as a statement",
}

const (
	seesText   = "a model is given text alone: write what it is to know as a text"
	failHelp   = "write fail and a message"
	logHelp    = "write log and a message"
	roundsHelp = "write for x in xs where … { … }, whose value is a list"
)

// unknownYet reports a name that is bound by the very line it stands in, or below.
func (c *checker) unknownYet(name *dsl.Ident) bool {
	if e := c.in.binding; e != nil && e.name == name.Name {
		d := c.report(diag.UnknownName, name, "%s isn't bound yet: this is its own value", name.Name)
		d.Help = "only the undo of the call that is bound can name its result"
		return true
	}
	at := c.scope.bindingBelow(name.Name)
	if at == nil {
		return false
	}
	d := c.report(diag.UnknownName, name, "%s is bound further down", name.Name)
	label(d, c.file, at, "bound here")
	return true
}

// suggest names what may have been meant.
func (c *checker) suggest(d *diag.Diagnostic, near string) {
	d.Help = "did you mean " + near + "?"
	if e := c.scope.lookup(near); e != nil && e.at != nil {
		e.used = true
		label(d, e.file, e.at, "%s is declared here", near)
	}
}

// enumWith names the first enum that has the member.
func (c *checker) enumWith(member string) string {
	for _, e := range c.prog.Enums {
		if e.Type.Has(member) {
			return e.Type.Name
		}
	}
	return ""
}
