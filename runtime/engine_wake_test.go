package runtime_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	gort "runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
	"github.com/wfgen/wfgen/runtime/sqlite"
)

// await is the step that waits for a payment to an order.
func await(f *runtime.Frame, id, order string) (float64, error) {
	p, err := runtime.Await(f, &runtime.Task[payment]{Step: runtime.Step{ID: id, At: "test.wf:2:3"}}, &paid, 0, order)
	return p.Amount, err
}

// TestUnseenGoesOn: an execution that a journal has as waiting, and whose records say that
// it can go on, goes on when the journal is opened. A release that lost wakes has left
// such ones behind.
func TestUnseenGoesOn(t *testing.T) {
	w := workflow("Both")
	def := define(w, func(f *runtime.Frame) (float64, error) {
		var got [2]float64
		err := runtime.Parallel(f, 2, func(f *runtime.Frame, i int) (err error) {
			got[i], err = await(f, fmt.Sprint("p", i), fmt.Sprint("o", i))
			return err
		})
		return got[0] + got[1], err
	})
	for name, wake := range map[string]time.Time{"never": {}, "later": time.Now().Add(time.Hour)} {
		j := memory.New()
		err := j.Update(t.Context(), func(tx journal.Tx) error {
			x := &journal.Execution{ID: "x", Workflow: w.Name, Version: 1, Input: []byte("{}"), Created: time.Now()}
			x.State = journal.State{Status: journal.StatusWaiting, Generation: 1, Wake: wake}
			return errors.Join(tx.Create(x), tx.Append("x", []journal.Record{
				{N: 1, Kind: journal.Waiting, Step: "p0", Data: []byte(`{"address":"event:Paid[\"o0\"]"}`)},
				{N: 2, Kind: journal.Waiting, Step: "p1", Data: []byte(`{"address":"event:Paid[\"o1\"]"}`)},
				{N: 3, Kind: journal.Done, Step: "p0", Data: []byte(`{"order":"o0","amount":3}`)},
				{N: 4, Kind: journal.Done, Step: "p1", Data: []byte(`{"order":"o1","amount":4}`)},
			}))
		})
		if err != nil {
			t.Fatal(err)
		}
		e := open(t, t.Context(), j, def)
		r, err := e.Run(t.Context(), "x")
		if err != nil {
			t.Fatal(err)
		}
		if v, err := result(t, r); v != 7.0 || err != nil {
			t.Errorf("%s: got %v, %v", name, v, err)
		}
	}
}

// An unsteady journal fails some of its updates.
type unsteady struct {
	journal.Journal
	updates  atomic.Int64
	from, to int64 // which fail, counted from 1
}

func (j *unsteady) Update(ctx context.Context, do func(journal.Tx) error) error {
	if n := j.updates.Add(1); n >= j.from && n < j.to {
		return errors.New("the disk is full")
	}
	return j.Journal.Update(ctx, do)
}

