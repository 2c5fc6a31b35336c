package pure

import (
	"cmp"
	"iter"
	"reflect"
	"slices"
)

// Lookup is m[k]: an optional, none where the key is missing, or has the null of an any.
func Lookup[K comparable, V any](m map[K]V, k K) *V {
	v, ok := m[k]
	if !ok || any(v) == nil {
		return nil
	}
	return &v
}

// Keys gives the keys of m in ascending order: numbers by size, texts by their
// bytes, false before true. It is never nil.
func Keys[K comparable, V any](m map[K]V) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	if len(keys) > 1 {
		sortKeys(keys)
	}
	return keys
}

// Values gives the values of m in the order of their keys. It is never nil.
func Values[K comparable, V any](m map[K]V) []V {
	values := make([]V, 0, len(m))
	for _, k := range Keys(m) {
		values = append(values, m[k])
	}
	return values
}

// Sorted gives the entries of m in the order of their keys.
func Sorted[K comparable, V any](m map[K]V) iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		for _, k := range Keys(m) {
			if !yield(k, m[k]) {
				return
			}
		}
	}
}

// Where gives what keep accepts of seq.
func Where[K, V any](seq iter.Seq2[K, V], keep func(K, V) bool) iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		for k, v := range seq {
			if keep(k, v) && !yield(k, v) {
				return
			}
		}
	}
}

// Without gives a new map: that of m, but for a key.
func Without[K comparable, V any](m map[K]V, k K) map[K]V {
	rest := make(map[K]V, len(m))
	for key, v := range m {
		if key != k {
			rest[key] = v
		}
	}
	return rest
}

// Merge gives a new map of the entries of others, of which later ones win. It panics with
// a *Fault where that is above 64 MiB.
func Merge[K comparable, V any](at string, maps ...map[K]V) map[K]V {
	size := 0
	for _, m := range maps {
		size = max(size, len(m))
	}
	all := make(map[K]V, size)
	for _, m := range maps {
		for k, v := range m {
			all[k] = v
		}
	}
	FitMap(reflect.ValueOf(all), size, at)
	return all
}

// sortKeys sorts in place. The usual types of keys are sorted as themselves,
// others (enums) by what reflection reads of each key once.
func sortKeys[K comparable](keys []K) {
	switch keys := any(keys).(type) {
	case []string:
		slices.Sort(keys)
	case []int:
		slices.Sort(keys)
	case []int64:
		slices.Sort(keys)
	default:
		sortKeysBy(reflect.TypeFor[K]().Kind(), keys.([]K))
	}
}

func sortKeysBy[K comparable](kind reflect.Kind, keys []K) {
	switch kind {
	case reflect.String:
		sortReflected(keys, reflect.Value.String)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		sortReflected(keys, reflect.Value.Int)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		sortReflected(keys, reflect.Value.Uint)
	case reflect.Float32, reflect.Float64:
		sortReflected(keys, reflect.Value.Float)
	case reflect.Bool:
		sortReflected(keys, func(v reflect.Value) int {
			if v.Bool() {
				return 1
			}
			return 0
		})
	default:
		// Keys of imported Go types have no order of their own.
		sortReflected(keys, func(v reflect.Value) string { return Text(v.Interface()) })
	}
}

func sortReflected[K comparable, O cmp.Ordered](keys []K, order func(reflect.Value) O) {
	copy(keys, SortBy(keys, func(k K) O { return order(reflect.ValueOf(k)) }))
}

// Has tells whether the map has the key.
func Has[K comparable, V any](m map[K]V, k K) bool {
	_, ok := m[k]
	return ok
}
