package pure

import (
	"testing"
	"time"
)

func TestOptional(t *testing.T) {
	one, two := Some(1), Some(2)
	equal(t, "Or", Or(one, 5), 1)
	equal(t, "Or", Or(nil, 5), 5)
	equal(t, "OrOptional", OrOptional(one, two), one)
	equal(t, "OrOptional", OrOptional(nil, two), two)
	five := func() int { return 5 }
	equal(t, "OrElse", OrElse(one, five), 1)
	equal(t, "OrElse", OrElse(nil, five), 5)
	equal(t, "OrElseOptional", OrElseOptional(one, func() *int { return two }), one)
	equal(t, "OrElseOptional", OrElseOptional(nil, func() *int { return two }), two)
	half := func(n int) *int {
		if n%2 != 0 {
			return nil
		}
		return Some(n / 2)
	}
	equal(t, "Maybe", *Maybe(two, half), 1)
	equal(t, "Maybe", Maybe(one, half), nil)
	equal(t, "Maybe", Maybe(nil, half), nil)
}

func TestEqualOptional(t *testing.T) {
	now := time.Now()
	there := now.In(time.FixedZone("there", 3600))
	for _, c := range []struct {
		a, b *int
		want bool
	}{{nil, nil, true}, {Some(1), nil, false}, {nil, Some(0), false}, {Some(1), Some(1), true}, {Some(1), Some(2), false}} {
		equal(t, "EqualOptional", EqualOptional(c.a, c.b), c.want)
		equal(t, "EqualOptionalFunc", EqualOptionalFunc(c.a, c.b, func(a, b int) bool { return a == b }), c.want)
	}
	equal(t, "EqualOptionalFunc", EqualOptionalFunc(&now, &there, time.Time.Equal), true)
}
