package main

import (
	"context"
	"strconv"
	"sync"

	gotaskflow "github.com/noneback/go-taskflow"
)

// github.com/noneback/go-taskflow: a task for each node, built once with its executor,
// which has as many workers at most as its documentation's example. A taskflow can be
// run again, but not twice at a time. Tasks have neither inputs, results nor errors:
// they share variables, here a slice. A panic is logged and ends the taskflow for good,
// and Run doesn't tell.
var goTaskflowSystem = system{name: "go-taskflow", module: "github.com/noneback/go-taskflow", library: true, make: func(g graph, tools Tools) run {
	state := &taskflowRun{tools: tools, values: make([]int, len(g.needs))}
	tf := gotaskflow.NewTaskFlow(g.name)
	tasks := make([]*gotaskflow.Task, len(g.needs))
	for i, needs := range g.needs {
		tasks[i] = tf.NewTask(strconv.Itoa(i), func() { state.do(i, needs) })
		for _, n := range needs {
			tasks[n].Precede(tasks[i])
		}
	}
	executor := gotaskflow.NewExecutor(1000)
	sinks := g.sinks()
	return func(ctx context.Context) (sum int, err error) {
		state.ctx, state.err = ctx, nil
		executor.Run(tf).Wait()
		if state.err != nil {
			return 0, state.err
		}
		for _, i := range sinks {
			sum += state.values[i]
		}
		return sum, nil
	}
}}

// A taskflowRun is what the tasks of a run share.
type taskflowRun struct {
	ctx    context.Context
	tools  Tools
	values []int
	mu     sync.Mutex
	err    error // of the first task that failed
}

// do runs a node. After a failure the tasks that are left do nothing.
func (r *taskflowRun) do(i int, needs []int) {
	r.mu.Lock()
	failed := r.err != nil
	r.mu.Unlock()
	if failed {
		return
	}
	v, err := call(r.ctx, r.tools, i, needs, func(n int) int { return r.values[n] })
	if err != nil {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.err == nil {
			r.err = err
		}
		return
	}
	r.values[i] = v
}
