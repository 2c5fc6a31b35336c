package checker

import (
	"go/token"
	"slices"
	"strconv"
	"strings"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/runtime/stepid"
	"github.com/wfgen/wfgen/types"
)

// A Step is a step of a workflow, as the plan makes them. The checker is told of them
// for what tests say of steps.
type Step struct {
	// ID is the step's id in its workflow, with [] where a round's index stands.
	ID string
	// Tool and Sub are what it calls; both are nil where it calls nothing.
	Tool *Tool
	Sub  *Workflow
	// Timed tells that it takes part in an execution as an event does: that it begins
	// and ends. Guards and blocks don't.
	Timed bool
	// Waits tells that it is a wait.
	Waits bool
	// Undo tells that it takes another step back.
	Undo bool

	home *types.Package // of its workflow, where that is another package's
}

// stepsNamed are the steps of a workflow that a general id means: the one that has it
// and those inside it, also in the workflows that it calls. Their ids are those that they
// have in the outer workflow.
func (t *tester) stepsNamed(w *Workflow, id string) []Step {
	var found []Step
	for _, s := range t.steps(w) {
		named := stepid.Within(s.ID, id)
		if named {
			found = append(found, s)
		}
		if s.Sub != nil && (named || stepid.Within(id, s.ID)) {
			found = append(found, t.stepsInside(s, strings.TrimPrefix(id, s.ID+"."), named)...)
		}
	}
	return found
}

// stepsInside are the steps of the workflow that a step calls: all of them, at any depth, or
// those that an id means there.
func (t *tester) stepsInside(s Step, id string, all bool) []Step {
	var found []Step
	if all {
		for _, inner := range t.steps(s.Sub) {
			found = append(found, inner)
			if inner.Sub != nil {
				found = append(found, t.stepsInside(inner, "", true)...)
			}
		}
	} else {
		found = t.stepsNamed(s.Sub, id)
	}
	for i := range found {
		found[i].ID = s.ID + "." + found[i].ID
		if found[i].home == nil {
			found[i].home = s.Sub.Package
		}
	}
	return found
}

// stepName is the id that a name or string in a test means; ok is false where it is
// unsound.
func (t *tester) stepName(x dsl.Expr) (id string, ok bool) {
	switch x := x.(type) {
	case *dsl.Ident:
		return x.Name, x.Name != ""
	case *dsl.StringLit:
		for _, p := range x.Parts {
			if p.X != nil {
				t.report(diag.NotConstant, p.X, "a step's id is plain text, found a substitution")
				return "", false
			}
			id += p.Text
		}
		return id, true
	}
	return "", false
}

// step finds the steps that a name means. what says which of them will do, and keep
// chooses them. It reports a name that means none.
func (t *tester) step(x dsl.Expr, what string, keep func(Step) bool) (id string, steps []Step) {
	id, ok := t.stepName(x)
	w := t.of.Workflow
	if !ok || w == nil || t.steps == nil {
		return id, nil
	}
	general, _ := stepid.General(id)
	all := t.stepsNamed(w, general)
	for _, s := range all {
		if keep(s) {
			steps = append(steps, s)
		}
	}
	switch {
	case len(steps) > 0:
	case len(all) > 0:
		t.report(diag.UnknownStep, x, "%s isn't %s", id, what)
	default:
		t.unknownStep(x, id, keep)
	}
	return id, steps
}

// written is a step's id as a test names it: in quotes where it is no name.
func written(id string) string {
	if token.IsIdentifier(id) && !slices.Contains(stepWords, id) {
		return id
	}
	return strconv.Quote(id)
}

// stepWords are the reserved words that the ids of steps without a name are.
var stepWords = []string{
	"parallel", "try", "race", "loop", "match", "validate", "fail", "wait", "approve", "commit", "rollback", "log",
}

func (t *tester) unknownStep(x dsl.Expr, id string, keep func(Step) bool) {
	w := t.of.Workflow
	d := t.report(diag.UnknownStep, x, "%s has no step %s", w.Name, id)
	label(d, w.File, w.Decl.Name, "the workflow that the test runs")
	var names []string
	for _, s := range t.everyStep(w) {
		if keep(s) {
			names = append(names, stepid.Undone(s.ID))
		}
	}
	d.Help = meantStep(id, names)
	if d.Help == "" {
		d.Help = "wfgen graph shows the steps with their ids; what is in a sub-workflow stands under its call"
	}
}

// everyStep are the steps of a workflow, and those of the workflows that it calls by the ids
// that they have in it.
func (t *tester) everyStep(w *Workflow) []Step {
	var all []Step
	for _, s := range t.steps(w) {
		all = append(all, s)
		if s.Sub != nil {
			all = append(all, t.stepsInside(s, "", true)...)
		}
	}
	return all
}

// meantStep says which of some steps an id that is none of theirs may mean: those that are
// called so inside a block or sub-workflow, else the one of nearly the same id, or what it is
// in. It is empty where none is near.
func meantStep(id string, steps []string) string {
	general, _ := stepid.General(id)
	var candidates, inside, named []string
	for _, name := range steps {
		outer, _, _ := strings.Cut(stepid.Split(name)[0], stepid.Rounds)
		candidates = append(candidates, name, outer)
		if strings.HasSuffix(name, "."+general) {
			inside = append(inside, written(name))
		}
		if parts := stepid.Split(general); len(parts) > 1 && strings.HasSuffix(name, "."+strings.Join(parts[1:], ".")) {
			named = append(named, written(name))
		}
	}
	switch {
	case len(inside) > 0:
		return "did you mean " + orOf(inside) + "? What is in a block or sub-workflow stands under it"
	case len(named) > 0:
		return "did you mean " + orOf(named) + "? What is bound to a name is called by it"
	}
	if near := nearest(id, candidates); near != "" {
		return "did you mean " + written(near) + "?"
	}
	return ""
}

// orOf names some of the steps that may be meant, each once.
func orOf(steps []string) string {
	steps = slices.Compact(steps)
	return strings.Join(steps[:min(len(steps), mostMeant)], " or ")
}

// mostMeant is how many steps are suggested for one id.
const mostMeant = 3
