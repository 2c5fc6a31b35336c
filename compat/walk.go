package compat

import (
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime/stepid"
)

// A walk goes through the steps at which an execution may stand.
type walk struct {
	*comparison
	report *Report
	// anything is what has changed anywhere in the workflow: an undo may be run after
	// whatever has been done.
	anything func() finding
}

// maxPositions is after how many positions of a workflow the sub-workflows that it calls
// are one position each: calls of calls can double their number with each workflow.
const maxPositions = 10000

// A place is where a block stands: in which outlines, and below which step.
type place struct {
	old, new *outline
	prefix   string // of the ids of the steps
	sub      bool   // in a sub-workflow
}

// block reports the positions in a block. before is what has changed in all that may be
// recorded outside of it; new is nil where the block is gone.
func (w *walk) block(at place, old, new *block, before finding) {
	for _, s := range old.steps {
		t := new.step(s.path)
		f := before
		if t == nil {
			f = f.worse(w.gone(at, s).under(at.prefix))
		} else {
			f = f.worse(w.beside(at, old, new, s).under(at.prefix)).worse(w.header(s, t).worse(attempts(s, t, false)).under(at.prefix))
		}
		if s.stands() {
			w.put(at.prefix+s.path, f)
		}
		if s.undo != "" {
			w.put(stepid.Undo(at.prefix+s.path), f.worse(w.anything()))
		}
		w.inside(at, s, t, f)
	}
}

func (w *walk) put(step string, f finding) {
	w.report.Positions = append(w.report.Positions, Position{step, f.verdict, f.reason(step)})
}

// stands tells whether an execution can stand at a step itself, and not only at what it
// holds, or is recorded of it.
func (s *step) stands() bool {
	switch s.op.(type) {
	case *plan.Call:
		return s.sub == nil
	case *plan.Durable, *plan.Wait, *plan.Now, *plan.UUID, *plan.Log, *plan.Converse:
		return true
	}
	return false
}

// inside reports the positions in the blocks of a step, and in the workflow that it
// calls. What may be recorded there, beside what is before the step, is what may come
// before the block within it.
func (w *walk) inside(at place, s, t *step, f finding) {
	for i, b := range s.blocks {
		g := f
		if t != nil {
			g = g.worse(attempts(s, t, !s.repeats(i)).under(at.prefix))
			g = g.worse(w.earlier(at, s, t, i).under(at.prefix))
		}
		w.block(at, b, t.block(b.label), g)
	}
	if s.sub == nil {
		return
	}
	if len(w.report.Positions) >= maxPositions {
		w.put(at.prefix+s.path, w.anywhere(at, s, t, f))
		return
	}
	inner := place{old: s.sub, prefix: at.prefix + s.path + ".", sub: true}
	if t == nil || t.sub == nil {
		inner.new = &outline{}
		w.block(inner, s.sub.body, nil, f)
		return
	}
	inner.new = t.sub
	g := f.worse(w.head(s.sub, t.sub).under(at.prefix + s.path))
	if s.attempts > 0 || t.attempts > 0 {
		g = g.worse(w.whole(s.sub, t.sub).under(inner.prefix))
	}
	w.block(inner, s.sub.body, t.sub.body, g)
}

// repeats tells whether an execution that stands in block i of a step may have gone through it
// before, in an attempt that has failed.
func (s *step) repeats(i int) bool {
	_, try := s.op.(*plan.Try)
	return try && i == 0 && s.attempts > 0
}

// anywhere is what has changed where an execution stands somewhere in the sub-workflow
// that a step calls.
func (w *walk) anywhere(at place, s, t *step, f finding) finding {
	if t == nil || t.sub == nil {
		return f
	}
	return f.worse(w.whole(s.sub, t.sub).under(at.prefix + s.path + "."))
}

// earlier is what has changed in the other blocks of a step that may be recorded when an
// execution stands in its block i, and, where that may have been gone through before,
// in itself.
func (w *walk) earlier(at place, s, t *step, i int) (f finding) {
	for j, b := range s.blocks {
		var may bool
		switch s.op.(type) {
		case *plan.For, *plan.Converse:
			may = true // rounds and turns before
		case *plan.Loop:
			may = j == 0
		case *plan.Try:
			may = j < i || s.repeats(j)
		case *plan.Race:
			may = j != i
		}
		if may {
			f = f.worse(w.all(at, b, t.block(b.label)))
		}
	}
	return f
}
