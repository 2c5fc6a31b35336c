package memory

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
)

func (t *tx) AddMessage(m *journal.Message) error {
	if err := t.write(); err != nil {
		return err
	}
	if _, ok := t.messageID.get(text(m.ID)); ok {
		return fmt.Errorf("the journal has a message %q already", m.ID)
	}
	t.message++
	m.Seq = t.message
	t.messages.set(number(m.Seq), copiedMessage(m))
	if m.ID != "" {
		t.messageID.set(text(m.ID), m.Seq)
	}
	if m.Claimed == "" {
		t.unclaimed.set(place{m.Address, m.Seq}, kept(m.Expires))
	}
	if !m.Expires.IsZero() {
		t.expiring.set(expires(m), m.Seq)
	}
	return nil
}

// expires is where a message stands among those that expire.
func expires(m *journal.Message) moment {
	return moment{time: m.Expires.UnixMicro(), number: m.Seq}
}

func (t *tx) MessageByID(id string) (*journal.Message, error) {
	if err := t.read(); err != nil {
		return nil, err
	}
	seq, ok := t.messageID.get(text(id))
	if !ok {
		return nil, nil
	}
	return t.findMessage(seq), nil
}

func (t *tx) findMessage(seq int64) *journal.Message {
	m, _ := t.messages.get(number(seq))
	return copiedMessage(m)
}

func (t *tx) FirstMessage(address string, after int64, now time.Time) (found *journal.Message, err error) {
	if err := t.read(); err != nil {
		return nil, err
	}
	t.unclaimed.ascend(place{address, after + 1}, func(at place, expires time.Time) bool {
		if at.text != address {
			return false
		}
		if expires.IsZero() || expires.After(kept(now)) {
			found = t.findMessage(at.number)
		}
		return found == nil
	})
	return found, nil
}

func (t *tx) Claim(seq int64, by string) error {
	if err := t.write(); err != nil {
		return err
	}
	m, ok := t.messages.get(number(seq))
	if !ok {
		return nil
	}
	claimed := *m
	claimed.Claimed = by
	t.messages.set(number(seq), &claimed)
	if by == "" {
		t.unclaimed.set(place{m.Address, seq}, m.Expires)
	} else {
		t.unclaimed.remove(place{m.Address, seq})
	}
	return nil
}

func (t *tx) Expire(now time.Time) error {
	if err := t.write(); err != nil {
		return err
	}
	var gone []int64
	t.expiring.ascend(moment{time: earliest}, func(at moment, seq int64) bool {
		if at.time <= now.UnixMicro() {
			gone = append(gone, seq)
		}
		return at.time <= now.UnixMicro()
	})
	for _, seq := range gone {
		m, _ := t.messages.get(number(seq))
		t.messages.remove(number(seq))
		t.messageID.remove(text(m.ID))
		t.unclaimed.remove(place{m.Address, seq})
		t.expiring.remove(expires(m))
	}
	return nil
}

func (t *tx) AddAwait(a *journal.Await) error {
	if err := t.write(); err != nil {
		return err
	}
	k := step{a.Execution, a.Step}
	if old, ok := t.awaits.get(k); ok {
		a.Seq = old.Seq
		t.dropAwait(old)
	} else {
		t.lastAwait++
		a.Seq = t.lastAwait
	}
	c := *a
	c.Since, c.Until, c.Captured = kept(c.Since), kept(c.Until), slices.Clone(c.Captured)
	t.awaits.set(k, &c)
	t.await.set(number(a.Seq), k)
	t.awaited.set(place{a.Address, a.Seq}, k)
	return nil
}

func (t *tx) dropAwait(a *journal.Await) {
	t.awaits.remove(step{a.Execution, a.Step})
	t.await.remove(number(a.Seq))
	t.awaited.remove(place{a.Address, a.Seq})
}

func (t *tx) FirstAwait(address string, after int64, now time.Time) (found *journal.Await, err error) {
	if err := t.read(); err != nil {
		return nil, err
	}
	t.awaited.ascend(place{address, after + 1}, func(at place, k step) bool {
		if at.text != address {
			return false
		}
		a, _ := t.awaits.get(k)
		if a.IsPast(now) {
			return true
		}
		c := *a
		found = &c
		return false
	})
	return found, nil
}

func (t *tx) Awaits(execution string) ([]journal.Await, error) {
	if err := t.read(); err != nil {
		return nil, err
	}
	if execution == "" {
		return t.allAwaits(), nil
	}
	return t.awaitsOf(execution), nil
}

func (t *tx) allAwaits() (all []journal.Await) {
	t.await.ascend(0, func(_ number, k step) bool {
		a, _ := t.awaits.get(k)
		all = append(all, *a)
		return true
	})
	return all
}

// awaitsOf gives the awaits of an execution by Seq.
func (t *tx) awaitsOf(execution string) (all []journal.Await) {
	t.awaits.ascend(step{execution: execution}, func(k step, a *journal.Await) bool {
		if k.execution == execution {
			all = append(all, *a)
		}
		return k.execution == execution
	})
	slices.SortFunc(all, func(a, b journal.Await) int { return cmp.Compare(a.Seq, b.Seq) })
	return all
}

func (t *tx) RemoveAwait(execution, at string) (bool, error) {
	if err := t.write(); err != nil {
		return false, err
	}
	if at != "" {
		a, ok := t.awaits.get(step{execution, at})
		if ok {
			t.dropAwait(a)
		}
		return ok, nil
	}
	gone := t.awaitsOf(execution)
	for i := range gone {
		t.dropAwait(&gone[i])
	}
	return len(gone) > 0, nil
}
