package pure

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// What a builtin makes is bounded before it is made: a test with little memory would end
// here otherwise.
func TestMadeIsBounded(t *testing.T) {
	const here = "a.wf:3:7"
	half := strings.Repeat("x", maxMade/2+1)
	texts := slices.Repeat([]string{strings.Repeat("y", 1<<20-textSize)}, 63)
	invalid := strings.Repeat("\xff", maxMade/3+1)
	var shared any = texts
	for range 20 {
		shared = []any{shared, shared}
	}
	for _, c := range []struct {
		name string
		make func()
	}{
		{"concat", func() { ConcatText(here, half, half) }},
		{"state", func() { FitState(half+half, here) }},
		{"state of a list", func() { FitState(append(texts, texts[0]), here) }},
		{"state in a struct", func() { FitState(struct{ A *[]string }{Some(append(texts, texts[0]))}, here) }},
		{"replace", func() { Replace(half, "", half, here) }},
		{"join", func() { Join([]string{half, half}, "", here) }},
		{"join by sep", func() { Join(make([]string, 1<<12), half, here) }},
		{"split", func() { Split(half, "", here) }},
		{"upper", func() { Upper(invalid, here) }},
		{"range", func() { Range(1<<40, here) }},
		{"lists", func() { Concat(texts, texts, here) }},
		{"append", func() { Append(here, texts, texts...) }},
		{"lists of lists", func() { Append(here, [][]string{texts}, texts) }},
		{"json", func() { JSON(shared, here) }},
		{"text", func() { TextAt(shared, here) }},
		{"decode any", func() { DecodeAny[any](shared, nil, here) }},
		{"decode", func() { DecodeText[[]struct{}]("["+strings.Repeat("{},", maxMade/32)+"{}]", nil, here) }},
		{"format", func() { Format(time.Time{}, half+half, here) }},
		{"for", func() {
			size := 0
			for range 64 {
				Fit(texts[0], &size, here)
				Fit([]string{texts[0]}, &size, here)
			}
		}},
		{"matches", func() { Matches(half, "(a|b)*c{500}", here) }},
		{"pattern", func() { Matches("", "((a{30}){30}b{900}){90}", here) }},
		{"long pattern", func() { Matches("", half, here) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			defer func() {
				fault, ok := recover().(*Fault)
				if !ok || !strings.HasPrefix(fault.Error(), here+": ") {
					t.Errorf("got %v, want a fault at %s", fault, here)
				}
			}()
			c.make()
			t.Error("it was made")
		})
	}
}

// The limits bound what is made, and nothing that is a little smaller.
func TestMadeWithinLimits(t *testing.T) {
	half := strings.Repeat("x", maxMade/2)
	size := 0
	Fit(half, &size, "")
	for name, n := range map[string]int{
		"concat":  len(ConcatText("", half, half)),
		"replace": len(Replace(half, "x", "xx", "")),
		"join":    len(Join([]string{half, half}, "", "")),
		"upper":   len(Upper(half+half, "")),
	} {
		if n != maxMade {
			t.Errorf("%s gives %d bytes, want %d", name, n, maxMade)
		}
	}
	if got := len(FitState(half+half[textSize:], "")); got != maxMade-textSize {
		t.Errorf("a state of %d bytes", got)
	}
	if got := len(Split(strings.Repeat("x", 1<<20), "", "")); got != 1<<20 {
		t.Errorf("split gives %d parts", got)
	}
}

func TestExhausted(t *testing.T) {
	for n, want := range map[int]string{1: "a.wf:3:7: no break within 1 round", 30: "a.wf:3:7: no break within 30 rounds"} {
		if got := Exhausted(n, "a.wf:3:7").Error(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
