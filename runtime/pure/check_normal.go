package pure

import (
	"fmt"
	"reflect"
	"strconv"
	"time"
)

// A workflow sees the same value whether a tool has just given it or it was read
// back from a record: no nil lists or maps, times in UTC, and nothing shared with
// the tool. The functions of this file make it so, on the way of the check
// through the value.

// List gives xs, or an empty list for nil.
func List[T any](xs []T) []T {
	if xs == nil {
		return []T{}
	}
	return xs
}

// MapOf gives m, or an empty map for nil.
func MapOf[K comparable, V any](m map[K]V) map[K]V {
	if m == nil {
		return map[K]V{}
	}
	return m
}

// UTC gives the instant t in UTC, without the monotonic part that time.Now adds.
func UTC(t time.Time) time.Time { return t.UTC() }

// CheckList gives a new list with what each makes of the elements of xs; it is
// never nil. each sees c in the element. An empty field is the value that is
// being checked, as for Violation.
func CheckList[T any](c *Check, field string, xs []T, each func(*Check, T) T) []T {
	ys := make([]T, 0, c.likely(len(xs)))
	c.Field(field)
	for i, x := range xs {
		if c.tooDeep() {
			break
		}
		c.Index(i)
		ys = append(ys, each(c, x))
		c.Up()
	}
	c.Up()
	return ys
}

// CheckMap gives a new map with what each makes of the values of m; it is never
// nil. each sees c in the value, and the values in the order of their keys.
func CheckMap[K comparable, V any](c *Check, field string, m map[K]V, each func(*Check, V) V) map[K]V {
	checked := make(map[K]V, c.likely(len(m)))
	c.Field(field)
	for k, v := range Sorted(m) {
		if c.tooDeep() {
			break
		}
		c.path = append(c.path, keyIn(k))
		checked[k] = each(c, v)
		c.Up()
	}
	c.Up()
	return checked
}

// keyIn is the segment for a key: paths have texts in quotes, all else as it is.
func keyIn[K comparable](key K) segment {
	index, text := PathKey(key)
	if text == "" {
		return segment{kind: indexSegment, index: index}
	}
	return segment{kind: keySegment, text: text}
}

// CheckOptional gives a new optional with what each makes of the value of p; none
// where p is none.
func CheckOptional[T any](c *Check, field string, p *T, each func(*Check, T) T) *T {
	if p == nil || c.tooDeep() {
		return nil
	}
	c.Field(field)
	v := each(c, *p)
	c.Up()
	return &v
}

// PathKey gives a key as a path shows it: whole numbers as an index,
// strings Go-quoted, everything else as it prints.
func PathKey[K comparable](key K) (index int, text string) {
	switch k := any(key).(type) {
	case int:
		return k, ""
	case string:
		return 0, strconv.Quote(k)
	}
	return 0, otherKey(key)
}

// otherKey is apart from PathKey so that a key escapes to the heap only where it
// is of an unusual type.
func otherKey[K comparable](key K) string {
	if v := reflect.ValueOf(key); v.Kind() == reflect.String {
		return strconv.Quote(v.String())
	}
	return fmt.Sprint(key)
}
