package compat

import "github.com/wfgen/wfgen/plan"

// A Verdict says whether an execution can go on.
type Verdict int

// The verdicts, ordered: of two, the worse one counts.
const (
	// Yes: nothing that may be recorded means anything else.
	Yes Verdict = iota
	// Otherwise: the same, but that an agent's models are told something else from now on.
	// What they have replied stands.
	Otherwise
	// Depends: types, their constraints, or Go behind a func have changed; whether the
	// records fit depends on what is in them.
	Depends
	// No: records would be missed, or mean something else.
	No
)

// String is yes; yes, asks otherwise; depends on data; or no.
func (v Verdict) String() string {
	return [...]string{"yes", "yes, asks otherwise", "depends on data", "no"}[v]
}

// A Report says of one workflow of OLD where executions of it can go on.
type Report struct {
	Workflow string
	// Verdict is the worst of the positions', and Reason its reason. Where the workflow
	// as a whole can't go on, because it is gone or of another version, or where it has no
	// steps, there are no positions.
	Verdict   Verdict
	Reason    string // empty with Yes
	Positions []Position
	// Raised tells that the workflow says itself that executions of it don't go on, by a
	// higher version than it had.
	Raised bool
}

// A Position is a step at which an execution may stand: it is the next one, or has begun
// and isn't done.
type Position struct {
	// Step is the step's id from the workflow's root, those of sub-workflows included,
	// with [] where the index of a round stands. Of a workflow with more than ten thousand
	// it may be a sub-workflow as a whole.
	Step    string
	Verdict Verdict
	Reason  string // empty with Yes
}

// A Source is a program, and the Go that belongs to it.
type Source struct {
	Program *plan.Program
	// Go gives the Go of the function of that name, in the package of that path, empty for
	// the program's own: two texts are the same where it computes the same. Nil takes all
	// functions of one name for one.
	Go func(path, name string) string
}

// Compare says of each workflow of old, in the order of their declarations, where an
// execution that was started under it can go on under new.
func Compare(old, new Source) []Report { return Describe(old).Compare(new) }

// Compare says the same of the workflows of the source that the baseline is of.
func (b *Baseline) Compare(new Source) []Report {
	c := &comparison{
		old: b, new: newDescriber(new),
		steps: map[*step]finding{}, decls: map[string]finding{}, wholes: map[*outline]finding{}, orders: map[*block]*order{},
		changed: map[[2]*block][]*step{}, waiting: map[[2]*step]finding{}, added: map[[2]*outline]*newcomers{},
	}
	byName := map[string]*plan.Workflow{}
	for _, w := range new.Program.Workflows {
		byName[w.Name] = w
	}
	var out []Report
	for _, e := range b.workflows {
		out = append(out, c.workflow(e, byName[e.name]))
	}
	return out
}

// workflow compares a workflow with the one that has its name now, which may be nil.
func (c *comparison) workflow(x *outline, new *plan.Workflow) Report {
	r := Report{Workflow: x.name}
	if new == nil {
		r.Verdict, r.Reason = No, "the workflow is gone"
		return r
	}
	y := c.new.outline(new)
	head := c.head(x, y)
	if x.version != y.version {
		r.Verdict, r.Reason, r.Raised = No, head.text, x.version < y.version
		return r
	}
	w := &walk{comparison: c, report: &r, anything: func() finding { return c.whole(x, y) }}
	w.block(place{old: x, new: y}, x.body, y.body, head)
	if len(r.Positions) == 0 {
		r.Verdict, r.Reason = head.verdict, head.reason("")
	}
	for _, p := range r.Positions {
		if p.Verdict > r.Verdict {
			r.Verdict, r.Reason = p.Verdict, p.Step+": "+p.Reason
		}
	}
	return r
}
