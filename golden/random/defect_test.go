package random

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/wfgen/wfgen/runtime/memory"
)

// defects are what may be wrong with a run. Each changes what a sound run came to, and
// tells whether that run had anything to change.
var defects = map[string]func(*outcome) bool{
	"another value":          func(o *outcome) bool { o.Value++; return o.OK },
	"a failure for a value":  func(o *outcome) bool { o.OK, o.Value = !o.OK, 0; return true },
	"an effect that is lost": func(o *outcome) bool { return changeLog(o, 1, func(log []string) []string { return log[1:] }) },
	"an effect that is double": func(o *outcome) bool {
		return changeLog(o, 1, func(log []string) []string { return append(log, log[0]) })
	},
	"effects in another order": func(o *outcome) bool {
		return changeLog(o, 2, func(log []string) []string { slices.Reverse(log); return log })
	},
	"a goroutine that is left": func(o *outcome) bool { o.Left = 1; return true },
}

// changeLog changes the effects of a run that has so many different ones.
func changeLog(o *outcome, least int, change func([]string) []string) bool {
	if len(slices.Compact(slices.Sorted(slices.Values(o.Log)))) < least {
		return false
	}
	before := slices.Clone(o.Log)
	o.Log = change(slices.Clone(o.Log))
	return !slices.Equal(before, o.Log)
}

// TestDefects: the checks find what is wrong with a run, in each program in which it
// shows: a comparison that has gone blind would pass for years.
func TestDefects(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(defects)) {
		t.Run(name, func(t *testing.T) {
			shown := 0
			for n := range uint64(100) {
				p := number(t, n)
				if !timely(p.source) {
					continue // time orders the effects
				}
				for _, in := range inputs {
					got, err := interpreted(p, in)
					if err != nil {
						t.Fatal(err)
					}
					if err := likeReference(p, in, got, fault{}); err != nil {
						t.Fatalf("%s without a defect: %v", p.name, err)
					}
					if !defects[name](&got) {
						continue
					}
					shown++
					if likeReference(p, in, got, fault{}) == nil {
						t.Errorf("%s with %s: nothing is found", p.name, in.json())
					}
				}
			}
			if shown == 0 {
				t.Error("it shows in no program")
			}
		})
	}
}

// TestDefectShrunk: what is left of a program with a defect is little, and the same each
// time.
func TestDefectShrunk(t *testing.T) {
	for name, most := range map[string]int{"another value": 3, "an effect that is lost": 5, "effects in another order": 8} {
		t.Run(name, func(t *testing.T) {
			broken := check(func(p *program, in input) error {
				got, err := interpreted(p, in)
				if err != nil || !timely(p.source) || !defects[name](&got) {
					return err
				}
				return likeReference(p, in, got, fault{})
			})
			p, in := firstFailing(t, broken)
			least := broken.least(p, in)
			if body := strings.TrimPrefix(least, head); strings.Count(body, "\n") > most || least != broken.least(p, in) {
				t.Errorf("%s: left are\n%s\nand then\n%s", p.name, body, strings.TrimPrefix(broken.least(p, in), head))
			}
		})
	}
}

// firstFailing is the first random program that fails a check, and the input.
func firstFailing(t *testing.T, c check) (*program, input) {
	t.Helper()
	for n := range uint64(30) {
		p := number(t, n)
		for _, in := range inputs {
			if isFailure(c.safely(p, in)) {
				return p, in
			}
		}
	}
	t.Fatal("no program fails")
	return nil, input{}
}

// TestKept: what is kept of a program is that program, formatted, when it is read again.
func TestKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "testdata")
	const loose = "workflow Main(n int, xs []int, flag bool) int {\n\t\tX(0)\n\treturn  0\n}\n"
	const tidy = "workflow Main(n int, xs []int, flag bool) int {\n\tX(0)\n\treturn 0\n}\n"
	if err := store(dir, "TestCompiled", "program 3", formatted(loose)); err != nil {
		t.Fatal(err)
	}
	list := kept(t, dir)
	if len(list) != 1 || list[0].source != head+tidy {
		t.Errorf("kept is %v, want\n%s", list, tidy)
	}
}

// TestDurableDefects: a resumed run is held against the whole one, from each state of the
// journal; one that differs is found. Effects count where no steps run side by side.
func TestDurableDefects(t *testing.T) {
	for _, name := range []string{"another value", "a failure for a value", "an effect that is lost", "an effect that is double"} {
		t.Run(name, func(t *testing.T) {
			shown := 0
			for n := range uint64(100) {
				p := number(t, n)
				if strings.Contains(name, "effect") && p.overlaps() {
					continue
				}
				whole, states := wholeRun(t, p)
				if !defects[name](whole) {
					continue
				}
				if shown++; !slices.ContainsFunc(states, func(s *memory.Journal) bool { return resumedLike(p, whole, s) != nil }) {
					t.Errorf("%s: nothing is found from %d states", p.name, len(states))
				}
			}
			if shown == 0 {
				t.Error("it shows in no program")
			}
		})
	}
}

// wholeRun runs a program durably, and gives the states that its journal has had.
func wholeRun(t *testing.T, p *program) (whole *outcome, states []*memory.Journal) {
	t.Helper()
	j := memory.New()
	j.OnCommit(func(state *memory.Journal) { states = append(states, state) })
	whole, err := resumed(p, j, inputs[0].json())
	if err != nil {
		t.Fatal(err)
	}
	return whole, states
}
