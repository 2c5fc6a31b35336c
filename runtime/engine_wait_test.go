package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
)

// virtual gives a context in whose executions waits take no time.
func virtual(t *testing.T) (context.Context, *runtime.VirtualClock) {
	clock := runtime.NewVirtualClock(time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC))
	return runtime.WithClock(t.Context(), clock), clock
}

func TestDurableWait(t *testing.T) {
	w := workflow("Wait")
	nap, after := step("nap"), intTask("after")
	ctx, clock := virtual(t)
	start := clock.Now()
	e := open(t, ctx, memory.New(), define(w, func(f *runtime.Frame) (int, error) {
		if err := f.Wait(&nap, 24*time.Hour); err != nil {
			return 0, err
		}
		return runtime.Call0(f, after, func(ctx context.Context) (int, error) { return 7, nil })
	}))
	r := submit[int](t, e, w)
	if v, err := result(t, r); v != 7 || err != nil {
		t.Fatalf("got %v, %v", v, err)
	}
	if d := clock.Now().Sub(start); d != 24*time.Hour {
		t.Errorf("it took %v", d)
	}
}

// A payment is an event.
type payment struct {
	Order  string  `json:"order"`
	Amount float64 `json:"amount"`
}

var paid = runtime.Topic[payment]{Name: "Paid", Keep: time.Hour, Keys: func(p payment) []any { return []any{p.Order} }}

// awaiting defines a workflow that awaits a payment.
func awaiting(w *runtime.Workflow, timeout time.Duration) *runtime.Definition {
	task := &runtime.Task[payment]{Step: runtime.Step{ID: "p", At: "test.wf:2:3"}}
	return define(w, func(f *runtime.Frame) (float64, error) {
		p, err := runtime.Await(f, task, &paid, timeout, "o1")
		return p.Amount, err
	})
}

