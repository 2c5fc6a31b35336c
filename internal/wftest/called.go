package wftest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/interp"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/stepid"
)

// A made call is one that a mock was asked for, with its arguments as JSON.
type made struct {
	attempt
	tool *plan.Tool
	args []string
}

// make takes note of a call, once where it is made again after a crash.
func (m *mocks) make(ctx context.Context, step runtime.StepInfo, t *plan.Tool, args []interp.Value) {
	execution, _ := ctx.Value(executionKey{}).(string)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.plays(step.ID) {
		args = m.given[step.ID].args
	}
	m.note(made{attempt: attempt{execution, step.ID, step.Attempt}, tool: t}, func() (texts []string) {
		for _, v := range args {
			texts = append(texts, show(v))
		}
		return texts
	})
}

// note takes note of a call with the arguments that texts gives. The lock is held.
func (m *mocks) note(call made, texts func() []string) {
	asked := slices.ContainsFunc(m.of.test.Expects, func(x *plan.Expect) bool { return x.Call != nil })
	if asked && !slices.ContainsFunc(m.made, func(old made) bool { return old.attempt == call.attempt }) {
		call.args = texts()
		m.made = append(m.made, call)
	}
}

// callsMade is how many calls were made until now.
func (m *mocks) callsMade() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.made)
}

// calledWith says why the calls of a tool aren't those that are expected.
func (e *execution) calledWith(x *plan.Expect) string {
	want := make([]string, len(x.Call.Args))
	for i, a := range x.Call.Args {
		v, err := e.program.Eval(a.X, e.values)
		if err != nil {
			return err.Error()
		}
		want[i] = show(v)
	}
	fit := 0
	var all []string
	for _, call := range e.mocks.made {
		if call.tool != x.Call.Tool || x.Call.Step != "" && stepid.Precision(x.Call.Step, call.step) < 0 {
			continue
		}
		if x.Kind == dsl.ExpectEmitted && !e.isDone(call.step) {
			continue
		}
		all = append(all, "("+strings.Join(call.args, ", ")+")")
		if call.has(x.Call.Args, want) {
			fit++
		}
	}
	if fit == x.Call.Times || x.Call.Times < 0 && fit > 0 {
		return ""
	}
	return countedCalls(x.Kind, fit, all)
}

// isDone tells whether a step has succeeded.
func (e *execution) isDone(step string) bool {
	return slices.ContainsFunc(e.events, func(event runtime.Event) bool { return event.Kind == runtime.Done && event.Step == step })
}

// has tells whether a call has the arguments that count.
func (c *made) has(args []plan.ExpectedArg, want []string) bool {
	for i, a := range args {
		if !same(c.args[a.Place], want[i]) {
			return false
		}
	}
	return true
}

// countedCalls says how many of the calls there were are meant, and with what all were.
func countedCalls(kind dsl.Expectation, fit int, all []string) string {
	done, what := "called", "call"
	if kind == dsl.ExpectEmitted {
		done, what = "sent", "event"
	}
	if len(all) == 0 {
		return "it was not " + done
	}
	text := fmt.Sprintf("it was %s with %s", done, strings.Join(all[:min(len(all), maxCalls)], ", "))
	if more := len(all) - maxCalls; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	switch {
	case fit == 1:
		text = "1 such " + what + ": " + text
	case fit > 1:
		text = fmt.Sprintf("%d such %ss: %s", fit, what, text)
	}
	return text
}

// maxCalls is how many calls a message shows.
const maxCalls = 5
