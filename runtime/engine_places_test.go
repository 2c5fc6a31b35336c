package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
)

// A target is what is deployed to.
type target struct {
	Env string `json:"env"`
}

// deploying defines a workflow with a limit: it takes an environment, which it owes to give
// back, and holds it until it is told to go on.
func deploying(w *runtime.Workflow, limit *runtime.AtOnce, began chan<- string, world *world) *runtime.Definition {
	take, hold, undo := task("take"), task("hold"), step("take.undo")
	take.Effect, hold.Effect, undo.Effect = runtime.Idempotent, runtime.Idempotent, runtime.Idempotent
	return runtime.Define(runtime.Definition{Workflow: w, AtOnce: limit}, func(ctx context.Context, in target) (id string, err error) {
		f := runtime.Start(ctx, w)
		defer runtime.End(f, &id, &err)
		say := func(what string) func(context.Context) error {
			return func(ctx context.Context) error {
				world.call(ctx, what+" "+in.Env+" "+f.RunID())
				return nil
			}
		}
		err = runtime.Run0(f, take, func(ctx context.Context) error {
			began <- f.RunID()
			return say("take")(ctx)
		})
		if err != nil {
			return "", err
		}
		f.Owe(&undo, say("give"))
		go_ := &runtime.Task[payment]{Step: runtime.Step{ID: "go", At: "test.wf:2:3"}}
		if _, err := runtime.Await(f, go_, &paid, 0, f.RunID()); err != nil {
			return "", err
		}
		return f.RunID(), runtime.Run0(f, hold, say("done"))
	})
}

