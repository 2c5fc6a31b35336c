package compat

import (
	"fmt"
	"strings"
)

// A comparison holds two programs against each other.
type comparison struct {
	old    *Baseline
	new    *describer
	steps  map[*step]finding // of old, each with what it holds
	decls  map[string]finding
	wholes map[*outline]finding // of old
	orders map[*block]*order
	// changed are the steps of a block of old that are gone in one of new, or of which step
	// finds anything; waiting is what waits finds of a step of old and one of new.
	changed map[[2]*block][]*step
	waiting map[[2]*step]finding
	added   map[[2]*outline]*newcomers
}

// A finding is the worst that was found, and the first of that.
type finding struct {
	verdict Verdict
	step    string // the id of the step that it is of; may be empty
	text    string
}

func (f finding) worse(g finding) finding {
	if g.verdict > f.verdict {
		return g
	}
	return f
}

// under is the finding with the ids of a workflow's steps seen from outside.
func (f finding) under(prefix string) finding {
	if f.verdict != Yes {
		f.step = prefix + f.step
	}
	return f
}

// reason is the finding as the reason why an execution that stands at a step can't go on.
func (f finding) reason(step string) string {
	if f.step == "" || f.step == step {
		return f.text
	}
	return f.step + ": " + f.text
}

func no(step, format string, args ...any) finding {
	return finding{No, step, fmt.Sprintf(format, args...)}
}

// head compares what two outlines have beside their steps.
func (c *comparison) head(x, y *outline) finding {
	switch {
	case x.version != y.version:
		return no("", "it is version %d now, was %d", y.version, x.version)
	case x.params != y.params:
		return no("", "its parameters are (%s) now, were (%s)", listed(y.params), listed(x.params))
	case x.limited != y.limited:
		return no("", "its timeout is %s", newOrGone(y.limited))
	}
	return c.declared("", x.touches)
}

func listed(params string) string {
	return strings.ReplaceAll(strings.ReplaceAll(strings.TrimSpace(params), " ", ", "), ":", " ")
}

func newOrGone(isNew bool) string {
	if isNew {
		return "new"
	}
	return "gone"
}

// whole is what has changed anywhere in a workflow.
func (c *comparison) whole(x, y *outline) finding {
	if known, ok := c.wholes[x]; ok {
		return known
	}
	f := c.head(x, y).worse(c.all(place{old: x, new: y}, x.body, y.body))
	c.wholes[x] = f
	return f
}

// all is what has changed anywhere in a block, which may be gone.
func (c *comparison) all(at place, old, new *block) (f finding) {
	for _, s := range old.steps {
		t := new.step(s.path)
		if t == nil {
			f = f.worse(c.gone(at, s))
			continue
		}
		f = f.worse(c.step(at, old, new, s, t))
	}
	if new == nil {
		return f
	}
	for _, t := range new.steps {
		if old.step(t.path) == nil {
			f = f.worse(at.added(t, "it would have had to run before"))
		}
	}
	if !same(old.value.text, new.value.text) {
		f = f.worse(no(old.owner, "%s", old.otherwise()))
	}
	return f.worse(c.declared(old.owner, old.value.touches))
}

// step is what has changed in a step, in all that it holds, and in what it waits for.
func (c *comparison) step(at place, old, new *block, s, t *step) finding {
	if known, ok := c.steps[s]; ok {
		return known
	}
	f := c.waits(at, old, new, s, t).worse(c.full(at, s, t))
	c.steps[s] = f
	return f
}

// full is what has changed in a step and in all that it holds.
func (c *comparison) full(at place, s, t *step) finding {
	f := c.header(s, t).worse(attempts(s, t, s.caught || at.sub))
	for _, b := range s.blocks {
		f = f.worse(c.all(at, b, t.block(b.label)))
	}
	for _, b := range t.blocks {
		switch {
		case s.block(b.label) != nil || len(b.steps) == 0:
		case s.converses(): // no reply has asked for it
			f = f.worse(finding{Otherwise, s.path, "it has the new " + b.label})
		default:
			f = f.worse(at.added(b.steps[0], "it would have had to run before"))
		}
	}
	if s.sub != nil && t.sub != nil {
		f = f.worse(c.whole(s.sub, t.sub).under(s.path + "."))
	}
	return f
}

// beside is what has changed in a block among all that may be recorded when an execution
// stands at s or in it: all that isn't after s, but for what s itself is and holds.
func (c *comparison) beside(at place, old, new *block, s *step) (f finding) {
	before, now := c.order(old), c.order(new)
	t := new.step(s.path)
	for _, x := range c.changes(at, old, new) {
		if before.less(s, x) {
			continue
		}
		y := new.step(x.path)
		switch {
		case y == nil:
			f = f.worse(c.gone(at, x))
		case now.less(t, y):
			f = f.worse(no(x.path, "it waits for %s now, and may be done already", s.path))
		case x == s:
			f = f.worse(c.waits(at, old, new, x, y))
		default:
			f = f.worse(c.step(at, old, new, x, y))
		}
		if f.verdict == No {
			return f
		}
	}
	return f
}

// changes are the steps of a block that beside has to look at: where neither a step nor
// what it waits for has changed, it stands in the way of none.
func (c *comparison) changes(at place, old, new *block) []*step {
	pair := [2]*block{old, new}
	if known, ok := c.changed[pair]; ok {
		return known
	}
	var out []*step
	for _, x := range old.steps {
		if y := new.step(x.path); y == nil || c.step(at, old, new, x, y).verdict != Yes {
			out = append(out, x)
		}
	}
	c.changed[pair] = out
	return out
}

// waits finds a step that s has to wait for now and hadn't to before: s may be recorded,
// and that one not. Steps are asked for from top to bottom, and mostly all that t waits
// for is what those right before it wait for.
func (c *comparison) waits(at place, old, new *block, s, t *step) finding {
	pair := [2]*step{s, t}
	if known, ok := c.waiting[pair]; ok {
		return known
	}
	f := finding{}
	if !c.followsAsBefore(old, s, t) {
		f = c.newlyAwaited(at, old, new, s, t)
	}
	c.waiting[pair] = f
	return f
}

// followsAsBefore tells, of the steps right before t, whether s came after all of them,
// and they after all that they come after now. If so, waits has nothing to find.
func (c *comparison) followsAsBefore(old *block, s, t *step) bool {
	before := c.order(old)
	for _, y := range t.after {
		x := old.step(y.path)
		if x == nil || !before.less(x, s) {
			return false
		}
		if known, ok := c.waiting[[2]*step{x, y}]; !ok || known.verdict != Yes {
			return false
		}
	}
	return true
}

// newlyAwaited looks for what waits finds among all steps.
func (c *comparison) newlyAwaited(at place, old, new *block, s, t *step) finding {
	before, now := c.order(old), c.order(new)
	for _, y := range new.steps {
		if !now.less(y, t) {
			continue
		}
		x := old.step(y.path)
		switch {
		case x == nil:
			return at.added(y, "it would have had to run before "+s.path)
		case !before.less(x, s):
			return no(y.path, "it has to be done before %s now", s.path)
		}
	}
	return finding{}
}
