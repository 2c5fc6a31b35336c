package progress

import (
	"strconv"
	"strings"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/driver"
)

// A node is a step, or what holds steps: a block, a loop, a round.
type node struct {
	label   string
	kids    []*node
	byLabel map[string]*node

	state   runtime.Kind // empty for what has no events of its own
	attempt int
	start   time.Time
	end     time.Time // zero while it goes on
}

// observe finds the step of an event and notes what has become of it. The events
// of workflows tell nothing that those of their steps don't.
func (n *node) observe(e driver.Event) {
	if e.Step == "" {
		return
	}
	for _, label := range labels(e.Step) {
		n = n.kid(label)
	}
	switch e.Kind {
	case runtime.Started, runtime.Ended, runtime.Logged:
		return
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
	n.state = e.Kind
	n.attempt = max(n.attempt, e.Attempt)
}

func (n *node) kid(label string) *node {
	if k := n.byLabel[label]; k != nil {
		return k
	}
	k := &node{label: label}
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
type tally struct{ going, done, failed, other int }

func (n *node) tally() tally {
	var t tally
	for _, k := range n.kids {
		below := k.tally()
		t.going += below.going
		t.done += below.done
		t.failed += below.failed
		t.other += below.other
	}
	switch n.state {
	case "":
	case runtime.Done:
		t.done++
	case runtime.Failed:
		t.failed++
	case runtime.Undone, runtime.Skipped:
		t.other++
	default:
		t.going++
	}
	return t
}

// rounds tells whether the node is a loop: what it holds are rounds.
func (n *node) rounds() bool { return len(n.kids) > 0 && n.kids[0].label[0] == '[' }
