package compat

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/types"
)

// A describer makes the outlines of a program's workflows, those of the packages that
// it imports included.
type describer struct {
	program  *plan.Program
	path     string // of its package; empty for the one that is looked at
	others   map[string]*plan.Program
	outlines map[*plan.Workflow]*outline
	imported map[string]*describer // by path
	decls    declarations          // of all packages
	goText   func(path, name string) string
}

func newDescriber(s Source) *describer {
	d := &describer{
		program: s.Program, goText: s.Go, others: map[string]*plan.Program{}, outlines: map[*plan.Workflow]*outline{},
		imported: map[string]*describer{}, decls: declarations{},
	}
	d.collect(s.Program)
	return d
}

func (d *describer) collect(p *plan.Program) {
	for path, other := range p.Imported {
		if d.others[path] == nil {
			d.others[path] = other
			d.collect(other)
		}
	}
}

// of is the describer of another package.
func (d *describer) of(path string) *describer {
	if d.imported[path] == nil {
		other := *d
		other.program, other.path = d.others[path], path
		d.imported[path] = &other
	}
	return d.imported[path]
}

// An outline is what the records of a workflow's executions mean, as of one source.
type outline struct {
	name        string
	params      string
	version     int
	limited     bool // it has a timeout
	touches     map[string]bool
	body        *block
	steps       map[string]*step // all of them, by path
	fingerprint string
}

// A block is a list of steps in one place.
type block struct {
	label  string // which of its step's blocks it is
	owner  string // the path of the step; empty for a workflow's own
	steps  []*step
	byPath map[string]*step
	value  value
}

// step finds a step; nil where the block, which may be nil, has none of that path.
func (b *block) step(path string) *step {
	if b == nil {
		return nil
	}
	return b.byPath[path]
}

// A step is a node of a workflow with all that its records depend on.
type step struct {
	path  string
	index int // in its block
	op    plan.Op
	// place says in which blocks it is.
	place string
	// The aspects of a step, each of which must be what it was. Inputs are what its
	// expressions compute, outcome is what its records hold.
	kind, callee, outcome, fails, effect, inputs, undo, clauses string
	// asks is what an agent's models are told, which is in no fingerprint.
	asks string
	// attempts is how many it may take, on which failures.
	attempts int
	on       string
	// caught tells that the workflow can go on where all attempts have failed.
	caught  bool
	touches map[string]bool
	after   []*step // what it waits for, reduced
	blocks  []*block
	byLabel map[string]*block // the first of each label
	sub     *outline
}

// block finds one of a step's blocks; nil where the step, which may be nil, has none of
// that label.
func (s *step) block(label string) *block {
	if s == nil {
		return nil
	}
	return s.byLabel[label]
}

// outline describes a workflow, once.
func (d *describer) outline(w *plan.Workflow) *outline {
	if w.Package != nil && w.Package.Path != d.path {
		return d.of(w.Package.Path).named(w.Name)
	}
	if known := d.outlines[w]; known != nil {
		return known
	}
	e := &outline{name: d.qualified(nil, w.Name), version: max(w.Version, 1), limited: w.Timeout > 0}
	d.outlines[w] = e
	m := &maker{d: d, refs: map[*plan.Variable]value{}}
	p := d.printer(m.refs)
	for _, v := range w.Params {
		p.put(" " + v.Name + ":" + p.typ(v.Type))
		m.refs[v] = value{text: "$" + v.Name}
	}
	e.params, e.touches = string(p.text), p.touches
	m.all = map[string]*step{}
	e.body, e.steps = m.block("", w.Body, "", false), m.all
	e.fingerprint = d.fingerprint(e)
	return e
}

func (d *describer) named(name string) *outline {
	for _, w := range d.program.Workflows {
		if w.Name == name {
			return d.outline(w)
		}
	}
	panic("internal error: no workflow " + name + " in " + d.path)
}