func deploy(t *testing.T, e *runtime.Engine, w *runtime.Workflow, env, id string) *runtime.Run[string] {
	t.Helper()
	r, err := runtime.Submit[string](t.Context(), e, w, target{env}, runtime.ID(id))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func letGo(t *testing.T, e *runtime.Engine, id string) {
	t.Helper()
	if err := runtime.Send(t.Context(), e, &paid, payment{id, 1}, runtime.MessageID(id)); err != nil {
		t.Fatal(err)
	}
}

func statusesOf(t *testing.T, e *runtime.Engine, ids ...string) string {
	t.Helper()
	var all []string
	for _, id := range ids {
		x, err := e.Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		status := x.Status
		if status == runtime.StatusWaiting { // when it leaves the memory is chance
			status = runtime.StatusRunning
		}
		all = append(all, id+" "+string(status))
	}
	return strings.Join(all, ", ")
}

// Executions of one key go one after the other, in their order; others don't wait.
func TestExecutionsQueue(t *testing.T) {
	w, began := workflow("Deploy"), make(chan string, 10)
	e := open(t, t.Context(), memory.New(), deploying(w, &runtime.AtOnce{N: 1, By: "env"}, began, &world{}))
	runs := map[string]*runtime.Run[string]{}
	for _, id := range []string{"a", "b", "c"} {
		runs[id] = deploy(t, e, w, "prod", id)
	}
	runs["d"] = deploy(t, e, w, "test", "d")
	first := []string{next(t, began, "begins"), next(t, began, "begins")}
	if slices.Sort(first); !slices.Equal(first, []string{"a", "d"}) {
		t.Fatalf("%v begin", first)
	}
	if got := statusesOf(t, e, "a", "b", "c", "d"); got != "a running, b queued, c queued, d running" {
		t.Error(got)
	}
	if err := runs["b"].Pause(t.Context()); !errors.Is(err, runtime.ErrQueued) {
		t.Errorf("pause gives %v", err)
	}
	if err := runs["b"].Cancel(t.Context(), "no more"); err != nil {
		t.Fatal(err)
	}
	if _, err := result(t, runs["b"]); err == nil || !strings.Contains(err.Error(), "cancelled: no more") {
		t.Errorf("the cancelled one gives %v", err)
	}
	if got := statusesOf(t, e, "a", "c"); got != "a running, c queued" {
		t.Error(got)
	}
	letGo(t, e, "a")
	if got := next(t, began, "begins"); got != "c" {
		t.Errorf("%s begins", got)
	}
	if err := e.Retry(t.Context(), "b"); err != nil { // at the end of the line
		t.Fatal(err)
	}
	if got := statusesOf(t, e, "a", "b"); got != "a succeeded, b queued" {
		t.Error(got)
	}
	for _, id := range []string{"b", "c", "d"} {
		letGo(t, e, id)
	}
	for id, r := range runs {
		if id == "b" {
			r, _ := runtime.Submit[string](t.Context(), e, w, target{"prod"}, runtime.ID("b"))
			if v, err := result(t, r); v != "b" || err != nil {
				t.Errorf("b gives %q, %v", v, err)
			}
			continue
		}
		if v, err := result(t, r); v != id || err != nil {
			t.Errorf("%s gives %q, %v", id, v, err)
		}
	}
}

func TestExecutionsRefuse(t *testing.T) {
	w, began := workflow("Deploy"), make(chan string, 10)
	e := open(t, t.Context(), memory.New(), deploying(w, &runtime.AtOnce{N: 2, Full: runtime.Refuses}, began, &world{}))
	deploy(t, e, w, "x", "a")
	deploy(t, e, w, "y", "b")
	refused := func(err error) {
		t.Helper()
		if !errors.Is(err, runtime.ErrFull) || err.Error() != "Deploy takes no more: 2 executions have the 2 places" {
			t.Errorf("got %v", err)
		}
	}
	_, err := runtime.Submit[string](t.Context(), e, w, target{"z"}, runtime.ID("c"))
	refused(err)
	_, err = runtime.Submit[string](t.Context(), e, w, target{"z"})
	refused(err)
	if _, err := runtime.Submit[string](t.Context(), e, w, target{"y"}, runtime.ID("b")); err != nil { // it is that one
		t.Error(err)
	}
	_, err = e.Fork(t.Context(), "a", "take", "f")
	for i := 0; errors.Is(err, runtime.ErrNoStep) && i < 1000; i++ { // it isn't there yet
		time.Sleep(time.Millisecond)
		_, err = e.Fork(t.Context(), "a", "take", "f")
	}
	refused(err)
	letGo(t, e, "a")
	if _, err := result(t, deploy(t, e, w, "x", "a")); err != nil {
		t.Error(err)
	}
	deploy(t, e, w, "z", "c")
	if got := statusesOf(t, e, "a", "b", "c"); got != "a succeeded, b running, c running" {
		t.Error(got)
	}
}

// The new one begins when the old one has given back what it owes; of those that wait the
// last one stands.
func TestExecutionsReplace(t *testing.T) {
	w, began, world := workflow("Deploy"), make(chan string, 10), &world{}
	e := open(t, t.Context(), memory.New(), deploying(w, &runtime.AtOnce{N: 1, By: "env", Full: runtime.Replaces}, began, world))
	a := deploy(t, e, w, "prod", "a")
	next(t, began, "begins")
	b, c := deploy(t, e, w, "prod", "b"), deploy(t, e, w, "prod", "c")
	d := deploy(t, e, w, "prod", "d")
	letGo(t, e, "d")
	if v, err := result(t, d); v != "d" || err != nil {
		t.Errorf("d gives %q, %v", v, err)
	}
	for id, r := range map[string]*runtime.Run[string]{"a": a, "b": b, "c": c} {
		if _, err := result(t, r); err == nil || !strings.Contains(err.Error(), "has replaced it") {
			t.Errorf("%s gives %v", id, err)
		}
	}
	world.mu.Lock()
	defer world.mu.Unlock()
	lines := world.lines
	if give, take := slices.Index(lines, "give prod a"), slices.Index(lines, "take prod d"); give < 0 || take < give {
		t.Errorf("calls %q", lines)
	}
	for i, line := range lines {
		if strings.HasPrefix(line, "take") && i > 0 && !strings.HasPrefix(lines[i-1], "give") && !strings.HasPrefix(lines[i-1], "done") {
			t.Errorf("two had the place: %q", lines)
		}
	}
}

// From each state of the journal all go on in their order, and no two have the place at once;
// also where a limit is wider then, or gone.
func TestQueueAcrossCrashes(t *testing.T) {
	for _, full := range []runtime.Full{runtime.Waits, runtime.Replaces} {
		w, j := workflow("Deploy"), memory.New()
		var states []*memory.Journal
		j.OnCommit(func(state *memory.Journal) { states = append(states, state) })
		ids := []string{"a", "b", "c"}
		limit := &runtime.AtOnce{N: 1, By: "env", Full: full}
		all := func(j journal.Journal, limit *runtime.AtOnce) (begun []string, ends string, w1 *world) {
			began := make(chan string, 10)
			w1 = &world{}
			e := open(t, t.Context(), j, deploying(w, limit, began, w1))
			defer e.Close()
			var runs []*runtime.Run[string]
			for _, id := range ids {
				runs = append(runs, deploy(t, e, w, "prod", id))
			}
			for _, id := range ids {
				letGo(t, e, id)
			}
			for i, r := range runs {
				v, err := result(t, r)
				if err != nil && !strings.Contains(err.Error(), "cancelled") || err == nil && v != ids[i] {
					t.Errorf("%s gives %q, %v", ids[i], v, err)
				}
			}
			close(began)
			for id := range began {
				begun = append(begun, id)
			}
			return begun, statusesOf(t, e, ids...), w1
		}
		all(j, limit)
		for i, state := range slices.Clone(states) {
			for _, limit := range []*runtime.AtOnce{limit, {N: 3}, nil} {
				begun, ends, world := all(state.Clone(), limit)
				if full == runtime.Waits && ends != "a succeeded, b succeeded, c succeeded" || !strings.HasSuffix(ends, "c succeeded") && limit != nil && limit.N == 1 {
					t.Errorf("from state %d: %s", i, ends)
				}
				if limit == nil || limit.N > 1 {
					continue
				}
				if !slices.IsSorted(begun) {
					t.Errorf("from state %d: begun %v", i, begun)
				}
				held := ""
				for _, line := range world.lines {
					var what, env, id string
					fmt.Sscan(line, &what, &env, &id)
					if held != "" && held != id {
						t.Errorf("from state %d: two at once: %q", i, world.lines)
					}
					if held = id; what != "take" {
						held = ""
					}
				}
			}
		}
	}
}

// An execution that waits for one which waits for its own place fails at once.
func TestAwaitsOwnPlace(t *testing.T) {
	w := workflow("Deploy")
	start, wait := step("next"), &runtime.Task[string]{Step: step("wait")}
	d := runtime.Define(runtime.Definition{Workflow: w, AtOnce: &runtime.AtOnce{N: 1}}, func(ctx context.Context, in target) (v string, err error) {
		f := runtime.Start(ctx, w)
		defer runtime.End(f, &v, &err)
		if in.Env == "last" {
			return "last", nil
		}
		id, err := f.Launch(&start, w, target{"last"})
		if err != nil {
			return "", err
		}
		return runtime.AwaitRun[string](f, wait, id, 0)
	})
	j := memory.New()
	var states []*memory.Journal
	j.OnCommit(func(state *memory.Journal) { states = append(states, state) })
	e := open(t, t.Context(), j, d)
	want := "execution a/next waits for the place that this one has"
	if _, err := result(t, deploy(t, e, w, "first", "a")); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v", err)
	}
	run, err := e.Run(t.Context(), "a/next")
	if err != nil {
		t.Fatal(err)
	}
	if v, err := result(t, run); v != "last" || err != nil {
		t.Errorf("got %v, %v", v, err)
	}
	e.Close()
	for i, state := range slices.Clone(states) {
		e := open(t, t.Context(), state, d)
		if _, err := result(t, deploy(t, e, w, "first", "a")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("from state %d: got %v", i, err)
		}
		e.Close()
	}
}

