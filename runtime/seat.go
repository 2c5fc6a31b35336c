package runtime

import (
	"cmp"
	"slices"
)

// A place is where a step that owes an undo stands in its execution, as that is written:
// the seats of the loops and of the calls of workflows around it, from the outside in,
// then its own. Undos go by it where steps ran side by side, and not by which of them was
// done first.
type place []spot

// A spot is a seat, with the round where it is that of a loop.
type spot struct {
	seat, round int
	key         string      // of a round without a number
	invocation  *invocation // of a call without a seat: no other is beside it
}

// place is that of a step in f.
func (f *Frame) place(s *Step) place { return append(f.rounds(), spot{seat: s.Seat}) }

// rounds is what f is in.
func (f *Frame) rounds() place {
	if f.loop == nil {
		return f.invocation.place()
	}
	in := spot{seat: f.loop.step.Seat, round: f.index}
	if f.index == unnumbered {
		in.key = f.round()
	}
	return append(f.loop.around.rounds(), in)
}

// place is that of the call that an invocation is.
func (i *invocation) place() place {
	switch {
	case i.at != nil:
		return i.at.place(i.call)
	case i.parent == nil:
		return nil
	case i.sub:
		return append(i.parent.place(), spot{invocation: i})
	}
	return i.parent.place() // it is a part
}

// compare tells which of two places is before the other; 0 where time tells, since what
// stands there came one after the other.
func (p place) compare(q place) int {
	for i := range min(len(p), len(q)) {
		switch a, b := &p[i], &q[i]; {
		case a.invocation != nil && a.invocation == b.invocation:
		case a.seat == 0 || b.seat == 0:
			return 0
		case a.seat != b.seat:
			return cmp.Compare(a.seat, b.seat)
		case a.key != b.key: // rounds that went one by one
			return 0
		case a.round != b.round:
			return cmp.Compare(a.round, b.round)
		}
	}
	return 0
}

// inOrder puts undos, given in the order in which they came to be owed, in that of their
// places.
func inOrder(us []undo) {
	type placed struct {
		undo
		place place
		n     int
	}
	list := make([]placed, len(us))
	for i, u := range us {
		list[i] = placed{u, u.frame.place(u.step), i}
	}
	slices.SortFunc(list, func(a, b placed) int { return cmp.Or(a.place.compare(b.place), a.n-b.n) })
	for i := range list {
		us[i] = list[i].undo
	}
}
