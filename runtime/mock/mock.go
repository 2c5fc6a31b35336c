// Package mock plays the tools of a workflow from a JSON object, for wfgen run
// -mock: under a tool's name or a step's id stands what the call gives. It reads
// the object whole and refuses what doesn't fit the tools' types before anything
// runs, and it answers calls from several goroutines. It imports the standard
// library and the runtime alone.
//
// A value is the call's result, and so are the elements of a list, call by call,
// the last one again and again. Within the rounds of a for that runs them side by
// side a list is by the round's index instead. A result that is itself a list
// stands in such a list, as [[…]]. An object with error, panic or sleep in it,
// and nothing but these and result, says how the call goes:
//
//	{"error": "text"}                 fails
//	{"error": {"type": "CardDeclined", "reason": "…"}}  fails with a declared error
//	{"panic": "text"}                 panics
//	{"sleep": "20ms", "result": …}    takes time; error and panic also go with it
package mock

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/driver"
	"github.com/wfgen/wfgen/runtime/pure"
	"github.com/wfgen/wfgen/runtime/stepid"
)

// A Tool is a tool that the workflow may call. It is made by Result, ResultBy
// or NoResult.
type Tool struct {
	name  string
	check func(data []byte, path string) error // nil without a result
	fails []Failure
}

// A Failure is a declared error that a tool fails with.
type Failure struct {
	name string
	read func(data []byte, path string) (error, error)
}

// Error is the declared error E by its name.
func Error[E error](name string) Failure {
	return Failure{name, func(data []byte, path string) (error, error) {
		var e E
		err := pure.Decode(data, path, &e)
		return e, err
	}}
}

// ErrorBy is a declared error that read reads from the JSON object of its fields;
// path begins the paths of what is wrong with it.
func ErrorBy(name string, read func(data []byte, path string) (declared, err error)) Failure {
	return Failure{name, read}
}

// Fails is the tool with the declared errors that it fails with.
func (t Tool) Fails(errors ...Failure) Tool {
	t.fails = errors
	return t
}

// Result is a tool that gives a T.
func Result[T any](name string) Tool {
	return Tool{name: name, check: func(data []byte, path string) error { return pure.Decode(data, path, new(T)) }}
}

// ResultBy is a tool whose results fit where check finds nothing wrong with their
// JSON; path begins the paths of what it says.
func ResultBy(name string, check func(data []byte, path string) error) Tool {
	return Tool{name: name, check: check}
}

// NoResult is a tool that gives nothing. It needs no mock: it succeeds.
func NoResult(name string) Tool { return Tool{name: name} }

// A Step is a step that calls a tool.
type Step struct {
	// ID is the step's id with [] where a round's index or key stands.
	ID   string
	Tool string
	// Loop says which [] is the round of the innermost for that runs its rounds
	// side by side: 1 for the first; 0 where there is none.
	Loop int
}

// Tools answers calls.
type Tools struct {
	tools   []Tool
	steps   map[string]Step
	scripts map[string]*script

	mu      sync.Mutex
	stop    context.CancelCauseFunc // of the execution
	missing error
}

// A script is what the calls under one name give.
type script struct {
	answers []answer
	list    bool
	next    int // guarded by Tools.mu
}

// An answer is what one call gives. The zero answer is no result at once.
type answer struct {
	result   json.RawMessage
	err      error
	panicked *string
	sleep    time.Duration
}

// New reads the mocks. What is wrong with them is a *driver.UsageError that has
// all of it.
func New(data []byte, tools []Tool, steps []Step) (*Tools, error) {
	t := &Tools{tools: tools, steps: map[string]Step{}, scripts: map[string]*script{}}
	for _, s := range steps {
		t.steps[s.ID] = s
	}
	// The runtime says where a text isn't JSON and which key stands twice.
	var whole any
	if err := pure.Decode(data, "", &whole); err != nil {
		return nil, unusable([]string{err.Error()})
	}
	var named map[string]json.RawMessage
	if err := json.Unmarshal(data, &named); err != nil || named == nil {
		return nil, unusable([]string{"expected a JSON object from tool names and step ids to results"})
	}
	var problems []string
	for _, name := range slices.Sorted(maps.Keys(named)) {
		s, err := t.script(name, named[name])
		if err != nil {
			problems = append(problems, err.Error())
		}
		t.scripts[name] = s
	}
	if len(problems) > 0 {
		return nil, unusable(problems)
	}
	return t, nil
}

func unusable(problems []string) error {
	text := strings.ReplaceAll(strings.Join(problems, "\n"), "\n", "\n  ")
	return &driver.UsageError{Err: errors.New("the mocks don't fit:\n  " + text)}
}

// Guard runs the workflow. Where a call has no mock it stops the execution, and
// says so instead of what the workflow made of it: a workflow may catch or retry
// a failure, but that there is no mock is none of its business.
func (t *Tools) Guard(ctx context.Context, run func(context.Context) (any, error)) (any, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	t.stop = stop
	v, err := run(runtime.WithAnswers(ctx, t.stub))
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.missing != nil {
		return nil, &driver.UsageError{Err: t.missing}
	}
	return v, err
}

// Call answers a call of a tool that gives a T.
func Call[T any](ctx context.Context, t *Tools, tool string) (v T, err error) {
	data, path, err := t.Answer(ctx, tool)
	if err == nil {
		err = pure.Decode(data, path, &v)
	}
	return v, err
}

// Answer answers a call of a tool that has a result: with the result's JSON, and the
// path to it in the mocks.
func (t *Tools) Answer(ctx context.Context, tool string) (result []byte, path string, err error) {
	a, path, ok := t.answer(ctx, tool)
	if !ok {
		return nil, path, t.lacks(ctx, tool)
	}
	return a.result, path, a.play(ctx)
}

// stub plays a step that only a durable execution can do, as the tool that stands for
// it in the tables. A durable execution does it itself where it has no mock.
func (t *Tools) stub(ctx context.Context) ([]byte, error) {
	step, _ := runtime.StepOf(ctx)
	id, _ := stepid.Planned(step.ID)
	tool := t.steps[id].Tool
	if _, s := t.find(step.ID, tool); s == nil && driver.IsDurable(ctx) {
		return nil, runtime.ErrUnanswered
	}
	result, _, err := t.Answer(ctx, tool)
	return result, err
}

// Run answers a call of a tool that gives nothing.
func Run(ctx context.Context, t *Tools, tool string) error {
	a, _, _ := t.answer(ctx, tool)
	return a.play(ctx)
}

// play takes the time that an answer takes and fails where it fails.
func (a *answer) play(ctx context.Context) error {
	if a.sleep > 0 {
		if err := runtime.Sleep(ctx, a.sleep); err != nil {
			return err
		}
	}
	if a.panicked != nil {
		panic(*a.panicked)
	}
	return a.err
}

// lacks notes that a call has no mock.
func (t *Tools) lacks(ctx context.Context, tool string) error {
	err := fmt.Errorf("no mock for %s", tool)
	if s, ok := runtime.StepOf(ctx); ok && s.ID != tool {
		err = fmt.Errorf("no mock for %s, which step %s calls", tool, s.ID)
	}
	t.mu.Lock()
	if t.missing == nil {
		t.missing = err
		t.stop(err)
	}
	t.mu.Unlock()
	if driver.IsDurable(ctx) {
		<-ctx.Done() // what isn't there isn't to be recorded as a failure
	}
	return err
}
