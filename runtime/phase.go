package runtime

// An execution comes into the memory to do something and leaves it to wait, hundreds of
// times in its life, while messages, answers, timers, the ends of other executions and
// people's requests come from any goroutine, and a journal stores what all of them have
// changed some time after they asked for it. One of them that falls into a gap between two
// of these moments is lost: the execution waits for ever for what has come, and nobody is
// told. So what decides about parking and waking is here, alone: a function of where the
// execution is (its standing), what comes (a turn), and what is known of the journal then
// (facts), which gives the new standing and what is to be done. It has no lock, starts
// nothing, reads nothing. Sessions, the writer and the engine call it with the session's
// lock held, and do what it says. TestPhases goes through all orders in which a number of
// things can happen, with batches that are stored and others that fail, and looks for an
// execution that is left behind.
//
// Three rules make it whole:
//
//   - Who changes an execution from outside (delivers, cancels, pauses, wakes) changes the
//     journal in a batch, and tells the session that is in memory *after* that is stored: the
//     one that is there then, not the one that was there when the batch was made. A session
//     that has read the journal before is told; one that comes later reads what is stored.
//     Telling one twice does no harm.
//   - The journal says that an execution waits only where it has nothing to go on with: it is
//     parked by a change that looks, in its own batch, whether something has come that the
//     session hasn't seen, and whoever brings something makes it running in the same batch.
//     So the journal alone tells what has to go on, after any crash.
//   - Whatever wakes a session that can't take it, since it is being read, is about to leave
//     or has left, has it read once more when it is out of memory.
//
// A session that has nothing to do and isn't parked has asked the writer to park it, unless
// what it waits for is near: each turn that leaves it idle asks. Where a write fails nothing
// is asked again at once, but when the engine looks again.

// A phase is where an execution is while an engine has it in memory.
type phase uint8

const (
	probing   phase = iota // its id is kept until it is known whether that is taken
	loading                // its records are being read
	replaying              // it runs, and something is recorded that it hasn't asked for yet
	running                // it runs
	parking                // it leaves the memory once the batch that the writer makes is stored
	finishing              // it has come to its end, which is to be stored
	suspended              // its goroutines end
	over                   // it is out of memory
)

// A standing is what decides about the coming and going of an execution.
type standing struct {
	phase  phase
	busy   int  // its goroutines that do something
	paused bool // no step may begin
	// draining tells that none does any more: it leaves the memory as soon as no tool runs.
	draining bool
	again    bool // it is read once more when it is out of memory
	asked    bool // the writer has been asked to park it, and hasn't answered
}

// A turn is what comes to an execution.
type turn uint8

const (
	onSpawn    turn = iota // one more goroutine does something
	onRest                 // one less does
	onCreate               // it is new, and stored by this session
	onRead                 // what is recorded of it has been read, and it goes on
	onCatchUp              // all that is recorded has been asked for
	onPause                // somebody has paused it
	onResume               // somebody has it go on
	onWake                 // something is stored that it may go on with
	onStore                // the writer makes the batch that is to park it
	onStored               // that batch is stored
	onUnstored             // that batch couldn't be stored
	onDrain                // the engine is about to close, and waits for the tools that run
	onLook                 // the engine looks again, after something couldn't be stored
	onFinish               // it has come to its end
	onSuspend              // the engine closes, its records don't fit, or it can't store
	onUnwind               // none of its goroutines is left
)

// Facts are what a turn is looked at with.
type facts struct {
	// Of the execution, where none of its goroutines does anything: it waits for something,
	// one is in a tool, what it waits for is near, something recorded is unread.
	waits, inTool, near, unread bool
	// More may be come to of what lasts of earlier generations; a step waits to begin.
	recalls, begins bool
	// Of the batch that is to park it: the session has something to store behind it; the
	// batch has something for the execution, which the session is told when it is stored;
	// the state in the journal is the one that the session has; it has all records.
	pending, arrives, agrees, seen bool
}

// Actions are what a turn has to be followed by.
type actions uint8

const (
	askPark        actions = 1 << iota // ask the writer to park it
	storeWait                          // store that it waits
	letIn                              // let steps begin that wait for that
	misfit                             // hold it: it doesn't come to what is recorded
	suspend                            // end its goroutines
	reload                             // read it once more
	suspendDrained                     // suspend it: it is drained
)

// next is the standing after a turn, and what is to be done.
func (s standing) next(t turn, f facts) (standing, actions) {
	switch t {
	case onSpawn:
		if s.busy++; s.phase == parking { // what was stored is past: it is due at once
			s.phase = running
		}
	case onRest:
		s.busy--
	case onCreate:
		s.begin(running)
	case onRead:
		s.again = false // it has been told what came since
		if s.begin(replaying); !f.unread && !f.recalls {
			s.begin(running)
		}
	case onCatchUp:
		if s.phase == replaying {
			s.phase = running
			return s, s.admits()
		}
	case onPause:
		s.paused = true
	case onResume:
		s.paused = false
		return s.rest(f, s.admits())
	case onWake:
		s.again = s.again || s.phase != replaying && s.phase != running
	case onStore:
		return s.store(f)
	case onStored:
		if s.asked = false; s.phase == parking {
			s.phase = suspended
			return s, suspend
		}
	case onUnstored:
		if s.asked = false; s.phase == parking {
			s.phase = running
		}
		if !s.draining {
			return s, 0
		}
	case onDrain:
		if s.draining = true; s.phase == replaying { // so that nothing new has begun
			return s, suspendDrained
		}
	case onFinish:
		if s.phase < suspended {
			s.phase = finishing
		}
	case onSuspend:
		if s.phase < suspended {
			s.phase = suspended
		}
		return s, suspend
	case onUnwind:
		s.phase = over
		if s.again {
			return s, reload
		}
	}
	return s.rest(f, 0)
}

// begin has it run, unless it was stopped before.
func (s *standing) begin(in phase) {
	if s.phase < suspended {
		s.phase = in
	}
}

// admits lets in who waits for that, where it may begin what is new.
func (s standing) admits() actions {
	if s.paused || s.draining || s.phase == replaying {
		return 0
	}
	return letIn
}

// rest asks the writer to park an execution of which no goroutine does anything.
func (s standing) rest(f facts, do actions) (standing, actions) {
	idle := s.busy == 0 && f.waits && !f.inTool && (s.phase == running || s.phase == replaying)
	if idle && f.recalls && !f.unread { // no more is come to, unless something new begins
		s.phase = running
		if f.begins && s.admits() != 0 {
			return s, do | letIn
		}
	}
	switch {
	case !idle:
		return s, do
	case s.draining:
		return s, do | suspendDrained
	case s.asked:
		return s, do
	case f.unread:
		return s, do | misfit
	case f.near && !s.paused:
		return s, do
	}
	s.asked = true
	return s, do | askPark
}

// store decides whether the batch that is to park it does so. The batch may be made once
// more, where storing it failed.
func (s standing) store(f facts) (standing, actions) {
	if s.phase == parking {
		s.phase = running
	}
	switch {
	case s.phase != running || s.busy > 0 || f.pending || f.arrives:
		return s, 0 // it goes on, or is about to be told something
	case s.draining:
		return s, 0 // what it waits for may be to begin a step, which the next engine does
	case !f.agrees || !f.seen: // something was stored without a word
		s.phase, s.again = suspended, true
		return s, suspend
	}
	s.phase = parking
	return s, storeWait
}