// TestOneWriteFails has each write of an execution fail in its turn, and a few after it:
// who waits is told or gets the result, and the execution goes on by itself.
func TestOneWriteFails(t *testing.T) {
	w, child := workflow("Main"), workflow("Child")
	nap, ask, long, launch := step("nap"), step("ok"), step("long"), step("launch")
	kid := define(child, func(f *runtime.Frame) (int, error) { return 5, f.Wait(&long, 20*time.Minute) })
	main := define(w, func(f *runtime.Frame) (float64, error) {
		if err := f.Wait(&nap, 10*time.Minute); err != nil {
			return 0, err
		}
		id, err := f.Launch(&launch, child, struct{}{})
		if err != nil {
			return 0, err
		}
		var got [2]float64
		err = runtime.Chains(f, func(f *runtime.Frame) (err error) {
			got[0], err = await(f, "p", "o1")
			return err
		}, func(f *runtime.Frame) (err error) {
			_, err = f.Approve(&ask, "Well?", "", 0)
			return err
		})
		if err != nil {
			return 0, err
		}
		n, err := runtime.AwaitRun(f, &runtime.Task[int]{Step: runtime.Step{ID: "end", At: "test.wf:2:3"}}, id, 0)
		return got[0] + float64(n), err
	})
	for _, length := range []int64{1, 3} {
		reached := false
		for from := int64(1); !reached; from++ {
			if from > 60 {
				t.Fatal("it has no end")
			}
			ctx, _ := virtual(t)
			j := &unsteady{Journal: memory.New(), from: from + 1, to: from + 1 + length} // the first is the engine's
			e := open(t, ctx, j, main, kid)
			again := func(do func() error) {
				t.Helper()
				for limit := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
					err := do()
					if err == nil {
						return
					}
					if time.Now().After(limit) {
						t.Fatalf("update %d: %v\n%s", from, err, history(t, e, "x"))
					}
				}
			}
			var r *runtime.Run[float64]
			again(func() (err error) {
				r, err = runtime.Submit[float64](t.Context(), e, w, struct{}{}, runtime.ID("x"))
				return err
			})
			again(func() error {
				return runtime.Send(t.Context(), e, &paid, payment{"o1", 2}, runtime.MessageID("m"))
			})
			again(func() error {
				err := e.Answer(t.Context(), "x", "ok", runtime.Answer{By: "ann"})
				if err != nil && strings.Contains(err.Error(), "was answered") {
					return nil
				}
				return err
			})
			again(func() (err error) {
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				v, err := r.Result(ctx)
				if store := new(runtime.StoreError); err != nil && !errors.As(err, &store) {
					t.Fatalf("update %d: %v\n%s", from, err, history(t, e, "x"))
				}
				if err != nil {
					r, err = runtime.Submit[float64](t.Context(), e, w, struct{}{}, runtime.ID("x"))
					return errors.Join(err, errors.New("once more"))
				}
				if v != 7 {
					t.Errorf("update %d: got %v", from, v)
				}
				return nil
			})
			reached = j.updates.Load() < j.from
			e.Close()
		}
	}
}

