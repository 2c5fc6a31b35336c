package pure

import (
	"math"
	"reflect"
)

// What an any holds is looked at as the JSON that it is, whatever type of Go it has: a tool
// gives it as the type that was at hand, the workflow puts a number or a struct of its own
// there, and an execution that goes on has it from its journal. All of these are alike
// here, so that a branch is taken in the same way each time.

// Get is what x has at a path of keys (a string, of an object) and indexes (an int, of a
// list): nil where there is nothing, or null, or what stands there is of another kind. X is
// an any or a pointer to one, which may be nil. Get panics with a *Fault where what it looks
// at has no JSON.
func Get(at string, x any, path ...any) *any {
	v := opened(x, at)
	for _, step := range path {
		switch step := step.(type) {
		case string:
			object, _ := v.(map[string]any)
			v = opened(object[step], at)
		case int:
			list, _ := v.([]any)
			if uint(step) >= uint(len(list)) {
				return nil
			}
			v = opened(list[step], at)
		}
	}
	if v == nil {
		return nil
	}
	return &v
}

// Holds tells whether x, an any or a pointer to one, holds a string, number or bool that is
// equal to v. Numbers are equal by what they are, whatever their types; to a NaN or an
// infinity none is, which JSON doesn't have. Holds panics with a *Fault where x has no JSON.
func Holds(x, v any, at string) bool {
	a := opened(x, at)
	if f := reflect.ValueOf(v); f.CanFloat() && (math.IsNaN(f.Float()) || math.IsInf(f.Float(), 0)) {
		return false
	}
	switch a.(type) {
	case bool, string, float64, int64, uint64:
		return a == opened(v, at)
	}
	return false
}

// Kind is what x, an any or a pointer to one, holds as JSON has it: nil, a bool, a string, a
// []any, a map[string]any, or a float64 for any number, the nearest where it is a whole one
// beyond ±2⁵³. It panics with a *Fault where x has no JSON.
func Kind(x any, at string) any {
	switch v := opened(x, at).(type) {
	case int64:
		return float64(v)
	case uint64:
		return float64(v)
	default:
		return v
	}
}

// Is tells whether x is a T.
func Is[T any](x any) bool {
	_, ok := x.(T)
	return ok
}

// opened gives x as decoding its JSON would: a nil, bool, string, number, []any or
// map[string]any. What is in a list or map is as it was.
func opened(x any, at string) any {
	switch x := x.(type) {
	case nil, bool, string, []any, map[string]any:
		return x
	case *any:
		if x == nil {
			return nil
		}
		return opened(*x, at)
	case int:
		if -maxExact < x && x < maxExact {
			return float64(x)
		}
		return int64(x)
	case float64:
		if math.Abs(x) < maxExact {
			return x
		}
	}
	text, err := EncodeMade(x)
	if err == nil {
		var v any
		if err = decodeWithin(text, "", &v, maxMade); err == nil {
			return v
		}
	}
	fault(at, "this can't be looked into: "+err.Error())
	return nil
}
