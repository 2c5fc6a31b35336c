package runtime

import (
	"container/list"

	"github.com/wfgen/wfgen/runtime/journal"
)

// A lane is where the executions stand that a limit counts together: those that have a place,
// and those that wait for one. Both stand in the order in which they were created, which is
// also that in which the journal gives them when it is opened.
type lane struct {
	limit     *AtOnce
	in, queue list.List // of *stand
	stands    map[string]*list.Element
	last      int // the highest number that was given
}

// A stand is where an execution stands.
type stand struct {
	id string
	n  int // above those of all of the lane that were created before
	in bool
}

func standAt(e *list.Element) *stand { return e.Value.(*stand) }

// put has an execution stand where its number says.
func (l *lane) put(s *stand) {
	row := l.row(s)
	at := row.Back()
	for at != nil && standAt(at).n > s.n {
		at = at.Prev()
	}
	if at == nil {
		l.stands[s.id] = row.PushFront(s)
	} else {
		l.stands[s.id] = row.InsertAfter(s, at)
	}
	l.last = max(l.last, s.n)
}

func (l *lane) take(s *stand) {
	l.row(s).Remove(l.stands[s.id])
	delete(l.stands, s.id)
}

func (l *lane) row(s *stand) *list.List {
	if s.in {
		return &l.in
	}
	return &l.queue
}

// shift adds to the numbers from n on.
func (l *lane) shift(n, by int) {
	for _, e := range l.stands {
		if s := standAt(e); s.n >= n {
			s.n += by
		}
	}
	l.last += by
}

// has tells whether an execution has a place.
func (l *lane) has(id string) bool {
	e := l.stands[id]
	return e != nil && standAt(e).in
}

// hasRoom tells whether one that waits could go on.
func (l *lane) hasRoom() bool { return l.queue.Len() > 0 && l.in.Len() < l.limit.N }

// lane is the lane of a name.
func (e *Engine) lane(name string, limit *AtOnce) *lane {
	l := e.lanes[name]
	if l == nil {
		l = &lane{limit: limit, stands: map[string]*list.Element{}}
		e.lanes[name] = l
	}
	return l
}

// lane is one that the batch may change.
func (b *batch) lane(name string, limit *AtOnce) *lane {
	if b.lanes == nil {
		b.lanes = map[string]*lane{}
		b.after = append(b.after, b.sweepLanes)
	}
	l := b.engine.lane(name, limit)
	b.lanes[name] = l
	return l
}

// put is put of the lane, until the batch turns out not to be stored.
func (b *batch) put(l *lane, s *stand) {
	l.put(s)
	b.undo = append(b.undo, func() { l.take(s) })
}

func (b *batch) take(l *lane, s *stand) {
	l.take(s)
	b.undo = append(b.undo, func() { l.put(s) })
}

// restoreLanes has all stand where they stood before the batch, which isn't stored.
func (b *batch) restoreLanes() {
	for len(b.undo) > 0 {
		last := len(b.undo) - 1
		b.undo[last]()
		b.undo = b.undo[:last]
	}
	b.sweepLanes()
}

// sweepLanes has those lanes go in which nobody stands any more.
func (b *batch) sweepLanes() {
	for name, l := range b.lanes {
		if len(l.stands) == 0 {
			delete(b.engine.lanes, name)
		}
	}
}

// makeRoom gives the number of an execution that is retried, behind the one of its lane that
// was created last before it.
func (b *batch) makeRoom(l *lane, x *journal.Execution) (int, error) {
	n := 1
	if len(l.stands) == 0 {
		return n, nil
	}
	before := journal.Query{Workflow: x.Workflow, Status: journal.Unfinished(), After: x.ID, Limit: 20}
	err := each(b, before, func(o *journal.Execution) bool {
		e := l.stands[o.ID]
		if e != nil {
			n = standAt(e).n + 1
		}
		return e == nil
	})
	if err == nil {
		l.shift(n, 1)
		b.undo = append(b.undo, func() { l.shift(n, -1) })
	}
	return n, err
}

// each calls a function with what a query asks for, page by page, until that gives false.
func each(tx journal.Tx, q journal.Query, do func(*journal.Execution) bool) error {
	for {
		page, err := tx.Executions(q)
		if err != nil {
			return err
		}
		for _, x := range page {
			if !do(x) {
				return nil
			}
		}
		if len(page) < q.Limit {
			return nil
		}
		q.After = page[len(page)-1].ID
	}
}
