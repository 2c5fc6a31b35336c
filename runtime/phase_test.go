package runtime

import (
	"flag"
	"fmt"
	"hash/maphash"
	"strings"
	"testing"
)

// events is how many things from outside TestPhases has happen to an execution.
var events = flag.Int("events", 2, "how many events from outside TestPhases goes through all orders of")

// TestPhases goes through all orders in which an execution's goroutines, the writer, the
// engine's timer and up to -events things from outside can take turns, with the function
// that the engine parks and wakes by, around which a model stands for the rest: a journal,
// a queue of units, batches that are stored or fail, and workflows that wait for two
// things. Wherever nothing moves any more, nothing may be left that could go on.
func TestPhases(t *testing.T) {
	for _, p := range programs {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			x := explorer{program: p, next: standing.next, seen: map[uint64]uint8{}}
			if found := x.explore(*events); found != "" {
				t.Error(found)
			}
			t.Logf("%d states", len(x.seen))
		})
	}
}

// TestPhasesFindsFaults holds TestPhases to finding what it is for: each fault is one that
// the engine has had, or a rule of phase.go left out.
func TestPhasesFindsFaults(t *testing.T) {
	never := func(bad turn, in ...phase) func(standing, turn, facts) (standing, actions) {
		return func(s standing, t turn, f facts) (standing, actions) {
			for _, p := range in {
				if t == bad && s.phase == p {
					return s, 0
				}
			}
			return s.next(t, f)
		}
	}
	for _, c := range []struct {
		name   string
		flaw   flaw
		next   func(standing, turn, facts) (standing, actions)
		events int
	}{
		{"who is told is settled when the batch is made", flaw{early: true}, nil, 3},
		{"after a failed write nobody looks again", flaw{blind: true}, nil, 2},
		{"a session leaves before what it has added is stored", flaw{undrained: true}, nil, 3},
		{"what follows on what wasn't stored is stored", flaw{gaps: true}, nil, 3},
		{"a suspended session isn't woken", flaw{}, never(onWake, suspended), 3},
		{"one that ends isn't woken", flaw{}, never(onWake, finishing), 3},
		{"one that is read isn't woken", flaw{}, never(onWake, loading), 3},
		{"it is parked beside what arrives", flaw{}, func(s standing, t turn, f facts) (standing, actions) {
			f.arrives, f.agrees, f.seen = false, true, true
			return s.next(t, f)
		}, 3},
		{"it isn't parked again where it wasn't", flaw{}, func(s standing, t turn, f facts) (standing, actions) {
			s, do := s.next(t, f)
			if t == onStored && do&askPark != 0 {
				s.asked, do = false, do&^askPark
			}
			return s, do
		}, 3},
		{"what was stopped begins", flaw{}, func(s standing, t turn, f facts) (standing, actions) {
			was := s.phase
			s, do := s.next(t, f)
			if t == onRead && was == suspended {
				s.phase = running
			}
			return s, do
		}, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.next == nil {
				c.next = standing.next
			}
			for events := range c.events {
				for _, p := range programs {
					x := explorer{program: p, next: c.next, flaw: c.flaw, seen: map[uint64]uint8{}}
					if found := x.explore(events + 1); found != "" {
						t.Log(found)
						return
					}
				}
			}
			t.Error("it isn't found")
		})
	}
}

// A flaw is something that the model's engine does wrong.
type flaw struct{ early, blind, undrained, gaps bool }

// A program waits for two things, side by side or one after the other.
type program struct {
	name     string
	waits    [2]wanted
	sequence bool
}

// What is wanted is a message, which is kept until somebody awaits it (the end of another
// execution is too), an answer, which is refused where nobody does, or a time.
type wanted uint8

const (
	message wanted = iota
	answer
	timer
)

var programs = []program{
	{"two messages", [2]wanted{message, message}, false},
	{"message and answer", [2]wanted{message, answer}, false},
	{"two answers", [2]wanted{answer, answer}, false},
	{"message and timer", [2]wanted{message, timer}, false},
	{"message, then message", [2]wanted{message, message}, true},
	{"timer, then answer", [2]wanted{timer, answer}, true},
}

// A record of the model: what is stored of an execution.
type stored struct {
	status                 uint8
	cancel, wake           bool
	n, seen                uint8
	waiting, done, awaited [2]bool
	kept                   [2]bool // messages that nobody has got
}

const (
	absent uint8 = iota
	isRunning
	isWaiting
	isPaused
	isEnded
)

