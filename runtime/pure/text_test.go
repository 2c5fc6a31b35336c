package pure

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"testing/quick"
	"time"
)

type declined struct {
	Reason string `json:"reason"`
}

func (e declined) Error() string { return "declined: " + e.Reason }

func TestText(t *testing.T) {
	note := "hi"
	var none *string
	when := time.Date(2026, 1, 2, 3, 4, 5, 600, time.FixedZone("", 3600))
	for _, c := range []struct {
		v    any
		want string
	}{
		{"a\"b", `a"b`}, {"", ""}, {42, "42"}, {int64(-1), "-1"}, {uint8(7), "7"}, {int16(-7), "-7"}, {time.March, "3"},
		{3.0, "3"}, {0.1, "0.1"}, {1e6, "1000000"}, {1e21, "1e+21"}, {1e-7, "1e-7"}, {float32(0.1), "0.1"}, {float32(1e-7), "1e-7"},
		{math.NaN(), "NaN"}, {math.Inf(1), "+Inf"}, {true, "true"}, {color("red"), "red"},
		{when, "2026-01-02T02:04:05.0000006Z"}, {when.Truncate(time.Second), "2026-01-02T02:04:05Z"},
		{90 * time.Minute, "1h30m"}, {errors.New("oops"), "oops"}, {declined{"poor"}, "declined: poor"}, {&declined{"poor"}, "declined: poor"},
		{nil, "none"}, {none, "none"}, {&note, "hi"}, {Some(3), "3"}, {Some(time.Second), "1s"}, {Some(Some(3)), "3"},
		{struct {
			A string `json:"a"`
		}{"<x>"}, `{"a":"<x>"}`}, {[]int(nil), "[]"}, {[]string{"a"}, `["a"]`}, {map[string]int{"b": 1, "a": 2}, `{"a":2,"b":1}`},
		{[]any{1, nil, "x"}, `[1,null,"x"]`},
		{[]float64{1, math.NaN()}, "<[1]: NaN can't be written as JSON>"},
	} {
		if got := Text(c.v); got != c.want {
			t.Errorf("Text(%#v) = %q, want %q", c.v, got, c.want)
		}
	}
}

func TestTextOfCycle(t *testing.T) {
	var x any
	x = &x
	equal(t, "Text of a cycle", Text(x), "<is nested more than 1000 levels deep>")
}

func TestJSON(t *testing.T) {
	equal(t, "JSON", JSON(sampleOrder(), here), sampleJSON)
	wantFault(t, "[0]: NaN can't be written as JSON", func() { JSON([]float64{math.NaN()}, here) })
}

func TestFloatTextIsJSON(t *testing.T) {
	sameAsJSON := func(x float64, y float32) bool {
		a, _ := json.Marshal(x)
		b, _ := json.Marshal(y)
		return Text(x) == string(a) && Text(y) == string(b)
	}
	if err := quick.Check(sameAsJSON, &quick.Config{MaxCount: 5000}); err != nil {
		t.Error(err)
	}
}

func TestShorten(t *testing.T) {
	long := strings.Repeat("é", 100)
	equal(t, "shorten", shorten(long), strings.Repeat("é", 50)+"…")
	equal(t, "shorten", shorten("a"+long), "a"+strings.Repeat("é", 49)+"…")
	equal(t, "shorten", shorten("short"), "short")
}

func BenchmarkText(b *testing.B) {
	for b.Loop() {
		_ = Text("order-17")
		_ = Text(17)
		_ = Text(1.5)
	}
}
