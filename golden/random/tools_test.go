package random

import (
	"context"
	"errors"
	"fmt"
	"os"
	goruntime "runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wfgen/wfgen/runtime"
)

// This file is part of the tests and, as package main, of the program that they make
// of random programs: the tools do the same in both.

// An outcome is what a run of a random program comes to.
type outcome struct {
	Value int
	OK    bool
	Log   []string // the effects in the order they happened
	Calls []call   // all calls of tools in the order they began
	Err   string
	// Steps holds the events of each step in their order.
	Steps map[string][]string
	// Step is the id of the step that the error names; Struck that of the step that was
	// meant to go wrong, empty where none came to that.
	Step, Struck, Kind string
	// Text is that of the calls that were meant to go wrong, where all that look alike do.
	Text string
	// Missed tells that steps which were to wait for each other didn't all begin.
	Missed bool
	// Left is how many goroutines are left.
	Left int
}

// A fault is what is to go wrong: a call of a tool, counted among those that are noted
// and don't take back; or all calls of a tool with an argument, whatever comes first. What
// its kind has after ", undo " is what then becomes of the next call that takes back.
type fault struct {
	Kind string
	Call int
	Text string
}

// faults are the ways in which a call goes wrong. One that is late returns when the
// execution has been cancelled, as if it hadn't been, and one that gives up fails for that.
// One that is overdue returns when any timeout has passed, as if it hadn't; one that hangs
// fails then.
var faults = []string{"fails", "panics", "late", "exits", "gives up", "overdue", "hangs",
	"fails, undo fails", "fails, undo panics", "panics, undo exits", "fails, undo late", "late, undo fails", "overdue, undo panics"}

// overdue is longer than any timeout.
const overdue = 48 * time.Hour

// tools note what they do.
type tools struct {
	mu    sync.Mutex
	log   []string
	all   []call
	clock int
	slow  int // where it isn't 0, calls take a while that depends on it
	steps map[string][]string

	fault  fault
	calls  int
	struck string
	undo   string // what becomes of the next call that takes back, if it goes wrong
	cancel context.CancelFunc

	meet   meeting
	wait   func(ctx context.Context, step string)
	missed atomic.Bool

	diary *os.File // where calls are written down, if anywhere
	noted func()   // called when one is
}

// run runs a workflow with these tools, observed or not, on a goroutine of its own.
func (t *tools) run(observed bool, workflow func(context.Context) (int, error)) (o outcome) {
	ctx, cancel := context.WithCancel(context.WithValue(context.Background(), toolsKey{}, t))
	defer cancel()
	t.cancel = cancel
	ctx = runtime.WithStub(ctx, standIn)
	if strings.HasPrefix(t.fault.Kind, "overdue") || t.fault.Kind == "hangs" {
		ctx = runtime.WithClock(ctx, runtime.NewVirtualClock(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)))
	}
	if observed {
		t.steps = map[string][]string{}
		ctx = runtime.WithObserver(ctx, t)
	}
	if len(t.meet.Steps) > 0 {
		t.wait = t.meeting()
	}
	if t.wait != nil && !t.meet.Plain {
		ctx = runtime.WithStepInterceptor(ctx, func(ctx context.Context, call runtime.StepCall, next runtime.Next) (any, error) {
			t.wait(ctx, call.ID)
			return next(ctx)
		})
	}
	before := goruntime.NumGoroutine()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		v, err := 0, errors.New(goroutineEnded)
		defer func() {
			o = outcome{Value: v, OK: err == nil, Log: t.log, Calls: t.calledSoFar(), Steps: t.steps, Step: runtime.FailedStep(err), Struck: t.struck, Kind: t.fault.Kind, Text: t.fault.Text, Missed: t.missed.Load()}
			if err != nil {
				o.Err = err.Error()
			}
		}()
		v, err = workflow(ctx)
	}()
	<-ended
	for i := range 200 { // those that have ended need a moment to be gone
		if o.Left = max(0, goruntime.NumGoroutine()-before); o.Left == 0 {
			break
		}
		if goruntime.Gosched(); i > 100 {
			time.Sleep(time.Millisecond)
		}
	}
	return o
}

