package runtime

import (
	"fmt"
)

// start has the workflow begin on a goroutine, with another one where it waits for two
// things side by side.
func (x *explorer) start(w *world) {
	w.g = [2]uint8{begins, begins}
	if x.sequence {
		w.g[1] = gone
		return
	}
	x.on(w, onSpawn, facts{})
}

// on has the session take a turn.
func (x *explorer) on(w *world, t turn, f facts) actions {
	f.waits = w.g[0] == idle || w.g[1] == idle || w.g[0] == outdoors || w.g[1] == outdoors
	if t != onRead {
		f.unread = w.left > 0
	}
	var do actions
	w.s, do = x.next(w.s, t, f)
	if do&letIn != 0 && w.entered() {
		for i := range 2 {
			if w.g[i] == outdoors {
				x.rouse(w, i)
			}
		}
	}
	if do&misfit != 0 {
		x.bad = x.told("it is held", w)
	}
	if do&askPark != 0 {
		w.push(park)
	}
	if do&suspend != 0 {
		for i := range 2 {
			x.rouse(w, i)
		}
	}
	w.leaves = w.leaves || do&suspendDrained != 0
	return do
}

// entered tells whether what is new may begin.
func (w *world) entered() bool { return w.left == 0 && !w.s.paused && !w.s.draining }

func (x *explorer) rouse(w *world, i int) {
	if w.g[i] == idle || w.g[i] == outdoors {
		w.g[i] = roused
		x.on(w, onSpawn, facts{})
	}
}

// add has something of the session stored.
func (w *world) add(what uint8) {
	if w.open == 0 {
		w.push(ofSession)
	}
	w.open |= what
}

func (w *world) leaving() bool { return w.s.phase >= suspended }

func (x *explorer) wake(w *world) {
	if w.there {
		x.on(w, onWake, facts{})
		return
	}
	if w.draining {
		return
	}
	w.clearSession()
	w.there = true
	w.s = standing{phase: loading, busy: 1}
}

func (w *world) clearSession() {
	w.s, w.view, w.viewed, w.begun, w.fresh, w.left = standing{}, stored{}, false, false, false, 0
	w.g, w.read, w.mailbox = [2]uint8{}, [2]bool{}, [2]bool{}
	w.why, w.known, w.open, w.flying, w.finishing, w.broken, w.there, w.leaves = false, 0, 0, 0, false, false, false, false
}

func (x *explorer) drop(w *world) {
	x.on(w, onSuspend, facts{})
	again := x.on(w, onUnwind, facts{})&reload != 0
	w.clearSession()
	w.dropWake = w.dropWake || again
	for i := range w.queue {
		w.queue[i], w.batch[i] = outdated(w.queue[i]), outdated(w.batch[i])
	}
	for i, a := range w.after {
		if a == tellStored {
			w.after[i] = tellGone
		}
	}
}

// outdated is a unit when the session that there was is over.
func outdated(unit uint8) uint8 {
	if unit == park {
		return stale
	}
	return unit
}

// session gives what the session can do next.
func (x *explorer) session(w *world, step func(string, func(*world))) {
	if !w.begun {
		if !w.viewed {
			step("view", func(w *world) {
				if w.s.draining {
					x.drop(w)
					return
				}
				w.viewed, w.view = true, w.stored
			})
			return
		}
		step("load", x.load)
		return
	}
	for i := range 2 {
		x.goroutine(w, i, step)
	}
	if w.g == [2]uint8{gone, gone} {
		switch {
		case !w.finishing && !w.leaving():
			step("end", func(w *world) {
				x.on(w, onFinish, facts{})
				if w.s.phase == finishing {
					w.finishing = true
					w.add(theEnd)
				}
			})
		case w.open == 0 && w.flying == 0 || x.undrained && w.leaving():
			step("drop", x.drop)
		}
	}
}

func (x *explorer) load(w *world) {
	v := &w.view
	if v.status != isRunning && (v.status != isWaiting || v.seen == v.n) {
		x.drop(w)
		return
	}
	w.begun = true
	w.why = w.why || v.cancel
	for i := range 2 {
		if v.waiting[i] {
			w.left++
		}
	}
	w.known = max(w.known, v.n)
	x.on(w, onRead, facts{unread: w.left > 0})
	w.view.n, w.view.seen, w.viewed = 0, 0, false
	x.start(w)
}

// goroutine gives what a goroutine of the workflow can do next.
func (x *explorer) goroutine(w *world, i int, step func(string, func(*world))) {
	name := func(what string) string { return fmt.Sprint(what, " ", i) }
	timed := x.waits[i] == timer
	switch w.g[i] {
	case begins:
		step(name("begin"), func(w *world) { x.begin(w, i) })
	case flushing:
		if flushed := (w.open|w.flying)&(ask0<<i) == 0 || w.leaving(); !flushed {
			return
		}
		if x.whole {
			step(name("flushed"), func(w *world) { w.g[i] = enters })
			return
		}
		fallthrough
	case enters:
		step(name("wait"), func(w *world) {
			if w.mailbox[i] && !timed || timed && w.late || w.leaving() || w.why {
				w.g[i] = roused
				return
			}
			w.g[i] = idle
			x.on(w, onRest, facts{})
		})
	case idle:
		if timed && w.late {
			step(name("due"), func(w *world) { x.rouse(w, i) })
		}
	case roused:
		step(name("go on"), func(w *world) { x.goOn(w, i) })
	}
}

func (x *explorer) begin(w *world, i int) {
	if w.view.waiting[i] && !w.read[i] && !w.fresh {
		w.read[i] = true
		if w.left--; w.left == 0 {
			x.on(w, onCatchUp, facts{})
		}
	}
	switch {
	case !w.fresh && w.view.done[i]:
		x.leave(w, i)
	case !w.fresh && w.view.waiting[i]:
		w.g[i] = enters
	case w.leaving() || w.why:
		x.leave(w, i)
	case !w.entered():
		w.g[i] = outdoors
		x.on(w, onRest, facts{})
	default:
		w.add(ask0 << i)
		if w.g[i] = flushing; x.waits[i] == timer {
			w.g[i] = enters
		}
	}
}

func (x *explorer) goOn(w *world, i int) {
	asked := w.view.waiting[i] && !w.fresh || w.read[i]
	timed := x.waits[i] == timer
	switch {
	case w.leaving():
		x.leave(w, i)
	case w.mailbox[i] && !timed:
		x.leave(w, i)
	case w.why:
		w.add(did0 << i)
		x.leave(w, i)
	case timed && w.late:
		if !w.entered() {
			w.g[i] = outdoors
			w.read[i] = true // it has waited
			x.on(w, onRest, facts{})
			return
		}
		w.add(did0 << i)
		x.leave(w, i)
	case !asked: // it was let in
		w.g[i] = begins
	default:
		w.g[i] = enters
	}
}

// leave ends a goroutine, or has it go on with the second wait.
func (x *explorer) leave(w *world, i int) {
	w.g[i] = gone
	if x.sequence && i == 0 {
		w.g[1] = begins
		return
	}
	if w.g[1-i] != gone {
		x.on(w, onRest, facts{})
	}
}
