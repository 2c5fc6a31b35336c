package memory

import (
	"bytes"
	"cmp"
	"math"
	"strings"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
)

// data is all that a journal holds at one moment. Once it is stored it isn't changed.
type data struct {
	owner      *owner
	executions tree[text, *execution]
	created    tree[number, text] // in the order of Create
	children   tree[place, text]  // those with a parent, in that order
	running    tree[text, struct{}]
	waking     tree[moment, struct{}]

	messages  tree[number, *journal.Message] // not changed once it is in
	messageID tree[text, int64]
	unclaimed tree[place, time.Time] // until when
	expiring  tree[moment, int64]

	awaits  tree[step, *journal.Await] // likewise
	await   tree[number, step]
	awaited tree[place, step]

	// The numbers given last.
	execution, message, lastAwait int64
}

// own gives a copy that a transaction may change.
func (d *data) own() *data {
	c, o := *d, new(owner)
	c.owner = o
	c.executions.owner, c.created.owner, c.children.owner = o, o, o
	c.running.owner, c.waking.owner = o, o
	c.messages.owner, c.messageID.owner, c.unclaimed.owner, c.expiring.owner = o, o, o, o
	c.awaits.owner, c.await.owner, c.awaited.owner = o, o, o
	return &c
}

// An execution is one with its records, and its number in the order of Create.
type execution struct {
	owner *owner
	journal.Execution
	number  int64
	records tree[number, *journal.Record]
	last    int // N of the last record
}

// The keys of trees.
type (
	text   string
	number int64
	// A place is a number under a text: a message at an address.
	place struct {
		text   string
		number int64
	}
	// A moment is a time in microseconds, and what happens then.
	moment struct {
		time   int64
		text   string
		number int64
	}
	step struct{ execution, step string }
)

func (a text) compare(b text) int     { return strings.Compare(string(a), string(b)) }
func (a number) compare(b number) int { return cmp.Compare(a, b) }

func (a place) compare(b place) int {
	if c := strings.Compare(a.text, b.text); c != 0 {
		return c
	}
	return cmp.Compare(a.number, b.number)
}

func (a moment) compare(b moment) int {
	if c := cmp.Compare(a.time, b.time); c != 0 {
		return c
	}
	if c := strings.Compare(a.text, b.text); c != 0 {
		return c
	}
	return cmp.Compare(a.number, b.number)
}

func (a step) compare(b step) int {
	if c := strings.Compare(a.execution, b.execution); c != 0 {
		return c
	}
	return strings.Compare(a.step, b.step)
}

// kept is a time as journals keep it: in UTC, to the microsecond.
func kept(t time.Time) time.Time { return time.UnixMicro(t.UnixMicro()).UTC() }

func keptState(s journal.State) journal.State {
	s.Wake, s.Ended = kept(s.Wake), kept(s.Ended)
	s.Result = bytes.Clone(s.Result)
	return s
}

// copied is an execution that shares nothing with the one given.
func copied(e journal.Execution) journal.Execution {
	e.Input = bytes.Clone(e.Input)
	e.Created = kept(e.Created)
	e.State = keptState(e.State)
	return e
}

func copiedRecord(r journal.Record) journal.Record {
	r.Began, r.Time = kept(r.Began), kept(r.Time)
	r.Data = bytes.Clone(r.Data)
	return r
}

func copiedMessage(m *journal.Message) *journal.Message {
	c := *m
	c.Sent, c.Expires = kept(m.Sent), kept(m.Expires)
	c.Data = bytes.Clone(m.Data)
	return &c
}

// goesOn tells whether an execution is one of those that Running gives.
func goesOn(s journal.State) bool {
	return s.Status == journal.StatusRunning || s.Status == journal.StatusWaiting && s.Seen == 0
}

// wakes is where an execution stands among those that wait for a time, if it does.
func wakes(id string, s journal.State) (moment, bool) {
	return moment{time: s.Wake.UnixMicro(), text: id}, s.Status == journal.StatusWaiting && !s.Wake.IsZero()
}

// earliest is before all times.
const earliest = math.MinInt64
