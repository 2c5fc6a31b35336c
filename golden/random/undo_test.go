package random

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/wfgen/wfgen/plan"
)

// An owing is a step that has an undo, in certain rounds, and what has become of both.
type owing struct {
	instance
	step   string
	owes   bool   // it has come so far that its undo is owed
	undone []call // the calls of the undo
}

// undone holds the undos of a run against its calls, whatever ran side by side: none that
// isn't owed, none twice, all of them if the workflow fails, and those that stand before
// others after them, whichever of those side by side was done first.
func undone(p *program, o outcome) error {
	owings, err := owed(p, o)
	if err != nil {
		return err
	}
	has := operations(p.main().Body)
	_, last := p.main().Finally() // where that fails, what finally calls has been called before
	for _, w := range owings {
		switch {
		case len(w.undone) > w.attempts() || slices.ContainsFunc(w.undone[:max(0, len(w.undone)-1)], func(c call) bool { return c.OK }):
			return fmt.Errorf("%s is undone %d times", w.step, len(w.undone))
		case len(w.undone) > 0 && !w.owes:
			return fmt.Errorf("%s is undone and hasn't happened", w.step)
		case len(w.undone) > 0 && o.OK && !w.finally() && !w.mayFail() && !has.rollback:
			return fmt.Errorf("%s is undone in a workflow that succeeds", w.step)
		case len(w.undone) == 0 && w.owes && w.finally(): // nothing takes its place: it passes to no caller
			return fmt.Errorf("%s isn't undone on the way out", w.step)
		case len(w.undone) == 0 && w.owes && !o.OK && !has.commit && !w.replaced(o):
			return fmt.Errorf("%s isn't undone", w.step)
		}
		if err := w.told(o); err != nil {
			return err
		}
	}
	for _, a := range owings {
		for _, b := range owings {
			if len(a.undone) > 0 && len(b.undone) > 0 && a.account() == b.account() && (a.before(b.instance) || a.above(b.instance)) &&
				!apart(a, b, owings) && (last == nil || a.finally() == b.finally()) &&
				a.undone[0].Begin < b.undone[len(b.undone)-1].End && !(has.rollback && a.undone[0].Begin < b.begins(o)) {
				return fmt.Errorf("%s is undone before %s, which is written after it", a.step, b.step)
			}
		}
	}
	return nil
}

// begins is when the step began, or the first call of the sub-workflow that it calls.
func (w *owing) begins(o outcome) int {
	step := strings.TrimSuffix(w.undone[0].Step, ".undo")
	i := slices.IndexFunc(o.Calls, func(c call) bool {
		rest, ok := strings.CutPrefix(c.Step, step)
		return ok && (rest == "" || rest[0] == '@' || rest[0] == '.' && rest != ".undo")
	})
	if i < 0 { // of calls that nobody observes the step isn't known
		return w.undone[0].Begin
	}
	return o.Calls[i].Begin
}

// finally tells whether the undo is run on every way out.
func (w *owing) finally() bool { return w.way[len(w.way)-1].node.Op.(*plan.Call).Undo.Finally }

// apart tells that an undo and what finally calls may have been run one after the other and
// not in one list: where a sub-workflow has succeeded, or the workflow had, until what finally
// calls failed.
func apart(a, b *owing, all []*owing) bool {
	return a.finally() != b.finally() && (a.mayFail() || slices.ContainsFunc(all, func(w *owing) bool {
		return w.finally() && slices.ContainsFunc(w.undone, func(c call) bool { return !c.OK })
	}))
}

// attempts is how often an undo is tried at most.
func (w *owing) attempts() int {
	undo := w.way[len(w.way)-1].node.Op.(*plan.Call).Undo
	if undo.Retry == nil {
		return 1
	}
	return 1 + undo.Retry.Times
}

// told holds an undo that failed against the end of the run: it fails, and the error has
// that of the undo.
func (w *owing) told(o outcome) error {
	if len(w.undone) == 0 {
		return nil
	}
	last := w.undone[len(w.undone)-1]
	switch {
	case last.OK:
	case o.OK:
		return fmt.Errorf("%s fails in a workflow that succeeds", last.Step)
	case !strings.Contains(o.Err, ": "+last.Step+": ") && !unwinds(o.Err):
		return fmt.Errorf("%s fails, and the error doesn't tell: %s", last.Step, o.Err)
	}
	return nil
}

// owed finds the steps with undos among the calls of a run.
func owed(p *program, o outcome) ([]*owing, error) {
	all := sites(p.plan)
	var list []*owing
	byUndo := map[string]*owing{}
	for _, c := range o.Calls {
		if c.Step == "" {
			continue
		}
		i, err := at(all, c.Step)
		if err != nil {
			return nil, err
		}
		node := i.way[len(i.way)-1].node
		if i.undo != nil {
			w := byUndo[c.Step]
			if w == nil && node.Op.(*plan.Call).Workflow != nil { // that it succeeded shows here alone
				w = &owing{instance: i, step: c.Step, owes: true}
				byUndo[c.Step], list = w, append(list, w)
			}
			if w == nil {
				return nil, fmt.Errorf("%s (%s) runs, and the step that it takes back hasn't begun", c.Step, c.Text)
			}
			w.undone = append(w.undone, c)
			continue
		}
		undo := node.Op.(*plan.Call).Undo
		if undo == nil || undo.Tool == nil {
			continue
		}
		id := strings.TrimSuffix(c.Step, node.ID) + undo.ID
		w := byUndo[id]
		if w == nil {
			w = &owing{instance: i, step: c.Step}
			byUndo[id] = w
			list = append(list, w)
		}
		w.owes = c.OK || undo.Early && !c.Declared // the last attempt decides
	}
	return list, nil
}

