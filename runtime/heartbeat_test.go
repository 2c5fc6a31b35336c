package runtime_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
)

// A position is how far an upload has come.
type position struct {
	Part int `json:"part"`
}

// uploading is a tool that sends parts, an hour each, goes on where the attempt before was,
// and fails after each of some parts.
func uploading(from *[]int, parts int, fails ...int) func(context.Context) (int, error) {
	return func(ctx context.Context) (int, error) {
		var at position
		if _, err := runtime.Progress(ctx, &at); err != nil {
			return 0, err
		}
		*from = append(*from, at.Part)
		for at.Part < parts {
			if err := runtime.Sleep(ctx, time.Hour); err != nil {
				return 0, err
			}
			at.Part++
			if err := runtime.Heartbeat(ctx, at); err != nil {
				return 0, err
			}
			if slices.Contains(fails, at.Part) {
				return 0, errBoom
			}
		}
		return at.Part, nil
	}
}

// The next attempt finds what the one before has told, with an engine and without.
func TestProgressOfAttempts(t *testing.T) {
	w, task := workflow("W"), intTask("up")
	task.Retry = &runtime.Retry{Times: 5}
	for _, durable := range []bool{false, true} {
		ctx, _ := virtual(t)
		var told []string
		ctx = runtime.WithObserver(ctx, observe(func(e runtime.Event) {
			if e.Kind == runtime.Progressed {
				text, err := e.EncodeResult()
				told = append(told, fmt.Sprintf("%s %d %s %v", e.Step, e.Attempt, text, err))
			}
		}))
		var from []int
		body := func(f *runtime.Frame) (int, error) { return runtime.Call0(f, task, uploading(&from, 5, 2, 3)) }
		var n int
		var err error
		if durable {
			n, err = result(t, submit[int](t, open(t, ctx, memory.New(), define(w, body)), w))
		} else {
			err = execute(ctx, w, func(f *runtime.Frame) (err error) { n, err = body(f); return err })
		}
		if n != 5 || err != nil {
			t.Errorf("got %d, %v", n, err)
		}
		if !slices.Equal(from, []int{0, 2, 3}) {
			t.Errorf("durable %v: the attempts begin at %v", durable, from)
		}
		want := `up 1 {"part":1} <nil>|up 1 {"part":2} <nil>|up 2 {"part":3} <nil>|up 3 {"part":4} <nil>|up 3 {"part":5} <nil>`
		if got := strings.Join(told, "|"); got != want {
			t.Errorf("durable %v: told %s", durable, got)
		}
	}
}

// From each state of its journal an upload goes on where it was, as far as that is stored,
// and comes to its end: also where the tool or its inputs are others by then, which hold
// nothing.
func TestProgressAcrossCrashes(t *testing.T) {
	w, task := workflow("W"), intTask("up")
	task.Effect, task.Retry = runtime.Idempotent, &runtime.Retry{Times: 5}
	j := memory.New()
	var states []*memory.Journal
	j.OnCommit(func(state *memory.Journal) { states = append(states, state) })
	run := func(j journal.Journal, of string) (from []int, records []journal.Record) {
		ctx, _ := virtual(t)
		e := open(t, ctx, j, define(w, func(f *runtime.Frame) (int, error) {
			upload := uploading(&from, 5, 2)
			return runtime.Call1(f, task, func(ctx context.Context, _ string) (int, error) { return upload(ctx) }, of)
		}))
		defer e.Close()
		n, err := result(t, submit[int](t, e, w, runtime.ID("x")))
		if n != 5 || err != nil {
			t.Errorf("got %d, %v", n, err)
		}
		records, err = e.History(t.Context(), "x", 0, 0)
		if err != nil {
			t.Error(err)
		}
		return from, records
	}
	if _, records := run(j, "a"); !strings.Contains(show(records), `progress up {"part":4}`) {
		t.Errorf("recorded:\n%s", show(records))
	}
	for i, state := range slices.Clone(states) {
		told := 0
		x := executionIn(t, state, "x", func(r journal.Record) {
			if r.Kind == journal.Progress {
				told++ // there is one for each part
			}
		})
		if x == nil || !x.Ended.IsZero() || strings.Contains(show(recordsOf(t, state, "x")), "done up") {
			continue // the end of the upload may be stored before that of the execution
		}
		for _, of := range []string{"a", "b"} {
			if of == "b" && strings.Contains(show(recordsOf(t, state, "x")), "failed") {
				continue // of that attempt it is known with what
			}
			from, _ := run(state.Clone(), of)
			if want := told; of == "a" && from[0] != want || of == "b" && from[0] != 0 {
				t.Errorf("from state %d, of %s: it begins at %v, and %d parts were told", i, of, from, told)
			}
		}
	}
}

