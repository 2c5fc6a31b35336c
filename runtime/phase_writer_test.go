package runtime

import (
	"fmt"
	"slices"
)

// writer gives what the writer can do next.
func (x *explorer) writer(w *world, step func(string, func(*world))) {
	switch w.pc {
	case rests, gathers:
		if w.queued > 0 {
			step("take a batch", func(w *world) {
				defer x.advance(w)
				w.batch, w.taken, w.queue, w.queued = w.queue, w.queued, [10]uint8{}, 0
				w.begins(0)
				for _, u := range w.batch[:w.taken] {
					if u == ofSession {
						w.flying, w.open = w.open, 0
						if w.broken && !x.gaps {
							w.flying = refused // what was before it isn't stored
						}
					}
				}
			})
		}
	case makes:
		step(fmt.Sprint("make unit ", w.batch[w.at]), func(w *world) {
			x.makeNext(w)
			x.advance(w)
		})
	case commits:
		step("store", func(w *world) {
			w.stored, w.making, w.pc, w.doneAt = w.making, stored{}, follows, 0
			x.advance(w)
		})
	case follows:
		if w.doneAt < w.afters {
			step(fmt.Sprint("after ", w.after[w.doneAt]), func(w *world) {
				a := w.after[w.doneAt]
				w.doneAt++
				x.afterwards(w, a)
				x.advance(w)
			})
			return
		}
		step("settle", func(w *world) {
			if w.settles() {
				w.flying = 0
			}
			w.goOn()
			x.advance(w)
		})
	}
}

// makeNext makes the changes of the unit that comes next.
func (x *explorer) makeNext(w *world) {
	x.make(w, w.batch[w.at])
	if w.at++; w.at == w.taken || w.single {
		w.pc = commits
	}
}

// settles tells whether what is stored has something of the session.
func (w *world) settles() bool {
	first := w.at - 1
	if !w.single {
		first = 0
	}
	return slices.Contains(w.batch[first:w.at], ofSession)
}

// goOn has the writer begin with what comes next.
func (w *world) goOn() {
	w.afters, w.after, w.arrived, w.made = 0, [24]uint8{}, false, false
	if w.at < w.taken {
		w.begins(w.at)
		return
	}
	w.rest()
}

// advance has the writer do what nobody else has a part in.
func (x *explorer) advance(w *world) {
	for !x.whole {
		switch {
		case w.pc == makes && w.batch[w.at] != park:
			x.makeNext(w)
		case w.pc == follows && w.doneAt == w.afters && !w.settles():
			w.goOn()
		default:
			return
		}
	}
}

// begins makes a batch from a unit on.
func (w *world) begins(at uint8) {
	w.pc, w.at, w.making, w.afters, w.after, w.arrived, w.made = makes, at, w.stored, 0, [24]uint8{}, false, false
}

func (w *world) rest() {
	w.pc, w.at, w.taken, w.single, w.batch, w.doneAt = rests, 0, 0, false, [10]uint8{}, 0
}

// fail has the batch not be stored.
func (x *explorer) fail(w *world) {
	w.look = true
	if !w.single && w.taken > 1 {
		w.single = true
		w.begins(0)
		x.advance(w)
		return
	}
	u := w.batch[w.at-1]
	switch u {
	case ofSession:
		w.flying, w.broken = 0, true
		x.on(w, onSuspend, facts{})
	case park:
		x.on(w, onUnstored, facts{})
	}
	w.making = stored{}
	w.goOn()
	x.advance(w)
}

func (w *world) then(after uint8) {
	w.after[w.afters] = after
	w.afters++
}

