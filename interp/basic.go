package interp

import (
	"cmp"
	"reflect"
	"time"

	"github.com/wfgen/wfgen/runtime/pure"
)

// An order is what the runtime's functions for the lists of one ordered type do.
// They take and give lists of it.
type order interface {
	sort(list reflect.Value) reflect.Value
	min(list reflect.Value, at string) reflect.Value
	max(list reflect.Value, at string) reflect.Value
}

// A number is an ordered type that adds up.
type number interface {
	order
	sum(list reflect.Value) reflect.Value
	abs(x reflect.Value) reflect.Value // not for unsigned numbers
	// truncated makes a number of the type, which is an integer's, of a float.
	truncated(x reflect.Value, at string) reflect.Value
}

// numbers holds the numbers, and durations, by their Go types.
var numbers = map[reflect.Type]number{
	reflect.TypeFor[int]():     signed[int]{},
	reflect.TypeFor[int8]():    signed[int8]{},
	reflect.TypeFor[int16]():   signed[int16]{},
	reflect.TypeFor[int32]():   signed[int32]{},
	reflect.TypeFor[int64]():   signed[int64]{},
	durationType:               signed[time.Duration]{},
	reflect.TypeFor[uint]():    unsigned[uint]{},
	reflect.TypeFor[uint8]():   unsigned[uint8]{},
	reflect.TypeFor[uint16]():  unsigned[uint16]{},
	reflect.TypeFor[uint32]():  unsigned[uint32]{},
	reflect.TypeFor[uint64]():  unsigned[uint64]{},
	reflect.TypeFor[float32](): float[float32]{},
	reflect.TypeFor[float64](): float[float64]{},
}

// orderOf gives the order of an ordered type.
func orderOf(t reflect.Type) order {
	if n, ok := numbers[t]; ok {
		return n
	}
	if t == timeType {
		return times{}
	}
	return ordered[string]{}
}

func listOf[T any](v reflect.Value) []T { return v.Interface().([]T) }

type ordered[T cmp.Ordered] struct{}

func (ordered[T]) sort(list reflect.Value) reflect.Value {
	return reflect.ValueOf(pure.Sort(listOf[T](list)))
}

func (ordered[T]) min(list reflect.Value, at string) reflect.Value {
	return reflect.ValueOf(pure.Min(listOf[T](list), at))
}

func (ordered[T]) max(list reflect.Value, at string) reflect.Value {
	return reflect.ValueOf(pure.Max(listOf[T](list), at))
}

type times struct{}

func (times) sort(list reflect.Value) reflect.Value {
	return reflect.ValueOf(pure.SortTimes(listOf[time.Time](list)))
}

func (times) min(list reflect.Value, at string) reflect.Value {
	return reflect.ValueOf(pure.MinTime(listOf[time.Time](list), at))
}

func (times) max(list reflect.Value, at string) reflect.Value {
	return reflect.ValueOf(pure.MaxTime(listOf[time.Time](list), at))
}

type unsigned[T ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64] struct{ ordered[T] }

func (unsigned[T]) sum(list reflect.Value) reflect.Value {
	return reflect.ValueOf(pure.Sum(listOf[T](list)))
}

func (unsigned[T]) abs(x reflect.Value) reflect.Value { return x }

func (unsigned[T]) truncated(x reflect.Value, at string) reflect.Value {
	if x.Kind() == reflect.Float32 {
		return reflect.ValueOf(pure.FloatTo[T](float32(x.Float()), at))
	}
	return reflect.ValueOf(pure.FloatTo[T](x.Float(), at))
}

type signed[T ~int | ~int8 | ~int16 | ~int32 | ~int64] struct{ ordered[T] }

func (signed[T]) sum(list reflect.Value) reflect.Value {
	return reflect.ValueOf(pure.Sum(listOf[T](list)))
}

func (signed[T]) abs(x reflect.Value) reflect.Value {
	return reflect.ValueOf(pure.Abs(x.Interface().(T)))
}

func (signed[T]) truncated(x reflect.Value, at string) reflect.Value {
	if x.Kind() == reflect.Float32 {
		return reflect.ValueOf(pure.FloatTo[T](float32(x.Float()), at))
	}
	return reflect.ValueOf(pure.FloatTo[T](x.Float(), at))
}

type float[T ~float32 | ~float64] struct{ ordered[T] }

func (float[T]) sum(list reflect.Value) reflect.Value {
	return reflect.ValueOf(pure.Sum(listOf[T](list)))
}

func (float[T]) abs(x reflect.Value) reflect.Value {
	return reflect.ValueOf(pure.Abs(x.Interface().(T)))
}

func (float[T]) truncated(x reflect.Value, _ string) reflect.Value { return x }
