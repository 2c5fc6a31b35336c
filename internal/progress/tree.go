package progress

import (
	"strconv"
	"strings"
	"time"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/driver"
)

// A node is a step, or what holds steps: a block, a loop, a round.
type node struct {
	label   string
	parent  *node
	kids    []*node
	byLabel map[string]*node

	state   runtime.Kind // empty for what has had no events of its own
	attempt int
	start   time.Time
	end     time.Time // zero while it goes on
	err     string    // why it failed; empty where it didn't
	so      string    // how far its tool has come; empty where that doesn't say
	live    bool      // it was observed
	before  bool      // it happened before anybody watched

	// What the plan says of it; empty where that isn't known.
	op      plan.Op
	path    string    // in its workflow
	kept    bool      // what it gives is kept from another call
	pending bool      // it is a step, or will have some, and nothing has happened yet
	after   []*node   // what it waits for
	blocks  [][]*node // what was planned below it, in the order of each block

	// What settle finds out.
	begun  bool // something has happened at it or below
	passed bool // something has begun that waits for it
	gone   bool // it doesn't come any more
}

// observe notes what has become of the step of an event. The events of workflows tell
// nothing that those of their steps don't.
func (n *node) observe(e driver.Event) {
	if n = n.of(e); n == nil {
		return
	}
	if n.before {
		n.start, n.attempt = time.Time{}, 0
	}
	n.live, n.before = true, false
	n.happens(e)
}

// recorded does so for an event that the journal has, which may come after later ones. What
// happened before that time was in another process.
func (n *node) recorded(e driver.Event, since time.Time) {
	if n = n.of(e); n == nil {
		return
	}
	ends := (e.Kind == runtime.Done || e.Kind == runtime.Failed) && e.Attempt >= n.attempt && n.isGoing()
	if n.live && !ends {
		return
	}
	n.before = e.Time.Before(since)
	n.happens(e)
}

// of is the node of the step of an event; nil where it has none.
func (n *node) of(e driver.Event) *node {
	switch e.Kind {
	case runtime.Started, runtime.Ended, runtime.Logged:
		return nil
	}
	if e.Step == "" {
		return nil
	}
	for _, label := range labels(e.Step) {
		n = n.reach(label)
	}
	return n
}

func (n *node) happens(e driver.Event) {
	if e.Kind == runtime.Partial {
		return // its attempt goes on, as it did
	}
	n.so = ""
	if e.Kind == runtime.Progressed {
		n.so = string(e.Result)
		if n.isGoing() {
			return
		}
		e.Kind = runtime.Attempt // of a process before, which has recorded nothing else of it
	}
	switch e.Kind {
	case runtime.Scheduled, runtime.Undoing:
		n.start = e.Time
	case runtime.Done, runtime.Failed, runtime.Undone, runtime.Skipped:
		n.end = e.Time
	}
	if e.Kind == runtime.Attempt || e.Kind == runtime.Retrying {
		n.end = time.Time{}
	}
	if n.start.IsZero() {
		n.start = e.Time
	}
	if e.Kind != runtime.Retrying {
		n.err = e.Error
	}
	if e.Kind == runtime.Cached {
		n.kept = true
	}
	n.state, n.pending = e.Kind, false
	n.attempt = max(n.attempt, e.Attempt)
}

// reach gives the kid at which something happens.
func (n *node) reach(label string) *node {
	if n.byLabel[label] == nil {
		n.grow(n.kid(label))
	}
	n.pending = false
	return n.byLabel[label]
}

func (n *node) kid(label string) *node {
	if k := n.byLabel[label]; k != nil {
		return k
	}
	k := &node{label: label, parent: n}
	if n.byLabel == nil {
		n.byLabel = map[string]*node{}
	}
	n.byLabel[label] = k
	n.kids = append(n.kids, k)
	return k
}

// labels cuts a step's id into the labels of the nodes on the way to it:
// parcels[3].Ship is parcels, [3], Ship.
func labels(id string) []string {
	var all []string
	for id != "" {
		end := strings.IndexAny(id, ".[")
		switch {
		case end < 0:
			return append(all, id)
		case end > 0:
			all = append(all, id[:end])
			id = id[end:]
		case id[0] == '.':
			id = id[1:]
		default:
			key, err := strconv.QuotedPrefix(id[1:])
			if err != nil {
				key, _, _ = strings.Cut(id[1:], "]")
			}
			all = append(all, "["+key+"]")
			id = strings.TrimPrefix(id[1+len(key):], "]")
		}
	}
	return all
}

// A tally counts the steps below a node by how they are.
type tally struct{ pending, going, done, failed, other int }

func (t tally) ended() int { return t.done + t.failed + t.other }
func (t tally) all() int   { return t.pending + t.going + t.ended() }

// tally counts a node that is a step, or else those below it. A step that calls a workflow
// is counted by what it has begun there.
func (n *node) tally() tally {
	var t tally
	for _, k := range n.kids {
		if k.label == undo {
			continue
		}
		below := k.tally()
		t.pending += below.pending
		t.going += below.going
		t.done += below.done
		t.failed += below.failed
		t.other += below.other
	}
	if t.all() > 0 {
		return t
	}
	switch n.state {
	case "":
		switch {
		case !n.pending || n.gone || n.passed && n.branches():
		case n.passed:
			t.done++
		default:
			t.pending++
		}
	case runtime.Done:
		t.done++
	case runtime.Failed:
		t.failed++
	case runtime.Undone, runtime.Skipped:
		t.other++
	default:
		if n.gone {
			t.other++
		} else {
			t.going++
		}
	}
	return t
}

// isGoing tells whether a node is a step that hasn't ended.
func (n *node) isGoing() bool {
	switch n.state {
	case "", runtime.Done, runtime.Failed, runtime.Undone, runtime.Skipped:
		return false
	}
	return true
}

// last is when the last of a node's steps came to its end.
func (n *node) last() time.Time {
	end := n.end
	for _, k := range n.kids {
		if at := k.last(); at.After(end) {
			end = at
		}
	}
	return end
}

// rounds tells whether the node is a loop: what it holds are rounds.
func (n *node) rounds() bool { return len(n.kids) > 0 && n.kids[0].label[0] == '[' }
