package main

import (
	"context"

	"github.com/wfgen/wfgen/bench/workflows"
)

// What wfgen generates has all four guarantees.
var wfgenSystem = system{name: "wfgen", make: func(g graph, tools Tools) run {
	return map[string]run{
		"chain of 10":   func(ctx context.Context) (int, error) { return workflows.Chain(ctx, tools, input) },
		"fan of 10":     func(ctx context.Context) (int, error) { return workflows.Fan10(ctx, tools, input) },
		"fan of 100":    func(ctx context.Context) (int, error) { return workflows.Fan100(ctx, tools, hundred) },
		"diamond":       func(ctx context.Context) (int, error) { return workflows.Diamond(ctx, tools, input) },
		"12 nodes":      func(ctx context.Context) (int, error) { return workflows.Graph(ctx, tools, input) },
		"100 in layers": func(ctx context.Context) (int, error) { return workflows.Layered(ctx, tools, input) },
	}[g.name]
}}

// hundred is what the steps of the fan of 100 load, for those who have it as a list.
var hundred = func() []int {
	ns := make([]int, 100)
	for i := range ns {
		ns[i] = input + i
	}
	return ns
}()
