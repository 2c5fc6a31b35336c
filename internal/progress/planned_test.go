package progress

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/parser"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/driver"
)

const source = `package p

tool A(s string) string readonly
tool B(s string) string idempotent
tool Free(s string) idempotent

workflow Sub(s string) string {
	x := A(s)
	return B(x)
}

workflow W(s string, list []string) string {
	first := B(s) undo Free(s)
	quick := race {
		A(first)
		B(first)
	}
	paid := try { B(quick) } else { A(quick) }
	if s == "never" {
		B("x")
	}
	for l in list {
		a := A(l)
		B(a)
	}
	parallel {
		sub := Sub(paid)
		B(s)
	}
	approve "may ${sub} go?" by "the boss" timeout 1h
	return A(sub)
}
`

func planOf(t *testing.T) *plan.Workflow {
	t.Helper()
	return planFrom(t, source)
}

func planFrom(t *testing.T, source string) *plan.Workflow {
	t.Helper()
	file, found := parser.Parse("p.wf", []byte(source))
	program, more := checker.Check([]*dsl.File{file}, "")
	if found = append(found, more...); diag.HasErrors(found) {
		t.Fatal(found)
	}
	all := plan.Make(program).Workflows
	return all[slices.IndexFunc(all, func(w *plan.Workflow) bool { return w.Name == "W" })]
}

// TestPlanned shows a workflow from before its first step to its end.
func TestPlanned(t *testing.T) {
	o := Options{Workflow: planOf(t), Before: "Go builds it", Approve: func(step, role string) []string {
		return []string{"approve", "'" + role + "'", step}
	}}
	happen, l, look := watched(t, o, 60, 40)
	stands := func(want string) {
		t.Helper()
		shown, _ := look()
		if diff := cmp.Diff(strings.Trim(want, "\n"), withoutTimes(shown)); diff != "" {
			t.Error(diff)
		}
	}
	happen()
	stands(`
● W  T  Go builds it
○ first
○ quick  2 to come
  ○ A
  ○ B
○ paid.B
○ if
○ for
○ parallel  2 to come
  ○ sub
  ○ B
○ approve
○ A
`)
	happen("started ", "attempt first", "done first", "attempt quick.A", "attempt quick.B", "done quick.A",
		"failed quick.B: context canceled", "attempt paid.B", "failed paid.B: no money", "attempt paid.else.A")
	stands(`
● W  T  4 of 11 steps
✓ first  T
✓ quick  won by A
  ✓ A  T  won
  - B  T  lost
● paid  1 going on, 1 failed
  ! B  T  no money
  ● else.A  T
○ if
○ for
○ parallel  2 to come
  ○ sub
  ○ B
○ approve
○ A
`)
	happen("done paid.else.A", "attempt for[0].a", "done for[0].a", "attempt for[0].B", "done for[0].B", "attempt parallel.sub", "attempt parallel.sub.x", "attempt parallel.B",
		"done parallel.B", "done parallel.sub.x", "attempt parallel.sub.B", "done parallel.sub.B", "done parallel.sub", "waiting approve")
	stands(`
● W  T  10 of 12 steps
✓ first  T
✓ quick  won by A
  ✓ A  T  won
  - B  T  lost
✓ paid  1 done, 1 failed
  ! B  T  no money
  ✓ else.A  T
✓ for[0]  2 done
  ✓ a  T
  ✓ B  T
✓ parallel  3 done
  ✓ sub  T
    ✓ x  T
    ✓ B  T
  ✓ B  T
… approve  T  for an approval
  $ approve 'the boss' approve
○ A
`)
	happen("failed approve: rejected by the boss", "undoing first.undo", "undone first.undo")
	l.Observe(driver.Event{Time: time.Now(), Kind: runtime.Ended, Error: "rejected"})
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	shown, _ := look()
	if text := withoutTimes(shown); !strings.HasPrefix(text, "✗ W  T  ") || !strings.HasSuffix(text, "\n✗ approve  T  rejected by the boss") ||
		!strings.Contains(text, "\n✓ first  T\n  ↩ undo  T\n") {
		t.Error(text)
	}
}

