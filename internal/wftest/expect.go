package wftest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/stepid"
	"github.com/wfgen/wfgen/types"
)

const expectFail = dsl.ExpectFail

// unmet says why something isn't as expected; empty where it is.
func (e *execution) unmet(x *plan.Expect) string {
	switch x.Kind {
	case dsl.ExpectCond:
		return e.condition(x)
	case dsl.ExpectFail:
		return e.fails(x)
	case dsl.ExpectSteps:
		return e.steps(x)
	case dsl.ExpectOrder:
		return e.order(x)
	case dsl.ExpectUndone:
		return e.undone(x)
	case dsl.ExpectCalled, dsl.ExpectEmitted:
		return e.calledWith(x)
	}
	return ""
}

// condition tells what the parts of a condition are that doesn't hold. That the
// workflow failed where a result is expected is told already.
func (e *execution) condition(x *plan.Expect) string {
	if e.failure != nil {
		return ""
	}
	if e.test.Result != nil {
		e.values[e.test.Result] = e.result
	}
	v, err := e.program.Eval(x.Cond, e.values)
	if err != nil {
		return err.Error()
	}
	if holds, _ := v.Any().(bool); holds {
		return ""
	}
	var parts []string
	for _, p := range x.Parts {
		if text := e.part(p); text != "" && !slices.Contains(parts, text) {
			parts = append(parts, text)
		}
	}
	if len(parts) == 0 {
		return "it is false"
	}
	return strings.Join(parts, ", ")
}

// part tells what a part of a condition is; empty where that isn't known.
func (e *execution) part(p plan.Part) (text string) {
	defer func() {
		if recover() != nil { // right of && and || an optional may be none
			text = ""
		}
	}()
	v, err := e.program.Eval(p.X, e.values)
	if err != nil {
		return ""
	}
	return p.Text + " is " + show(v)
}

func (e *execution) fails(x *plan.Expect) string {
	if e.failure == nil {
		if types.Is(e.test.Workflow.Result, types.Nothing) {
			return e.test.Workflow.Name + " succeeded"
		}
		return e.test.Workflow.Name + " succeeded with " + show(e.result)
	}
	name, value := declared(e.failure)
	found := "it failed with " + why(e.failure)
	if x.Error != nil && x.Error.Name != name {
		return found
	}
	if x.Message != nil {
		if text := e.failsWith(x, name, value); text != "" {
			return text
		}
	}
	if len(x.Steps) > 0 && !failedAt(e.failure, x.Steps[0]) {
		return found
	}
	return ""
}

// failedAt tells whether a failure is that of a step, or of the sub-workflow around it.
func failedAt(err error, name string) bool {
	if failed, ok := err.(*runtime.Error); ok && covers(name, failed.Step) {
		return true
	}
	switch err := err.(type) {
	case interface{ Unwrap() error }:
		return failedAt(err.Unwrap(), name)
	case interface{ Unwrap() []error }:
		return slices.ContainsFunc(err.Unwrap(), func(err error) bool { return failedAt(err, name) })
	}
	return false
}

// failsWith holds the failure against a part of its message, or a declared error.
func (e *execution) failsWith(x *plan.Expect, name, value string) string {
	want, err := e.program.Eval(x.Message, e.values)
	if err != nil {
		return err.Error()
	}
	s, ok := x.Message.Type().(*types.Struct)
	switch {
	case !ok && !strings.Contains(e.failure.Error(), fmt.Sprint(want.Any())):
	case ok && (s.Name != name || !same(value, show(want))):
		if name != "" {
			return "it failed with " + name + value + ": " + why(e.failure)
		}
	default:
		return ""
	}
	return "it failed with " + why(e.failure)
}

// steps holds the steps that called a tool against those that should have: each is
// covered by a name, and each name covers one.
func (e *execution) steps(x *plan.Expect) string {
	called := e.called()
	var missing, surplus []string
	for _, name := range x.Steps {
		if !slices.ContainsFunc(called, func(id string) bool { return covers(name, id) }) {
			missing = append(missing, name)
		}
	}
	for _, id := range called {
		if !slices.ContainsFunc(x.Steps, func(name string) bool { return covers(name, id) }) {
			surplus = append(surplus, id)
		}
	}
	var text []string
	if len(missing) > 0 {
		text = append(text, "not called: "+strings.Join(missing, ", "))
	}
	if len(surplus) > 0 {
		text = append(text, "called as well: "+strings.Join(surplus, ", "))
	}
	return strings.Join(text, "; ")
}

// called are the ids of the steps that called a tool, in the order in which they began. One
// that was skipped while it waited for a place has called nothing.
func (e *execution) called() []string {
	var ids []string
	tried := map[string]bool{}
	for _, event := range e.events {
		switch {
		case event.Kind == runtime.Attempt:
			tried[event.Step] = true
		case event.Kind == runtime.Scheduled && e.mocks.calling(event.Step):
			ids = append(ids, event.Step)
		case event.Kind == runtime.Skipped && !tried[event.Step]:
			ids = slices.DeleteFunc(ids, func(id string) bool { return id == event.Step })
		}
	}
	return ids
}

// order says which step began too early, or not at all.
func (e *execution) order(x *plan.Expect) string {
	for i, name := range x.Steps {
		begin, _, ok := e.span(name)
		if !ok {
			return name + " was not begun"
		}
		if i == 0 {
			continue
		}
		before := x.Steps[i-1]
		if _, end, _ := e.span(before); begin < end {
			return name + " began before " + before + " had ended"
		}
	}
	return ""
}

// span gives the first and the last event of a step.
func (e *execution) span(name string) (begin, end int, ok bool) {
	for i, event := range e.events {
		_, undo := stepid.CutUndo(event.Step)
		if event.Step == "" || event.Kind == runtime.Skipped || event.Kind == runtime.Logged || !covers(name, event.Step) || undo {
			continue
		}
		if !ok {
			begin, ok = i, true
		}
		end = i
	}
	return begin, end, ok
}

// undone holds the undos that ran against those that should have, in their order. A
// name may stand for several that ran one after the other: those of a loop.
func (e *execution) undone(x *plan.Expect) string {
	var ran []string
	for _, event := range e.events {
		if event.Kind == runtime.Undoing {
			ran = append(ran, stepid.Undone(event.Step))
		}
	}
	if x.Unordered {
		if !eachCovers(x.Steps, ran) {
			return undoneText(ran)
		}
		return ""
	}
	rest := ran
	for _, name := range x.Steps {
		n := 0
		for n < len(rest) && covers(name, rest[n]) {
			n++
		}
		if n == 0 {
			return undoneText(ran)
		}
		rest = rest[n:]
	}
	if len(rest) > 0 {
		return undoneText(ran)
	}
	return ""
}

// eachCovers tells whether each name covers one of the steps, and each step is covered.
func eachCovers(names, ids []string) bool {
	for _, name := range names {
		if !slices.ContainsFunc(ids, func(id string) bool { return covers(name, id) }) {
			return false
		}
	}
	for _, id := range ids {
		if !slices.ContainsFunc(names, func(name string) bool { return covers(name, id) }) {
			return false
		}
	}
	return true
}

func undoneText(ran []string) string {
	if len(ran) == 0 {
		return "nothing was undone"
	}
	return "undone: " + strings.Join(ran, ", ")
}

// covers tells whether a name means a step: itself, or one that is inside it, in any
// attempt at a sub-workflow.
func covers(name, id string) bool { return stepid.Means(name, id) }
