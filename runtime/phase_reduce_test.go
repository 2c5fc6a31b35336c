package runtime

// What makes it feasible to go through all orders, each with why nothing is lost by it. An
// order that is left out leads to the same states of rest as one that isn't, and only those
// are looked at. TestPhasesReduced compares these states with those that are come to without
// any reduction, and TestPhasesFindsFaults holds both to finding the same faults.
//
//   - States are gone through by how few things from outside lead to them, each once: what
//     can follow a state doesn't depend on how many have happened, and where fewer have, more
//     may follow (explorer.search).
//   - A message, answer, pause, resume or cancel does nothing but to lie in the writer's queue
//     until a batch is taken. So it comes just then, at any place among what lies there
//     already (explorer.arrivals). One that comes while the writer is busy is one that comes
//     when it is done.
//   - What the writer makes of units other than the one that parks an execution reads and
//     changes nothing but the batch, of which nobody knows before it is stored. So these
//     follow on what was before them, and whoever comes in between might have come before or
//     after; likewise where the writer goes on after a batch that has nothing of the session
//     (explorer.advance). Storing is a step of its own, which can fail.
//   - An await that is stored begins to wait at the moment in which that is looked at.
//   - States that differ in nothing that is looked at again are one (explorer.reduce): in what
//     a session knows that is about to leave, as its goroutines end whatever comes and nobody
//     is told; in units of a batch that are past; in the numbers of records as long as they
//     compare alike; in which of two alike awaits is the first.

// canonical puts a state in the place of all that differ from it in nothing that matters.
func (x *explorer) canonical(w *world) {
	if !x.whole {
		x.reduce(w)
	}
}

func (x *explorer) reduce(w *world) {
	x.forgetSession(w)
	w.forgetBatch()
	if w.draining { // OPEN looks whatever there was
		w.look, w.armed = false, false
	}
	w.renumber()
	if x.waits[0] == x.waits[1] && !x.sequence && w.swaps() {
		w.swap()
	}
}

// forgetSession forgets what a session won't look at any more.
func (x *explorer) forgetSession(w *world) {
	if !w.begun {
		return
	}
	w.view = stored{waiting: w.view.waiting, done: w.view.done}
	for i := range 2 {
		if w.g[i] == gone && (!x.sequence || i == 0 || w.g[0] == gone) {
			w.view.waiting[i], w.view.done[i], w.read[i], w.mailbox[i] = false, false, false, false
		}
	}
	if w.fresh {
		w.read = [2]bool{}
	}
	if !w.leaving() {
		return
	}
	w.s = standing{phase: w.s.phase, again: w.s.again}
	w.view, w.read, w.mailbox, w.left, w.known, w.why, w.fresh = stored{}, [2]bool{}, [2]bool{}, 0, 0, false, true
	w.g = [2]uint8{gone, gone} // they come to their ends, and nobody is told
}

// forgetBatch forgets what the writer won't look at any more.
func (w *world) forgetBatch() {
	if w.pc == follows {
		copy(w.after[:], w.after[w.doneAt:w.afters])
		clear(w.after[w.afters-w.doneAt:])
		w.afters, w.doneAt = w.afters-w.doneAt, 0
	}
	past := uint8(0)
	switch {
	case w.single && w.pc == makes:
		past = w.at
	case w.single:
		past = w.at - 1
	case w.pc == follows: // it is stored: only whether something of the session was in it matters
		own := w.settles()
		w.batch, w.taken, w.at = [len(w.batch)]uint8{}, 1, 1
		if own {
			w.batch[0] = ofSession
		} else {
			w.batch[0] = stale
		}
	}
	copy(w.batch[:], w.batch[past:])
	clear(w.batch[uint8(len(w.batch))-past:])
	w.at, w.taken = w.at-past, w.taken-past
}

// sameN is what renumber has the last record of what is stored be.
const sameN = 10

// renumber keeps of the numbers of records how they compare.
func (w *world) renumber() {
	n := w.stored.n
	behind := func(k uint8) uint8 { // than n by how much doesn't matter
		if k < n {
			return sameN - 1
		}
		return sameN + k - n
	}
	w.known = behind(w.known)
	for _, j := range []*stored{&w.making, &w.view} {
		if *j != (stored{}) {
			seen := j.seen
			switch {
			case seen == 0:
			case seen == j.n:
				seen = behind(j.n)
			default:
				seen = behind(j.n) - 1
			}
			j.n, j.seen = behind(j.n), seen
			j.forget()
		}
	}
	switch seen := w.stored.seen; {
	case seen == 0:
	case seen == n:
		w.stored.seen = sameN
	default:
		w.stored.seen = sameN - 1
	}
	w.stored.n = sameN
	w.stored.forget()
	if !w.there {
		w.known = 0
	}
}

// forget forgets what matters of an execution that waits alone.
func (j *stored) forget() {
	if j.status != isWaiting {
		j.seen, j.wake = 0, false
	}
	if j.status == isEnded {
		*j = stored{status: isEnded, n: j.n, kept: j.kept}
	}
}

// swaps tells whether the two that a workflow waits for, which are alike, change places.
func (w *world) swaps() bool {
	rank := func(i int) (r uint64) {
		for _, b := range []bool{
			w.stored.waiting[i], w.stored.done[i], w.stored.awaited[i], w.stored.kept[i],
			w.making.waiting[i], w.making.done[i], w.making.awaited[i], w.making.kept[i],
			w.view.waiting[i], w.view.done[i], w.view.awaited[i], w.view.kept[i],
			w.read[i], w.mailbox[i], w.open&(ask0<<i) != 0, w.open&(did0<<i) != 0,
			w.flying&(ask0<<i) != 0, w.flying&(did0<<i) != 0,
		} {
			if r <<= 1; b {
				r++
			}
		}
		r = r<<4 | uint64(w.g[i])
		for k, u := range w.queue {
			if u == send0+uint8(i) {
				r = r<<4 | uint64(k)
				break
			}
		}
		r <<= 4
		for k, u := range w.batch {
			if u == send0+uint8(i) {
				r |= uint64(k)
				break
			}
		}
		r <<= 5
		for k, u := range w.after {
			if u == tell0+uint8(i) {
				r |= uint64(k)
				break
			}
		}
		return r
	}
	return rank(0) > rank(1)
}

// swap has the two that a workflow waits for change places.
func (w *world) swap() {
	for _, p := range []*[2]bool{
		&w.stored.waiting, &w.stored.done, &w.stored.awaited, &w.stored.kept,
		&w.making.waiting, &w.making.done, &w.making.awaited, &w.making.kept,
		&w.view.waiting, &w.view.done, &w.view.awaited, &w.view.kept, &w.read, &w.mailbox,
	} {
		p[0], p[1] = p[1], p[0]
	}
	w.g[0], w.g[1] = w.g[1], w.g[0]
	w.open, w.flying = swapped(w.open), swapped(w.flying)
	for _, units := range [][]uint8{w.queue[:], w.batch[:]} {
		for i, u := range units {
			if u == send0 || u == send1 {
				units[i] = send0 + send1 - u
			}
		}
	}
	for i, a := range w.after {
		if a == tell0 || a == tell1 {
			w.after[i] = tell0 + tell1 - a
		}
	}
}

// swapped is what a session has to store when the two change places.
func swapped(mask uint8) uint8 {
	one, other := mask&(ask0|did0), mask&(ask1|did1)
	return mask&^(ask0|ask1|did0|did1) | one<<1 | other>>1
}