// The units of the model's queue.
const (
	none      uint8 = iota
	ofSession       // of the session: what its mask has
	park            // asks to park it
	send0           // a message or an answer
	send1
	doPause
	doResume
	doCancel
	doDue // looks for what is due
)

// What a session has to store.
const (
	create uint8 = 1 << iota
	ask0
	ask1
	did0 // a time is over, or what is awaited was given back
	did1
	theEnd
	refused
)

// What is done after a batch is stored.
const (
	tell0 uint8 = iota + 1
	tell1
	tellPause
	tellResume
	tellCancel
	wakeUp
	tellStored
)

// Where a goroutine of the workflow is.
const (
	begins   uint8 = iota
	flushing       // until its await is stored
	enters         // is about to wait
	idle           // waits
	outdoors       // waits to be let in
	roused
	gone
)

// A world is a state of the model.
type world struct {
	stored, making stored
	// The writer.
	queue   [10]uint8
	queued  uint8
	batch   [10]uint8
	taken   uint8 // units in the batch
	at      uint8 // the one that comes next
	pc      uint8 // of the writer
	single  bool  // each unit by itself
	after   [24]uint8
	afters  uint8
	doneAt  uint8
	arrived bool // the batch has something for the execution
	made    bool // and what the session had to store

	// The session.
	there      bool
	generation uint8 // wraps around
	s          standing
	view       stored
	viewed     bool
	begun      bool
	fresh      bool
	left       uint8
	g          [2]uint8
	read       [2]bool // what is recorded of it has been asked for
	mailbox    [2]bool
	why        bool
	known      uint8 // records it knows
	open       uint8 // mask
	flying     uint8
	finishing  bool
	broken     bool // something that it had to store wasn't

	late     bool // the time that timers wait for has come
	armed    bool // the engine's timer
	look     bool // the engine is to look again
	closing  bool
	closed   bool
	dropWake bool
	left6    uint8 // things from outside that may still happen
}

// The writer's program.
const (
	rests uint8 = iota
	makes
	commits
	follows
)

type explorer struct {
	program
	flaw
	next func(standing, turn, facts) (standing, actions)
	seen map[uint64]uint8 // 1 while it is on the path
	path []string
	bad  string
	hash maphash.Seed
}

func (x *explorer) explore(events int) string {
	x.hash = maphash.MakeSeed()
	w := world{left6: uint8(events)}
	// Submitted: the session is new, and its first unit is queued.
	w.there, w.fresh, w.begun = true, true, true
	w.s = standing{phase: probing, busy: 1}
	x.on(&w, onCreate, facts{})
	w.add(create)
	x.start(&w)
	x.visit(&w)
	return x.bad
}

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

func (x *explorer) visit(w *world) {
	if x.bad != "" {
		return
	}
	key := maphash.Comparable(x.hash, *w)
	if state, ok := x.seen[key]; ok {
		if state == 1 {
			x.bad = "it goes round for ever:\n" + strings.Join(x.path, "\n")
		}
		return
	}
	x.seen[key] = 1
	moved := false
	step := func(name string, do func(*world)) {
		if x.bad != "" {
			return
		}
		n := *w
		do(&n)
		x.path = append(x.path, name)
		x.visit(&n)
		x.path = x.path[:len(x.path)-1]
	}
	x.inside(w, func(name string, do func(*world)) { moved = true; step(name, do) })
	if !moved {
		if wrong := x.wrong(w); wrong != "" && x.bad == "" {
			x.bad = fmt.Sprintf("%s:\n%s\n%+v", wrong, strings.Join(x.path, "\n"), *w)
		}
	}
	if w.left6 > 0 {
		x.outside(w, func(name string, do func(*world)) {
			step(name, func(w *world) { w.left6--; do(w) })
		})
	}
	x.seen[key] = 2
}

// wrong says what is wrong with a state in which nothing moves by itself.
func (x *explorer) wrong(w *world) string {
	j := &w.stored
	switch {
	case w.closed:
		return ""
	case w.there:
		return "a session stays in memory and does nothing"
	case j.status == absent, j.status == isEnded:
		return ""
	case j.status == isRunning:
		return "it says running, and nobody runs it"
	}
	for i := range 2 {
		if j.waiting[i] && !j.done[i] && !j.awaited[i] && x.waits[i] != timer {
			return "what it awaits can't come any more"
		}
		if j.kept[i] && j.awaited[i] {
			return "a message is there, and nobody gets it"
		}
	}
	if j.status == isWaiting && x.goesOn(w) {
		return "it sleeps, and could go on"
	}
	return ""
}

