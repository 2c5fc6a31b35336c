package random

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestOrder has tools of random programs take a while, each time others, and holds the
// calls against the plan. TestCompiled does the same with compiled programs.
func TestOrder(t *testing.T) {
	calls := 0
	going := check(func(p *program, in input) error {
		all := slowly(p.interpreted(in))
		for _, o := range all {
			calls += len(o.Calls)
		}
		return judgeSlow(p, in, all)
	})
	for p := range random(t, 20) {
		if !going.hold(t, p) {
			return
		}
	}
	t.Logf("%d calls", calls)
}

// interpreted runs a program with tools that are given each time.
func (p *program) interpreted(in input) func(context.Context, *tools) (int, error) {
	return func(ctx context.Context, tools *tools) (int, error) {
		run, err := p.interpreter(tools, in)
		if err != nil {
			return 0, err
		}
		return run(ctx)
	}
}

// judgeSlow holds runs with slow tools against the reference and the plan.
func judgeSlow(p *program, in input, all []outcome) error {
	for _, o := range all {
		if err := likeReference(p, in, o, fault{}); err != nil {
			return err
		}
		if err := sound(p, o); err != nil {
			return err
		}
		if err := sameCalls(p, in, o); err != nil {
			return err
		}
	}
	return nil
}

// sameCalls holds all calls of a run that succeeds against the reference, which knows
// nothing of the arms of a race that have lost, nor how far the calls came that ran beside
// one that has failed.
func sameCalls(p *program, in input, o outcome) error {
	if !o.OK || hasRace(p.source) {
		return nil
	}
	var got []string
	for _, c := range o.Calls {
		got = append(got, c.Text)
	}
	_, read := expected(p.source, in, fault{})
	if read.handled && p.overlaps() {
		return nil
	}
	want := read.called
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got, emptyLogs); diff != "" {
		return fmt.Errorf("the calls of tools (-reference +run): %s", diff)
	}
	return nil
}

// TestOrderDefects: two calls that have changed places are found wherever the plan has
// one before the other, as is a call that outlives its workflow.
func TestOrderDefects(t *testing.T) {
	changed := 0
	for n := range uint64(8) {
		p := number(t, n)
		o := slowly(p.interpreted(inputs[0]))[1]
		if err := inOrder(p, o); err != nil {
			t.Fatalf("%s without a defect: %v", p.name, err)
		}
		all := sites(p.plan)
		for i := range o.Calls {
			for j := range i {
				a, errA := at(all, o.Calls[j].Step)
				b, errB := at(all, o.Calls[i].Step)
				if errA != nil || errB != nil {
					t.Fatal(errA, errB)
				}
				if a.undo != nil || b.undo != nil || !a.before(b) {
					continue
				}
				changed++
				defect := o
				defect.Calls = slices.Clone(o.Calls)
				defect.Calls[j].Step, defect.Calls[i].Step = o.Calls[i].Step, o.Calls[j].Step
				if inOrder(p, defect) == nil {
					t.Errorf("%s: %s before %s isn't found", p.name, o.Calls[i].Step, o.Calls[j].Step)
				}
			}
		}
		if len(o.Calls) > 0 {
			o.Calls[0].End = 0
			if inOrder(p, o) == nil {
				t.Errorf("%s: a call that goes on isn't found", p.name)
			}
		}
	}
	if changed < 100 {
		t.Errorf("%d pairs of calls have changed places: too few to tell", changed)
	}
}