// A maker describes the steps of one workflow.
type maker struct {
	d    *describer
	refs map[*plan.Variable]value
	all  map[string]*step
}

// block describes the steps of a block, from top to bottom: names are bound above
// their uses.
func (m *maker) block(label string, b *plan.Block, place string, caught bool) *block {
	out := &block{label: label, byPath: map[string]*step{}}
	made := map[*plan.Node]*step{}
	for _, n := range b.Nodes {
		if n.Inline {
			m.inline(n)
			continue
		}
		s := m.step(n, place, caught)
		for _, a := range n.After {
			s.after = append(s.after, made[a])
		}
		s.index = len(out.steps)
		made[n], out.byPath[s.path] = s, s
		out.steps = append(out.steps, s)
	}
	p := m.d.printer(m.refs)
	p.opt(b.Value)
	out.value = p.done()
	return out
}

// maxWritten is how much of a binding is written where it is used, in bytes.
const maxWritten = 256

// inline lets a binding that isn't scheduled be what it computes. A long text goes by its
// hash: bindings of bindings could double it with each line.
func (m *maker) inline(n *plan.Node) {
	p := m.d.printer(m.refs)
	let, ok := n.Op.(*plan.Let)
	if !ok {
		panic(fmt.Sprintf("internal error: %T isn't scheduled", n.Op))
	}
	p.expr(let.X)
	if n.Binds != nil {
		v := p.done()
		if len(whole(v.text)) > maxWritten {
			v.text = either("="+hash(whole(v.text)), "="+hash(lean(v.text)))
		}
		m.refs[n.Binds] = v
	}
}

func (m *maker) step(n *plan.Node, place string, caught bool) *step {
	s := &step{path: n.Path, op: n.Op, place: place, caught: caught}
	m.all[n.Path] = s
	p := m.d.printer(m.refs)
	if n.Binds != nil {
		s.outcome = p.typ(n.Binds.Type)
		m.refs[n.Binds] = value{text: "@" + n.Path}
	}
	m.op(s, p, n)
	s.inputs, s.touches = string(p.text), p.touches
	return s
}

// bind names a variable that a step binds for its own blocks.
func (m *maker) bind(v *plan.Variable, s *step, name string) {
	if v != nil {
		m.refs[v] = value{text: "@" + s.path + "/" + name}
	}
}

// inner describes a block inside a step.
func (m *maker) inner(s *step, label string, b *plan.Block, caught bool) {
	if b == nil {
		return
	}
	place := s.kind + " " + s.path
	if label != "" {
		place += ", " + label
	}
	made := m.block(label, b, place, caught || s.caught)
	made.owner = s.path
	s.blocks = append(s.blocks, made)
	if s.byLabel == nil {
		s.byLabel = map[string]*block{}
	}
	if s.byLabel[label] == nil {
		s.byLabel[label] = made
	}
}

// op describes what a step does: its own expressions go to p.
func (m *maker) op(s *step, p *printer, n *plan.Node) {
	switch op := n.Op.(type) {
	case *plan.Call:
		m.call(s, p, op)
	case *plan.Durable:
		m.durable(s, p, op)
	case *plan.Let:
		s.kind = "binding"
		p.expr(op.X)
	case *plan.If:
		s.kind = "if"
		p.expr(op.Cond)
		m.inner(s, "then", op.Then, false)
		m.inner(s, "else", op.Else, false)
	case *plan.Match:
		m.match(s, p, op)
	case *plan.For:
		m.loopOver(s, p, op)
	case *plan.Parallel:
		s.kind = "parallel"
		m.inner(s, "", op.Body, false)
	case *plan.Try:
		m.try(s, p, op)
	case *plan.Finally:
		s.kind = "finally"
		m.bind(op.Err, s, "err")
		m.inner(s, "", op.Body, true)
	case *plan.Race:
		s.kind = "race"
		for i, arm := range op.Arms {
			m.inner(s, "arm "+op.IDs[i], arm, true)
		}
	case *plan.Loop:
		m.loop(s, p, op)
	case *plan.Converse:
		m.converse(s, p, op)
	default:
		m.simple(s, p, op)
	}
}

