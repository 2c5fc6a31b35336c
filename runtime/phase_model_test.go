package runtime

import (
	"fmt"
)

// The model that TestPhases explores: an execution of a workflow that waits for two things,
// the journal that has it, and the world around both. What its session does is in
// phase_session_test.go, and what the engine's writer does in phase_writer_test.go.

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
	stale // asks to park a session that is over
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
	tellGone // tellStored for a session that is over
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
	there     bool
	s         standing
	view      stored
	viewed    bool
	begun     bool
	fresh     bool
	left      uint8
	g         [2]uint8
	read      [2]bool // what is recorded of it has been asked for
	mailbox   [2]bool
	why       bool
	known     uint8 // records it knows
	open      uint8 // mask
	flying    uint8
	finishing bool
	broken    bool // something that it had to store wasn't
	leaves    bool // it is about to be stopped, as it is drained

	late     bool // the time that timers wait for has come
	armed    bool // the engine's timer
	look     bool // the engine is to look again
	draining bool // the engine has nothing begin
	closing  bool
	closed   bool
	dropWake bool
}

// The writer's program.
const (
	rests uint8 = iota
	makes
	commits
	follows
	gathers // more comes from outside, before it takes a batch
)

func (w *world) push(unit uint8) {
	if w.closed {
		return
	}
	w.queue[w.queued] = unit
	w.queued++
}

// inside gives what can happen next by itself.
func (x *explorer) inside(w *world, step func(string, func(*world))) {
	if w.pc == gathers {
		x.writer(w, step)
		return
	}
	if w.there {
		x.session(w, step)
	}
	x.writer(w, step)
	if w.dropWake {
		step("wake", func(w *world) { w.dropWake = false; x.wake(w) })
	}
	if w.armed && w.late && !w.draining {
		step("timer", func(w *world) { w.armed = false; w.push(doDue) })
	}
	if w.look && !w.draining && !x.blind {
		step("look", func(w *world) {
			w.look = false
			if w.there {
				x.on(w, onLook, facts{})
			}
			x.resumeAll(w)
		})
	}
	if w.leaves {
		step("leave", func(w *world) {
			w.leaves = false
			x.on(w, onSuspend, facts{})
		})
	}
	if w.draining && !w.closing && !w.there && !w.dropWake {
		step("drained", func(w *world) { w.closing = true })
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

// outside gives what can come from outside.
func (x *explorer) outside(w *world, step func(string, func(*world))) {
	if w.closed {
		step("OPEN", func(w *world) {
			w.draining, w.closing, w.closed = false, false, false
			x.resumeAll(w)
		})
		return
	}
	x.arrivals(w, step)
	if w.pc == gathers {
		return
	}
	if !w.late && (x.waits[0] == timer || x.waits[1] == timer) {
		step("TIME", func(w *world) { w.late = true })
	}
	if !w.closing {
		step("CLOSE", func(w *world) {
			w.draining, w.closing = true, true
			if w.there {
				x.on(w, onSuspend, facts{})
			}
		})
	}
	if !w.draining {
		step("DRAIN", func(w *world) {
			w.draining = true
			if w.there {
				x.on(w, onDrain, facts{})
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

// arrivals gives what can come from outside into the writer's queue.
func (x *explorer) arrivals(w *world, step func(string, func(*world))) {
	push := func(name string, unit uint8) {
		if x.whole {
			step(name, func(w *world) { w.push(unit) })
			return
		}
		if w.pc != rests && w.pc != gathers {
			return
		}
		for at := w.at; at <= w.queued; at++ {
			step(name, func(w *world) {
				w.pc = gathers
				w.push(0)
				copy(w.queue[at+1:], w.queue[at:w.queued-1])
				w.queue[at], w.at = unit, at+1
			})
		}
	}
	for i := range 2 {
		switch {
		case x.waits[i] == message && !w.stored.kept[i]:
			push(fmt.Sprint("MESSAGE ", i), send0+uint8(i))
		case x.waits[i] == answer:
			push(fmt.Sprint("ANSWER ", i), send0+uint8(i))
		}
	}
	push("PAUSE", doPause)
	push("RESUME", doResume)
	push("CANCEL or RETRY", doCancel)
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
