package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/metrics"
	"slices"
	"time"
)

// A row is one graph with one kind of tools. Cells are by system; a system that doesn't
// run the graph has none.
type row struct {
	name  string
	cells map[string]cell
}

// A cell is what a run costs: the median of the rounds.
type cell struct {
	ns, bytes, allocs, goroutines float64
}

// A contender is a system's way to run a row.
type contender struct {
	system string
	once   func(context.Context) error
	rounds []cell
}

// measureRow measures all systems in turns, each round beginning with another one, so
// that whatever else the machine does falls on all alike.
func measureRow(ctx context.Context, name string, g graph, together bool) (row, error) {
	contenders, err := prepare(ctx, g, together)
	if err != nil {
		return row{}, fmt.Errorf("%s: %w", name, err)
	}
	for round := range *rounds {
		for i := range contenders {
			c := &contenders[(i+round)%len(contenders)]
			measured, err := measure(ctx, c.once)
			if err != nil {
				return row{}, fmt.Errorf("%s, %s: %w", name, c.system, err)
			}
			c.rounds = append(c.rounds, measured)
		}
	}
	r := row{name: name, cells: map[string]cell{}}
	for _, c := range contenders {
		r.cells[c.system] = middle(c.rounds)
	}
	fmt.Fprintln(os.Stderr, "measured:", name)
	return r, nil
}

// prepare builds a graph for all systems that run it and are chosen.
func prepare(ctx context.Context, g graph, together bool) ([]contender, error) {
	want, err := sequentialSystem.make(g, adder{})(ctx)
	if err != nil {
		return nil, err
	}
	var contenders []contender
	for _, s := range chosen(systems, func(s system) string { return s.name }) {
		if together && s.name == sequentialSystem.name {
			continue // each of its calls would wait for the next
		}
		tools, reset := toolsFor(g, together)
		run := s.make(g, tools)
		if run == nil {
			continue
		}
		contenders = append(contenders, contender{system: s.name, once: func(ctx context.Context) error {
			reset()
			got, err := run(ctx)
			if err == nil && got != want {
				err = fmt.Errorf("it gave %d, not %d", got, want)
			}
			return err
		}})
	}
	return contenders, nil
}

// measure runs something for about as long as -time says. The collector has cleaned up
// after the one before, and whoever is measured pays for what it leaves itself.
func measure(ctx context.Context, once func(context.Context) error) (cell, error) {
	ctx, cancel := context.WithCancel(ctx) // a context as a server has it
	defer cancel()
	n := 1
	for {
		runtime.GC()
		before, err := usage(), error(nil)
		began := time.Now()
		for range n {
			if err = once(ctx); err != nil {
				return cell{}, err
			}
		}
		took := time.Since(began)
		if took >= *length/2 || n >= 1e9 {
			return usage().since(before).each(took, n), nil
		}
		n = max(n+1, min(100*n, int(float64(n)*float64(*length)/float64(max(took, 1)))))
	}
}

// A spent is what the process has used since its start.
type spent struct{ bytes, allocs, goroutines uint64 }

func usage() spent {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return spent{m.TotalAlloc, m.Mallocs, goroutinesStarted()}
}

// goroutinesStarted is how many goroutines the process has ever started.
func goroutinesStarted() uint64 {
	sample := []metrics.Sample{{Name: "/sched/goroutines-created:goroutines"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

func (s spent) since(before spent) spent {
	return spent{s.bytes - before.bytes, s.allocs - before.allocs, s.goroutines - before.goroutines}
}

func (s spent) each(took time.Duration, n int) cell {
	runs := float64(n)
	return cell{
		ns:    float64(took.Nanoseconds()) / runs,
		bytes: float64(s.bytes) / runs, allocs: float64(s.allocs) / runs,
		goroutines: float64(s.goroutines) / runs,
	}
}

// middle is the median of each figure.
func middle(rounds []cell) cell {
	median := func(figure func(cell) float64) float64 {
		var all []float64
		for _, c := range rounds {
			all = append(all, figure(c))
		}
		slices.Sort(all)
		return all[len(all)/2]
	}
	return cell{
		ns:         median(func(c cell) float64 { return c.ns }),
		bytes:      median(func(c cell) float64 { return c.bytes }),
		allocs:     median(func(c cell) float64 { return c.allocs }),
		goroutines: median(func(c cell) float64 { return c.goroutines }),
	}
}
