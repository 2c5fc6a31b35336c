package main

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wfgen/wfgen/bench/workflows"
)

// Tools are what the steps of all systems call.
type Tools = workflows.Tools

// adder adds, and returns at once. Nothing is inlined, so that a call is a call.
type adder struct{}

//go:noinline
func (adder) Load(_ context.Context, n int) (int, error) { return n + 1, nil }

//go:noinline
func (adder) Join(_ context.Context, a, b int) (int, error) { return a + b, nil }

//go:noinline
func (adder) Store(_ context.Context, n int) (int, error) { return n + 1, nil }

//go:noinline
func (adder) Nap(_ context.Context, length time.Duration) (int, error) {
	time.Sleep(length)
	return 1, nil
}

// A gathering is tools whose calls end when all steps of their level have begun. No
// step can end before the others have started, so that each needs a goroutine. It
// allocates nothing.
type gathering struct {
	adder
	widths []int // how many steps each level has
	level  []int // of the first call, the second and so on
	begun  atomic.Int64
	levels []sync.WaitGroup
}

// toolsFor makes tools for a graph, of the one kind or the other, and what has to be
// called before each run.
func toolsFor(g graph, together bool) (tools Tools, reset func()) {
	if together {
		t := gather(g)
		return t, t.reset
	}
	return adder{}, func() {}
}

func gather(g graph) *gathering {
	t := &gathering{widths: g.levels()}
	t.levels = make([]sync.WaitGroup, len(t.widths))
	for level, width := range t.widths {
		for range width {
			t.level = append(t.level, level)
		}
	}
	return t
}

// reset makes it ready for a run. The run before has ended.
func (t *gathering) reset() {
	t.begun.Store(0)
	for i, width := range t.widths {
		t.levels[i].Add(width)
	}
}

// meet waits for the others of the level. The first calls are those of the first level,
// since no other can begin before they have ended, and so on.
func (t *gathering) meet() {
	level := t.level[t.begun.Add(1)-1]
	t.levels[level].Done()
	t.levels[level].Wait()
}

func (t *gathering) Load(ctx context.Context, n int) (int, error) {
	t.meet()
	return t.adder.Load(ctx, n)
}

func (t *gathering) Join(ctx context.Context, a, b int) (int, error) {
	t.meet()
	return t.adder.Join(ctx, a, b)
}
