package pure

import (
	"math"
	"reflect"
	"testing"
	"testing/quick"
	"time"
)

// same checks a list, a map or the like; nil isn't empty.
func same(t *testing.T, call string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s = %#v, want %#v", call, got, want)
	}
}

var someInts = []int{3, 1, 2, 3, 1}

func TestElements(t *testing.T) {
	equal(t, "At", At(someInts, 4, here), 1)
	equal(t, "First", First(someInts, here), 3)
	equal(t, "Last", Last(someInts, here), 1)
	wantFault(t, "index 5 is out of range of a list of length 5", func() { At(someInts, 5, here) })
	wantFault(t, "index -1 is out of range of a list of length 0", func() { At([]int{}, -1, here) })
	wantFault(t, "first of an empty list", func() { First([]int(nil), here) })
	wantFault(t, "last of an empty list", func() { Last([]int{}, here) })
}

func TestSlice(t *testing.T) {
	same(t, "Slice", Slice(someInts, 1, 3, here), []int{1, 2})
	same(t, "Slice", Slice(someInts, 5, 5, here), []int{})
	same(t, "Slice of nil", Slice([]int(nil), 0, 0, here), []int{})
	if part := Slice(someInts, 1, 3, here); cap(part) != 2 {
		t.Errorf("cap is %d: appending would overwrite", cap(part))
	}
	wantFault(t, "slice bounds [2:6] are out of range of a list of length 5", func() { Slice(someInts, 2, 6, here) })
	wantFault(t, "slice bounds [3:2] are out of range of a list of length 5", func() { Slice(someInts, 3, 2, here) })
	wantFault(t, "slice bounds [-1:2] are out of range of a list of length 5", func() { Slice(someInts, -1, 2, here) })
}

func TestNewLists(t *testing.T) {
	before := Concat(someInts, nil, "")
	same(t, "Concat", Concat(someInts[:2], someInts[2:4], ""), []int{3, 1, 2, 3})
	same(t, "Append", Append("", someInts[:2], 7, 8), []int{3, 1, 7, 8})
	same(t, "Reverse", Reverse(someInts), []int{1, 3, 2, 1, 3})
	same(t, "Unique", Unique(someInts), []int{3, 1, 2})
	same(t, "Sort", Sort(someInts), []int{1, 1, 2, 3, 3})
	same(t, "Present", Present([]*int{Some(1), nil, Some(2)}), []int{1, 2})
	same(t, "someInts afterwards", someInts, before)
	for call, got := range map[string][]int{
		"Concat": Concat[int](nil, nil, ""), "Append": Append("", []int(nil)), "Reverse": Reverse([]int(nil)),
		"Unique": Unique([]int(nil)), "Sort": Sort([]int(nil)), "Present": Present([]*int{nil}),
		"SortBy": SortBy(nil, func(x int) int { return x }), "Range": Range(-3, here),
	} {
		same(t, call+" of nothing", got, []int{})
	}
}

func TestSumMinMax(t *testing.T) {
	equal(t, "Sum", Sum(someInts), 10)
	equal(t, "Sum", Sum([]float64{0.1, 0.2, 0.3}), 0.6000000000000001)
	equal(t, "Sum", Sum([]time.Duration{time.Second, time.Minute}), 61*time.Second)
	equal(t, "Sum of nothing", Sum([]int(nil)), 0)
	equal(t, "Min", Min(someInts, here), 1)
	equal(t, "Max", Max([]string{"a", "c", "b"}, here), "c")
	if x := Max([]float64{1, math.NaN(), 2}, here); !math.IsNaN(x) {
		t.Errorf("Max with NaN = %v", x)
	}
	wantFault(t, "min of an empty list", func() { Min([]int{}, here) })
	wantFault(t, "max of an empty list", func() { Max([]string{}, here) })
}

func TestTimes(t *testing.T) {
	a := time.Unix(10, 0)
	b := a.Add(time.Nanosecond).UTC()
	c := b.Add(time.Hour)
	same(t, "MinTime", MinTime([]time.Time{b, a, c}, here), a)
	same(t, "MaxTime", MaxTime([]time.Time{b, c, a}, here), c)
	same(t, "SortTimes", SortTimes([]time.Time{c, a, b}), []time.Time{a, b, c})
	wantFault(t, "min of an empty list", func() { MinTime(nil, here) })
	wantFault(t, "max of an empty list", func() { MaxTime(nil, here) })
	byTime := SortByTime([]int{2, 0, 1}, func(n int) time.Time { return a.Add(time.Duration(n)) })
	same(t, "SortByTime", byTime, []int{0, 1, 2})
}

func TestSortBy(t *testing.T) {
	calls := 0
	words := []string{"bb", "a", "cc", "d", "aaa"}
	got := SortBy(words, func(s string) int { calls++; return len(s) })
	same(t, "SortBy", got, []string{"a", "d", "bb", "cc", "aaa"})
	equal(t, "calls of key", calls, len(words))
	sorted := func(xs []int16) bool {
		ys := SortBy(xs, func(x int16) int { return -int(x) })
		return reflect.DeepEqual(Reverse(ys), Sort(xs)) || len(xs) == 0
	}
	if err := quick.Check(sorted, nil); err != nil {
		t.Error(err)
	}
}

func TestRange(t *testing.T) {
	same(t, "Range", Range(3, here), []int{0, 1, 2})
	wantFault(t, "range of 8388609 is too long, the limit is 8388608", func() { Range(1<<23+1, here) })
}

func BenchmarkAt(b *testing.B) {
	sum := 0
	for i := range b.N {
		sum += At(someInts, i%5, here)
	}
	_ = sum
}

func BenchmarkSortBy(b *testing.B) {
	xs := Reverse(Range(1000, here))
	for b.Loop() {
		SortBy(xs, func(x int) int { return x })
	}
}

func TestFlattenAndChunk(t *testing.T) {
	same(t, "Flatten", Flatten([][]int{{1, 2}, {}, nil, {3}}, here), []int{1, 2, 3})
	same(t, "Flatten nothing", Flatten[int](nil, here), []int{})
	same(t, "Chunk", Chunk([]int{1, 2, 3, 4, 5}, 2, here), [][]int{{1, 2}, {3, 4}, {5}})
	same(t, "Chunk of a large size", Chunk([]int{1}, math.MaxInt, here), [][]int{{1}})
	same(t, "Chunk nothing", Chunk([]int(nil), 2, here), [][]int{})
	xs := []int{1, 2, 3}
	_ = append(Chunk(xs, 2, here)[0], 9)
	same(t, "what was cut after an append to a part", xs, []int{1, 2, 3})
	wantFault(t, "a chunk has at least one element, found 0", func() { Chunk(xs, 0, here) })
}

func TestGroup(t *testing.T) {
	calls := 0
	got := Group([]string{"bb", "a", "cc", "d"}, func(s string) int { calls++; return len(s) })
	same(t, "Group", got, map[int][]string{1: {"a", "d"}, 2: {"bb", "cc"}})
	equal(t, "calls of the key", calls, 4)
	same(t, "Group nothing", Group(nil, func(s string) int { return 0 }), map[int][]string{})
}
