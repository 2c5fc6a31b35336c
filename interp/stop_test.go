package interp_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wfgen/wfgen/interp"
)

// evil takes seconds to look at, in rounds of less than one.
const evil = `
func long(all []string) bool {
	hits := for s in all where matches(s, "((a|b|ab){100})*c$") { s }
	len(hits) == 0
}
type Text { s string where !matches(s, "((a|b|ab){100})*c$") }
type Texts { all []Text }
type Lines { all []string where long(all) }
type Here { all []string where len(for s in all where matches(s, "((a|b|ab){100})*c$") { s }) == 0 }
tool Get() Texts
workflow Input(t Texts) int { return len(t.all) }
workflow ByFunc(t Lines) int { return len(t.all) }
workflow ByFor(t Here) int { return len(t.all) }
workflow Result() int { return len(Get().all) }
`

// A constraint that takes long ends when the execution does, whether it is one of an input
// or of a result.
func TestConstraintsEnd(t *testing.T) {
	text := fmt.Sprintf("%q", strings.Repeat("ab", 1<<14))
	list := "[" + strings.Repeat(text+",", 29) + text + "]"
	structs := `{"all": [` + strings.Repeat(`{"s": `+text+`},`, 29) + `{"s": ` + text + `}]}`
	type item struct {
		S string `json:"s"`
	}
	type texts struct {
		All []item `json:"all"`
	}
	all := texts{make([]item, 30)}
	for i := range all.All {
		all.All[i].S = strings.Repeat("ab", 1<<14)
	}
	p := programOf(t, evil, interp.Tools{"Get": func() texts { return all }})
	for name, input := range map[string]string{
		"Input": `{"t": ` + structs + `}`, "ByFunc": `{"t": {"all": ` + list + `}}`, "ByFor": `{"t": {"all": ` + list + `}}`, "Result": "{}",
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(100*time.Millisecond, cancel)
			_, err := p.Run(ctx, name, []byte(input))
			if !errors.Is(err, context.Canceled) { // it came to its end
				t.Errorf("got %v", err)
			}
		})
	}
}

// A loop whose rounds come to no step ends when the execution does: one without a bound, and
// one over a list whose rounds take long, by what they compute or by rounds of their own.
func TestLoopsEnd(t *testing.T) {
	const source = `
tool Mail()
workflow Fits(text string) bool { return matches(text, "((a|b|ab){100})*c$") }
workflow Spin(n int) int { loop max none { if n < 0 { return 1 } } }
workflow Fold(text string) int {
	return loop hits := 0 for i in range(1000) {
		if matches(text, "((a|b|ab){100})*c$") { break i }
		continue hits
	}
}
workflow Mostly(text string) int {
	return loop hits := 0 for i in range(1000) {
		if matches(text, "((a|b|ab){100})*c$") { break i }
		if i == 999 { Mail() }
		continue hits
	}
}
workflow Skipping(text string) {
	loop for i in range(1000) where matches(text, "((a|b|ab){100})*c$") { Mail() }
}
workflow Early(text string) {
	loop for i in range(1000) {
		if !matches(text, "((a|b|ab){100})*c$") { continue }
		Mail()
	}
}
workflow Called(text string) {
	loop for i in range(1000) { if Fits(text) { break } else { log "${i}" } }
}
workflow Nested(text string) {
	loop for a in range(100000) {
		loop for b in range(100000) {
			loop for c in range(100000) { if a + b + c < 0 { break } }
		}
	}
}
`
	text := fmt.Sprintf("%q", strings.Repeat("ab", 1<<12))
	p := programOf(t, source, interp.Tools{"Mail": func() {}})
	for _, name := range []string{"Spin", "Fold", "Mostly", "Skipping", "Early", "Called", "Nested"} {
		input := `{"text": ` + text + `}`
		if name == "Spin" {
			input = `{"n": 1}`
		}
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(100*time.Millisecond, cancel)
			_, err := p.Run(ctx, name, []byte(input))
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		})
	}
}
