package runtime

import (
	"context"
	"time"
)

// CheckField looks at a field of a struct, or a parameter: each gives the value
// as a workflow sees it, and reports to c what is wrong with it.
func CheckField[T any](c *Check, field string, v T, each func(*Check, T) T) T {
	c.Field(field)
	defer c.Up()
	return each(c, v)
}

// Checked makes of each, which looks at a value, what a Task needs for its Check.
func Checked[T any](each func(*Check, T) T) func(context.Context, T) (T, error) {
	return func(ctx context.Context, v T) (T, error) {
		c := &Check{ctx: ctx}
		v = each(c, v)
		return v, c.Err()
	}
}

// NonNil looks at a list whose elements need no look.
func NonNil[T any](_ *Check, xs []T) []T { return List(xs) }

// NonNilMap looks at a map whose values need no look.
func NonNilMap[K comparable, V any](_ *Check, m map[K]V) map[K]V { return MapOf(m) }

// InUTC looks at a time.
func InUTC(_ *Check, t time.Time) time.Time { return UTC(t) }

// Invalid is the error of a workflow whose input breaks the constraints of its
// types; nil where c found nothing. It wraps an *InvalidError.
func (f *Frame) Invalid(c *Check) error {
	if err := c.Err(); err != nil {
		return f.located(err)
	}
	return nil
}

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
