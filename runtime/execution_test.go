package runtime_test

import (
	"context"
	"errors"
	"fmt"
	goruntime "runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wfgen/wfgen/runtime"
)

// The tests of this package write by hand what generated code would do.

var errBoom = errors.New("boom")

// execute runs body as the workflow w.
func execute(ctx context.Context, w *runtime.Workflow, body func(*runtime.Frame) error) (err error) {
	f := runtime.Start(ctx, w)
	defer f.End(&err)
	return body(f)
}

// workflow describes a workflow.
func workflow(name string) *runtime.Workflow {
	return &runtime.Workflow{Name: name, At: name + ".wf:1:1"}
}

func task(id string) *runtime.Task[runtime.None] {
	return &runtime.Task[runtime.None]{Step: step(id)}
}

func step(id string) runtime.Step { return runtime.Step{ID: id, At: "test.wf:2:3", Tool: "Tool"} }

// sub describes the call of a workflow.
func sub(id string) *runtime.Task[runtime.None] {
	t := task(id)
	t.Sub = true
	return t
}

// A diary is a list of lines that goroutines write.
type diary struct {
	mu    sync.Mutex
	lines []string
}

func (j *diary) add(format string, args ...any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, fmt.Sprintf(format, args...))
}

// tool is a tool that writes its name and gives err.
func (j *diary) tool(name string, err error) func(context.Context) error {
	return func(context.Context) error {
		j.add("%s", name)
		return err
	}
}

// succeed runs a step that succeeds and owes an undo, which gives undoErr.
func (j *diary) succeed(f *runtime.Frame, id string, undoErr error) error {
	if err := runtime.Run0(f, task(id), j.tool(id, nil)); err != nil {
		return err
	}
	j.owe(f, id, undoErr)
	return nil
}

func (j *diary) owe(f *runtime.Frame, id string, undoErr error) {
	s := step(id + ".undo")
	f.Owe(&s, func(ctx context.Context) error {
		if ctx.Err() != nil {
			j.add("%s.undo is cancelled", id)
		}
		return j.tool(id+".undo", undoErr)(ctx)
	})
}

func (j *diary) wants(t *testing.T, want ...string) {
	t.Helper()
	j.mu.Lock()
	defer j.mu.Unlock()
	if diff := cmp.Diff(want, j.lines); diff != "" {
		t.Errorf("what happened (-want +got):\n%s", diff)
	}
}

// Observe makes a diary an observer, for all but the times.
func (j *diary) Observe(e runtime.Event) {
	line := strings.TrimSpace(fmt.Sprintf("%d %s %s", e.N, e.Kind, e.Step))
	if e.Attempt > 0 {
		line += fmt.Sprintf(" %d", e.Attempt)
	}
	if e.Message != "" {
		line += " " + e.Message
	}
	if e.Err != nil {
		line += ": " + e.Err.Error()
	}
	j.add("%s", line)
}

func wantsText(t *testing.T, err error, want string) {
	t.Helper()
	if err == nil || err.Error() != want {
		t.Errorf("error is\n%v\nwant\n%s", err, want)
	}
}

func wantsIs(t *testing.T, err error, targets ...error) {
	t.Helper()
	for _, target := range targets {
		if !errors.Is(err, target) {
			t.Errorf("%v isn't %v", err, target)
		}
	}
}

func boom(context.Context) error { return errBoom }
func fine(context.Context) error { return nil }

// untilCancelled is a tool that ends when its context does.
func untilCancelled(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

// pausing is a tool that ignores its context.
func pausing(d time.Duration, err error) func(context.Context) error {
	return func(context.Context) error {
		time.Sleep(d)
		return err
	}
}

func goexit(context.Context) error {
	goruntime.Goexit()
	return nil
}