// An execution may wait for one that waits for a place which it can get from another, and for
// as long as it has said, or its workflow: then it isn't failed at once.
func TestAwaitsPlaceOfOthers(t *testing.T) {
	const short = 20 * time.Millisecond
	for _, c := range []struct {
		name                 string
		n                    int
		within, until, whole time.Duration // of the await, and of its workflow
		want                 string
	}{
		{"another has a place", 2, 0, 0, 0, ""},
		{"the await has a timeout", 1, short, 0, 0, "timed out after 20ms"},
		{"the await has an end", 1, 0, short, 0, "timed out at"},
		{"the workflow has a timeout", 1, 0, 0, short, "timed out after 20ms"},
	} {
		w := workflow("Deploy")
		w.Timeout = c.whole
		start, wait := step("next"), &runtime.Task[string]{Step: step("wait")}
		hold := &runtime.Task[payment]{Step: step("hold")}
		d := runtime.Define(runtime.Definition{Workflow: w, AtOnce: &runtime.AtOnce{N: c.n}}, func(ctx context.Context, in target) (v string, err error) {
			f := runtime.Start(ctx, w)
			defer runtime.End(f, &v, &err)
			switch in.Env {
			case "holds":
				_, err := runtime.Await(f, hold, &paid, 0, "other")
				return "", err
			case "last":
				return "last", nil
			}
			id, err := f.Launch(&start, w, target{"last"})
			if err != nil {
				return "", err
			}
			if c.until > 0 {
				return runtime.AwaitRunUntil[string](f, wait, id, time.Now().Add(c.until))
			}
			return runtime.AwaitRun[string](f, wait, id, c.within)
		})
		e := open(t, t.Context(), memory.New(), d)
		if c.n > 1 {
			deploy(t, e, w, "holds", "other")
		}
		a := deploy(t, e, w, "first", "a")
		if c.n > 1 {
			untilAwaits(t, e, "a")
			if got := statusesOf(t, e, "a", "a/next"); got != "a running, a/next queued" {
				t.Errorf("%s: %s", c.name, got)
			}
			letGo(t, e, "other")
		}
		v, err := result(t, a)
		if c.want == "" && (v != "last" || err != nil) || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: got %q, %v", c.name, v, err)
		}
		e.Close()
	}
}

// untilAwaits returns once it is stored that an execution awaits something, or that it has ended.
func untilAwaits(t *testing.T, e *runtime.Engine, id string) {
	t.Helper()
	for range 5000 {
		awaits, err := e.Awaits(t.Context(), id)
		x, err2 := e.Get(t.Context(), id)
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		if len(awaits) > 0 || !x.Ended.IsZero() {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatalf("%s awaits nothing", id)
}