// replaced tells whether nothing may have been owed for the step at the end: it is in a
// sub-workflow that commits, or in one that has succeeded, or may have, so that the undo of
// its call has taken the place of the step's.
func (w *owing) replaced(o outcome) bool {
	path := ""
	for k, p := range w.way[:len(w.way)-1] {
		call, ok := p.node.Op.(*plan.Call)
		if !ok || call.Workflow == nil || w.way[k+1].block != call.Workflow.Body {
			continue
		}
		path += p.node.Path
		if operations(call.Workflow.Body).commit || call.Undo != nil && (call.Undo.Early || takenBack(o, w.step, path)) {
			return true
		}
		path += "."
	}
	return false
}

var attemptMark = regexp.MustCompile(`@(\d+)$`)

// takenBack tells whether the sub-workflow of a path is taken back that is around a step, and
// the step is in the last attempt at it.
func takenBack(o outcome, step, path string) bool {
	for i, c := range step {
		if c != '.' || pathOf(step[:i]) != path {
			continue
		}
		around, attempt := step[:i], 1
		if found := attemptMark.FindStringSubmatchIndex(around); found != nil {
			attempt, _ = strconv.Atoi(around[found[2]:])
			around = around[:found[0]]
		}
		next := fmt.Sprintf("%s@%d.", around, attempt+1)
		return slices.ContainsFunc(o.Calls, func(c call) bool { return c.Step == around+".undo" }) &&
			!slices.ContainsFunc(o.Calls, func(c call) bool { return strings.HasPrefix(c.Step, next) })
	}
	return false
}

// account is where the undo is owed first: what is around the step up to the nearest try,
// arm of a race or sub-workflow, and the rounds that it is in.
func (w *owing) account() string {
	for k := len(w.way) - 1; k > 0; k-- {
		if keepsAccount(w.way[k-1].node.Op, w.way[k].block) {
			return fmt.Sprintf("%v %p %v", w.way[:k], w.way[k].block, w.marks[:len(w.marks)-len(w.marksBelow(k))])
		}
	}
	return ""
}

// marksBelow are the marks of what is in the place k.
func (i instance) marksBelow(k int) []string {
	marks := i.marks
	for j := range k {
		if op := i.way[j].node.Op; rounds(op, i.way[j+1].block) {
			marks = marks[1:]
		}
	}
	return marks
}

// mayFail tells whether something around the step may have failed, and the workflow not.
func (w *owing) mayFail() bool { return w.account() != "" }

// keepsAccount tells whether a block of an operation has an account of its own for undos.
func keepsAccount(op plan.Op, b *plan.Block) bool {
	switch op := op.(type) {
	case *plan.Try:
		return b == op.Body
	case *plan.Call:
		return op.Workflow != nil && b == op.Workflow.Body
	case *plan.Race:
		return true
	}
	return false
}

// held are operations that change what is owed.
type held struct{ commit, rollback bool }

func operations(b *plan.Block) (has held) {
	plan.Inspect(b, func(n *plan.Node) {
		switch n.Op.(type) {
		case *plan.Commit:
			has.commit = true
		case *plan.Rollback:
			has.rollback = true
		}
	}, nil)
	return has
}

// TestUndoDefects: an undo that is lost, runs twice or in another place is found, as is
// one of a workflow that succeeds.
func TestUndoDefects(t *testing.T) {
	shown := map[string]int{}
	for n := uint64(0); n < 400 && len(shown) < 4; n++ {
		p := number(t, n)
		if operations(p.main().Body) != (held{}) {
			continue
		}
		for _, o := range struckOnce(p.interpreted(inputs[0]), "fails") {
			if err := undone(p, o); err != nil {
				t.Fatalf("%s without a defect: %v", p.name, err)
			}
			owings, err := owed(p, o)
			if err != nil {
				t.Fatal(err)
			}
			for name, all := range undoDefects(o, owings) {
				shown[name]++
				if slices.ContainsFunc(all, func(defect outcome) bool { return undone(p, defect) == nil }) {
					t.Errorf("%s: %s isn't found: %v", p.name, name, o.Calls)
				}
			}
		}
	}
	if len(shown) < 4 {
		t.Errorf("not all defects have shown: %v", shown)
	}
}

// undoDefects are what may be wrong with the undos of a failed run.
func undoDefects(o outcome, owings []*owing) map[string][]outcome {
	all := map[string][]outcome{}
	add := func(name string, defect outcome) { all[name] = append(all[name], defect) }
	for _, w := range owings {
		if o.OK || len(w.undone) == 0 {
			continue
		}
		n := slices.Index(o.Calls, w.undone[0])
		lost, twice, success := o, o, o
		lost.Calls = slices.DeleteFunc(slices.Clone(o.Calls), func(c call) bool { return slices.Contains(w.undone, c) })
		twice.Calls = append(slices.Clone(o.Calls), w.undone[0])
		if add("twice", twice); w.way[len(w.way)-1].node.Op.(*plan.Call).Workflow == nil {
			add("lost", lost) // whether a sub-workflow succeeded, its undo alone tells
		}
		if !w.mayFail() && !w.finally() {
			success.OK = true
			add("of a success", success)
		}
		for _, v := range owings {
			if len(v.undone) == 1 && len(w.undone) == 1 && v.account() == w.account() && (v.before(w.instance) || v.above(w.instance)) && !apart(v, w, owings) {
				swapped := o
				swapped.Calls = slices.Clone(o.Calls)
				m := slices.Index(o.Calls, v.undone[0])
				swapped.Calls[n].Step, swapped.Calls[m].Step = o.Calls[m].Step, o.Calls[n].Step
				add("in another place", swapped)
			}
		}
	}
	return all
}
