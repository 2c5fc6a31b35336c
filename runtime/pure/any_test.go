package pure

import (
	"encoding/json"
	"math"
	"strconv"
	"testing"
	"testing/quick"
	"time"
)

type open struct {
	Name  string         `json:"name"`
	Count int64          `json:"count"`
	Tags  []string       `json:"tags"`
	Inner *open          `json:"inner,omitempty"`
	Of    map[string]int `json:"of"`
}

func TestGet(t *testing.T) {
	var nothing *any
	some := any(map[string]any{"a": []any{1.5, nil, map[string]any{"b": "c"}}, "0": true})
	for _, x := range []any{some, &some, json.RawMessage(`{"a": [1.5, null, {"b": "c"}], "0": true}`)} {
		equal(t, "a[0]", *Get(here, x, "a", 0), any(1.5))
		equal(t, "a[2].b", *Get(here, x, "a", 2, "b"), any("c"))
		equal(t, `["0"]`, *Get(here, x, "0"), any(true))
		for _, path := range [][]any{{"a", 1}, {"a", 3}, {"a", -1}, {"a", math.MaxInt}, {"a", "0"}, {0}, {"b"}, {"a", 0, "b"}, {"a", 2, "b", "c"}, {""}} {
			equal(t, "nothing", Get(here, x, path...), nil)
		}
	}
	equal(t, "of none", Get(here, nothing, "a"), nil)
	equal(t, "of null", Get(here, nil, "a"), nil)
	v := open{Name: "n", Count: 1<<53 + 1, Tags: []string{"x"}, Inner: &open{Name: "in", Count: 7}, Of: map[string]int{"k": 3}}
	equal(t, "a field", *Get(here, v, "name"), any("n"))
	equal(t, "a large count", *Get(here, &v, "count"), any(int64(1<<53+1)))
	equal(t, "a small count", *Get(here, v, "inner", "count"), any(7.0))
	equal(t, "a tag", *Get(here, v, "tags", 0), any("x"))
	equal(t, "a map's", *Get(here, v, "of", "k"), any(3.0))
	equal(t, "by Go's name", Get(here, v, "Name"), nil)
	wantFault(t, "this can't be looked into: NaN can't be written as JSON", func() { Get(here, map[string]any{"a": math.NaN()}, "a") })
	wantFault(t, "this can't be looked into: a value of type func() can't be written as JSON", func() { Get(here, func() {}, "a") })
}

func TestHolds(t *testing.T) {
	for _, c := range []struct {
		x, v any
		want bool
	}{
		{"a", "a", true}, {"a", "b", false}, {true, true, true}, {false, true, false}, {"1", 1, false}, {1, "1", false}, {nil, "", false},
		{1, 1.0, true}, {1.5, 1.5, true}, {uint8(3), int64(3), true}, {float32(0.5), 0.5, true}, {json.Number("2"), 2, true}, {json.Number("2.0"), 2, true},
		{int64(1<<53 + 1), int64(1<<53 + 1), true}, {int64(1<<53 + 1), float64(1 << 53), false}, {uint64(math.MaxUint64), uint64(math.MaxUint64), true},
		{1e17, int64(1e17), true}, {1e300, 1e300, true}, {math.Copysign(0, -1), 0, true}, {math.MinInt64, int64(math.MinInt64), true},
		{time.Hour, "1h", true}, {color("red"), "red", true}, {[]any{}, "", false}, {map[string]any{}, "", false},
	} {
		equal(t, "Holds", Holds(c.x, c.v, here), c.want)
		equal(t, "Holds of a pointer", Holds(&c.x, c.v, here), c.want)
	}
	equal(t, "Holds NaN", Holds(1, math.NaN(), here), false)
	equal(t, "Holds an infinity", Holds(1, float32(math.Inf(1)), here), false)
	wantFault(t, "this can't be looked into: NaN can't be written as JSON", func() { Holds(math.NaN(), 1, here) })
}

// TestOpenedAlike holds that a value is looked at alike before and after it was JSON.
func TestOpenedAlike(t *testing.T) {
	alike := func(x int64, u uint64, f float64, s []byte, small int16) bool {
		for _, v := range []any{x, u, f, int(x), small, float32(small), string(json.RawMessage(strconv.Quote(string(s))))} {
			data, err := Encode(v)
			if err != nil {
				return false
			}
			var read any
			if err := Decode(data, "", &read); err != nil || !Holds(v, read, here) || opened(v, here) != opened(read, here) {
				t.Logf("%v (%T) was read as %v (%T)", v, v, read, read)
				return false
			}
		}
		return true
	}
	if err := quick.Check(alike, nil); err != nil {
		t.Error(err)
	}
}
