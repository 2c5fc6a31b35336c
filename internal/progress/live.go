// Package progress shows on a terminal how a running workflow is getting on: how
// long it takes and how far it is, and below that a tree of its steps with their
// states, those that are still to come among them. It is redrawn in place and left
// there at the end. It takes the plan of the workflow, the events of the execution
// and whatever else is printed in the meantime, which appears above the tree. It
// draws nothing but text: where there is no terminal, there is no use for it.
package progress

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/driver"
	"github.com/wfgen/wfgen/runtime/foreign"
)

// interval is the time between two pictures.
const interval = 100 * time.Millisecond

// Options say what is shown. The zero value is for events alone.
type Options struct {
	// Size gives the size of the terminal.
	Size func() (width, height int)
	// Color has states in colours.
	Color bool
	// Workflow is what is run; nil where its steps are shown as they begin.
	Workflow *plan.Workflow
	// Before says what is done before the first event comes, as in "Go builds it"; may be
	// empty.
	Before string
	// Approve gives the command that answers the approval of a step, for which somebody
	// with a role has to answer where that isn't empty, ROLE where only the execution knows
	// it; nil, or without words, where no command can.
	Approve func(step, role string) []string
	// Signal gives the command that sends an event; nil, or without words, where none can.
	Signal func(*plan.Event) []string
}

// A Live is a tree of steps on a terminal. It is safe for concurrent use.
type Live struct {
	o Options

	mu      sync.Mutex
	screen  screen
	tree    *node
	made    time.Time // when the Live was
	began   time.Time // when the workflow did, or at first the Live
	ended   time.Time // when the workflow did; zero until then
	failed  bool
	running bool            // an event has come
	spent   map[string]cost // of the requests to models, by their steps
	partial []byte          // the last line written, as long as it isn't complete
	stop    chan struct{}
	stopped sync.WaitGroup
}

// New begins to draw on a terminal.
func New(out io.Writer, o Options) *Live {
	l := &Live{o: o, screen: screen{out: out}, tree: &node{}, spent: map[string]cost{}, made: time.Now(), stop: make(chan struct{})}
	l.began = l.made
	if o.Workflow != nil {
		l.tree.plan(o.Workflow.Body, "")
	}
	l.stopped.Add(1)
	go l.tick()
	return l
}

func (l *Live) tick() {
	defer l.stopped.Done()
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			l.mu.Lock()
			l.draw("", false)
			l.mu.Unlock()
		case <-l.stop:
			return
		}
	}
}

// Observe takes an event into account.
func (l *Live) Observe(e driver.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.runs()
	if e.Message != "" {
		l.draw(foreign.Lines(e.Message)+"\n", false)
	}
	if e.Kind == runtime.Ended && e.Step == "" {
		l.ended, l.failed = time.Now(), e.Error != ""
	}
	l.spend(e)
	l.tree.observe(e)
}

// Recorded takes an event into account that the journal has. Where its step has been
// observed that tells nothing new; else it happened before this process.
func (l *Live) Recorded(e driver.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.runs()
	l.spend(e)
	l.tree.recorded(e, l.made)
}

// runs has the time begin at the first event.
func (l *Live) runs() {
	if !l.running {
		l.running, l.began = true, time.Now()
	}
}

// Write prints text above the tree, a line when it is complete.
func (l *Live) Write(text []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.partial = append(l.partial, text...)
	if end := bytes.LastIndexByte(l.partial, '\n') + 1; end > 0 {
		l.draw(string(l.partial[:end]), false)
		l.partial = append(l.partial[:0], l.partial[end:]...)
	}
	return len(text), l.screen.err
}

// Close draws the tree a last time and leaves it on the screen. Nothing may be
// observed or written afterwards.
func (l *Live) Close() error {
	close(l.stop)
	l.stopped.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.partial) > 0 {
		l.partial = append(l.partial, '\n')
	}
	l.draw(string(l.partial), true)
	return l.screen.err
}

// draw replaces the picture on the screen by text and the tree as it is now.
func (l *Live) draw(text string, last bool) {
	width, height := l.o.Size()
	p := &picture{width: width, now: time.Now(), color: l.o.Color, ended: !l.ended.IsZero(), approve: l.o.Approve, signal: l.o.Signal}
	if p.over = last || p.ended; last {
		p.approve, p.signal = nil, nil // who could act upon the answer isn't there any more
	}
	var lines []string
	if l.running || !last {
		p.tree(l.tree)
		lines = l.header(p)
		if room := height - 1 - len(lines); room > 0 {
			lines = append(lines, p.fit(room)...)
		}
		lines = lines[:min(len(lines), max(height-1, 0))]
	}
	l.screen.show(text, lines, width)
}

// header says how long the workflow takes, and how far it is.
func (l *Live) header(p *picture) []string {
	if l.o.Workflow == nil {
		return nil
	}
	mark, paint := going, blue
	switch {
	case l.failed:
		mark, paint = failed, red
	case !l.ended.IsZero():
		mark, paint = done, green
	case p.over:
		mark, paint = "…", blue
	}
	now := l.ended
	if now.IsZero() {
		now = p.now
	}
	text := l.o.Workflow.Name + "  " + length(now.Sub(l.began))
	switch t := l.tree.tally(); {
	case !l.running && l.o.Before != "":
		text += "  " + l.o.Before
	case p.over:
		text += fmt.Sprintf("  %d of %d steps", t.ended(), t.all()-t.pending) + l.spentText()
	case t.all() > 0:
		text += fmt.Sprintf("  %d of %d steps", t.ended(), t.all())
	}
	h := &picture{width: p.width, color: p.color}
	h.add("", mark, paint, text, "")
	if name := l.o.Workflow.Name; p.color {
		h.lines[0] = strings.Replace(h.lines[0], name, bold+name+plain, 1)
	}
	return h.lines
}
