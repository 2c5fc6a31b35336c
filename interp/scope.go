package interp

import (
	"reflect"
	"sync/atomic"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/pure"
)

// An env is where something is evaluated: the values in sight and the frame.
// Blocks that run side by side have envs of their own around shared scopes.
type env struct {
	p     *Program
	w     *workflow      // nil in a func and for what isn't of a workflow
	frame *runtime.Frame // nil where nothing runs
	check *pure.Check    // the look at a value whose constraint is worked out; else nil
	brief pure.Stopper   // what stops a condition that the engine asks; else nil
	vars  *scope
}

// checkStopped ends what takes long where that has been stopped.
func (e *env) checkStopped() {
	switch {
	case e.brief != nil:
		e.brief.CheckStopped()
	case e.check != nil:
		e.check.CheckStopped()
	case e.frame != nil:
		e.frame.CheckStopped()
	}
}

// A scope holds the variables of one run of a block. All of them are there from
// the beginning, so that goroutines only ever set and read what is in the cells,
// in the order that the plan has settled.
type scope struct {
	parent *scope
	cells  map[*plan.Variable]*cell
}

// A cell holds a variable's value; one of a small binding holds how it is computed.
type cell struct {
	value reflect.Value // not valid before it is set
	let   *plan.Node    // nil for other variables
	home  *env          // where let is computed
	made  atomic.Pointer[reflect.Value]
}

func (c *cell) get() reflect.Value {
	if c.let == nil {
		return c.value
	}
	if v := c.made.Load(); v != nil {
		return *v
	}
	v := c.home.expr(c.let.Op.(*plan.Let).X)
	c.made.Store(&v)
	return v
}

// find gives a variable's cell.
func (e *env) find(v *plan.Variable) *cell {
	for s := e.vars; s != nil; s = s.parent {
		if c := s.cells[v]; c != nil {
			return c
		}
	}
	panic("internal error: " + v.Name + " is used before it is bound")
}

// set gives a variable its value, which becomes an optional or an any where the
// variable is one.
func (e *env) set(v *plan.Variable, value reflect.Value) {
	if v != nil {
		e.find(v).value = fit(value, goType(v.Type))
	}
}

// with is e with a variable more; v may be nil.
func (e *env) with(v *plan.Variable, value reflect.Value) *env {
	if v == nil {
		return e
	}
	in := *e
	in.vars = &scope{e.vars, map[*plan.Variable]*cell{v: {value: fit(value, goType(v.Type))}}}
	return &in
}

// in is e in another frame.
func (e *env) in(f *runtime.Frame) *env {
	in := *e
	in.frame = f
	return &in
}

// enter is e with the variables that a block binds.
func (e *env) enter(b *plan.Block) *env {
	if len(b.Nodes) == 0 {
		return e
	}
	in := *e
	in.vars = &scope{e.vars, map[*plan.Variable]*cell{}}
	in.declare(b)
	return &in
}

// declare adds what a block binds, and the parallel blocks in it, whose names are
// visible after them.
func (e *env) declare(b *plan.Block) {
	for _, n := range b.Nodes {
		if p, ok := n.Op.(*plan.Parallel); ok {
			e.declare(p.Body)
		}
		switch {
		case n.Binds == nil:
		case n.Inline:
			e.vars.cells[n.Binds] = &cell{let: n, home: e}
		default:
			e.vars.cells[n.Binds] = new(cell)
		}
		if c, ok := n.Op.(*plan.Call); ok && c.Undo != nil && c.Undo.Result != nil {
			e.vars.cells[c.Undo.Result] = new(cell)
		}
	}
}

// fit makes of a value one of the Go type that its place has: an optional of a
// value that isn't, and an any.
func fit(v reflect.Value, t reflect.Type) reflect.Value {
	switch {
	case v.Type() == t:
		return v
	case t.Kind() == reflect.Pointer && v.Type() == t.Elem():
		return some(v)
	}
	out := reflect.New(t).Elem()
	out.Set(v)
	return out
}

// some is an optional with a value.
func some(v reflect.Value) reflect.Value {
	p := reflect.New(v.Type())
	p.Elem().Set(v)
	return p
}
