package main

import "context"

// Plain calls, one after the other, without any of the guarantees: the caller's
// cancellation is seen by the tools alone, and a panic goes up to the caller.
var sequentialSystem = system{name: "sequential", make: func(g graph, tools Tools) run {
	with := func(f func(context.Context, Tools) (int, error)) run {
		return func(ctx context.Context) (int, error) { return f(ctx, tools) }
	}
	switch g.name {
	case "chain of 10":
		return with(sequentialChain)
	case "fan of 10":
		return func(ctx context.Context) (int, error) { return sequentialFan(ctx, tools, hundred[:10]) }
	case "fan of 100":
		return func(ctx context.Context) (int, error) { return sequentialFan(ctx, tools, hundred) }
	case "diamond":
		return with(sequentialDiamond)
	case "12 nodes":
		return with(sequentialTwelve)
	case "100 in layers":
		return with(sequentialLayered)
	}
	return nil
}}

func sequentialChain(ctx context.Context, tools Tools) (n int, err error) {
	n = input
	for range 10 {
		if n, err = tools.Load(ctx, n); err != nil {
			return 0, err
		}
	}
	return n, nil
}

func sequentialFan(ctx context.Context, tools Tools, ns []int) (sum int, err error) {
	for _, n := range ns {
		loaded, err := tools.Load(ctx, n)
		if err != nil {
			return 0, err
		}
		sum += loaded
	}
	return sum, nil
}

func sequentialDiamond(ctx context.Context, tools Tools) (int, error) {
	a, err := tools.Load(ctx, input)
	if err != nil {
		return 0, err
	}
	b, err := tools.Load(ctx, a)
	if err != nil {
		return 0, err
	}
	c, err := tools.Load(ctx, a)
	if err != nil {
		return 0, err
	}
	return tools.Join(ctx, b, c)
}

// sequentialTwelve goes level by level: a to d, e to h, i to k, l.
func sequentialTwelve(ctx context.Context, tools Tools) (_ int, err error) {
	var first [4]int
	for i := range first {
		if first[i], err = tools.Load(ctx, input+i); err != nil {
			return 0, err
		}
	}
	var second [4]int
	if second[0], err = tools.Load(ctx, first[0]); err != nil {
		return 0, err
	}
	for i := 1; i < 4; i++ {
		if second[i], err = tools.Join(ctx, first[i-1], first[i]); err != nil {
			return 0, err
		}
	}
	sum := 0
	for i := range 3 {
		joined, err := tools.Join(ctx, second[i], second[i+1])
		if err != nil {
			return 0, err
		}
		sum += joined
	}
	return tools.Load(ctx, sum)
}

func sequentialLayered(ctx context.Context, tools Tools) (sum int, err error) {
	var above, layer [10]int
	for i := range above {
		if above[i], err = tools.Load(ctx, input+i); err != nil {
			return 0, err
		}
	}
	for range 9 {
		for i := range layer {
			if layer[i], err = tools.Join(ctx, above[i], above[(i+1)%10]); err != nil {
				return 0, err
			}
		}
		above = layer
	}
	for _, n := range above {
		sum += n
	}
	return sum, nil
}
