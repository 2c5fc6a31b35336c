package compiler_test

import (
	"maps"
	"runtime"
	"slices"
	"testing"
)

// maxGrowth is how many times the memory a stage may allocate for a source that is four
// times as long. Tables that double leave some room above four; what grows with the
// square is at sixteen in the end.
const maxGrowth = 5.5

// TestGrowth: what each stage allocates grows with the length of the source, for each
// shape. Allocations are the same on each machine, however busy; what takes time without
// them is for BenchmarkStages to show.
func TestGrowth(t *testing.T) {
	for _, shape := range slices.Sorted(maps.Keys(shapes)) {
		short, long := through(t, shapes[shape](1000)), through(t, shapes[shape](4000))
		for _, stage := range slices.Sorted(maps.Keys(stages)) {
			if stage == "compile" {
				continue // which is all the others
			}
			few, many := allocated(stages[stage], short), allocated(stages[stage], long)
			if growth := float64(many) / float64(few); growth > maxGrowth {
				t.Errorf("%s of %s: %d bytes for 1,000 steps, %d for 4,000: %.1f times", stage, shape, few, many, growth)
			}
		}
	}
}

// allocated is how many bytes a stage allocates, those included that it frees again.
func allocated(stage func(made), m made) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	stage(m)
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
