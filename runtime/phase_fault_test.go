package runtime

import "testing"

// A decision is what standing.next is, or a mutant of it.
type decision = func(standing, turn, facts) (standing, actions)

// TestPhasesFindsFaults holds TestPhases to finding what it is for: each fault is one that
// the engine has had, or a rule of phase.go left out. Those that aren't here leave nothing
// behind: a session that goes on while it is parked, or stays paused, is read once more for
// another rule, one that was told of all that came and is read once more ends at once, and
// nothing of the model is stored without a word. That a drain has nothing begin isn't for
// this test to find.
func TestPhasesFindsFaults(t *testing.T) {
	for _, c := range faults {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.next == nil {
				c.next = standing.next
			}
			for events := range faultEvents {
				for _, p := range programs {
					x := explorer{whole: *whole, program: p, next: c.next, flaw: c.flaw}
					if found := x.explore(events + 1); found != "" {
						t.Logf("%d events, %s: %s", events+1, p.name, found)
						return
					}
				}
			}
			t.Error("it isn't found")
		})
	}
}

// faultEvents is how many things from outside it takes at most to find a fault.
const faultEvents = 3

var faults = []struct {
	name string
	flaw flaw
	next decision
}{
	{"who is told is settled when the batch is made", flaw{early: true}, nil},
	{"after a failed write nobody looks again", flaw{blind: true}, nil},
	{"a session leaves before what it has added is stored", flaw{undrained: true}, nil},
	{"what follows on what wasn't stored is stored", flaw{gaps: true}, nil},
	{"one that is read isn't woken", flaw{}, never(onWake, loading)},
	{"one that ends isn't woken", flaw{}, never(onWake, finishing)},
	{"a suspended session isn't woken", flaw{}, never(onWake, suspended)},
	{"what was stopped begins", flaw{}, after(func(was standing, t turn, s *standing, do *actions) {
		if t == onRead && was.phase == suspended {
			s.phase = running
		}
	})},
	{"what has caught up lets nobody in", flaw{}, without(onCatchUp, letIn)},
	{"what is resumed lets nobody in", flaw{}, without(onResume, letIn)},
	{"it is parked beside what it has to store", flaw{}, knowing(func(f *facts) { f.pending = false })},
	{"it is parked beside what arrives", flaw{}, knowing(func(f *facts) { f.arrives, f.agrees, f.seen = false, true, true })},
	{"it is parked while it does something", flaw{}, func(s standing, t turn, f facts) (standing, actions) {
		if busy := s.busy; t == onStore {
			s.busy = 0
			s, do := s.next(t, f)
			s.busy = busy
			return s, do
		}
		return s.next(t, f)
	}},
	{"it is parked while it is drained", flaw{}, func(s standing, t turn, f facts) (standing, actions) {
		if draining := s.draining; t == onStore {
			s.draining = false
			s, do := s.next(t, f)
			s.draining = draining
			return s, do
		}
		return s.next(t, f)
	}},
	{"what is parked stays", flaw{}, func(s standing, t turn, f facts) (standing, actions) {
		if t == onStored && s.phase == parking {
			s.asked, s.phase = false, running
			return s, 0
		}
		return s.next(t, f)
	}},
	{"it isn't parked again where it wasn't", flaw{}, after(func(was standing, t turn, s *standing, do *actions) {
		if t == onStored && *do&askPark != 0 {
			s.asked, *do = false, *do&^askPark
		}
	})},
	{"the writer's answer isn't taken", flaw{}, after(func(was standing, t turn, s *standing, do *actions) {
		s.asked = s.asked || was.asked
	})},
	{"what couldn't be stored has it wait for ever", flaw{}, never(onUnstored, parking)},
	{"nobody asks again when the engine looks", flaw{}, never(onLook, running)},
	{"what is drained stays", flaw{}, after(func(was standing, t turn, s *standing, do *actions) { *do &^= suspendDrained })},
	{"what is woken isn't read once more", flaw{}, after(func(was standing, t turn, s *standing, do *actions) { *do &^= reload })},
}

// never is a mutant that ignores a turn in some phases.
func never(bad turn, in phase) decision {
	return func(s standing, t turn, f facts) (standing, actions) {
		if t == bad && s.phase == in {
			return s, 0
		}
		return s.next(t, f)
	}
}

// without is one that leaves something undone after a turn.
func without(after turn, what actions) decision {
	return func(s standing, t turn, f facts) (standing, actions) {
		s, do := s.next(t, f)
		if t == after {
			do &^= what
		}
		return s, do
	}
}

// knowing is one that has the writer's batch looked at with other facts.
func knowing(other func(*facts)) decision {
	return func(s standing, t turn, f facts) (standing, actions) {
		if t == onStore {
			other(&f)
		}
		return s.next(t, f)
	}
}

// after is one that decides otherwise.
func after(other func(was standing, t turn, s *standing, do *actions)) decision {
	return func(s standing, t turn, f facts) (standing, actions) {
		was := s
		s, do := s.next(t, f)
		other(was, t, &s, &do)
		return s, do
	}
}

// A flaw is something that the model's engine does wrong.
type flaw struct{ early, blind, undrained, gaps bool }