// goesOn tells whether a workflow that goes through what is recorded comes to anything
// new.
func (x *explorer) goesOn(w *world) bool {
	j := &w.stored
	if j.cancel || j.done == [2]bool{true, true} {
		return true
	}
	for i := range 2 {
		open := !x.sequence || i == 0 || j.done[0]
		if open && !j.done[i] && (!j.waiting[i] || x.waits[i] == timer && w.late) {
			return true
		}
	}
	return false
}

// on has the session take a turn.
func (x *explorer) on(w *world, t turn, f facts) actions {
	f.waits = w.g[0] == idle || w.g[1] == idle || w.g[0] == outdoors || w.g[1] == outdoors
	if t != onRead {
		f.unread = w.left > 0
	}
	var do actions
	w.s, do = x.next(w.s, t, f)
	if do&letIn != 0 && w.left == 0 && !w.s.paused {
		for i := range 2 {
			if w.g[i] == outdoors {
				x.rouse(w, i)
			}
		}
	}
	if do&misfit != 0 {
		x.bad = "it is held: " + strings.Join(x.path, "\n")
	}
	if do&askPark != 0 {
		w.push(park | w.generation<<4)
	}
	if do&suspend != 0 {
		for i := range 2 {
			x.rouse(w, i)
		}
	}
	return do
}

func (x *explorer) rouse(w *world, i int) {
	if w.g[i] == idle || w.g[i] == outdoors {
		w.g[i] = roused
		x.on(w, onSpawn, facts{})
	}
}

func (w *world) push(unit uint8) {
	if w.closed {
		return
	}
	w.queue[w.queued] = unit
	w.queued++
}

// add has something of the session stored.
func (w *world) add(what uint8) {
	if w.open == 0 {
		w.push(ofSession)
	}
	w.open |= what
}

func (w *world) leaving() bool { return w.s.phase >= suspended }

// inside gives what can happen next by itself.
func (x *explorer) inside(w *world, step func(string, func(*world))) {
	if w.there {
		x.session(w, step)
	}
	x.writer(w, step)
	if w.dropWake {
		step("wake", func(w *world) { w.dropWake = false; x.wake(w) })
	}
	if w.armed && w.late && !w.closing {
		step("timer", func(w *world) { w.armed = false; w.push(doDue) })
	}
	if w.look && !w.closing && !x.blind {
		step("look", func(w *world) {
			w.look = false
			if w.there {
				x.on(w, onLook, facts{})
			}
			x.resumeAll(w)
		})
	}
	if w.closing && !w.closed && !w.there && !w.dropWake && w.pc == rests && w.queued == 0 {
		step("closed", func(w *world) { w.closed = true; w.armed, w.look = false, false })
	}
}

func (x *explorer) resumeAll(w *world) {
	if w.stored.status == isRunning || w.stored.status == isWaiting && w.stored.seen == 0 {
		x.wake(w)
	}
	w.push(doDue)
}

func (x *explorer) wake(w *world) {
	if w.there {
		x.on(w, onWake, facts{})
		return
	}
	if w.closing {
		return
	}
	w.clearSession()
	w.generation = (w.generation + 1) % 16
	w.there = true
	w.s = standing{phase: loading, busy: 1}
}

func (w *world) clearSession() {
	w.s, w.view, w.viewed, w.begun, w.fresh, w.left = standing{}, stored{}, false, false, false, 0
	w.g, w.read, w.mailbox = [2]uint8{}, [2]bool{}, [2]bool{}
	w.why, w.known, w.open, w.flying, w.finishing, w.broken, w.there = false, 0, 0, 0, false, false, false
}

func (x *explorer) drop(w *world) {
	x.on(w, onStop, facts{})
	again := x.on(w, onUnwind, facts{})&reload != 0
	w.clearSession()
	w.dropWake = w.dropWake || again
}