// TestLostIsTold: who waits for an execution by its id, while it can't be stored, gets the
// error, and it goes on when the journal can.
func TestLostIsTold(t *testing.T) {
	w := workflow("Pay")
	j := &unsteady{Journal: memory.New()}
	e := open(t, t.Context(), j, awaiting(w, 0))
	submit[float64](t, e, w, runtime.ID("x"))
	until(t, e, "x", runtime.StatusWaiting)
	r, err := e.Run(t.Context(), "x")
	if err != nil {
		t.Fatal(err)
	}
	n := j.updates.Load()
	j.from, j.to = n+2, n+4 // what the payment leads to
	if err := runtime.Send(t.Context(), e, &paid, payment{"o1", 3}); err != nil {
		t.Fatal(err)
	}
	_, err = result(t, r)
	if store := new(runtime.StoreError); err != nil && !errors.As(err, &store) {
		t.Errorf("got %v", err)
	}
	for range 5 {
		if v, err := result(t, r); err == nil {
			if v != 3.0 {
				t.Errorf("got %v", v)
			}
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
	t.Error("it doesn't go on")
}

var stress = flag.Duration("stress", 2*time.Second, "how long TestNothingSleeps runs on each journal")

// TestNothingSleeps runs executions to which things come side by side, with goroutines that
// yield wherever one may overtake another, on engines that close and open and journals
// that fail now and then, and looks for one that doesn't end.
func TestNothingSleeps(t *testing.T) {
	runtime.SetHandOver(func() {
		switch rand.Uint32() % 64 {
		case 0:
			time.Sleep(time.Duration(rand.Uint32()%50) * time.Microsecond)
		case 1, 2, 3, 4, 5, 6, 7, 8:
			gort.Gosched()
		}
	})
	defer runtime.SetHandOver(nil)
	t.Run("memory", func(t *testing.T) {
		s := &stressed{T: t, journal: func() journal.Journal { return memory.New() }}
		s.run(*stress)
	})
	t.Run("sqlite", func(t *testing.T) {
		dir, n := t.TempDir(), 0
		s := &stressed{T: t, journal: func() journal.Journal {
			n++
			j, err := sqlite.Open(fmt.Sprintf("%s/%d.db", dir, n), sqlite.WithDurability(sqlite.ProcessCrash))
			if err != nil {
				t.Fatal(err)
			}
			return j
		}}
		s.run(*stress / 4)
	})
}

// A stressed engine is one that TestNothingSleeps has in hand.
type stressed struct {
	*testing.T
	journal func() journal.Journal
	count   int

	mu     sync.RWMutex // of engine
	engine *runtime.Engine
}

// A flaky journal fails an update in so many.
type flaky struct {
	journal.Journal
	oneIn atomic.Uint32 // 0 for none
}

func (j *flaky) Update(ctx context.Context, do func(journal.Tx) error) error {
	if n := j.oneIn.Load(); n > 0 && rand.Uint32()%n == 0 {
		return errors.New("the disk is full")
	}
	return j.Journal.Update(ctx, do)
}

// An order is an execution's input: which it is.
type order struct {
	ID string `json:"id"`
}

// ordered defines a workflow of orders that waits for things side by side.
func ordered(name string, body func(f *runtime.Frame, id string) error) *runtime.Definition {
	w := workflow(name)
	return runtime.Define(runtime.Definition{Workflow: w}, func(ctx context.Context, in order) (v runtime.None, err error) {
		f := runtime.Start(ctx, w)
		defer runtime.End(f, &v, &err)
		return v, body(f, in.ID)
	})
}

var launched = ordered("Launched", func(f *runtime.Frame, id string) error {
	_, err := await(f, "p", id)
	return err
})

// stressing are workflows, and what has to come for each of them.
var stressing = []struct {
	*runtime.Definition
	come []func(s *stressed, id string) error
}{
	{ordered("Both", func(f *runtime.Frame, id string) error {
		return runtime.Parallel(f, 2, func(f *runtime.Frame, i int) error {
			_, err := await(f, fmt.Sprint("p", i), fmt.Sprint(id, "/", i))
			return err
		})
	}), []func(*stressed, string) error{pays("/0"), pays("/1")}},
	{ordered("Asks", func(f *runtime.Frame, id string) error {
		return runtime.Parallel(f, 2, func(f *runtime.Frame, i int) error {
			ask := step(fmt.Sprint("ok", i))
			_, err := f.Approve(&ask, "Well?", "", 0)
			return err
		})
	}), []func(*stressed, string) error{answers("ok0"), answers("ok1")}},
	{ordered("Then", func(f *runtime.Frame, id string) error {
		if _, err := await(f, "p", id+"/0"); err != nil {
			return err
		}
		ask := step("ok")
		_, err := f.Approve(&ask, "Well?", "", 0)
		return err
	}), []func(*stressed, string) error{answers("ok"), pays("/0"), pauses}},
	{ordered("One", func(f *runtime.Frame, id string) error {
		_, err := await(f, "p", id+"/0")
		return err
	}), []func(*stressed, string) error{pays("/0"), pauses}},
	{ordered("Runs", func(f *runtime.Frame, id string) error {
		return runtime.Parallel(f, 2, func(f *runtime.Frame, i int) error {
			launch, key := step(fmt.Sprint("start", i)), fmt.Sprint(id, "/", i)
			child, err := f.Launch(&launch, launched.Workflow, order{key})
			if err != nil {
				return err
			}
			_, err = runtime.AwaitRun(f, &runtime.Task[runtime.None]{Step: runtime.Step{ID: fmt.Sprint("end", i), At: "test.wf:2:3"}}, child, 0)
			return err
		})
	}), []func(*stressed, string) error{pays("/0"), pays("/1")}},
}

func pays(key string) func(*stressed, string) error {
	return func(s *stressed, id string) error {
		return runtime.Send(s.Context(), s.current(), &paid, payment{id + key, 1}, runtime.MessageID(id+key))
	}
}

func answers(step string) func(*stressed, string) error {
	return func(s *stressed, id string) error {
		err := s.current().Answer(s.Context(), id, step, runtime.Answer{By: "ann"})
		if err != nil && strings.Contains(err.Error(), "was answered") {
			return nil
		}
		return err
	}
}

func pauses(s *stressed, id string) error {
	_ = s.current().Pause(s.Context(), id) // it may have ended
	err := s.current().Resume(s.Context(), id)
	if store := new(runtime.StoreError); errors.Is(err, runtime.ErrClosed) || errors.As(err, &store) {
		return err
	}
	return nil
}

func (s *stressed) current() *runtime.Engine {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.engine
}

// run runs rounds, each on a journal of its own.
func (s *stressed) run(long time.Duration) {
	for end, round := time.Now().Add(long), 0; time.Now().Before(end) && !s.Failed(); round++ {
		s.round(round)
	}
	s.Logf("%d executions, none of them stuck", s.count)
}

func (s *stressed) round(round int) {
	j := &flaky{Journal: s.journal()}
	if round%2 == 1 {
		j.oneIn.Store(500)
	}
	defer j.Close()
	reopen := func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.engine != nil {
			s.engine.Close()
		}
		for {
			list := []*runtime.Definition{launched}
			for _, c := range stressing {
				list = append(list, c.Definition)
			}
			e, err := runtime.Open(s.Context(), j, runtime.NewRegistry("{}", list...))
			if s.engine = e; err == nil {
				return
			}
		}
	}
	s.engine = nil
	reopen()
	const workers, each = 24, 50
	var all sync.WaitGroup
	for worker := range workers {
		all.Go(func() {
			for i := range each {
				s.execute(fmt.Sprint(worker, "-", i), (worker+i)%len(stressing))
			}
		})
	}
	over := make(chan bool)
	go func() { all.Wait(); close(over) }()
	for open := true; open; {
		select {
		case <-over:
			open = false
		case <-time.After(time.Duration(5+rand.IntN(40)) * time.Millisecond):
			reopen()
		}
	}
	j.oneIn.Store(0)
	s.awaitAll()
	s.engine.Close()
	s.count += workers * each
}

// execute submits an execution, and has come what it waits for, side by side.
func (s *stressed) execute(id string, kind int) {
	c := stressing[kind]
	again := func(do func() error) {
		for do() != nil {
			time.Sleep(time.Duration(rand.IntN(300)) * time.Microsecond)
		}
	}
	start := func() {
		again(func() error {
			_, err := runtime.Submit[runtime.None](s.Context(), s.current(), c.Workflow, order{id}, runtime.ID(id))
			return err
		})
	}
	var side sync.WaitGroup
	if rand.IntN(2) == 0 {
		start()
	} else {
		side.Go(start)
	}
	if rand.IntN(2) == 0 {
		time.Sleep(time.Duration(rand.IntN(2000)) * time.Microsecond)
	}
	for _, come := range c.come {
		side.Go(func() {
			time.Sleep(time.Duration(rand.IntN(300)) * time.Microsecond)
			again(func() error { return come(s, id) })
		})
	}
	side.Wait()
}

// awaitAll waits until all executions have ended.
func (s *stressed) awaitAll() {
	var open []*journal.Execution
	for limit := time.Now().Add(60 * time.Second); time.Now().Before(limit); time.Sleep(5 * time.Millisecond) {
		list, err := s.engine.List(s.Context(), journal.Query{Limit: 100, Status: []journal.Status{
			journal.StatusRunning, journal.StatusWaiting, journal.StatusPaused, journal.StatusHeld,
		}})
		if open = list; err != nil {
			s.Fatal(err)
		}
		if len(open) == 0 {
			return
		}
		for _, x := range open {
			if x.Status == journal.StatusPaused { // its Resume came before its Pause
				_ = s.engine.Resume(s.Context(), x.ID)
			}
		}
	}
	for _, x := range open {
		s.Errorf("%s %s is %s, wakes %v %s\n%s", x.Workflow, x.ID, x.Status, x.Wake, x.Error, history(s.T, s.engine, x.ID))
	}
}
