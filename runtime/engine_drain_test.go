package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
)

// A slow has a tool that takes its time, and ends with its context as a client of HTTP
// does.
type slow struct {
	world
	began, end chan struct{}
}

func newSlow() *slow { return &slow{began: make(chan struct{}, 10), end: make(chan struct{})} }

func (s *slow) call(ctx context.Context, name string) error {
	s.world.call(ctx, name)
	s.began <- struct{}{}
	select {
	case <-s.end:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// drained drains e while its tool runs, which then ends.
func (s *slow) drained(t *testing.T, e *runtime.Engine) {
	t.Helper()
	<-s.began
	done := make(chan error)
	go func() { done <- e.Drain(t.Context()) }()
	select {
	case err := <-done:
		t.Fatalf("it is drained with a tool running: %v", err)
	case <-time.After(20 * time.Millisecond):
	}
	close(s.end)
	quick(t, func() error { return <-done })
}

// quick fails where something takes long that needn't, or fails.
func quick(t *testing.T, do func() error) {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- do() }()
	select {
	case err := <-done:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("it takes long")
	}
}

// A tool that must not happen twice ends within the drain, and isn't interrupted.
func TestDrain(t *testing.T) {
	w, s, j := workflow("Mail"), newSlow(), memory.New()
	mail, after := task("mail"), task("after")
	d := define(w, func(f *runtime.Frame) (int, error) {
		if err := runtime.Run0(f, mail, func(ctx context.Context) error { return s.call(ctx, "mail") }); err != nil {
			return 0, err
		}
		return 7, runtime.Run0(f, after, func(ctx context.Context) error { s.world.call(ctx, "after"); return nil })
	})
	e := open(t, t.Context(), j, d)
	r := submit[int](t, e, w, runtime.ID("x"))
	s.drained(t, e)
	if _, err := result(t, r); !errors.Is(err, runtime.ErrClosed) {
		t.Errorf("got %v", err)
	}
	if !slices.Equal(s.lines, []string{"mail"}) {
		t.Errorf("called were %v", s.lines)
	}
	again, err := open(t, t.Context(), j, d).Run(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	if v, err := result(t, again); v != float64(7) || err != nil {
		t.Errorf("got %v, %v", v, err)
	}
	if !slices.Equal(s.lines, []string{"mail", "after"}) {
		t.Errorf("called were %v", s.lines)
	}
}

// Nothing begins while an engine is drained: no execution, no further attempt, no undo.
// What is sent and answered is stored.
func TestDrainBeginsNothing(t *testing.T) {
	w, s, j := workflow("Order"), newSlow(), memory.New()
	charge, refund, ship := intTask("charge"), step("charge.undo"), intTask("ship")
	notify := step("notify.undo")
	d := define(w, func(f *runtime.Frame) (int, error) {
		for _, u := range []*runtime.Step{&notify, &refund} {
			n, err := runtime.Call0(f, charge, func(context.Context) (int, error) { return 1, nil })
			if err != nil {
				return 0, err
			}
			f.Owe(u, func(ctx context.Context) error { return s.call(ctx, "undo "+u.ID) }, n)
			charge = intTask("charge2")
		}
		return runtime.Call0(f, ship, func(context.Context) (int, error) { return 0, errBoom })
	})
	e := open(t, t.Context(), j, d, awaiting(workflow("Pay"), 0))
	submit[int](t, e, w, runtime.ID("x"))
	<-s.began
	s.began <- struct{}{}
	drained := make(chan error)
	go func() { drained <- e.Drain(t.Context()) }()
	refused(t, e, w)
	if err := runtime.Send(t.Context(), e, &paid, payment{"o1", 3}); err != nil {
		t.Error(err)
	}
	close(s.end)
	quick(t, func() error { return <-drained })
	if !slices.Equal(s.lines, []string{"undo charge.undo"}) {
		t.Errorf("called were %v", s.lines)
	}
	charge = intTask("charge")
	e = open(t, t.Context(), j, d, awaiting(workflow("Pay"), 0))
	again, err := e.Run(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := result(t, again); err == nil || !strings.Contains(err.Error(), "boom") || strings.Contains(err.Error(), "interrupted") {
		t.Errorf("got %v", err)
	}
	if !slices.Equal(s.lines, []string{"undo charge.undo", "undo notify.undo"}) {
		t.Errorf("called were %v", s.lines)
	}
}

// refused waits until an engine that is being drained takes no execution any more.
func refused(t *testing.T, e *runtime.Engine, w *runtime.Workflow) {
	t.Helper()
	for range 1000 {
		_, err := e.Submit(t.Context(), "Pay", nil)
		if errors.Is(err, runtime.ErrClosed) {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("it takes executions")
}

// Who waits doesn't hold a drain up, for whatever it is: and goes on afterwards.
func TestDrainWaits(t *testing.T) {
	nap, fast := step("nap"), 500*time.Millisecond
	retried := &runtime.Task[int]{Step: step("retried")}
	retried.Retry = &runtime.Retry{Times: 5, Min: time.Hour, Max: time.Hour}
	approval := step("ok")
	list := []*runtime.Definition{
		awaiting(workflow("Pay"), 0),
		define(workflow("Long"), func(f *runtime.Frame) (int, error) { return 0, f.Wait(&nap, time.Hour) }),
		define(workflow("Short"), func(f *runtime.Frame) (int, error) { return 1, f.Wait(&nap, fast) }),
		define(workflow("Again"), func(f *runtime.Frame) (int, error) {
			return runtime.Call0(f, retried, func(context.Context) (int, error) { return 0, errBoom })
		}),
		define(workflow("Ask"), func(f *runtime.Frame) (int, error) {
			_, err := f.Approve(&approval, "well?", "", 0)
			return 0, err
		}),
	}
	j := memory.New()
	e := open(t, t.Context(), j, list...)
	for _, d := range list {
		if _, err := e.Submit(t.Context(), d.Name(), nil, runtime.ID(d.Name())); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"Pay", "Long", "Ask", "Again"} {
		until(t, e, name, runtime.StatusWaiting)
	}
	if err := e.Pause(t.Context(), "Long"); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	quick(t, func() error { return e.Drain(t.Context()) })
	if took := time.Since(began); took >= fast {
		t.Errorf("it took %v", took)
	}
	e = open(t, t.Context(), j, list...)
	until(t, e, "Short", runtime.StatusSucceeded)
	for name, want := range map[string]runtime.Status{
		"Pay": runtime.StatusWaiting, "Long": runtime.StatusPaused, "Ask": runtime.StatusWaiting, "Again": runtime.StatusWaiting,
	} {
		until(t, e, name, want)
	}
}

// A drain that is out of time says what ran, and closes as Close does.
func TestDrainOutOfTime(t *testing.T) {
	w, s, j := workflow("Mail"), newSlow(), memory.New()
	mail := task("mail")
	mail.Tool = "Mail"
	d := define(w, func(f *runtime.Frame) (int, error) {
		return 7, runtime.Run0(f, mail, func(ctx context.Context) error { return s.call(ctx, "mail") })
	})
	e := open(t, t.Context(), j, d)
	var want []runtime.RunningStep
	for i := range 12 {
		id := fmt.Sprintf("x%02d", i)
		submit[int](t, e, w, runtime.ID(id))
		<-s.began
		want = append(want, runtime.RunningStep{Execution: id, Step: "mail", Tool: "Mail", Attempt: 1})
	}
	ctx, cancel := context.WithTimeoutCause(t.Context(), 10*time.Millisecond, errors.New("30s are over"))
	defer cancel()
	err := e.Drain(ctx)
	late := new(runtime.DrainError)
	if !errors.As(err, &late) || !slices.Equal(late.Running, want) {
		t.Fatalf("got %#v", err)
	}
	text := err.Error()
	if !strings.HasPrefix(text, "the engine closed with tools still running (30s are over): Mail at mail of execution x00, Mail") || !strings.HasSuffix(text, "x09, and 2 more") {
		t.Error(text)
	}
	again, err := open(t, t.Context(), j, d).Run(t.Context(), "x00")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := result(t, again); err == nil || !strings.Contains(err.Error(), "interrupted") {
		t.Errorf("got %v", err)
	}
}

// A cancellation that comes during a drain ends what runs, and its undos are for the next
// engine.
func TestDrainCancelled(t *testing.T) {
	w, s, j := workflow("Order"), newSlow(), memory.New()
	charge, refund, ship := intTask("charge"), step("charge.undo"), task("ship")
	d := define(w, func(f *runtime.Frame) (int, error) {
		n, err := runtime.Call0(f, charge, func(context.Context) (int, error) { return 1, nil })
		if err != nil {
			return 0, err
		}
		f.Owe(&refund, func(ctx context.Context) error { s.world.call(ctx, "refund"); return nil }, n)
		return 0, runtime.Run0(f, ship, func(ctx context.Context) error { return s.call(ctx, "ship") })
	})
	e := open(t, t.Context(), j, d, awaiting(workflow("Pay"), 0))
	submit[int](t, e, w, runtime.ID("x"))
	<-s.began
	drained := make(chan error)
	go func() { drained <- e.Drain(t.Context()) }()
	refused(t, e, w)
	if err := e.Cancel(t.Context(), "x", "too late"); err != nil {
		t.Fatal(err)
	}
	quick(t, func() error { return <-drained })
	if !slices.Equal(s.lines, []string{"ship"}) {
		t.Errorf("called were %v", s.lines)
	}
	until(t, open(t, t.Context(), j, d), "x", runtime.StatusCancelled)
	if !slices.Equal(s.lines, []string{"ship", "refund"}) {
		t.Errorf("called were %v", s.lines)
	}
}

// Executions that are being replayed when a drain begins don't hold it up, and lose
// nothing.
func TestDrainReplay(t *testing.T) {
	w, j := workflow("Add"), memory.New()
	world := new(world)
	e := open(t, t.Context(), j, adder(w, world))
	for i := range 50 {
		submit[int](t, e, w, runtime.ID(fmt.Sprint(i)))
	}
	for range 20 {
		quick(t, func() error { return e.Drain(t.Context()) })
		e = open(t, t.Context(), j, adder(w, world))
	}
	for i := range 50 {
		until(t, e, fmt.Sprint(i), runtime.StatusSucceeded)
		executionIn(t, j, fmt.Sprint(i), func(r journal.Record) {
			if r.Kind == journal.Failed {
				t.Errorf("%d: %s", i, r.Data)
			}
		})
	}
}

// readSlowly is a journal that tells when records are read, and gives them when it may.
type readSlowly struct {
	*memory.Journal
	reads, may chan struct{} // nil where it is as fast as any
}

func (j *readSlowly) View(ctx context.Context, do func(journal.Tx) error) error {
	return j.Journal.View(ctx, func(tx journal.Tx) error { return do(slowTx{tx, j}) })
}

type slowTx struct {
	journal.Tx
	*readSlowly
}

func (tx slowTx) Records(id string, after, limit int) ([]journal.Record, error) {
	if tx.reads != nil {
		tx.reads <- struct{}{}
		<-tx.may
	}
	return tx.Tx.Records(id, after, limit)
}

// An execution that is being read when a drain begins isn't gone through.
func TestDrainReading(t *testing.T) {
	w, rounds := workflow("Heavy"), atomic.Int64{}
	j := &readSlowly{Journal: memory.New()}
	e := open(t, t.Context(), j, define(w, func(f *runtime.Frame) (float64, error) {
		rounds.Add(1)
		return await(f, "p", "o1")
	}))
	submit[float64](t, e, w, runtime.ID("x"))
	until(t, e, "x", runtime.StatusWaiting)
	j.reads, j.may = make(chan struct{}), make(chan struct{})
	if err := runtime.Send(t.Context(), e, &paid, payment{"o1", 3}); err != nil {
		t.Fatal(err)
	}
	<-j.reads
	drained := make(chan error)
	go func() { drained <- e.Drain(t.Context()) }()
	for {
		_, err := runtime.Submit[float64](t.Context(), e, w, struct{}{}, runtime.ID("x"))
		if errors.Is(err, runtime.ErrClosed) {
			break
		}
	}
	time.Sleep(20 * time.Millisecond) // until its session knows
	close(j.may)
	if err := <-drained; err != nil {
		t.Fatal(err)
	}
	if n := rounds.Load(); n != 1 {
		t.Errorf("it was gone through %d times", n)
	}
}

// TestDrainExpression: an expression that takes long doesn't hold up a drain. What is
// recorded before it stays, and the next engine computes it.
func TestDrainExpression(t *testing.T) {
	w, j := workflow("Work"), memory.New()
	var world world
	began, done := make(chan struct{}, 2), new(atomic.Bool)
	work := define(w, func(f *runtime.Frame) (int, error) {
		if _, err := runtime.Call0(f, &runtime.Task[int]{Step: step("a")}, func(ctx context.Context) (int, error) { return world.call(ctx, "a"), nil }); err != nil {
			return 0, err
		}
		began <- struct{}{}
		for !done.Load() {
			f.CheckStopped()
			time.Sleep(time.Millisecond)
		}
		return 2, nil
	})
	e := open(t, t.Context(), j, work)
	id := submit[int](t, e, w).ID()
	<-began
	quick(t, func() error { return e.Drain(t.Context()) })

	e = open(t, t.Context(), j, work)
	<-began
	done.Store(true)
	r, err := e.Run(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := result(t, r); n != any(float64(2)) || err != nil {
		t.Errorf("got %v, %v", n, err)
	}
	if len(world.calls) != 1 {
		t.Errorf("calls: %v", world.calls)
	}
}

// TestDrainInput: nor does the look at an input hold a drain up.
func TestDrainInput(t *testing.T) {
	w := workflow("Look")
	began := make(chan struct{})
	e := open(t, t.Context(), memory.New(), define(w, func(f *runtime.Frame) (int, error) {
		close(began)
		for c := f.NewCheck(); ; time.Sleep(time.Millisecond) {
			c.CheckStopped()
		}
	}))
	submit[int](t, e, w)
	<-began
	quick(t, func() error { return e.Drain(t.Context()) })
}

// TestDrainReplays: what is amid its records when a drain begins isn't held for what it
// hasn't come to.
func TestDrainReplays(t *testing.T) {
	w, j := workflow("Work"), memory.New()
	var working atomic.Bool
	var began atomic.Int64
	work := define(w, func(f *runtime.Frame) (int, error) {
		for began.Add(1); working.Load(); time.Sleep(time.Millisecond) {
			f.CheckStopped()
		}
		one := func(context.Context) (int, error) { return 1, nil }
		if _, err := runtime.Call0(f, &runtime.Task[int]{Step: step("a")}, one); err != nil {
			return 0, err
		}
		nap := step("nap")
		return 2, f.Wait(&nap, 1100*time.Millisecond)
	})
	e := open(t, t.Context(), j, work)
	var ids []string
	for range 500 {
		ids = append(ids, submit[int](t, e, w).ID())
	}
	for _, id := range ids {
		until(t, e, id, runtime.StatusWaiting)
	}
	e.Close()
	working.Store(true)
	began.Store(0)
	time.Sleep(1100 * time.Millisecond)

	e = open(t, t.Context(), j, work)
	for began.Load() < int64(len(ids)) {
		time.Sleep(time.Millisecond)
	}
	quick(t, func() error { return e.Drain(t.Context()) })
	held := 0
	e = open(t, t.Context(), j)
	for _, id := range ids {
		x, err := e.Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if x.Status == runtime.StatusHeld {
			held++
		}
	}
	if held > 0 {
		t.Errorf("%d of %d are held", held, len(ids))
	}
}