// session gives what the session can do next.
func (x *explorer) session(w *world, step func(string, func(*world))) {
	if !w.begun {
		if !w.viewed {
			step("view", func(w *world) { w.viewed, w.view = true, w.stored })
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
		if (w.open|w.flying)&(ask0<<i) == 0 || w.leaving() {
			step(name("flushed"), func(w *world) { w.g[i] = enters })
		}
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
	case w.left > 0 || w.s.paused:
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
		if w.left > 0 || w.s.paused {
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

// writer gives what the writer can do next.
func (x *explorer) writer(w *world, step func(string, func(*world))) {
	switch w.pc {
	case rests:
		if w.queued > 0 {
			step("take a batch", func(w *world) {
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
			x.make(w, w.batch[w.at])
			if w.at++; w.at == w.taken || w.single {
				w.pc = commits
			}
		})
	case commits:
		step("store", func(w *world) {
			w.stored, w.making, w.pc, w.doneAt = w.making, stored{}, follows, 0
		})
	case follows:
		if w.doneAt < w.afters {
			step(fmt.Sprint("after ", w.after[w.doneAt]), func(w *world) {
				a := w.after[w.doneAt]
				w.doneAt++
				x.follow(w, a)
			})
			return
		}
		step("settle", func(w *world) {
			first := w.at - 1
			if !w.single {
				first = 0
			}
			for _, u := range w.batch[first:w.at] {
				if u == ofSession {
					w.flying = 0
				}
			}
			w.afters, w.after, w.arrived, w.made = 0, [24]uint8{}, false, false
			if w.at < w.taken {
				w.begins(w.at)
				return
			}
			w.rest()
		})
	}
}

// begins makes a batch from a unit on.
func (w *world) begins(at uint8) {
	w.pc, w.at, w.making, w.afters, w.after, w.arrived, w.made = makes, at, w.stored, 0, [24]uint8{}, false, false
}

func (w *world) rest() {
	if w.queued == 0 && !w.there {
		w.generation = 0 // nothing is left of the last one
	}
	w.pc, w.at, w.taken, w.single, w.batch, w.doneAt = rests, 0, 0, false, [10]uint8{}, 0
}

// fail has the batch not be stored.
func (x *explorer) fail(w *world) {
	w.look = true
	if !w.single && w.taken > 1 {
		w.single = true
		w.begins(0)
		return
	}
	u := w.batch[w.at-1]
	switch u & 15 {
	case ofSession:
		w.flying, w.broken = 0, true
		x.on(w, onStop, facts{})
	case park:
		if w.there && u>>4 == w.generation {
			x.on(w, onUnstored, facts{})
		}
	}
	w.making = stored{}
	if w.at < w.taken {
		w.begins(w.at)
		return
	}
	w.afters, w.after, w.arrived, w.made = 0, [24]uint8{}, false, false
	w.rest()
}

func (w *world) then(after uint8) {
	w.after[w.afters] = after
	w.afters++
}

// make makes the changes of a unit.
func (x *explorer) make(w *world, u uint8) {
	j := &w.making
	switch u & 15 {
	case ofSession:
		x.makeOwn(w)
	case park:
		if !w.there || u>>4 != w.generation {
			return // the session is over
		}
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
		w.then(tellStored | u&^15)
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

// follow does what follows from a batch that is stored.
func (x *explorer) follow(w *world, a uint8) {
	switch a {
	case wakeUp:
		x.wake(w)
		return
	}
	if !w.there {
		w.armed = w.armed || a&15 == tellStored && w.stored.wake
		return
	}
	switch a & 15 {
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
		if a>>4 == w.generation {
			x.on(w, onStored, facts{})
		}
		w.armed = w.armed || w.stored.wake && w.stored.status == isWaiting
	}
}

// outside gives what can come from outside.
func (x *explorer) outside(w *world, step func(string, func(*world))) {
	if w.closed {
		step("OPEN", func(w *world) {
			w.closing, w.closed = false, false
			x.resumeAll(w)
		})
		return
	}
	push := func(name string, unit uint8) { step(name, func(w *world) { w.push(unit) }) }
	for i := range 2 {
		switch {
		case x.waits[i] == message && !w.stored.kept[i]:
			push(fmt.Sprint("MESSAGE ", i), send0+uint8(i))
		case x.waits[i] == answer:
			push(fmt.Sprint("ANSWER ", i), send0+uint8(i))
		case x.waits[i] == timer && !w.late:
			step("TIME", func(w *world) { w.late = true })
		}
	}
	push("PAUSE", doPause)
	push("RESUME", doResume)
	push("CANCEL or RETRY", doCancel)
	if !w.closing {
		step("CLOSE", func(w *world) {
			w.closing = true
			if w.there {
				x.on(w, onStop, facts{})
			}
		})
	}
	if w.pc == commits {
		step("FAIL", x.fail)
	}
	if w.there && !w.begun && !w.viewed {
		step("FAIL TO READ", func(w *world) {
			w.look = true
			x.drop(w)
		})
	}
}