// A meeting is of steps that wait for each other: around their calls, or within the tools
// so that nothing is around the calls.
type meeting struct {
	Steps []string
	Plain bool
}

// meeting has steps wait for each other: it returns when all have begun.
func (t *tools) meeting() func(ctx context.Context, step string) {
	var mu sync.Mutex
	missing, all := map[string]bool{}, make(chan struct{})
	for _, step := range t.meet.Steps {
		missing[step] = true
	}
	return func(ctx context.Context, step string) {
		mu.Lock()
		waits := missing[step]
		if delete(missing, step); waits && len(missing) == 0 {
			close(all)
		}
		mu.Unlock()
		if !waits {
			return
		}
		select {
		case <-all:
		case <-ctx.Done():
		case <-time.After(10 * time.Second):
			t.missed.Store(true)
		}
	}
}

// struckOnce runs a workflow anew for each of its calls and each way in which that can go
// wrong.
func struckOnce(workflow func(context.Context, *tools) (int, error), kinds ...string) (all []outcome) {
	for _, kind := range kinds {
		for call := 1; ; call++ {
			t := &tools{fault: fault{Kind: kind, Call: call}, slow: call * (call % 4 / 3)}
			o := t.run(false, func(ctx context.Context) (int, error) { return workflow(ctx, t) })
			if t.calls < call {
				break
			}
			all = append(all, o)
		}
	}
	return all
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

// standIn plays what steps wait for, as they are named for.
func standIn(ctx context.Context) ([]byte, error) {
	info, _ := runtime.StepOf(ctx)
	name := info.ID[strings.LastIndexByte(info.ID, '.')+1:]
	switch {
	case strings.HasPrefix(name, "ping"):
		return []byte(`{"k": 0, "v": 7}`), nil
	case strings.HasPrefix(name, "far"):
		return []byte(`"far"`), nil
	case strings.HasPrefix(name, "run"):
		return []byte("9"), nil
	}
	return nil, runtime.TimedOut{}
}

// goroutineEnded is the error of a run whose goroutine has ended instead of returning one.
const goroutineEnded = "the goroutine ended"

// unwinds tells of a run's error whether a goroutine has ended instead of returning one: of
// the run, or of an arm of a race, which says what has ended it. What an undo would have added
// on its way out is lost with it.
func unwinds(err string) bool {
	return err == goroutineEnded || strings.Contains(err, "the tool called runtime.Goexit")
}

type toolsKey struct{}

// note notes a call. Where it is the one that is to go wrong, it does.
func (t *tools) note(ctx context.Context, name string, a int) error {
	t.mu.Lock()
	text := fmt.Sprintf("%s %d", name, a)
	t.log = append(t.log, text)
	struck, undo := text == t.fault.Text, ""
	if strings.Contains(takingBack, name) {
		undo, t.undo = t.undo, ""
	} else {
		t.calls++
		struck = struck || t.calls == t.fault.Call
	}
	t.mu.Unlock()
	if t.diary != nil {
		info, _ := runtime.StepOf(ctx)
		fmt.Fprintf(t.diary, "call %s %d %s %d\n", info.ID, info.Attempt, name, a)
		t.noted()
		time.Sleep(time.Millisecond)
	}
	if undo != "" {
		return t.wrong(ctx, undo, "in vain")
	}
	if !struck {
		return nil
	}
	return t.strike(ctx)
}

// strike has the call go wrong that is meant to, and the next undo then.
func (t *tools) strike(ctx context.Context) error {
	info, _ := runtime.StepOf(ctx)
	t.mu.Lock()
	kind, undo, _ := strings.Cut(t.fault.Kind, ", undo ")
	t.struck, t.undo = info.ID, undo
	t.mu.Unlock()
	return t.wrong(ctx, kind, "struck")
}

// wrong is what goes wrong.
func (t *tools) wrong(ctx context.Context, kind, text string) error {
	switch kind {
	case "fails":
		return errors.New(text)
	case "panics":
		panic(text)
	case "exits":
		goruntime.Goexit()
	case "late":
		t.cancel()
	case "gives up":
		t.cancel()
		return ctx.Err()
	case "overdue":
		return runtime.Sleep(context.WithoutCancel(ctx), overdue)
	case "hangs":
		return runtime.Sleep(ctx, overdue)
	}
	return nil
}

func (t *tools) R(ctx context.Context, a int) (int, error) {
	return called(ctx, t, "R", a, func() (int, error) { return (a*7 + 3) % 11, nil })
}

func (t *tools) S(ctx context.Context, a, b int) (int, error) {
	return called(ctx, t, "S", a, func() (int, error) { return (a + 2*b) % 13, nil })
}

func (t *tools) M(ctx context.Context, a int) (map[string]int, error) {
	return called(ctx, t, "M", a, func() (map[string]int, error) {
		return map[string]int{"k1": a, "key2": a + 1, "": a * 2}, nil
	})
}

func (t *tools) F(ctx context.Context, a int) (int, error) {
	return called(ctx, t, "F", a, func() (int, error) {
		if a%3 == 0 {
			return 0, errors.New("F fails")
		}
		return a + 1, nil
	})
}

func (t *tools) L(ctx context.Context, a int) ([]int, error) {
	return called(ctx, t, "L", a, func() ([]int, error) { return some(a), nil })
}

func some(a int) (list []int) {
	for i := range (a%3 + 3) % 3 {
		list = append(list, a+i)
	}
	return list
}

func (t *tools) O(ctx context.Context, a int) (*int, error) {
	return called(ctx, t, "O", a, func() (*int, error) { return perhaps(a), nil })
}

func perhaps(a int) *int {
	if a%2 == 0 {
		return nil
	}
	return &a
}

func (t *tools) W(ctx context.Context, a int) (int, error) {
	return called(ctx, t, "W", a, func() (int, error) { return a % 17, t.note(ctx, "W", a) })
}

func (t *tools) V(ctx context.Context, a int) (int, error) {
	return called(ctx, t, "V", a, func() (int, error) {
		if err := t.note(ctx, "V", a); err != nil {
			return 0, err
		}
		if a%4 == 0 {
			return 0, errors.New("V fails")
		}
		return a + 2, nil
	})
}

func (t *tools) C(ctx context.Context, a int) (int, error) {
	return called(ctx, t, "C", a, func() (int, error) {
		if err := t.note(ctx, "C", a); err != nil {
			return 0, err
		}
		if a%4 == 1 {
			return 0, errors.New("C fails")
		}
		return a + 3, nil
	})
}

func (t *tools) H(ctx context.Context, a int) error {
	_, err := called(ctx, t, "H", a, func() (int, error) { return 0, t.note(ctx, "H", a) })
	return err
}

func (t *tools) X(ctx context.Context, a int) error {
	_, err := called(ctx, t, "X", a, func() (int, error) { return 0, t.note(ctx, "X", a) })
	return err
}

func (t *tools) Y(ctx context.Context, a int) error {
	_, err := called(ctx, t, "Y", a, func() (int, error) { return 0, t.note(ctx, "Y", a) })
	return err
}

// B fails for some arguments, and for others in its first attempt.
func (t *tools) B(ctx context.Context, a int) error {
	_, err := called(ctx, t, "B", a, func() (int, error) {
		if err := t.note(ctx, "B", a); err != nil {
			return 0, err
		}
		if a%4 == 3 || a%3 == 0 && runtime.AttemptOf(ctx) == 1 {
			return 0, errors.New("B fails")
		}
		return 0, nil
	})
	return err
}

func (t *tools) Z(ctx context.Context, a int) (int, error) {
	return called(ctx, t, "Z", a, func() (int, error) {
		if err := t.note(ctx, "Z", a); err != nil {
			return 0, err
		}
		info, _ := runtime.StepOf(ctx)
		// An execution that is retried has an @ at the beginning.
		if a%3 == 0 && info.Attempt == 1 && !strings.Contains(strings.TrimPrefix(info.ID, "@"), "@") {
			return 0, errors.New("Z fails at first")
		}
		return a - 1, nil
	})
}
