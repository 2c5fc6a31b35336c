package runtime

import (
	"fmt"
	"hash/maphash"
	"strings"
)

// An explorer goes through all states of a model that can be reached with a number of
// things from outside.
type explorer struct {
	program
	flaw
	next   func(standing, turn, facts) (standing, actions)
	whole  bool         // without reductions
	traced bool         // how roots were reached is kept: for who knows that something is wrong
	rests  func(*world) // is called with each state in which nothing moves by itself; may be nil

	hash  maphash.Seed
	seen  table
	later []root   // what is to be gone through with one thing less to follow
	trail *trail   // of the root
	path  []string // from there
	bad   string
}

// A root is a state that something from outside has led to, and how it was reached.
type root struct {
	world world
	trail *trail
}

type trail struct {
	before *trail
	steps  string
}

// explore goes through what up to some things from outside lead to, and gives what is
// wrong.
func (x *explorer) explore(events int) string {
	if found := x.search(events); found != "" {
		x.traced = true
		return x.search(events)
	}
	return ""
}

func (x *explorer) search(events int) string {
	x.hash, x.seen, x.path, x.bad = maphash.MakeSeed(), table{}, nil, ""
	w := world{}
	// Submitted: the session is new, and its first unit is queued.
	w.there, w.fresh, w.begun = true, true, true
	w.s = standing{phase: probing, busy: 1}
	x.on(&w, onCreate, facts{})
	w.add(create)
	x.start(&w)
	roots := []root{{world: w}}
	for left := events; left >= 0 && len(roots) > 0; left-- {
		x.later = nil
		for i := range roots {
			x.trail = roots[i].trail
			if x.visit(&roots[i].world, left); x.bad != "" {
				return x.bad
			}
		}
		roots = x.later
	}
	return ""
}

// visit goes through a state and all that follows from it without anything from outside,
// and takes note of what follows with one thing more. What the last of these leads to is
// gone through at once, so that less has to be kept; a state of that is gone through again
// where it is come to with more to follow.
func (x *explorer) visit(w *world, left int) {
	path, end := onPath, finished
	if left == 0 {
		path, end = onLastPath, finishedLast
	}
	x.canonical(w)
	slot := x.seen.find(maphash.Comparable(x.hash, *w))
	switch mark := x.seen.mark(slot); {
	case mark == path:
		x.bad = x.told("it goes round for ever", w)
		return
	case mark == finished, mark == end, mark == onPath: // in the last case one with more to follow is at it
		return
	}
	key := x.seen.key(slot)
	x.seen.set(slot, path)
	moved := false
	x.inside(w, func(name string, do func(*world)) {
		moved = true
		x.step(w, name, do, func(n *world) { x.visit(n, left) })
	})
	if !moved && x.bad == "" {
		if x.rests != nil {
			x.rests(w)
		}
		if wrong := x.wrong(w); wrong != "" {
			x.bad = x.told(wrong, w)
		}
	}
	if left > 0 {
		x.outside(w, func(name string, do func(*world)) {
			x.step(w, name, do, func(n *world) { x.follow(n, left-1) })
		})
	}
	x.seen.set(x.seen.find(key), end) // the table may have grown
}

// step has something happen, unless something is wrong already.
func (x *explorer) step(w *world, name string, do, then func(*world)) {
	if x.bad != "" {
		return
	}
	n := *w
	x.path = append(x.path, name)
	if do(&n); x.bad == "" {
		then(&n)
	}
	x.path = x.path[:len(x.path)-1]
}

// follow goes through a state that something from outside has led to, later: when all has
// been gone through that can be reached with less of that.
func (x *explorer) follow(w *world, left int) {
	if left == 0 {
		x.visit(w, 0)
		return
	}
	x.canonical(w)
	at := x.seen.find(maphash.Comparable(x.hash, *w))
	if mark := x.seen.mark(at); mark != unseen && mark != finishedLast {
		return
	}
	x.seen.set(at, isRoot)
	r := root{world: *w}
	if x.traced {
		r.trail = &trail{x.trail, strings.Join(x.path, "\n")}
	}
	x.later = append(x.later, r)
}

// told says what is wrong, and how it came to be.
func (x *explorer) told(wrong string, w *world) string {
	text := strings.Join(x.path, "\n")
	for how := x.trail; how != nil; how = how.before {
		text = how.steps + "\n" + text
	}
	return fmt.Sprintf("%s:\n%s\n%+v", wrong, text, *w)
}

// A table has the states that were seen: their hashes, with a mark in the three lowest bits.
// That two of a hundred million have the same 61 bits is as likely as one in five hundred.
type table struct {
	slots []uint64
	used  int
}

// The marks of a state.
const (
	unseen uint64 = iota
	isRoot        // it is to be gone through later
	onPath
	finished
	onLastPath   // with nothing to follow
	finishedLast // likewise
)

// find gives the slot of a state's hash.
func (t *table) find(hash uint64) int {
	if t.used*4 >= len(t.slots)*3 {
		t.grow()
	}
	hash &^= 7
	for i := hash >> 3 % uint64(len(t.slots)); ; i = (i + 1) % uint64(len(t.slots)) {
		if t.slots[i] == 0 || t.slots[i]&^7 == hash {
			if t.slots[i] == 0 {
				t.used++
				t.slots[i] = hash
			}
			return int(i)
		}
	}
}

func (t *table) grow() {
	old := t.slots
	t.slots, t.used = make([]uint64, max(1<<12, 2*len(old))), 0
	for _, s := range old {
		if s != 0 {
			i := t.find(s)
			t.slots[i] = s
		}
	}
}

func (t *table) mark(slot int) uint64      { return t.slots[slot] & 7 }
func (t *table) key(slot int) uint64       { return t.slots[slot] &^ 7 }
func (t *table) set(slot int, mark uint64) { t.slots[slot] = t.slots[slot]&^7 | mark }
