package main

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/wfgen/wfgen/bench/workflows"
)

// gates are how much a run of what wfgen generates may allocate, and how many goroutines
// it may start. Times aren't held to anything: the command prints them.
var gates = map[string]struct {
	allocs     float64
	goroutines uint64
}{
	"chain of 10":   {0, 0},
	"fan of 10":     {8, 9},
	"fan of 100":    {6, 99},
	"diamond":       {4, 1},
	"12 nodes":      {8, 3},
	"100 in layers": {65, 9},
}

// allocsPerRun is what a system allocates for a graph whose tools return at once, or
// where no step of a level ends before all have begun.
func allocsPerRun(t *testing.T, s system, g graph, together bool) float64 {
	t.Helper()
	tools, reset := toolsFor(g, together)
	run := s.make(g, tools)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	return testing.AllocsPerRun(200, func() {
		reset()
		if _, err := run(ctx); err != nil {
			t.Fatal(err)
		}
	})
}

// TestAllocations also wants less than errgroup as people write it, for the graphs that
// they write with it.
func TestAllocations(t *testing.T) {
	if raced {
		t.Skip("the race detector allocates")
	}
	for _, g := range graphs {
		for _, together := range []bool{false, true} {
			got := allocsPerRun(t, wfgenSystem, g, together)
			if most := gates[g.name].allocs; got > most {
				t.Errorf("%s, together %v: a run allocates %v times, at most %v are wanted", g.name, together, got, most)
			}
			if errgroupSystem.make(g, adder{}) == nil {
				continue
			}
			if theirs := allocsPerRun(t, errgroupSystem, g, together); got >= theirs {
				t.Errorf("%s, together %v: a run allocates %v times, errgroup %v", g.name, together, got, theirs)
			}
		}
	}
}

// TestEffectsAllocations holds steps with effects: each has a context of its own, for
// its key.
func TestEffectsAllocations(t *testing.T) {
	if raced {
		t.Skip("the race detector allocates")
	}
	n := testing.AllocsPerRun(200, func() {
		if _, err := workflows.Effects(context.Background(), adder{}, input); err != nil {
			t.Fatal(err)
		}
	})
	if n > 11 {
		t.Errorf("a chain of ten effects allocates %v times, want one for each and one for the execution", n)
	}
}

// TestGoroutines counts the goroutines that a run starts where no step of a level ends
// before all have begun.
func TestGoroutines(t *testing.T) {
	for _, g := range graphs {
		tools := gather(g)
		run := wfgenSystem.make(g, tools)
		least := uint64(math.MaxUint64)
		for range 20 { // Go may start goroutines of its own in between
			tools.reset()
			before := goroutinesStarted()
			if _, err := run(context.Background()); err != nil {
				t.Fatal(err)
			}
			least = min(least, goroutinesStarted()-before)
		}
		if want := gates[g.name].goroutines; least > want {
			t.Errorf("%s: a run starts %d goroutines, at most %d are wanted", g.name, least, want)
		}
	}
}

// BenchmarkNaps reports how long sleeping steps take as a share of their critical path:
// 1 is as fast as can be.
func BenchmarkNaps(b *testing.B) {
	const short, long = 20 * time.Millisecond, 60 * time.Millisecond
	for b.Loop() {
		if _, err := workflows.Naps(context.Background(), adder{}, short, long); err != nil {
			b.Fatal(err)
		}
	}
	critical := short + long
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/critical.Seconds(), "of-critical-path")
}

// BenchmarkEffects is a chain of ten steps with effects, each with a key.
func BenchmarkEffects(b *testing.B) {
	b.ReportAllocs()
	var tools Tools = adder{}
	for b.Loop() {
		if _, err := workflows.Effects(context.Background(), tools, input); err != nil {
			b.Fatal(err)
		}
	}
}
