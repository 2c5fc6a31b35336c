package random

import (
	"fmt"
	"strings"
	"testing"
)

// TestFaults has each call of random programs go wrong in turn: it fails, panics, ends its
// goroutine, or returns late. What follows is what the reference says: what is owed is
// undone, and only that, the last first. TestCompiled does the same with compiled programs.
func TestFaults(t *testing.T) {
	struck := 0
	going := check(func(p *program, in input) error {
		all := struckOnce(p.interpreted(in), faults...)
		struck += len(all)
		return judgeStruck(p, in, all)
	})
	for p := range random(t, 14) {
		if !going.hold(t, p) {
			return
		}
	}
	t.Logf("%d calls went wrong", struck)
}

// judgeStruck holds runs in which a call went wrong against the reference. Where steps
// run side by side, time decides which call that is; the run ends in any case, leaves
// nothing behind, and names the step if that is what it fails with.
func judgeStruck(p *program, in input, all []outcome) error {
	call, kind := 0, ""
	for _, o := range all {
		if kind != o.Kind {
			kind, call = o.Kind, 0
		}
		call++
		f := fault{Kind: kind, Call: call}
		if err := sound(p, o); err != nil {
			return fmt.Errorf("call %d %s: %w", call, kind, err)
		}
		if err := namesStep(o); err != nil {
			return fmt.Errorf("call %d %s: %w", call, kind, err)
		}
		if !timely(p.source) {
			continue
		}
		if err := likeReference(p, in, o, f); err != nil {
			return fmt.Errorf("call %d %s: %w", call, kind, err)
		}
	}
	return nil
}

// TestAlways has all calls of a tool with an argument go wrong, of each tool and each
// argument that random programs call it with. TestCompiled does the same with compiled
// programs.
func TestAlways(t *testing.T) {
	struck := 0
	going := check(func(p *program, in input) error {
		all := struckAlways(p.interpreted(in))
		struck += len(all)
		return judgeAlways(p, in, all)
	})
	for p := range random(t, 20) {
		if !going.hold(t, p) {
			return
		}
	}
	t.Logf("%d times calls went wrong", struck)
}

// judgeAlways holds runs in which calls went wrong that are known by what they look like:
// also where steps run side by side, the result is what the reference says. Effects that
// run beside a call that goes wrong happen or don't.
func judgeAlways(p *program, in input, all []outcome) error {
	for _, o := range all {
		if err := sound(p, o); err != nil {
			return fmt.Errorf("%s %s: %w", o.Text, o.Kind, err)
		}
		f := fault{Kind: o.Kind, Text: o.Text}
		if timely(p.source) {
			if err := likeReference(p, in, o, f); err != nil {
				return fmt.Errorf("%s %s: %w", o.Text, o.Kind, err)
			}
		}
		if want, _ := expected(p.source, in, f); !endedInWork(p, f, o, want) && (o.Value != want.Value || o.OK != want.OK) {
			return fmt.Errorf("%s %s: it gives %d, %t %s; the reference %d, %t", o.Text, o.Kind, o.Value, o.OK, o.Err, want.Value, want.OK)
		}
	}
	return nil
}

// sound holds a run against what is true of each, whatever goes wrong and when.
func sound(p *program, o outcome) error {
	if o.Left > 0 {
		return fmt.Errorf("%d goroutines are left", o.Left)
	}
	if err := inOrder(p, o); err != nil {
		return err
	}
	return undone(p, o)
}

// timely tells whether time decides nothing in a program.
func timely(source string) bool {
	return !strings.Contains(source[len(head):], "parallel") && !hasRace(source)
}

func hasRace(source string) bool { return strings.Contains(source, "race {") }

// namesStep tells whether an error is that of the step that went wrong, or of one that
// holds it, where it is the one that was made.
func namesStep(o outcome) error {
	if o.OK || o.Kind == "late" || !strings.Contains(o.Err, "struck") {
		return nil
	}
	if rest, ok := strings.CutPrefix(o.Struck, o.Step); ok && (rest == "" || strings.Contains(".[@", rest[:1])) {
		return nil
	}
	if strings.Contains("."+o.Struck, ".finally.") && strings.Contains(o.Err, o.Struck) { // behind the failure
		return nil
	}
	return fmt.Errorf("the error names step %q, it was %q: %s", o.Step, o.Struck, o.Err)
}
