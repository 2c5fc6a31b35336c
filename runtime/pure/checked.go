package pure

import "time"

// CheckField looks at a field of a struct, or a parameter: each gives the value
// as a workflow sees it, and reports to c what is wrong with it.
func CheckField[T any](c *Check, field string, v T, each func(*Check, T) T) T {
	c.Field(field)
	defer c.Up()
	return each(c, v)
}

// NonNil looks at a list whose elements need no look.
func NonNil[T any](_ *Check, xs []T) []T { return List(xs) }

// NonNilMap looks at a map whose values need no look.
func NonNilMap[K comparable, V any](_ *Check, m map[K]V) map[K]V { return MapOf(m) }

// InUTC looks at a time.
func InUTC(_ *Check, t time.Time) time.Time { return UTC(t) }

// CheckKeys looks at the keys of a map, in their order.
func CheckKeys[K comparable, V any](c *Check, field string, m map[K]V, each func(*Check, K) K) map[K]V {
	c.Field(field)
	defer c.Up()
	for k := range Sorted(m) {
		c.path = append(c.path, keyIn(k))
		each(c, k)
		c.Up()
	}
	return m
}
