package checker

import (
	"slices"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
)

// What stays done where the rest is undone: an effect that nothing takes back, below
// something that is owed its undo and above something that may fail. The three may stand in
// different workflows of which one calls the other.

// A stay is an effect that nothing takes back.
type stay struct {
	call   debt // in the workflow that is looked at
	effect debt // the call of the tool, there or in a sub-workflow
	above  debt // the last that is owed its undo above it; zero where nothing is
}

// maxStays bounds how many stays are followed at one place: of more than a person reads of,
// the first.
const maxStays = 64

// alsoStays gives stays with more. Of those above which nothing is owed the first will do:
// a caller is told of one.
func alsoStays(stays, more []stay) []stay {
	nothingOwed := func(s stay) bool { return s.above.at == nil }
	out := slices.Clone(stays)
	for _, s := range more {
		known := slices.Contains(out, s) || nothingOwed(s) && slices.ContainsFunc(out, nothingOwed)
		if !known && len(out) < maxStays {
			out = append(out, s)
		}
	}
	return out
}

// A leaving is what a workflow leaves done, for its callers.
type leaving struct {
	stays []stay
	// half is an effect above which the workflow owes nothing, and below which it may fail;
	// nil for none.
	half *halfUndone
}

// A halfUndone is an effect that stays where a failure below takes back what is above.
type halfUndone struct {
	stay
	file  *dsl.File
	fails dsl.Node // what may fail, in the file
}

// mayFail takes note of the effects that would stay if something failed.
func (o *owing) mayFail(at dsl.Node) {
	_, owed := o.owedHere()
	o.stays = slices.DeleteFunc(slices.Clone(o.stays), func(s stay) bool {
		h := halfUndone{s, o.file, at}
		if s.above.at == nil && !o.caught && o.leaving.half == nil {
			o.leaving.half = &h
		}
		undone := owed && s.above.at != nil && !slices.Contains(o.base, s.above)
		if undone {
			o.halfUndone(h)
		}
		return undone
	})
}

func (o *owing) halfUndone(h halfUndone) {
	if _, known := o.undone[h.call.at]; !known {
		o.undone[h.call.at] = h
	}
}

// lastOwed is what was owed last where the pass stands; zero where nothing is.
func (o *owing) lastOwed() (last debt) {
	if n := len(o.now); n > 0 {
		last = o.now[n-1]
	}
	return last
}

// done takes note of what a call leaves done that nothing takes back. above is what was
// owed last before it.
func (o *owing) done(x *dsl.CallExpr, cs *Clauses, above debt) {
	if x.Verb != dsl.Call || cs.Undo != nil || cs.NoUndo {
		return
	}
	here := debt{o.file, x.Fun}
	switch callee := o.c.info.Uses[x.Fun].(type) {
	case *Tool:
		if !callee.Readonly {
			o.stays = alsoStays(o.stays, []stay{{here, here, above}})
		}
	case *Workflow:
		var passed []stay
		for _, s := range o.leaves[callee].stays {
			p := stay{here, s.effect, above}
			if above.at == nil && s.above.at != nil {
				p.above = here
			}
			passed = append(passed, p)
		}
		o.stays = alsoStays(o.stays, passed)
	}
}

// failsInside takes note of a workflow that may fail below an effect of its own, whose call
// so fails below what is owed.
func (o *owing) failsInside(x *dsl.CallExpr, w *Workflow) {
	half := o.leaves[w].half
	last, owed := o.owedHere()
	if half == nil {
		return
	}
	h := halfUndone{stay{debt{o.file, x.Fun}, half.effect, last}, half.file, half.fails}
	switch {
	case owed:
		o.halfUndone(h)
	case !o.caught && o.leaving.half == nil:
		o.leaving.half = &h
	}
}

// warnUndone warns of effects that stay where what stands above them is taken back.
func (o *owing) warnUndone() {
	for at, u := range o.undone {
		o.c.file = u.call.file
		if u.call != u.effect {
			o.warnInside(u)
			continue
		}
		d := o.c.warn(diag.StaysDone, at, "%s stays done where what is below fails and %s is undone", at.Name, u.above.at.Name)
		label(d, u.above.file, u.above.at, "this is owed its undo")
		u.labelFailure(d)
		d.Help = "say with undo what takes it back, or with undo none that it may stay"
		if !o.c.offered[at] {
			d.Help += "; or put it below, or a commit above"
		}
	}
}

// warnInside is warnUndone for an effect in a sub-workflow.
func (o *owing) warnInside(u halfUndone) {
	undone := u.above.at.Name
	if u.above == u.call {
		undone = "the rest of it"
	}
	d := o.c.warn(diag.StaysDone, u.call.at, "%s in %s stays done where what is below it fails and %s is undone", u.effect.at.Name, u.call.at.Name, undone)
	label(d, u.effect.file, u.effect.at, "nothing takes this back")
	if u.above != u.call {
		label(d, u.above.file, u.above.at, "this is owed its undo")
	}
	u.labelFailure(d)
	d.Help = "say there with undo what takes it back, or with undo none that it may stay; or put a commit above what calls it"
}

func (h halfUndone) labelFailure(d *diag.Diagnostic) {
	d.Labels = append(d.Labels, diag.Label{Source: h.file.Source, Span: h.fails.Place(), Text: "this may fail"})
}