// make makes the changes of a unit.
func (x *explorer) make(w *world, u uint8) {
	j := &w.making
	switch u {
	case ofSession:
		x.makeOwn(w)
	case park:
		f := facts{
			pending: w.open != 0 || w.flying != 0 && !w.made, arrives: w.arrived, seen: j.n == w.known,
			agrees: j.cancel == w.why && (j.status == isPaused) == w.s.paused && (j.status == isRunning || j.status == isWaiting || j.status == isPaused),
		}
		if do := x.on(w, onStore, f); do&storeWait != 0 {
			j.seen, j.wake = j.n, false
			for i := range 2 {
				j.wake = j.wake || x.waits[i] == timer && j.waiting[i] && !j.done[i]
			}
			if !w.s.paused {
				j.status = isWaiting
			}
		}
		w.then(tellStored)
	case send0, send1:
		i := int(u - send0)
		if x.waits[i] == message {
			j.kept[i] = true
			x.match(w, i)
		} else if j.awaited[i] {
			x.deliver(w, i)
		}
	case doPause:
		if j.status == isRunning || j.status == isWaiting {
			if j.cancel {
				return
			}
			j.status, w.arrived = isPaused, true
			w.then(tellPause)
			w.then(wakeUp)
		}
	case doResume:
		if j.status == isPaused {
			j.status, w.arrived = isRunning, true
			w.then(tellResume)
			w.then(wakeUp)
		}
	case doCancel:
		if j.status != absent && j.status != isEnded {
			j.status, j.cancel, w.arrived = isRunning, true, true
			w.then(tellCancel)
			w.then(wakeUp)
		}
		if j.status == isEnded { // after its end it stands for Retry
			*j = stored{status: isRunning, n: j.n + 1}
			w.arrived = true
			w.then(wakeUp)
		}
	case doDue:
		if j.status == isWaiting && j.wake && w.late {
			j.status = isRunning
			w.then(wakeUp)
		}
		w.armed = w.armed || j.wake && j.status == isWaiting
	}
}

func (x *explorer) makeOwn(w *world) {
	j := &w.making
	w.made = true
	if w.flying&create != 0 {
		kept := j.kept
		*j = stored{status: isRunning, kept: kept}
	}
	for i := range 2 {
		if w.flying&(ask0<<i) != 0 {
			j.waiting[i] = true
			j.n++
			w.known = j.n
			if x.waits[i] != timer {
				j.awaited[i] = true
				x.match(w, i)
			}
		}
		if w.flying&(did0<<i) != 0 {
			j.done[i], j.awaited[i] = true, false
			j.n++
			w.known = j.n
		}
	}
	if w.flying&theEnd != 0 {
		j.status, j.awaited = isEnded, [2]bool{}
		j.n++
	}
}

func (x *explorer) match(w *world, i int) {
	if j := &w.making; j.kept[i] && j.awaited[i] {
		j.kept[i] = false
		x.deliver(w, i)
	}
}

func (x *explorer) deliver(w *world, i int) {
	j := &w.making
	j.awaited[i], j.done[i] = false, true
	j.n++
	if x.early { // as it was: told is the session that is there now
		switch {
		case !w.there || w.leaving() || w.s.phase == parking:
			if j.status == isWaiting {
				j.status = isRunning
				w.then(wakeUp)
			}
			return
		}
	}
	w.arrived = true
	w.then(tell0 + uint8(i))
	w.then(wakeUp)
	if j.status == isWaiting {
		j.status = isRunning
	}
}

// afterwards does what follows from a batch that is stored.
func (x *explorer) afterwards(w *world, a uint8) {
	switch a {
	case wakeUp:
		x.wake(w)
		return
	}
	if a == tellGone {
		w.armed = w.armed || w.stored.wake && w.stored.status == isWaiting
	}
	if !w.there {
		return
	}
	switch a {
	case tell0, tell1:
		i := int(a - tell0)
		w.known = max(w.known, w.stored.n)
		w.mailbox[i] = true
		if w.g[i] == idle {
			x.rouse(w, i)
		}
	case tellPause:
		x.on(w, onPause, facts{})
	case tellResume:
		x.on(w, onResume, facts{})
	case tellCancel:
		if w.leaving() {
			return
		}
		w.why = true
		x.on(w, onResume, facts{})
		for i := range 2 {
			x.rouse(w, i)
		}
	case tellStored:
		x.on(w, onStored, facts{})
		w.armed = w.armed || w.stored.wake && w.stored.status == isWaiting
	}
}
