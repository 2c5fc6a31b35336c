package docs

import (
	"flag"
	"fmt"
	goruntime "runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wfgen/wfgen/compiler"
	"github.com/wfgen/wfgen/internal/wftest"
	"github.com/wfgen/wfgen/plan"
)

var times = flag.Int("times", 2, "how often TestSameEachTime runs each test")

// TestSameEachTime runs each test of the examples and of the documents again and again,
// with crashes and without; where it is more than a few times, on a machine that has more to
// do than it can. Each time has to fail at the same places, if at all, after the same time
// by the virtual clock: a test that fails by chance is believed no more when it fails for a
// reason. One with crashes fails where the workflow makes something else of a call that is
// Interrupted.
func TestSameEachTime(t *testing.T) {
	var done atomic.Bool
	var busy sync.WaitGroup
	for range min(goruntime.GOMAXPROCS(0), *times/10) {
		busy.Go(func() {
			for !done.Load() {
			}
		})
	}
	defer busy.Wait()
	defer done.Store(true)

	var runs, crashes atomic.Int64
	room := make(chan struct{}, 4*goruntime.GOMAXPROCS(0))
	var all sync.WaitGroup
	for name, program := range tested(t) {
		for _, test := range program.Tests {
			for _, crash := range []bool{false, true} {
				first := wftest.Run(program, test, wftest.Options{Limit: time.Minute, Crash: crash})
				for range *times - 1 {
					room <- struct{}{}
					all.Go(func() {
						defer func() { <-room }()
						r := wftest.Run(program, test, wftest.Options{Limit: 10 * time.Minute, Crash: crash})
						runs.Add(1)
						if r.Crash != nil {
							crashes.Add(int64(r.Crash.Points))
						}
						if got, want := outcome(r), outcome(first); got != want {
							t.Errorf("%s:%d: %s: it %s, and first it %s (crashes: %t)", name, test.Pos.Line, test.Name, got, want, r.Crash != nil)
						}
					})
				}
			}
		}
	}
	all.Wait()
	t.Logf("%d runs, %d crashes", runs.Load(), crashes.Load())
	if crashes.Load() == 0 {
		t.Error("no test has crashed")
	}
}

// outcome says how a test went, without what depends on how much was stored at once.
func outcome(r wftest.Result) string {
	places := ""
	for _, f := range r.Failures {
		places += fmt.Sprintf("fails at line %d, ", f.Pos.Line)
	}
	return fmt.Sprintf("%sends after %s", places, r.Took)
}

// tested are the programs of the examples and of the documents, by where they are.
func tested(t *testing.T) map[string]*plan.Program {
	t.Helper()
	programs := map[string]*plan.Program{}
	packages, err := new(compiler.Workspace).Snapshot(nil).Packages(t.Context(), []string{"../examples/..."})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range packages {
		programs[p.Dir] = plan.Unbound(p.Program())
	}
	n := 0
	for path, source := range examples(t) {
		if p := compile(t, path, source); p != nil {
			n++
			programs[fmt.Sprintf("%s (example %d)", path, n)] = plan.Unbound(p.Program())
		}
	}
	return programs
}
