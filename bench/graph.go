package main

import (
	"context"
	"slices"
)

// A graph is what all systems run. What a step gives follows from what it needs: a
// step that needs nothing loads the input plus its own place in the graph, one that
// needs one loads that, one that needs two joins them, one that needs more loads their
// sum. The graph gives the sum of the steps that nothing needs.
type graph struct {
	name string
	// needs has, for each step, the steps that it needs. Those are before it.
	needs [][]int
}

// input is what every run gets.
const input = 1

var graphs = []graph{
	{name: "chain of 10", needs: chain(10)},
	{name: "fan of 10", needs: make([][]int, 10)},
	{name: "fan of 100", needs: make([][]int, 100)},
	{name: "diamond", needs: [][]int{{}, {0}, {0}, {1, 2}}},
	{name: "12 nodes", needs: [][]int{
		{}, {}, {}, {}, // a b c d
		{0}, {0, 1}, {1, 2}, {2, 3}, // e f g h
		{4, 5}, {5, 6}, {6, 7}, // i j k
		{8, 9, 10}, // l
	}},
	{name: "100 in layers", needs: layered(10, 10)},
}

func graphNamed(name string) graph {
	i := slices.IndexFunc(graphs, func(g graph) bool { return g.name == name })
	return graphs[i]
}

// chain is steps that each need the one before.
func chain(n int) [][]int {
	needs := make([][]int, n)
	for i := 1; i < n; i++ {
		needs[i] = []int{i - 1}
	}
	return needs
}

// layered is layers of steps that each need two of the layer before.
func layered(layers, width int) [][]int {
	needs := make([][]int, layers*width)
	for i := width; i < len(needs); i++ {
		above := i - i%width - width
		needs[i] = []int{i - width, above + (i+1)%width}
	}
	return needs
}

// sinks are the steps that nothing needs.
func (g graph) sinks() []int {
	needed := make([]bool, len(g.needs))
	for _, needs := range g.needs {
		for _, i := range needs {
			needed[i] = true
		}
	}
	var sinks []int
	for i := range needed {
		if !needed[i] {
			sinks = append(sinks, i)
		}
	}
	return sinks
}

// levels has how many steps are so many edges away from the beginning, at most.
func (g graph) levels() []int {
	var counts []int
	level := make([]int, len(g.needs))
	for i, needs := range g.needs {
		for _, n := range needs {
			level[i] = max(level[i], level[n]+1)
		}
		if level[i] == len(counts) {
			counts = append(counts, 0)
		}
		counts[level[i]]++
	}
	return counts
}

// width is how many steps of a level there are at most.
func (g graph) width() int { return slices.Max(g.levels()) }

// call runs a step of a graph whose needs have the values that are given.
func call(ctx context.Context, tools Tools, step int, needs []int, value func(int) int) (int, error) {
	switch len(needs) {
	case 0:
		return tools.Load(ctx, input+step)
	case 2:
		return tools.Join(ctx, value(needs[0]), value(needs[1]))
	}
	sum := 0
	for _, n := range needs {
		sum += value(n)
	}
	return tools.Load(ctx, sum)
}