func recordsOf(t *testing.T, j journal.Journal, id string) (all []journal.Record) {
	executionIn(t, j, id, func(r journal.Record) { all = append(all, r) })
	return all
}

// However often a tool tells how far it is, few records are made, and the last is stored in
// time, or before the attempt fails. A suspended one's is, too.
func TestProgressIsBounded(t *testing.T) {
	w, task := workflow("W"), intTask("s")
	task.Effect, task.Retry = runtime.Idempotent, &runtime.Retry{Times: 1}
	ctx, _ := virtual(t)
	j := memory.New()
	e := open(t, ctx, j, define(w, func(f *runtime.Frame) (int, error) {
		return runtime.Call0(f, task, func(ctx context.Context) (int, error) {
			for n := range 3601 { // an hour
				if err := runtime.Heartbeat(ctx, n); err != nil {
					return 0, err
				}
				if n == 3600 {
					break
				}
				if err := runtime.Sleep(ctx, time.Second); err != nil {
					return 0, err
				}
			}
			if runtime.AttemptOf(ctx) == 1 {
				_ = runtime.Heartbeat(ctx, "last")
				return 0, errBoom
			}
			_ = runtime.Heartbeat(ctx, "rest")
			return 1, runtime.Sleep(ctx, time.Hour)
		})
	}))
	if _, err := result(t, submit[int](t, e, w, runtime.ID("x"))); err != nil {
		t.Fatal(err)
	}
	records := recordsOf(t, j, "x")
	progress := slices.DeleteFunc(records, func(r journal.Record) bool { return r.Kind != journal.Progress })
	if n := len(progress); n < 33 || n > 37 {
		t.Errorf("%d records for 7,200 heartbeats in two hours", n)
	}
	for _, want := range []string{`progress s "last"`, `progress s "rest"`} {
		if text := show(progress); !strings.Contains(text, want) {
			t.Errorf("%s isn't stored", want)
		}
	}
}

// What a tool tells that isn't called any more counts for nothing, and what has no JSON or
// is large is refused. Outside of steps nothing happens.
func TestHeartbeatRefuses(t *testing.T) {
	w, task := workflow("W"), intTask("s")
	e := open(t, t.Context(), memory.New(), define(w, func(f *runtime.Frame) (int, error) {
		var late context.Context
		n, err := runtime.Call0(f, task, func(ctx context.Context) (int, error) {
			late = ctx
			for _, bad := range []any{func() {}, strings.Repeat("x", 65<<10)} {
				if err := runtime.Heartbeat(ctx, bad); err == nil || !strings.Contains(err.Error(), "the progress of step s") {
					t.Errorf("got %v", err)
				}
			}
			if ok, err := runtime.Progress(ctx, new(int)); ok || err != nil {
				t.Errorf("got %v, %v before anything was told", ok, err)
			}
			_ = runtime.Heartbeat(ctx, "text")
			if ok, err := runtime.Progress(ctx, new(int)); ok || err == nil {
				t.Errorf("a text is read as a number: %v, %v", ok, err)
			}
			return 1, nil
		})
		if err := runtime.Heartbeat(late, "late"); err != nil {
			t.Error(err)
		}
		return n, err
	}))
	if _, err := result(t, submit[int](t, e, w, runtime.ID("x"))); err != nil {
		t.Error(err)
	}
	if text := recordsText(t, e, "x"); strings.Contains(text, "late") {
		t.Errorf("recorded:\n%s", text)
	}
	if err := runtime.Heartbeat(t.Context(), 1); err != nil {
		t.Error(err)
	}
	if ok, err := runtime.Progress(t.Context(), new(int)); ok || err != nil {
		t.Errorf("got %v, %v outside of steps", ok, err)
	}
}

