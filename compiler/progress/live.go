// Package progress shows on a terminal how a running workflow is getting on: a
// tree of its steps with their states, redrawn in place and left there at the
// end. It takes the events of the execution and whatever else is printed in the
// meantime, which appears above the tree. It reads nothing but events and draws
// nothing but text: where there is no terminal, there is no use for it.
package progress

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/wfgen/wfgen/runtime/driver"
	"github.com/wfgen/wfgen/runtime/foreign"
)

// interval is the time between two pictures.
const interval = 100 * time.Millisecond

// A Live is a tree of steps on a terminal. It is safe for concurrent use.
type Live struct {
	out   io.Writer
	size  func() (width, height int)
	color bool

	mu      sync.Mutex
	tree    *node
	drawn   int    // lines of the picture that is on the screen
	partial []byte // the last line written, as long as it isn't complete
	err     error  // of the first write that failed; nothing is drawn after it
	stop    chan struct{}
	stopped sync.WaitGroup
}

// New begins to draw on out, a terminal of the size that size gives.
func New(out io.Writer, size func() (width, height int), color bool) *Live {
	l := &Live{out: out, size: size, color: color, tree: &node{}, stop: make(chan struct{})}
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
			l.draw(nil)
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
	if e.Message != "" {
		l.draw([]byte(foreign.Lines(e.Message) + "\n"))
	}
	l.tree.observe(e)
}

// Write prints text above the tree, a line when it is complete.
func (l *Live) Write(text []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.partial = append(l.partial, text...)
	if end := bytes.LastIndexByte(l.partial, '\n') + 1; end > 0 {
		l.draw(l.partial[:end])
		l.partial = append(l.partial[:0], l.partial[end:]...)
	}
	return len(text), l.err
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
	l.draw(l.partial)
	return l.err
}

// draw replaces the picture on the screen by text and the tree as it is now.
func (l *Live) draw(text []byte) {
	if l.err != nil {
		return
	}
	width, height := l.size()
	p := &picture{width: width, now: time.Now(), color: l.color}
	p.tree(l.tree)
	var b strings.Builder
	if l.drawn > 0 {
		fmt.Fprintf(&b, "\x1b[%dA\r\x1b[J", l.drawn)
	}
	b.Write(text)
	lines := p.fit(height - 1)
	for _, line := range lines {
		b.WriteString(line + "\n")
	}
	l.drawn = len(lines)
	_, l.err = io.WriteString(l.out, b.String())
}
