package runtime

import (
	"flag"
	"testing"
)

var (
	events      = flag.Int("events", 3, "how many things from outside TestPhases goes through all orders of")
	whole       = flag.Bool("whole", false, "whether TestPhases goes without reductions")
	wholeEvents = flag.Int("whole-events", 2, "how many things TestPhasesReduced goes through all orders of without reductions")
)

// TestPhases goes through all orders in which an execution's goroutines, the writer, the
// engine's timer and up to -events messages, answers, times, pauses, cancels, closes, drains
// and failed writes can take turns, with the function that the engine parks and wakes by,
// around which a model stands for the rest: a journal, a queue of units, batches that are
// stored or fail, and workflows that wait for two things. Wherever nothing moves any more,
// nothing may be left that could go on. Each event more makes it eight times as many states:
// 1.5 million with 3, 12 million with 4.
func TestPhases(t *testing.T) {
	for _, p := range programs {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			x := explorer{program: p, next: standing.next, whole: *whole}
			if found := x.explore(*events); found != "" {
				t.Error(found)
			}
			t.Logf("%d states", x.seen.used)
		})
	}
}

// TestPhasesReduced holds the reductions to leaving nothing out: an execution comes to rest
// in the same states with them as without.
func TestPhasesReduced(t *testing.T) {
	for _, p := range programs {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			var rests [2]map[world]bool
			for i, whole := range []bool{false, true} {
				rests[i] = map[world]bool{}
				x := explorer{program: p, next: standing.next, whole: whole}
				x.rests = func(w *world) {
					n := *w
					x.reduce(&n)
					rests[i][n] = true
				}
				if found := x.explore(*wholeEvents); found != "" {
					t.Fatal(found)
				}
			}
			for w := range rests[1] {
				if !rests[0][w] {
					t.Fatalf("with reductions this isn't come to:\n%+v", w)
				}
			}
			for w := range rests[0] {
				if !rests[1][w] {
					t.Fatalf("without reductions this isn't come to:\n%+v", w)
				}
			}
			t.Logf("%d states in which nothing moves", len(rests[0]))
		})
	}
}
