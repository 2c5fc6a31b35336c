package random

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wfgen/wfgen/runtime"
)

// This file is part of the tests and, as package main, of the program that they make
// of random programs, as tools_test.go is.

// A call is a call of a tool, from its begin to its end.
type call struct {
	// Step is the id of the step; empty for a readonly tool that nobody observes.
	Step string
	// Text is the name of the tool with the argument.
	Text string
	// Begin and End are when it began and ended, by a clock that counts both; End is 0
	// where it hasn't ended.
	Begin, End int
	// OK tells that it gave no error; Declared that the error was a declared one.
	OK, Declared bool
}

// toolsOf are the tools of a run, for those that know them by the context alone.
//
//lint:ignore U1000 the programs that this file is copied into call it
func toolsOf(ctx context.Context) *tools { return ctx.Value(toolsKey{}).(*tools) }

// called makes a call of a tool and writes down when it begins and ends. Where the tools
// are slow it takes a while, whatever becomes of the context.
func called[T any](ctx context.Context, t *tools, name string, a int, do func() (T, error)) (v T, err error) {
	text := fmt.Sprintf("%s %d", name, a)
	n, step := t.begin(ctx, text)
	ended := false
	defer func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.clock++
		c := &t.all[n]
		c.End, c.OK = t.clock, ended && err == nil
		c.Declared = err != nil && strings.Contains(err.Error(), "Bad(")
	}()
	if t.meet.Plain {
		t.wait(ctx, step)
	}
	if slows(t.slow, step, text) {
		time.Sleep(100 * time.Microsecond)
	}
	if t.fault.Text == text && !strings.Contains(changing, name) {
		err = t.strike(ctx)
	}
	if err == nil {
		v, err = do()
	}
	ended = true
	return v, err
}

// changing are the tools that may change something: their calls are noted.
const changing = "WVXYDZBCH"

// takingBack are those that undos call.
const takingBack = "YB"

func (t *tools) begin(ctx context.Context, text string) (n int, step string) {
	info, _ := runtime.StepOf(ctx)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.clock++
	t.all = append(t.all, call{Step: info.ID, Text: text, Begin: t.clock})
	return len(t.all) - 1, info.ID
}

func (t *tools) calledSoFar() []call {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.all)
}

// slows tells whether slow tools take a while in a call: in some, the same each time.
func slows(seed int, step, text string) bool {
	h := uint32(seed)
	for _, b := range []byte(step + text) {
		h = (h ^ uint32(b)) * 16777619
	}
	return seed > 0 && h>>8%4 == 0
}

// struckAlways runs a workflow anew for each of the calls that it makes, alike ones counted
// once: all that look like it fail, or panic. What becomes of the workflow doesn't depend
// on time then.
func struckAlways(workflow func(context.Context, *tools) (int, error)) (all []outcome) {
	sound := &tools{}
	sound.run(false, func(ctx context.Context) (int, error) { return workflow(ctx, sound) })
	tried := map[string]bool{}
	for n, c := range sound.all {
		if tried[c.Text] {
			continue
		}
		tried[c.Text] = true
		t := &tools{fault: fault{Kind: []string{"fails", "panics"}[n%2], Text: c.Text}, slow: n % 3}
		o := t.run(n%4 == 0, func(ctx context.Context) (int, error) { return workflow(ctx, t) })
		all = append(all, o)
	}
	return all
}

// meet runs a workflow anew for each meeting of its steps.
func meet(meetings []meeting, workflow func(context.Context, *tools) (int, error)) (all []outcome) {
	for _, m := range meetings {
		t := &tools{meet: m}
		all = append(all, t.run(false, func(ctx context.Context) (int, error) { return workflow(ctx, t) }))
	}
	return all
}

// slowly runs a workflow a few times with tools that take a while, observed each second
// time.
func slowly(workflow func(context.Context, *tools) (int, error)) (all []outcome) {
	for seed := 1; seed <= 4; seed++ {
		t := &tools{slow: seed}
		all = append(all, t.run(seed%2 == 0, func(ctx context.Context) (int, error) { return workflow(ctx, t) }))
	}
	return all
}
