package main

import (
	"context"

	flow "github.com/Azure/go-workflow"
)

// github.com/Azure/go-workflow: a step for each node, which takes its inputs from the
// steps that it depends on in an Input callback. A workflow is built once and can be run
// again, but not twice at a time. It is told not to panic, and not how many steps may
// run at once, which is its default. A failed step skips those that need it and has the
// others go on.
var goWorkflowSystem = system{name: "go-workflow", module: "github.com/Azure/go-workflow", library: true, make: func(g graph, tools Tools) run {
	w := &flow.Workflow{DontPanic: true}
	steps := make([]*flowStep, len(g.needs))
	for i, needs := range g.needs {
		steps[i] = &flowStep{tools: tools, needs: len(needs), inputs: [2]int{input + i}}
		builder := flow.Step(steps[i])
		for _, n := range needs {
			builder = builder.DependsOn(steps[n])
		}
		if len(needs) > 0 {
			builder = builder.Input(func(_ context.Context, s *flowStep) error {
				s.inputs = [2]int{}
				for place, n := range needs {
					s.inputs[min(place, 1)] += steps[n].output
				}
				return nil
			})
		}
		w.Add(builder)
	}
	sinks := g.sinks()
	return func(ctx context.Context) (sum int, err error) {
		if err := w.Do(ctx); err != nil {
			return 0, err
		}
		for _, i := range sinks {
			sum += steps[i].output
		}
		return sum, nil
	}
}}

// A flowStep is a step of go-workflow.
type flowStep struct {
	tools  Tools
	needs  int
	inputs [2]int // for more than two needs, their sum is the sum of these
	output int
}

func (s *flowStep) Do(ctx context.Context) (err error) {
	if s.needs == 2 {
		s.output, err = s.tools.Join(ctx, s.inputs[0], s.inputs[1])
	} else {
		s.output, err = s.tools.Load(ctx, s.inputs[0]+s.inputs[1])
	}
	return err
}