// An engine that closes stores what a tool tells at its end, and says while it goes on how
// far it is.
func TestProgressOfClosedEngine(t *testing.T) {
	w, task, j := workflow("W"), intTask("s"), memory.New()
	task.Effect = runtime.Readonly
	began := make(chan int, 1)
	e := open(t, t.Context(), j, define(w, func(f *runtime.Frame) (int, error) {
		return runtime.Call0(f, task, func(ctx context.Context) (int, error) {
			began <- 1
			_ = runtime.Heartbeat(ctx, 1)
			began <- 1
			<-ctx.Done()
			_ = runtime.Heartbeat(ctx, 57)
			return 0, ctx.Err()
		})
	}))
	submit[int](t, e, w, runtime.ID("x"))
	<-began
	<-began
	if all := e.RunningSteps(); len(all) != 1 || string(all[0].Progress) != "1" {
		t.Errorf("running: %+v", all)
	}
	e.Close()
	if text := show(recordsOf(t, j, "x")); !strings.Contains(text, "progress s 57") {
		t.Errorf("recorded:\n%s", text)
	}
}

func ExampleHeartbeat() {
	task := &runtime.Task[int]{Step: runtime.Step{ID: "send", Tool: "Send", Retry: &runtime.Retry{Times: 1}}}
	send := func(ctx context.Context, parts []string) (int, error) {
		sent := 0
		if _, err := runtime.Progress(ctx, &sent); err != nil {
			return 0, err
		}
		for ; sent < len(parts); sent++ {
			fmt.Println("attempt", runtime.AttemptOf(ctx), "sends", parts[sent])
			if err := runtime.Heartbeat(ctx, sent+1); err != nil {
				return 0, err
			}
			if sent == 1 && runtime.AttemptOf(ctx) == 1 {
				return 0, fmt.Errorf("the line is down")
			}
		}
		return sent, nil
	}
	// Generated code calls a tool like this.
	f := runtime.Start(context.Background(), &runtime.Workflow{Name: "Backup"})
	n, err := runtime.Call1(f, task, send, []string{"a", "b", "c"})
	f.End(&err)
	fmt.Println(n, err)
	// Output:
	// attempt 1 sends a
	// attempt 1 sends b
	// attempt 2 sends c
	// 3 <nil>
}

// What a tool tells whose attempt is over, and which goes on, isn't the next attempt's.
func TestProgressOfStragglers(t *testing.T) {
	w, task, j := workflow("W"), intTask("s"), memory.New()
	task.Retry = &runtime.Retry{Times: 1}
	for _, durable := range []bool{false, true} {
		ctx, _ := virtual(t)
		var first context.Context
		got := 0
		body := func(f *runtime.Frame) (int, error) {
			return runtime.Call0(f, task, func(ctx context.Context) (int, error) {
				if first == nil {
					first = ctx
					_ = runtime.Heartbeat(ctx, 1)
					return 0, errBoom
				}
				_ = runtime.Heartbeat(ctx, 2)
				_ = runtime.Heartbeat(first, 1041)
				_, err := runtime.Progress(ctx, &got)
				return got, err
			})
		}
		var err error
		if durable {
			e := open(t, ctx, j, define(w, body))
			_, err = result(t, submit[int](t, e, w))
		} else {
			f := runtime.Start(ctx, w)
			var v int
			v, err = body(f)
			runtime.End(f, &v, &err)
		}
		if got != 2 || err != nil {
			t.Errorf("durable %t: got %d, %v", durable, got, err)
		}
	}
}