// TestEndedEarly: once a workflow has ended nothing is to come.
func TestEndedEarly(t *testing.T) {
	happen, l, look := watched(t, Options{Workflow: planOf(t)}, 60, 40)
	happen("done first", "done quick.A", "done paid.B", "attempt parallel.sub", "attempt parallel.sub.x", "failed parallel.B: no",
		"failed parallel.sub.x: no", "failed parallel.sub: no")
	stands := func(want string) {
		t.Helper()
		if shown, _ := look(); !strings.Contains(withoutTimes(shown), want) {
			t.Error(withoutTimes(shown))
		}
	}
	happen("undone first.undo")
	l.Observe(driver.Event{Time: time.Now(), Kind: runtime.Ended, Error: "no"})
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	stands("\n✗ parallel  2 failed, 1 not come to\n")
	if shown, _ := look(); strings.Contains(withoutTimes(shown), "to come") {
		t.Error(withoutTimes(shown))
	}
}

// TestAwaitedEvent: below what waits for an event stands the command that sends it.
func TestAwaitedEvent(t *testing.T) {
	event := &plan.Event{Name: "Paid"}
	root := &node{}
	root.observe(driver.Event{Time: noon, Kind: runtime.Waiting, Step: "paid"})
	root.kids[0].op = &plan.Durable{Kind: plan.AwaitEvent, Event: event}
	p := &picture{width: 60, now: noon, signal: func(e *plan.Event) []string { return []string{"send", e.Name} }}
	p.tree(root)
	if diff := cmp.Diff([]string{"… paid  0s  for Paid", "  $ send Paid"}, p.lines); diff != "" {
		t.Error(diff)
	}
}

// TestRecorded: what the journal tells of another process is there, and takes nothing back
// that was observed.
func TestRecorded(t *testing.T) {
	happen, l, look := watched(t, Options{Workflow: planOf(t)}, 60, 40)
	record := func(at time.Time, kind runtime.Kind, step, problem string) {
		l.Recorded(driver.Event{Time: at, Kind: kind, Step: step, Attempt: 1, Error: problem})
	}
	earlier := time.Now().Add(-time.Hour)
	record(earlier, runtime.Attempt, "first", "")
	record(earlier, runtime.Done, "first", "")
	happen("attempt quick.A", "done quick.A")
	record(time.Now(), runtime.Attempt, "quick.A", "")
	happen("waiting approve")
	record(time.Now(), runtime.Failed, "approve", "rejected")
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	shown, _ := look()
	want := "… W  T  5 of 5 steps\n✓ first  before\n✓ quick.A  T  won\n✓ parallel  2 done\n  ✓ sub  before\n  ✓ B  before\n✗ approve  T  rejected"
	if diff := cmp.Diff(want, withoutTimes(shown)); diff != "" {
		t.Error(diff)
	}
}

// TestComputedRole: where the source computes for whom an approval asks, the command has a
// place for it.
func TestComputedRole(t *testing.T) {
	w := planFrom(t, "package p\n\nworkflow W(boss string) {\n\tapprove \"ok?\" by boss timeout 1h\n}\n")
	happen, l, look := watched(t, Options{Workflow: w, Approve: func(step, role string) []string { return []string{"approve", step, role} }}, 60, 40)
	happen("waiting approve")
	if shown, _ := look(); !strings.Contains(strings.Join(shown, "\n"), "$ approve approve ROLE") {
		t.Errorf("shown is %q", shown)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestForeignSteps: what ids and errors hold can't draw elsewhere.
func TestForeignSteps(t *testing.T) {
	happen, l, look := watched(t, Options{}, 60, 10)
	happen("attempt a\x1b]2J", "failed b: \x1b]0;title\a\rno\u202e")
	l.Observe(driver.Event{Time: time.Now(), Kind: runtime.Logged, Step: "log", Message: "\x1b[5A"})
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	shown, _ := look()
	want := `\x1b[5A` + "\n" + `● a\x1b]2J  T` + "\n" + `✗ b  T  \x1b]0;title\a\rno\u202e`
	if diff := cmp.Diff(want, withoutTimes(shown)); diff != "" {
		t.Error(diff)
	}
}
