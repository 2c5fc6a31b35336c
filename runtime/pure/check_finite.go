package pure

import "reflect"

// Finite looks at a value of a type of another package that may hold itself by pointers:
// what such a type asks for besides that is looked at in its own package.
func Finite[T any](c *Check, v T) T {
	if !finite(reflect.ValueOf(&v), len(c.path)) {
		c.endless()
	}
	return v
}

// finite tells whether the pointers of a value end within the levels that a Check walks
// through. Lists and maps, an any and what is written in Go don't compare by what they
// hold: nothing walks through them without a limit.
func finite(v reflect.Value, depth int) bool {
	switch t := v.Type(); {
	case depth > maxNested:
		return false
	case t == timeType || isGo(t):
		return true
	case t.Kind() == reflect.Pointer:
		return v.IsNil() || finite(v.Elem(), depth+1)
	case t.Kind() == reflect.Struct:
		for i := range v.NumField() {
			if !finite(v.Field(i), depth) {
				return false
			}
		}
	}
	return true
}
