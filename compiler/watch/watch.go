// Package watch tells when the sources of packages have changed: the .wf files that
// patterns name and the Go beside them, without what wfgen generates. It polls, since
// that works alike on every system and file system, and for the files that editors and
// git replace, remove and make again. It doesn't compile, and prints nothing.
package watch

import (
	"context"
	"slices"
	"time"
)

// A Watcher knows what the sources held when it last looked. It is for one goroutine at
// a time.
type Watcher struct {
	patterns []string
	also     []string // directories of Go that the sources import
	files    map[string]file
	last     string // what the last look saw
	compiled string // what was there when the sources were last compiled
}

// New gives a watcher of the packages that the patterns name, as compiler.Expand has
// them. Directories that appear later are found too.
func New(patterns []string) *Watcher {
	return &Watcher{patterns: slices.Clone(patterns)}
}

// Run compiles at once, and then whenever the sources have changed and two looks in a
// row agree on what they hold: so a checkout of many files is compiled once. It looks
// at each tick, and returns when the context is cancelled or there are no more ticks.
// compile gives the directories whose Go matters too.
func (w *Watcher) Run(ctx context.Context, ticks <-chan time.Time, compile func() []string) {
	w.last = w.look()
	w.compile(compile)
	for {
		select {
		case <-ctx.Done():
			return
		case _, ok := <-ticks:
			if !ok {
				return
			}
			if ctx.Err() == nil {
				w.poll(compile)
			}
		}
	}
}

// poll looks, and compiles where the sources have settled on what isn't compiled yet.
func (w *Watcher) poll(compile func() []string) {
	now := w.look()
	settled := now == w.last
	if w.last = now; settled && now != w.compiled {
		w.compile(compile)
	}
}

// compile has the sources compiled that the last look saw. Where they have changed
// meanwhile nobody knows what was compiled: then it was nothing.
func (w *Watcher) compile(compile func() []string) {
	w.compiled = w.last
	also := compile()
	moved := !slices.Equal(also, w.also)
	w.also = also
	if w.last = w.look(); moved || w.last != w.compiled {
		w.compiled = ""
	}
}
