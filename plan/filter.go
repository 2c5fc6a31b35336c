package plan

import "github.com/wfgen/wfgen/checker"

// filter lowers a where on an event. What it reads of the workflow becomes variables of its
// own: it is worked out elsewhere, from what is recorded of them.
func (b *builder) filter(f *checker.Filter) *Filter {
	out := &Filter{Event: b.variable(f.Event), Text: b.text(f.Cond)}
	cond, captured := b.inPure().expr(f.Cond), substitution{}
	for _, v := range readBy(cond) {
		if v != out.Event {
			own := &Variable{Name: v.Name, Type: v.Type}
			captured[v] = &Var{T{v.Type}, own}
			out.Captured, out.Args = append(out.Captured, own), append(out.Args, &Var{T{v.Type}, v})
		}
	}
	out.Cond = substituted(cond, captured)
	return out
}

// A Waiter is a step of a workflow that awaits only some events of a kind, or calls a workflow
// that has such steps.
type Waiter struct {
	Path  string
	Node  *Node
	Await *Durable  // nil where In isn't
	In    *Workflow // nil where Await isn't
}

// Waiters are the steps of a workflow that have filters, or lead to some.
func (w *Workflow) Waiters() (out []Waiter) {
	Inspect(w.Body, func(n *Node) {
		switch op := n.Op.(type) {
		case *Durable:
			if op.Filter != nil {
				out = append(out, Waiter{Path: n.Path, Node: n, Await: op})
			}
		case *Call:
			if op.Workflow != nil && op.Workflow.Filters() {
				out = append(out, Waiter{Path: n.Path, Node: n, In: op.Workflow})
			}
			if undo := undone(op); undo != nil && undo.Filters() {
				out = append(out, Waiter{Path: op.Undo.Path, Node: n, In: undo})
			}
		}
	}, nil)
	return out
}

// Filters tells whether a workflow, or one that it calls, awaits only some events of a kind.
func (w *Workflow) Filters() bool {
	return w.NeedsEngine && len(w.Waiters()) > 0
}
