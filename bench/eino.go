package main

import (
	"context"
	"strconv"

	"github.com/cloudwego/eino/compose"
)

// github.com/cloudwego/eino: a workflow of lambdas, whose inputs are mapped from the
// outputs of others to the fields of a struct; a chain where the graph is one. Both are
// compiled once and can be run many times at once. A graph of edges whose values meet in
// a map costs the same within the noise. A panic is an error, and a step doesn't begin
// once the caller's context has ended. It needs a newer github.com/bytedance/sonic than
// it asks for, to be compiled by this Go.
var einoSystem = system{name: "eino", module: "github.com/cloudwego/eino", library: true, make: func(g graph, tools Tools) run {
	if g.width() == 1 {
		return einoChain(g, tools)
	}
	return einoWorkflow(g, tools)
}}

func einoChain(g graph, tools Tools) run {
	chain := compose.NewChain[int, int]()
	for range g.needs {
		chain.AppendLambda(compose.InvokableLambda(tools.Load))
	}
	compiled, err := chain.Compile(context.Background())
	if err != nil {
		panic(err)
	}
	return func(ctx context.Context) (int, error) { return compiled.Invoke(ctx, input) }
}

func einoWorkflow(g graph, tools Tools) run {
	w := compose.NewWorkflow[int, map[string]any]()
	for i, needs := range g.needs {
		node := w.AddLambdaNode(strconv.Itoa(i), einoLambda(tools, i, len(needs)))
		switch len(needs) {
		case 0:
			node.AddInput(compose.START)
		case 1:
			node.AddInput(strconv.Itoa(needs[0]))
		default:
			for place, n := range needs {
				node.AddInput(strconv.Itoa(n), compose.ToField(string('A'+rune(place))))
			}
		}
	}
	for _, i := range g.sinks() {
		w.End().AddInput(strconv.Itoa(i), compose.ToField(strconv.Itoa(i)))
	}
	compiled, err := w.Compile(context.Background())
	if err != nil {
		panic(err)
	}
	return func(ctx context.Context) (sum int, err error) {
		out, err := compiled.Invoke(ctx, input)
		if err != nil {
			return 0, err
		}
		for _, n := range out {
			sum += n.(int)
		}
		return sum, nil
	}
}

// Inputs of steps that need more than one.
type (
	einoPair   struct{ A, B int }
	einoTriple struct{ A, B, C int }
)

func einoLambda(tools Tools, step, needs int) *compose.Lambda {
	switch needs {
	case 0:
		return compose.InvokableLambda(func(ctx context.Context, n int) (int, error) { return tools.Load(ctx, n+step) })
	case 1:
		return compose.InvokableLambda(tools.Load)
	case 2:
		return compose.InvokableLambda(func(ctx context.Context, in einoPair) (int, error) { return tools.Join(ctx, in.A, in.B) })
	}
	return compose.InvokableLambda(func(ctx context.Context, in einoTriple) (int, error) { return tools.Load(ctx, in.A+in.B+in.C) })
}
