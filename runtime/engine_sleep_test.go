package runtime_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	gort "runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
	"github.com/wfgen/wfgen/runtime/sqlite"
)

var stress = flag.Duration("stress", 2*time.Second, "how long TestNothingSleeps runs")

// TestNothingSleeps runs executions to which things come side by side, with goroutines that
// yield wherever one may overtake another, on engines that close, drain and open and
// journals that fail now and then, and looks for one that doesn't end.
//
// Executions wait most of the time, and so does who brings what they wait for; what this
// can find is found by how many there are. So several engines run at once: while one
// closes, or looks again for a journal that has failed, the others have the processor.
func TestNothingSleeps(t *testing.T) {
	runtime.SetHandOver(func() {
		switch r := rand.Uint32(); {
		case r%512 == 0:
			time.Sleep(time.Duration(r>>16%100) * time.Microsecond)
		case r%8 == 0:
			gort.Gosched()
		}
	})
	defer runtime.SetHandOver(nil)
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	end, dir := time.Now().Add(*stress), t.TempDir()
	var lanes sync.WaitGroup
	counts := map[string]*atomic.Int64{"memory": {}, "virtual clock": {}, "sqlite": {}}
	for n, name := range []string{"memory", "memory", "memory", "memory", "virtual clock", "virtual clock", "sqlite"} {
		s := &stressed{T: t, name: fmt.Sprint(name, " ", n), kinds: stressing, context: t.Context}
		s.journal = func(int) (journal.Journal, error) { return memory.New(), nil }
		switch name {
		case "virtual clock":
			s.kinds = append(append(s.kinds[:0:0], stressing...), napping...)
			s.context = func() context.Context {
				return runtime.WithClock(t.Context(), runtime.NewVirtualClock(time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)))
			}
		case "sqlite":
			s.journal = func(round int) (journal.Journal, error) {
				return sqlite.Open(fmt.Sprintf("%s/%d.db", dir, round), sqlite.WithDurability(sqlite.ProcessCrash))
			}
		}
		lanes.Go(func() {
			for round := n; time.Now().Before(end) && !t.Failed(); round++ {
				counts[name].Add(int64(s.round(round, end)))
			}
		})
	}
	lanes.Wait()
	for name, n := range counts {
		t.Logf("%s: %d executions", name, n.Load())
	}
}

// stuckAfter is how long something may take that takes milliseconds; the machine may have
// much else to do.
const stuckAfter = 90 * time.Second

// A stressed engine is one that TestNothingSleeps has in hand, one after the other.
type stressed struct {
	*testing.T
	name    string
	kinds   []load
	context func() context.Context // of a round
	journal func(round int) (journal.Journal, error)

	mu     sync.RWMutex // of engine
	engine *runtime.Engine
}

// A flaky journal fails an update in so many, before or after it was made.
type flaky struct {
	journal.Journal
	oneIn atomic.Uint32 // 0 for none
}

func (j *flaky) Update(ctx context.Context, do func(journal.Tx) error) error {
	full := errors.New("the disk is full")
	if n := j.oneIn.Load(); n > 0 && rand.Uint32()%n == 0 {
		if rand.IntN(2) == 0 {
			return full
		}
		return j.Journal.Update(ctx, func(tx journal.Tx) error { return errors.Join(do(tx), full) })
	}
	return j.Journal.Update(ctx, do)
}

func (s *stressed) current() *runtime.Engine {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.engine
}

