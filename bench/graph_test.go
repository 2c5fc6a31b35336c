package main

import (
	"context"
	"testing"
)

// reference runs a graph as its table says.
func (g graph) reference(ctx context.Context, tools Tools) (int, error) {
	values := make([]int, len(g.needs))
	for i, needs := range g.needs {
		var err error
		values[i], err = call(ctx, tools, i, needs, func(n int) int { return values[n] })
		if err != nil {
			return 0, err
		}
	}
	sum := 0
	for _, i := range g.sinks() {
		sum += values[i]
	}
	return sum, nil
}

func TestSameResults(t *testing.T) {
	ctx := context.Background()
	for _, g := range graphs {
		want, err := g.reference(ctx, adder{})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range systems {
			run := s.make(g, adder{})
			if run == nil {
				continue
			}
			for range 2 { // what is built once can be run again
				if got, err := run(ctx); err != nil || got != want {
					t.Errorf("%s, %s: %d, %v; want %d", g.name, s.name, got, err, want)
				}
			}
		}
	}
}
