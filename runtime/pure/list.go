package pure

import (
	"cmp"
	"reflect"
	"slices"
	"strconv"
	"time"
)

// The functions of this file never change the lists they are given, and never
// give nil: an empty list is []T{}.

// At is xs[i]. It panics with a *Fault where i is out of range.
func At[T any](xs []T, i int, at string) T {
	if uint(i) >= uint(len(xs)) {
		noElement(i, len(xs), at)
	}
	return xs[i]
}

// Slice is xs[lo:hi]. The result shares its elements with xs, but appending to it
// doesn't touch xs. It panics with a *Fault where the bounds don't fit xs.
func Slice[T any](xs []T, lo, hi int, at string) []T {
	if uint(hi) > uint(len(xs)) || uint(lo) > uint(hi) {
		noSlice(lo, hi, len(xs), at)
	}
	if lo == hi {
		return []T{}
	}
	return xs[lo:hi:hi]
}

//go:noinline
func noElement(i, n int, at string) { fault(at, outOfRange(i, n, "a list")) }

//go:noinline
func noSlice(lo, hi, n int, at string) { fault(at, outOfBounds(lo, hi, n, "a list")) }

// Concat gives a new list: a's elements, then b's. It panics with a *Fault where that is
// above 64 MiB.
func Concat[T any](a, b []T, at string) []T {
	fitAll(a, b, at)
	return concat(a, b)
}

// Append gives a new list: the elements of xs, then more. It panics with a *Fault where
// that is above 64 MiB.
func Append[T any](at string, xs []T, more ...T) []T { return Concat(xs, more, at) }

func concat[T any](a, b []T) []T {
	xs := make([]T, 0, len(a)+len(b))
	return append(append(xs, a...), b...)
}

// First is the first element of xs. It panics with a *Fault where there is none.
func First[T any](xs []T, at string) T {
	if len(xs) == 0 {
		fault(at, "first of an empty list")
	}
	return xs[0]
}

// Last is the last element of xs. It panics with a *Fault where there is none.
func Last[T any](xs []T, at string) T {
	if len(xs) == 0 {
		fault(at, "last of an empty list")
	}
	return xs[len(xs)-1]
}

// Sum adds up numbers or durations, from the first to the last: of integers it
// wraps as + does.
func Sum[T integer | float](xs []T) T {
	var sum T
	for _, x := range xs {
		sum += x
	}
	return sum
}

// Min is the least element of xs; NaN where there is one. It panics with a *Fault
// where xs is empty.
func Min[T cmp.Ordered](xs []T, at string) T {
	if len(xs) == 0 {
		fault(at, "min of an empty list")
	}
	return slices.Min(xs)
}

// Max is the greatest element of xs; NaN where there is one. It panics with a
// *Fault where xs is empty.
func Max[T cmp.Ordered](xs []T, at string) T {
	if len(xs) == 0 {
		fault(at, "max of an empty list")
	}
	return slices.Max(xs)
}

// MinTime is the earliest of xs. It panics with a *Fault where xs is empty.
func MinTime(xs []time.Time, at string) time.Time {
	if len(xs) == 0 {
		fault(at, "min of an empty list")
	}
	return slices.MinFunc(xs, time.Time.Compare)
}

// MaxTime is the latest of xs. It panics with a *Fault where xs is empty.
func MaxTime(xs []time.Time, at string) time.Time {
	if len(xs) == 0 {
		fault(at, "max of an empty list")
	}
	return slices.MaxFunc(xs, time.Time.Compare)
}

// Present gives the values in xs, without the nones.
func Present[T any](xs []*T) []T {
	values := make([]T, 0, len(xs))
	for _, p := range xs {
		if p != nil {
			values = append(values, *p)
		}
	}
	return values
}

// Unique gives the elements of xs that no equal element precedes, in their order.
func Unique[T comparable](xs []T) []T {
	first := make([]T, 0, len(xs))
	seen := make(map[T]struct{}, len(xs))
	for _, x := range xs {
		if _, ok := seen[x]; !ok {
			seen[x] = struct{}{}
			first = append(first, x)
		}
	}
	return first
}

// Flatten gives a new list: the elements of the lists in lists. It panics with a *Fault
// where that is above 64 MiB.
func Flatten[T any](lists [][]T, at string) []T {
	size := 0
	FitValue(reflect.ValueOf(lists), &size, at)
	return append([]T{}, slices.Concat(lists...)...)
}

// Chunk gives xs in lists of n elements, the last of what is left. They share their
// elements with xs, but appending to them doesn't touch it. It panics with a *Fault where n
// is below 1, or the lists are above 64 MiB.
func Chunk[T any](xs []T, n int, at string) [][]T {
	CheckChunks(reflect.ValueOf(xs), n, at)
	return slices.AppendSeq([][]T{}, slices.Chunk(xs, n))
}

// CheckChunks panics with a *Fault where Chunk does, for a list of a type that Go doesn't
// know.
func CheckChunks(list reflect.Value, n int, at string) {
	if n < 1 {
		fault(at, "a chunk has at least one element, found "+strconv.Itoa(n))
	}
	size := (list.Len() + n - 1) / n * listSize
	FitValue(list, &size, at)
}

// Group gives of each key the elements of xs that have it, in their order. Key is called
// once for each element.
func Group[T any, K comparable](xs []T, key func(T) K) map[K][]T {
	groups := make(map[K][]T)
	for _, x := range xs {
		k := key(x)
		groups[k] = append(groups[k], x)
	}
	return groups
}

// Reverse gives xs from the last element to the first.
func Reverse[T any](xs []T) []T {
	ys := concat(xs, nil)
	slices.Reverse(ys)
	return ys
}

// Range gives 0 to n-1; nothing where n is negative. It panics with a *Fault where that
// is above 64 MiB.
func Range(n int, at string) []int {
	if n > maxMade/wordSize {
		noRange(n, at)
	}
	xs := make([]int, max(n, 0))
	for i := range xs {
		xs[i] = i
	}
	return xs
}

//go:noinline
func noRange(n int, at string) {
	fault(at, "range of "+strconv.Itoa(n)+" is too long, the limit is "+strconv.Itoa(maxMade/wordSize))
}