// round runs executions on a journal of their own, until a time at most, and gives how many.
func (s *stressed) round(round int, end time.Time) int {
	opened, err := s.journal(round)
	if err != nil {
		s.Error(err)
		return 0
	}
	j := &flaky{Journal: opened}
	if round%3 == 1 {
		j.oneIn.Store(500)
	}
	defer j.Close()
	ctx := s.context()
	s.engine = nil
	s.reopen(ctx, j)
	const workers, each = 16, 100
	var all sync.WaitGroup
	var count atomic.Int64
	done := make(chan bool, workers)
	for worker := range workers {
		all.Go(func() {
			for i := 0; i < each && time.Now().Before(end); i++ {
				k := s.kinds[(worker+i)%len(s.kinds)]
				s.execute(fmt.Sprint(worker, "-", i), k)
				count.Add(int64(1 + k.children))
				done <- true
			}
		})
	}
	go func() { all.Wait(); close(done) }()
	for left := rand.IntN(100); ; left-- {
		if _, more := <-done; !more {
			break
		}
		if left <= 0 {
			s.reopen(ctx, j)
			left = rand.IntN(200)
		}
	}
	j.oneIn.Store(0)
	s.awaitAll()
	s.engine.Close()
	return int(count.Load())
}

// reopen closes the engine, or drains it, and opens the next one.
func (s *stressed) reopen(ctx context.Context, j journal.Journal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.engine == nil:
	case rand.IntN(3) == 0:
		if err := s.engine.Drain(s.Context()); err != nil {
			s.Error(err)
		}
	default:
		s.engine.Close()
	}
	list := []*runtime.Definition{launched}
	for _, c := range s.kinds {
		list = append(list, c.Definition)
	}
	for {
		e, err := runtime.Open(ctx, j, runtime.NewRegistry("{}", list...))
		if s.engine = e; err == nil {
			return
		}
	}
}

// loiter lets others go first, or not.
func loiter() {
	switch r := rand.IntN(16); {
	case r < 2:
		time.Sleep(time.Duration(rand.IntN(1000)) * time.Microsecond)
	case r < 8:
		for range rand.IntN(8) {
			gort.Gosched()
		}
	}
}

// execute submits an execution, and has come what it waits for, side by side.
func (s *stressed) execute(id string, c load) {
	again := func(do func() error) {
		for began, n := time.Now(), 1; ; n++ {
			err := do()
			if err == nil || s.Failed() {
				return
			}
			if time.Since(began) > stuckAfter {
				s.stuck(id, err)
				return
			}
			time.Sleep(time.Duration(rand.IntN(100*min(n, 20))) * time.Microsecond)
		}
	}
	start := func() {
		again(func() error {
			_, err := runtime.Submit[runtime.None](s.Context(), s.current(), c.Workflow, order{id}, runtime.ID(id))
			return err
		})
	}
	var side sync.WaitGroup
	if rand.IntN(4) > 0 {
		start()
	} else {
		side.Go(start)
	}
	loiter()
	for i, come := range c.come {
		comes := func() {
			loiter()
			again(func() error { return come(s, id) })
		}
		if i < len(c.come)-1 {
			side.Go(comes)
		} else {
			comes()
		}
	}
	side.Wait()
}

// stuck tells of an execution that doesn't go on, with what is recorded of it.
func (s *stressed) stuck(id string, err error) {
	e := s.current()
	x, _ := e.Get(s.Context(), id)
	if x == nil {
		s.Errorf("%s: %s isn't there: %v", s.name, id, err)
		return
	}
	records, _ := e.History(s.Context(), id, 0, 0)
	s.Errorf("%s: %s %s is %s, wakes %v, has seen %d; %s %v\n%s", s.name, x.Workflow, id, x.Status, x.Wake, x.Seen, x.Error, err, show(records))
}

// awaitAll waits until all executions have ended.
func (s *stressed) awaitAll() {
	for began := time.Now(); ; time.Sleep(2 * time.Millisecond) {
		open, err := s.engine.List(s.Context(), journal.Query{Limit: 20, Status: journal.Unfinished()})
		if err != nil {
			s.Error(err)
		}
		late := time.Since(began) > stuckAfter
		for _, x := range open {
			switch {
			case late:
				s.stuck(x.ID, nil)
			case x.Status == journal.StatusPaused: // its Resume came before its Pause
				_ = s.engine.Resume(s.Context(), x.ID)
			}
		}
		if len(open) == 0 || late || s.Failed() {
			return
		}
	}
}
