package golden

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/wfgen/wfgen/runtime"
)

// This file is part of the tests and, as package main, of the program that they make
// of random programs: the tools do the same in both.

// An outcome is what a run of a random program comes to.
type outcome struct {
	Value int
	OK    bool
	Log   []string // the effects in the order they happened
	Err   string
	// Steps holds the events of each step in their order.
	Steps map[string][]string
}

// tools note what they do.
type tools struct {
	mu    sync.Mutex
	log   []string
	steps map[string][]string
}

// run runs a workflow with these tools, observed or not.
func (t *tools) run(observed bool, workflow func(context.Context) (int, error)) outcome {
	ctx := context.Background()
	if observed {
		t.steps = map[string][]string{}
		ctx = runtime.WithObserver(ctx, t)
	}
	v, err := workflow(ctx)
	o := outcome{Value: v, OK: err == nil, Log: t.log, Steps: t.steps}
	if err != nil {
		o.Err = err.Error()
	}
	return o
}

// Observe notes an event of a step. How far an arm of a race comes that loses depends
// on timing.
func (t *tools) Observe(e runtime.Event) {
	if strings.Contains(e.Step, ".arm.") {
		return
	}
	text := fmt.Sprintf("%s %s %s %d", e.Kind, e.Tool, e.At, e.Attempt)
	if e.Err != nil {
		text += " " + e.Err.Error()
	}
	t.steps[e.Step] = append(t.steps[e.Step], text)
}

type toolsKey struct{}

// note notes a call of a tool that knows the others by the context alone.
func note(ctx context.Context, name string, a int) { ctx.Value(toolsKey{}).(*tools).note(name, a) }

func (t *tools) note(name string, a int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.log = append(t.log, fmt.Sprintf("%s %d", name, a))
}

func (t *tools) R(_ context.Context, a int) (int, error)    { return (a*7 + 3) % 11, nil }
func (t *tools) S(_ context.Context, a, b int) (int, error) { return (a + 2*b) % 13, nil }

func (t *tools) M(_ context.Context, a int) (map[string]int, error) {
	return map[string]int{"k1": a, "key2": a + 1, "": a * 2}, nil
}

func (t *tools) F(_ context.Context, a int) (int, error) {
	if a%3 == 0 {
		return 0, errors.New("F fails")
	}
	return a + 1, nil
}

func (t *tools) L(_ context.Context, a int) (list []int, _ error) {
	for i := range (a%3 + 3) % 3 {
		list = append(list, a+i)
	}
	return list, nil
}

func (t *tools) O(_ context.Context, a int) (*int, error) {
	if a%2 == 0 {
		return nil, nil
	}
	return &a, nil
}

func (t *tools) W(_ context.Context, a int) (int, error) {
	t.note("W", a)
	return a % 17, nil
}

func (t *tools) V(_ context.Context, a int) (int, error) {
	t.note("V", a)
	if a%4 == 0 {
		return 0, errors.New("V fails")
	}
	return a + 2, nil
}

func (t *tools) X(_ context.Context, a int) error {
	t.note("X", a)
	return nil
}

func (t *tools) Y(_ context.Context, a int) error {
	t.note("Y", a)
	return nil
}
