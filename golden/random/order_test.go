package random

import (
	"fmt"
	"slices"
	"testing"
)

// An effect is a call of a tool that is noted.
type effect struct {
	text string
	lane []branch
}

// A branch is one of several that run side by side.
type branch struct{ fork, number int }

// fork gives the lanes of branches that run side by side where the reading is.
func (r *reference) fork() func(number int) []branch {
	r.forks++
	fork, lane := r.forks, slices.Clip(r.lane)
	return func(number int) []branch { return append(lane, branch{fork, number}) }
}

// in reads something in a lane.
func (r *reference) in(lane []branch, do func()) {
	defer func(was []branch) { r.lane = was }(r.lane)
	r.lane = lane
	do()
}

// beside tells whether time decides which of two effects comes first: they are on
// different branches of the same fork.
func (e effect) beside(f effect) bool {
	for i := range min(len(e.lane), len(f.lane)) {
		if a, b := e.lane[i], f.lane[i]; a != b {
			return a.fork == b.fork
		}
	}
	return false
}

// possible tells whether effects can come in the order of a log: each after all that
// stand before it and aren't beside it.
func possible(effects []effect, log []string) bool {
	return possibleBut(map[string]bool{}, effects, log)
}

// possibleBut is possible, but for effects that have been tried and couldn't.
func possibleBut(tried map[string]bool, effects []effect, log []string) bool {
	if len(effects) != len(log) {
		return false
	}
	if len(log) == 0 {
		return true
	}
	key := fmt.Sprint(effects)
	if tried[key] {
		return false
	}
	tried[key] = true
	for i, e := range effects {
		if e.text != log[0] || slices.ContainsFunc(effects[:i], func(f effect) bool { return !f.beside(e) }) {
			continue
		}
		if possibleBut(tried, slices.Delete(slices.Clone(effects), i, i+1), log[1:]) {
			return true
		}
	}
	return false
}

// TestPossible shows the orders of two effects on one branch, of one beside them, and of
// one behind the fork; and of two that look alike, of which another follows one.
func TestPossible(t *testing.T) {
	one, two := []branch{{1, 0}}, []branch{{1, 1}}
	different := []effect{{"a", one}, {"b", one}, {"c", two}, {"d", nil}}
	alike := []effect{{"a", one}, {"a", two}, {"b", two}}
	for _, c := range []struct {
		effects []effect
		log     []string
		want    bool
	}{
		{different, []string{"a", "b", "c", "d"}, true},
		{different, []string{"c", "a", "b", "d"}, true},
		{different, []string{"a", "c", "b", "d"}, true},
		{different, []string{"b", "a", "c", "d"}, false},
		{different, []string{"a", "b", "d", "c"}, false},
		{different, []string{"a", "b", "c"}, false},
		{alike, []string{"a", "b", "a"}, true},
		{alike, []string{"a", "a", "b"}, true},
		{alike, []string{"b", "a", "a"}, false},
	} {
		if got := possible(c.effects, c.log); got != c.want {
			t.Errorf("%v: %t, want %t", c.log, got, c.want)
		}
	}
}
