package compat

import (
	"slices"
	"strings"

	"github.com/wfgen/wfgen/plan"
)

// header compares what two steps of one id are themselves, without what they hold.
func (c *comparison) header(s, t *step) finding {
	switch {
	case s.place != t.place:
		return no(s.path, "it is moved: it is in %s now, was in %s", placed(t.place), placed(s.place))
	case s.kind != t.kind || s.callee != t.callee:
		return no(s.path, "it is %s now, was %s", t.words(), s.words())
	case s.outcome != t.outcome:
		return no(s.path, "its result is %s now, was %s", result(t.outcome), result(s.outcome))
	case s.effect != t.effect:
		return no(s.path, "it is %s now, was %s", declared(t.effect), declared(s.effect))
	case s.fails != t.fails:
		return no(s.path, "it fails with%s now, was with%s", failures(t.fails), failures(s.fails))
	case s.filters() != t.filters():
		return no(s.path, "it has%s now, had%s", clauses(t.clauses), clauses(s.clauses))
	case !same(s.inputs, t.inputs):
		return no(s.path, "%s", s.otherwise())
	case !same(s.undo, t.undo):
		return no(s.path, "its undo is %s", newOrOther(s.undo, t.undo))
	case s.clauses != t.clauses:
		return no(s.path, "it has%s now, had%s", clauses(t.clauses), clauses(s.clauses))
	}
	f := c.declared(s.path, s.touches)
	if !same(s.asks, t.asks) {
		f = f.worse(finding{Otherwise, s.path, "its models are told something else"})
	}
	return f
}

// attempts compares how often a step is tried. Attempts that are recorded have to be
// allowed still; where the workflow has gone on without the step, as caught tells, the
// last has to be the last.
func attempts(s, t *step, caught bool) finding {
	switch {
	case t.attempts < s.attempts:
		return no(s.path, "it has %d further attempts now, had %d", t.attempts, s.attempts)
	case t.attempts > s.attempts && caught:
		return no(s.path, "it has %d further attempts now, had %d, and what follows its failure may be recorded", t.attempts, s.attempts)
	case s.on != t.on:
		return no(s.path, "other failures than before are tried again")
	}
	return finding{}
}

// otherwise says of a step that its own expressions aren't what they were.
func (s *step) otherwise() string {
	switch s.op.(type) {
	case *plan.Call, *plan.Durable:
		if s.filters() {
			return "its inputs are computed otherwise, or other events are awaited"
		}
		return "its inputs are computed otherwise"
	case *plan.If, *plan.Match:
		return "it decides otherwise"
	case *plan.For, *plan.Loop:
		return "its rounds are others"
	case *plan.Validate:
		return "it checks something else"
	case *plan.Converse:
		return "it has other models, another budget or other rules"
	case *plan.Wait:
		return "how long it waits is computed otherwise"
	case *plan.Log:
		return "what it reports is computed otherwise"
	}
	return "its value is computed otherwise"
}

// filters tells whether a step awaits only some events.
func (s *step) filters() bool { return strings.Contains(s.clauses, filtering) }

// declared is a tool's effect as its declaration says it.
func declared(effect string) string {
	if effect == plan.Once.String() {
		return "neither readonly nor idempotent"
	}
	return effect
}

// words are what a step is.
func (s *step) words() string {
	article := "a "
	if strings.ContainsRune("aeiou", rune(s.kind[0])) && s.kind != "uuid" {
		article = "an "
	}
	if s.callee == "" {
		return article + s.kind
	}
	return article + s.kind + " of " + s.callee
}

func placed(place string) string {
	if place == "" {
		return "the workflow's own block"
	}
	return place
}

func result(outcome string) string {
	if outcome == "" {
		return "dropped"
	}
	return outcome
}

func failures(list string) string {
	if list == "" {
		return " none that is declared"
	}
	return list
}

func clauses(list string) string {
	if list == "" {
		return " none"
	}
	return list
}

func newOrOther(old, new string) string {
	switch {
	case old == "":
		return "new"
	case new == "":
		return "gone"
	}
	return "another"
}

// gone says of a step that it isn't where it was.
func (c *comparison) gone(at place, s *step) finding {
	if t := at.new.steps[s.path]; t != nil {
		return no(s.path, "it is moved: it is in %s now, was in %s", placed(t.place), placed(s.place))
	}
	if path := c.newcomers(at).instead(s); path != "" {
		return no(s.path, "it is gone; %s is new", path)
	}
	return no(s.path, "it is gone")
}

// Newcomers are the paths of the steps of an outline that another hasn't: of those that
// do and are given the same, and of those that do the same under the same name, the
// first.
type newcomers struct {
	alike, named map[[3]string]string
}

func (c *comparison) newcomers(at place) *newcomers {
	pair := [2]*outline{at.old, at.new}
	if known := c.added[pair]; known != nil {
		return known
	}
	out := &newcomers{map[[3]string]string{}, map[[3]string]string{}}
	paths := at.new.paths()
	slices.Reverse(paths) // the first is written last
	for _, path := range paths {
		if at.old.steps[path] == nil {
			t := at.new.steps[path]
			out.alike[[3]string{t.kind, t.callee, digest(t.inputs)}] = path
			out.named[[3]string{t.kind, t.callee, last(path)}] = path
		}
	}
	c.added[pair] = out
	return out
}

// instead finds the first that may be there instead of a step that is gone; empty where
// none is.
func (n *newcomers) instead(s *step) string {
	alike, named := n.alike[[3]string{s.kind, s.callee, digest(s.inputs)}], n.named[[3]string{s.kind, s.callee, last(s.path)}]
	if alike == "" || named != "" && named < alike {
		return named
	}
	return alike
}

// added says of a step that it is new.
func (at place) added(t *step, why string) finding {
	if s := at.old.steps[t.path]; s != nil {
		return no(t.path, "it is moved: it is in %s now, was in %s", placed(t.place), placed(s.place))
	}
	return no(t.path, "it is new, and %s", why)
}

// last is the last part of a path.
func last(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

// declared compares declared types and funcs, and what they refer to.
func (c *comparison) declared(step string, touches map[string]bool) (f finding) {
	for _, key := range c.old.decls.closure(touches) {
		g, ok := c.decls[key]
		if !ok {
			g = c.declaration(key)
			c.decls[key] = g
		}
		g.step = step
		f = f.worse(g)
	}
	return f
}

// declaration compares the declarations of one key.
func (c *comparison) declaration(key string) finding {
	x, y := c.old.decls[key], c.new.decls[key]
	switch {
	case y == nil || same(x.text, y.text):
		return finding{}
	case !strings.HasPrefix(key, "func "):
		if x.hasGrown(y) && !c.old.decls.madeByGo(key) {
			return finding{}
		}
		return finding{Depends, "", "the " + key + " has changed"}
	case x.goFunc || y.goFunc:
		return finding{Depends, "", "the Go of the " + key + " is another"}
	}
	return no("", "the %s computes otherwise", key)
}

// paths are the ids of all steps, sorted.
func (e *outline) paths() []string {
	var out []string
	for path := range e.steps {
		out = append(out, path)
	}
	slices.Sort(out)
	return out
}
