package runtime

import (
	"slices"
	"strings"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/stepid"
)

// Each message at an address has been offered to each await there, by whichever of the two
// came later: by offer where that was the message, by seek where it was the await. A condition is
// asked in the writer's batch, of what is recorded with the await: whose message isn't for it
// stays out of memory.
//
// An engine without the execution's code can't ask. It has the execution go on instead, which
// is held for that, or comes to the await under the code that there is and seeks for itself.
// Nothing says which messages such an engine has passed by. So a session that comes back to an
// await asks, once, of all that lies at its address, also of what the condition has refused.

// offer gives a message to the first who awaits it, and whose time isn't up: whoever comes too
// late may do so before the one who awaits it has found out, as after a time without any
// process.
func (b *batch) offer(m *journal.Message, now time.Time) error {
	if !m.Expires.IsZero() && !m.Expires.After(now) {
		return nil
	}
	for after := int64(0); ; {
		a, err := b.FirstAwait(m.Address, after, now)
		if a == nil || err != nil {
			return err
		}
		after = a.Seq
		if may, err := b.mayReceive(a.Execution, m); err != nil {
			return err
		} else if !may {
			continue
		}
		given, _, err := b.give(a, m)
		if given && !isToAll(m) || err != nil {
			return err
		}
	}
}

// seek gives an await the first message that it takes, of those that were sent before its time
// was up.
func (b *batch) seek(a *journal.Await, now time.Time) error {
	look := b.look(a)
	defer look.done()
	for after := look.from; ; {
		m, err := b.FirstMessage(a.Address, after, now)
		if m == nil || err != nil {
			return err
		}
		may, err := b.mayReceive(a.Execution, m)
		if err != nil {
			return err
		}
		if !may && after == look.from {
			look.from = m.Seq
		}
		after = m.Seq
		if !may || a.IsPast(m.Sent) {
			continue
		}
		_, over, err := b.give(a, m)
		if over || err != nil {
			return err
		}
	}
}

// seekOn is seek for a step that has awaited something before its session began. What it awaits
// may be gone: something has come then.
func (b *batch) seekOn(s *session, step string) error {
	awaits, err := b.Awaits(s.id)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(awaits, func(a journal.Await) bool { return a.Step == step })
	if i < 0 {
		return nil
	}
	return b.seek(&awaits[i], b.engine.now())
}

// give gives a message to an await that takes it, and tells whether it has got it, and whether
// the await is over: it is also where its condition can't be worked out.
func (b *batch) give(a *journal.Await, m *journal.Message) (given, over bool, err error) {
	if a.Captured != nil {
		filter, err := b.filterOf(a)
		if err != nil {
			return false, false, err
		}
		if filter == nil {
			return false, false, b.rouse(a.Execution)
		}
		takes, why := filter.Takes(a.Captured, m.Data)
		switch {
		case why != nil:
			return false, true, b.deliver(a, journal.Failed, encodeError(why, nil), nil)
		case !takes:
			return false, false, nil
		}
	}
	by := claimant(a.Execution, a.Step)
	if err := b.claim(m, a.Execution, by); err != nil {
		return false, false, err
	}
	if b.claims == nil {
		b.claims = map[string]*journal.Message{}
	}
	b.claims[by] = m
	return true, true, b.deliver(a, journal.Done, m.Data, m)
}

// asks notes that the session has come to a step that awaits what its condition takes. So what
// is recorded as captured there is what the code captures that there is.
func (s *session) asks(step string) {
	s.lock()
	defer s.mu.Unlock()
	if s.asking == nil {
		s.asking = map[string]bool{}
	}
	s.asking[step] = true
}

// isAsking tells whether a session, which may be nil, has come to a step like that.
func (s *session) isAsking(step string) bool {
	if s == nil {
		return false
	}
	s.lock()
	defer s.mu.Unlock()
	return s.asking[step]
}

// filterOf is the filter of an await; nil where neither the execution's own code is here nor a
// session that has come to the await under the code that there is: one that is still being
// read, or only looked for, may be held instead.
func (b *batch) filterOf(a *journal.Await) (*Filter, error) {
	x, err := b.Execution(a.Execution)
	if err != nil || x == nil {
		return nil, err
	}
	d := b.engine.definitions[x.Workflow]
	if d == nil || x.Fingerprint != d.Workflow.Fingerprint && !b.engine.inMemory(x.ID).isAsking(a.Step) {
		return nil, nil
	}
	step, _ := stepid.Planned(stepid.WithoutGeneration(a.Step))
	return d.Workflow.filter(step), nil
}

// filter finds the filter of a step, by its id in the plan; nil where there is none.
func (w *Workflow) filter(step string) *Filter {
	for i := range w.Filters {
		f := &w.Filters[i]
		if f.In == nil {
			if f.Step == step {
				return f
			}
		} else if inner, ok := strings.CutPrefix(step, f.Step+"."); ok {
			if found := f.In.filter(inner); found != nil {
				return found
			}
		}
	}
	return nil
}