// simple describes a step without blocks.
func (m *maker) simple(s *step, p *printer, op plan.Op) {
	switch op := op.(type) {
	case *plan.Validate:
		s.kind = "validate"
		p.list("validate", op.Cond, op.Message)
	case *plan.Fail:
		s.kind = "fail"
		p.expr(op.X)
	case *plan.Return:
		s.kind = "return"
		p.opt(op.X)
	case *plan.Break:
		s.kind = "break"
		p.opt(op.X)
	case *plan.Continue:
		s.kind = "continue"
		p.opt(op.X)
	case *plan.Wait:
		s.kind = "wait"
		if op.Until {
			s.kind = "wait until"
		}
		p.expr(op.X)
	case *plan.Log:
		s.kind = "log"
		p.expr(op.Message)
	case *plan.Commit:
		s.kind = "commit"
	case *plan.Rollback:
		s.kind = "rollback"
	case *plan.Now:
		s.kind = "now"
	case *plan.UUID:
		s.kind = "uuid"
	default:
		panic(fmt.Sprintf("internal error: no text for a %T", op))
	}
}

func (m *maker) match(s *step, p *printer, op *plan.Match) {
	s.kind = "match"
	p.expr(op.X)
	for i, a := range op.Arms {
		p.list("arm", p.matched(a.Case))
		m.bind(a.Binds, s, "arm"+strconv.Itoa(i))
		m.inner(s, p.matched(a.Case), a.Body, false)
	}
}

// loopOver describes a for. How many rounds may run at once is nothing to what is
// recorded of them.
func (m *maker) loopOver(s *step, p *printer, op *plan.For) {
	s.kind = "for"
	if op.Parallel {
		s.kind = "parallel for"
	}
	p.expr(op.X)
	m.bind(op.Key, s, "key")
	m.bind(op.Value, s, "value")
	p.put(" where ")
	p.opt(op.Where)
	m.inner(s, "", op.Body, false)
}

// loop describes a loop. What there is of its head is told apart by how much there is.
func (m *maker) loop(s *step, p *printer, op *plan.Loop) {
	s.kind = "loop"
	switch {
	case op.State != nil && op.Max != nil:
		p.list("loop", p.typ(op.State.Type), op.Init, op.Max)
	case op.State != nil:
		p.list("loop", p.typ(op.State.Type), op.Init)
	case op.Max != nil:
		p.list("loop", op.Max)
	}
	if op.State != nil {
		m.bind(op.State, s, "state")
	}
	if op.X != nil {
		p.put(" for ")
		p.expr(op.X)
		m.bind(op.Key, s, "key")
		m.bind(op.Value, s, "value")
		p.put(" where ")
		p.opt(op.Where)
	}
	m.inner(s, "", op.Body, false)
	m.inner(s, "else", op.Else, false)
}

// otherwise describes an else clause.
func (m *maker) otherwise(s *step, e *plan.Else) {
	if e == nil {
		return
	}
	s.clauses += " else"
	m.bind(e.Err, s, "err")
	m.inner(s, "else", e.Body, false)
}

// call describes a call of a tool or workflow. The pauses between attempts and the time
// that one may take are nothing to what is recorded of them.
func (m *maker) call(s *step, p *printer, op *plan.Call) {
	s.kind = "call"
	s.callee = m.callee(s, p, op.Tool, op.Workflow)
	p.list("args", op.Args)
	s.caught = s.caught || op.Else != nil
	s.retried(p, op.Retry)
	if op.Workflow != nil && op.Timeout > 0 {
		s.clauses += " timeout"
	}
	m.undone(s, p, op.Undo)
	m.otherwise(s, op.Else)
}

