package pure

import (
	"cmp"
	"slices"
	"time"
)

// Sort gives xs in ascending order, NaN before all numbers.
func Sort[T cmp.Ordered](xs []T) []T {
	ys := concat(xs, nil)
	slices.Sort(ys)
	return ys
}

// SortTimes gives xs from the earliest to the latest.
func SortTimes(xs []time.Time) []time.Time {
	ys := concat(xs, nil)
	slices.SortStableFunc(ys, time.Time.Compare)
	return ys
}

// SortBy gives xs in ascending order of key, which is called once for each
// element. Elements with equal keys keep their order.
func SortBy[T any, K cmp.Ordered](xs []T, key func(T) K) []T {
	return sortBy(xs, key, cmp.Compare)
}

// SortByTime is SortBy for keys that are times.
func SortByTime[T any](xs []T, key func(T) time.Time) []T {
	return sortBy(xs, key, time.Time.Compare)
}

func sortBy[T, K any](xs []T, key func(T) K, compare func(a, b K) int) []T {
	type keyed struct {
		key  K
		elem T
	}
	pairs := make([]keyed, len(xs))
	for i, x := range xs {
		pairs[i] = keyed{key(x), x}
	}
	slices.SortStableFunc(pairs, func(a, b keyed) int { return compare(a.key, b.key) })
	ys := make([]T, len(xs))
	for i := range pairs {
		ys[i] = pairs[i].elem
	}
	return ys
}