func TestDurableEvent(t *testing.T) {
	w := workflow("Pay")
	e := open(t, t.Context(), memory.New(), awaiting(w, 0))
	send := func(amount float64, options ...runtime.SendOption) {
		t.Helper()
		if err := runtime.Send(t.Context(), e, &paid, payment{"o1", amount}, options...); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("before", func(t *testing.T) {
		send(3)
		if v, err := result(t, submit[float64](t, e, w)); v != 3 || err != nil {
			t.Errorf("got %v, %v", v, err)
		}
	})
	t.Run("while it is out of memory", func(t *testing.T) {
		r := submit[float64](t, e, w)
		until(t, e, r.ID(), runtime.StatusWaiting)
		send(4)
		if v, err := result(t, r); v != 4 || err != nil {
			t.Errorf("got %v, %v", v, err)
		}
	})
	t.Run("each once, in order", func(t *testing.T) {
		a, b := submit[float64](t, e, w), submit[float64](t, e, w)
		send(5, runtime.MessageID("m5"))
		send(5, runtime.MessageID("m5"))
		send(6)
		x, _ := result(t, a)
		y, _ := result(t, b)
		if x+y != 11 {
			t.Errorf("got %v and %v", x, y)
		}
	})
}

func until(t *testing.T, e *runtime.Engine, id string, want runtime.Status) {
	t.Helper()
	for range 500 {
		x, err := e.Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if x.Status == want {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("it isn't %s", want)
}

func TestDurableEventTooLate(t *testing.T) {
	w := workflow("Pay")
	ctx, _ := virtual(t)
	e := open(t, ctx, memory.New(), awaiting(w, 48*time.Hour))
	_, err := result(t, submit[float64](t, e, w))
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if err := runtime.Send(t.Context(), e, &paid, payment{"o1", 1}); err != nil {
		t.Fatal(err)
	}
}

func TestDurableApproval(t *testing.T) {
	w, ask := workflow("Ask"), step("ok")
	def := define(w, func(f *runtime.Frame) (string, error) {
		a, err := f.Approve(&ask, "Refund 3?", "manager", 0)
		return a.By + ": " + a.Note, err
	})
	e := open(t, t.Context(), memory.New(), def)
	r := submit[string](t, e, w)
	until(t, e, r.ID(), runtime.StatusWaiting)
	refused := func(a runtime.Answer, want string) {
		t.Helper()
		if err := e.Answer(t.Context(), r.ID(), "ok", a); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	refused(runtime.Answer{By: "bob"}, "asks manager, not bob")
	if err := e.Answer(t.Context(), r.ID(), "ok", runtime.Answer{By: "ann", As: []string{"manager"}, Note: "fine"}); err != nil {
		t.Fatal(err)
	}
	refused(runtime.Answer{By: "ann", As: []string{"manager"}}, "was answered at")
	if v, err := result(t, r); v != "ann: fine" || err != nil {
		t.Errorf("got %v, %v", v, err)
	}

	r = submit[string](t, e, w)
	until(t, e, r.ID(), runtime.StatusWaiting)
	if err := e.Answer(t.Context(), r.ID(), "ok", runtime.Answer{By: "manager", Note: "no way", Reject: true}); err != nil {
		t.Fatal(err)
	}
	_, err := result(t, r)
	if d := runtime.Declared(err); d != (runtime.Rejected{By: "manager", Note: "no way"}) {
		t.Errorf("got %v, declared %v", err, d)
	}
}

func TestDurableRace(t *testing.T) {
	w, race := workflow("Race"), step("race")
	task := &runtime.Task[payment]{Step: runtime.Step{ID: "p", At: "test.wf:2:3"}}
	nap := step("nap")
	def := define(w, func(f *runtime.Frame) (float64, error) {
		return runtime.Race(f, &race,
			func(f *runtime.Frame) (float64, error) {
				p, err := runtime.Await(f, task, &paid, 0, "o1")
				return p.Amount, err
			},
			func(f *runtime.Frame) (float64, error) {
				return -1, f.Wait(&nap, 24*time.Hour)
			})
	})
	ctx, _ := virtual(t)
	e := open(t, ctx, memory.New(), def)
	r := submit[float64](t, e, w)
	if v, err := result(t, r); v != -1 || err != nil {
		t.Errorf("got %v, %v", v, err)
	}
	if list, err := e.Awaits(t.Context(), ""); len(list) != 0 || err != nil {
		t.Errorf("it still awaits %v, %v", list, err)
	}
}

// TestDurableDeadline lets the time of a workflow pass while nobody has the journal.
func TestDurableDeadline(t *testing.T) {
	w, j, seen := workflow("Pay"), memory.New(), &diary{}
	w.Timeout = time.Hour
	other, undo := intTask("other"), step("other.undo")
	task := &runtime.Task[payment]{Step: runtime.Step{ID: "p", At: "test.wf:2:3"}}
	def := define(w, func(f *runtime.Frame) (float64, error) {
		n, err := runtime.Call0(f, other, func(ctx context.Context) (int, error) { return 1, nil })
		if err != nil {
			return 0, err
		}
		f.Owe(&undo, seen.tool("undo", nil), n)
		p, err := runtime.Await(f, task, &paid, 0, "o1")
		return p.Amount, err
	})
	e := open(t, t.Context(), j, def) // by the world's clock nothing happens
	r := submit[float64](t, e, w, runtime.ID("d"))
	until(t, e, r.ID(), runtime.StatusWaiting)
	e.Close()
	later := runtime.NewVirtualClock(time.Now().Add(2 * time.Hour))
	e = open(t, runtime.WithClock(t.Context(), later), j, def)
	_, err := result(t, submit[float64](t, e, w, runtime.ID("d")))
	if !errors.Is(err, context.DeadlineExceeded) || strings.Join(seen.lines, " ") != "undo" {
		t.Errorf("got %v, %v", err, seen.lines)
	}
}

// TestDurableEventExpires: an event that nobody awaits is kept for its time, and no
// longer.
func TestDurableEventExpires(t *testing.T) {
	nap := step("nap")
	task := &runtime.Task[payment]{Step: runtime.Step{ID: "p", At: "test.wf:2:3"}}
	for _, c := range []struct {
		wait time.Duration
		ok   bool
	}{{59 * time.Minute, true}, {61 * time.Minute, false}} {
		w, ctx := workflow("Late"), context.Context(nil)
		ctx, _ = virtual(t)
		e := open(t, ctx, memory.New(), define(w, func(f *runtime.Frame) (float64, error) {
			if err := f.Wait(&nap, c.wait); err != nil {
				return 0, err
			}
			p, err := runtime.Await(f, task, &paid, time.Minute, "o1")
			return p.Amount, err
		}))
		if err := runtime.Send(t.Context(), e, &paid, payment{"o1", 3}); err != nil {
			t.Fatal(err)
		}
		if v, err := result(t, submit[float64](t, e, w)); (err == nil && v == 3) != c.ok {
			t.Errorf("after %v: got %v, %v", c.wait, v, err)
		}
	}
}

// A viewed journal has something happen before a View.
type viewed struct {
	*memory.Journal
	before atomic.Pointer[func()]
}

func (v *viewed) View(ctx context.Context, do func(journal.Tx) error) error {
	if before := v.before.Swap(nil); before != nil {
		(*before)()
	}
	return v.Journal.View(ctx, do)
}

// TestEventWhileSubmitted: an event that comes while an execution is submitted once more
// isn't lost.
func TestEventWhileSubmitted(t *testing.T) {
	w := workflow("Pay")
	j := &viewed{Journal: memory.New()}
	e := open(t, t.Context(), j, awaiting(w, 0))
	submit[float64](t, e, w, runtime.ID("x"))
	until(t, e, "x", runtime.StatusWaiting)
	pay := func() {
		if err := runtime.Send(t.Context(), e, &paid, payment{"o1", 3}); err != nil {
			t.Error(err)
		}
	}
	j.before.Store(&pay)
	if v, err := result(t, submit[float64](t, e, w, runtime.ID("x"))); v != 3 || err != nil {
		t.Errorf("got %v, %v", v, err)
	}
}

// TestWaitingIsWoken: in each state of the journal, an execution that waits has something
// to wait for, else nothing would wake it after a crash. Here it is submitted once more
// just when it is read, so that it is read again when it waits, and then the event comes.
func TestWaitingIsWoken(t *testing.T) {
	w := workflow("Pay")
	first := memory.New()
	var created *memory.Journal
	first.OnCommit(func(state *memory.Journal) {
		if x := stored(state); x != nil && created == nil {
			created = state
		}
	})
	submit[float64](t, open(t, t.Context(), first, awaiting(w, 0)), w, runtime.ID("x"))

	j, opened := &viewed{Journal: created}, make(chan *runtime.Engine, 1)
	pay := func() {
		if err := runtime.Send(t.Context(), <-opened, &paid, payment{"o1", 3}); err != nil {
			t.Error(err)
		}
	}
	load := func() {
		e := <-opened
		submit[float64](t, e, w, runtime.ID("x"))
		opened <- e
	}
	list := func() { j.before.Store(&load) }
	lanes := func() { j.before.Store(&list) } // Open looks at who has a place, and then at who goes on
	j.before.Store(&lanes)
	waited := false
	j.OnCommit(func(state *memory.Journal) {
		if stored(state).Status == runtime.StatusWaiting {
			_ = state.View(context.Background(), func(tx journal.Tx) error {
				if awaits, _ := tx.Awaits("x"); len(awaits) == 0 {
					t.Error("it waits for nothing")
				}
				return nil
			})
			if !waited {
				waited = true
				j.before.Store(&pay)
			}
		}
	})
	e := open(t, t.Context(), j, awaiting(w, 0))
	opened <- e
	r, err := e.Run(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	if v, err := r.ResultJSON(t.Context()); string(v) != "3" || err != nil {
		t.Errorf("got %s, %v", v, err)
	}
}

// stored is the execution x as a journal has it; nil where it hasn't.
func stored(j *memory.Journal) (x *journal.Execution) {
	_ = j.View(context.Background(), func(tx journal.Tx) (err error) {
		x, err = tx.Execution("x")
		return err
	})
	return x
}

// TestDurableEvents follows an execution from its beginning, from a point in its past,
// and while it goes on.
func TestDurableEvents(t *testing.T) {
	w := workflow("Pay")
	e := open(t, t.Context(), memory.New(), awaiting(w, 0))
	r := submit[float64](t, e, w)
	follow := func(after int) []string {
		var got []string
		for event, err := range e.Events(t.Context(), r.ID(), after) {
			if err != nil {
				t.Error(err)
			}
			got = append(got, fmt.Sprintf("%d %s %s", event.N, event.Kind, event.Step))
		}
		return got
	}
	live := make(chan []string)
	go func() { live <- follow(-1) }()
	until(t, e, r.ID(), runtime.StatusWaiting)
	if err := runtime.Send(t.Context(), e, &paid, payment{"o1", 3}); err != nil {
		t.Fatal(err)
	}
	want := []string{"0 started ", "1 waiting p", "2 done p", "3 ended "}
	if diff := cmp.Diff(want, <-live); diff != "" {
		t.Errorf("live (-want +got):\n%s", diff)
	}
	for last, event := range want { // each is the last that somebody knows
		if diff := cmp.Diff(want[last+1:], follow(last), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("after %q (-want +got):\n%s", event, diff)
		}
	}
	for _, err := range e.Events(t.Context(), "nobody", 0) {
		if err == nil {
			t.Error("an execution that isn't there has events")
		}
	}
}

// A closingContext closes an engine when somebody asks whether it has ended, once that is
// asked for.
type closingContext struct {
	context.Context
	armed atomic.Bool
	close func() error
}

func (c *closingContext) Err() error {
	if c.armed.CompareAndSwap(true, false) {
		go c.close() // which waits for who asks
		select {
		case <-c.Done():
		case <-time.After(time.Second):
		}
	}
	return c.Context.Err()
}

// TestDurableClosedAtTimeout: an engine that is closed just when the time of an await is up
// cancels nothing: were the await recorded as given up, the execution would never end.
func TestDurableClosedAtTimeout(t *testing.T) {
	w, j := workflow("Pay"), memory.New()
	closing := &closingContext{}
	task := &runtime.Task[payment]{Step: runtime.Step{ID: "p", At: "test.wf:2:3"}}
	define := func(within func(context.Context) context.Context) *runtime.Definition {
		return runtime.Define(runtime.Definition{Workflow: w}, func(ctx context.Context, _ struct{}) (v float64, err error) {
			f := runtime.Start(within(ctx), w)
			defer runtime.End(f, &v, &err)
			p, err := runtime.Await(f, task, &paid, 300*time.Millisecond, "o1")
			return p.Amount, err
		})
	}
	e := open(t, t.Context(), j, define(func(ctx context.Context) context.Context {
		closing.Context = ctx
		return closing
	}))
	closing.close = e.Close
	r := submit[float64](t, e, w)
	for awaits := 0; awaits == 0; time.Sleep(time.Millisecond) {
		list, err := e.Awaits(t.Context(), r.ID())
		if err != nil {
			t.Fatal(err)
		}
		awaits = len(list)
	}
	time.Sleep(50 * time.Millisecond) // it waits by now
	closing.armed.Store(true)
	if _, err := result(t, r); !errors.Is(err, runtime.ErrClosed) {
		t.Fatalf("got %v, want it closed", err)
	}
	e.Close()
	e = open(t, t.Context(), j, define(func(ctx context.Context) context.Context { return ctx }))
	again, err := e.Run(t.Context(), r.ID())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := result(t, again); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, want it out of time", err)
	}
}

// TestDurableTimeoutPast: a timeout of zero or less is past at once, where one that is
// none never is; what is there already comes in time.
func TestDurableTimeoutPast(t *testing.T) {
	w := workflow("Pay")
	for _, timeout := range []time.Duration{0, -time.Nanosecond, -time.Hour} {
		e := open(t, t.Context(), memory.New(), awaiting(w, runtime.Within(timeout)))
		if _, err := result(t, submit[float64](t, e, w)); !errors.Is(err, context.DeadlineExceeded) || !strings.HasSuffix(err.Error(), "timed out after 0s") {
			t.Errorf("%v: got %v", timeout, err)
		}
		if err := runtime.Send(t.Context(), e, &paid, payment{"o1", 3}); err != nil {
			t.Fatal(err)
		}
		if v, err := result(t, submit[float64](t, e, w)); v != 3 || err != nil {
			t.Errorf("%v, sent before: got %v, %v", timeout, v, err)
		}
	}
	if d := runtime.Within(time.Second); d != time.Second {
		t.Errorf("got %v", d)
	}
}

// TestDurableTimeoutAbsent: what comes when the time of an await or an approval was up
// while no process had the workflow isn't for it: an event is left for the next one.
func TestDurableTimeoutAbsent(t *testing.T) {
	w, ask, j := workflow("Pay"), workflow("Ask"), memory.New()
	short := 1100 * time.Millisecond // for less it would stay in memory
	question := define(ask, func(f *runtime.Frame) (int, error) {
		_, err := f.Approve(&runtime.Step{ID: "ok", At: "test.wf:3:3"}, "may I?", "", short)
		return 0, err
	})
	e := open(t, t.Context(), j, awaiting(w, short), question)
	late := []string{submit[float64](t, e, w).ID(), submit[int](t, e, ask).ID()}
	for _, id := range late {
		until(t, e, id, runtime.StatusWaiting)
	}
	e.Close()
	time.Sleep(short + 10*time.Millisecond)

	e = open(t, t.Context(), j) // as the command has it, without the workflows
	if err := runtime.Send(t.Context(), e, &paid, payment{"o1", 3}); err != nil {
		t.Fatal(err)
	}
	err := e.Answer(t.Context(), late[1], "ok", runtime.Answer{By: "ann"})
	if !errors.Is(err, runtime.ErrNotAsked) || !strings.Contains(err.Error(), "its time was up at") {
		t.Errorf("the answer: %v", err)
	}
	e.Close()

	e = open(t, t.Context(), j, awaiting(w, short), question)
	for _, id := range late {
		r, err := e.Run(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := result(t, r); err == nil || !strings.Contains(err.Error(), "timed out after 1s100ms") {
			t.Errorf("%s: got %v", id, err)
		}
	}
	if v, err := result(t, submit[float64](t, e, w)); v != 3 || err != nil {
		t.Errorf("the next one: got %v, %v", v, err)
	}
}

// TestDurableTimeoutRecorded: what was recorded as waiting for ever, when a timeout of
// zero was taken for none, is out of time when it goes on.
func TestDurableTimeoutRecorded(t *testing.T) {
	w, j := workflow("Pay"), memory.New()
	e := open(t, t.Context(), j, awaiting(w, 0))
	r := submit[float64](t, e, w)
	until(t, e, r.ID(), runtime.StatusWaiting)
	e.Close()
	e = open(t, t.Context(), j, awaiting(w, runtime.Within(0)))
	if err := errors.Join(e.Pause(t.Context(), r.ID()), e.Resume(t.Context(), r.ID())); err != nil {
		t.Fatal(err)
	}
	again, err := e.Run(t.Context(), r.ID())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := result(t, again); err == nil || !strings.Contains(err.Error(), "timed out") {
		t.Errorf("got %v", err)
	}
}