// try describes a try. One that has retries has records of its own, which one without hasn't.
func (m *maker) try(s *step, p *printer, op *plan.Try) {
	s.kind = "try"
	if op.Retry != nil {
		s.clauses += " retry"
		s.caught = s.caught || op.Else != nil
	}
	s.retried(p, op.Retry)
	m.inner(s, "", op.Body, op.Retry != nil || op.Else != nil)
	m.otherwise(s, op.Else)
}

// retried describes how often a step is tried again, which may be nil for never.
func (s *step) retried(p *printer, r *plan.Retry) {
	if r == nil {
		return
	}
	s.attempts = max(r.Times, len(r.At))
	s.on = p.all(r.On)
	for _, r := range r.Others { // an attempt counts for one of them
		s.attempts += r.Times
		s.on += fmt.Sprintf(" and %d%s", r.Times, p.all(r.On))
	}
}

// undone describes the undo of a call.
func (m *maker) undone(s *step, p *printer, u *plan.Undo) {
	if u == nil {
		return
	}
	q := m.d.printer(m.refs)
	m.bind(u.Result, s, "result")
	to := step{}
	q.put(m.callee(&to, q, u.Tool, u.Workflow) + " " + to.outcome + to.fails + " " + to.effect)
	q.list(" args", u.Args)
	if u.Early {
		q.put(" early")
	}
	if u.Finally {
		q.put(" finally")
	}
	if to.sub != nil {
		q.put(" " + to.sub.fingerprint)
	}
	s.undo = string(q.text)
	for t := range q.touches {
		p.touches[t] = true
	}
}

// callee names what is called, with what goes in and out.
func (m *maker) callee(s *step, p *printer, t *plan.Tool, w *plan.Workflow) string {
	if w != nil {
		s.sub = m.d.outline(w)
		s.outcome = p.typ(w.Result)
		return "the workflow " + s.sub.name
	}
	s.effect = t.Effect.String()
	s.outcome = p.typ(t.Result)
	for _, v := range t.Params {
		p.typ(v.Type)
	}
	s.fails = p.all(slices.DeleteFunc(slices.Clone(t.Fails), func(e *types.Struct) bool { return e == types.CircuitOpen }))
	return "the tool " + m.d.qualified(nil, t.Name)
}

// all names declared errors.
func (p *printer) all(errors []*types.Struct) string {
	var b strings.Builder
	for _, e := range errors {
		b.WriteString(" " + p.typ(e))
	}
	return b.String()
}

// filter describes which events are awaited. Captured values are what they are in the
// workflow.
func (m *maker) filter(s *step, p *printer, f *plan.Filter) {
	if f == nil {
		return
	}
	s.clauses += filtering
	m.bind(f.Event, s, "event")
	for i, v := range f.Captured {
		m.refs[v] = m.refs[f.Args[i].(*plan.Var).V]
	}
	p.put(filtering + " ")
	p.expr(f.Cond)
}

// filtering is what the clauses of a step say that awaits only some events.
const filtering = " where"

func (m *maker) durable(s *step, p *printer, op *plan.Durable) {
	s.kind = op.Kind.String()
	switch {
	case op.Event != nil:
		s.callee = "the event " + op.Event.Name
		if op.Event.All { // it has other addresses, where it is awaited
			s.callee += " to all"
		}
		p.touch("event "+op.Event.Name, func(q *printer) { q.structType(op.Event.Type) })
	case op.Workflow != nil:
		s.callee = "the workflow " + m.d.qualified(nil, op.Workflow.Name)
	}
	s.outcome = p.typ(op.Result)
	p.list(s.kind, op.Args)
	if op.Until {
		p.put(" until ")
	} else {
		p.put(" timeout ")
	}
	p.opt(op.Timeout)
	m.filter(s, p, op.Filter)
	m.otherwise(s, op.Else)
}
