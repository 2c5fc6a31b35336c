package checker

import (
	"slices"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
)

// resultName is how the undo of a tool's declaration calls what the tool gives.
const resultName = "result"

// toolUndo checks the undo of a tool's declaration, or its finally, and keeps it for the
// tool's calls.
// It comes after the clauses of all tools, of which undos take over theirs.
func (c *checker) toolUndo(t *Tool) {
	i := slices.IndexFunc(t.Decl.Clauses, func(cl dsl.Clause) bool { _, undo := cl.(*dsl.UndoClause); return undo })
	if i < 0 || t.unsound {
		return
	}
	cl := t.Decl.Clauses[i].(*dsl.UndoClause)
	defaults := c.defaults[t]
	defaults.NoUndo = cl.None()
	if t.Readonly && !cl.None() {
		c.report(diag.BadUndo, cl, "%s is readonly: it changes nothing that could be taken back", t.Name)
		return
	}
	if call := c.calledBy(cl); call != nil && c.undoOf(t, cl, call) {
		defaults.Undo, defaults.Finally, defaults.Early, defaults.UndoOf = call, cl.Finally, cl.Early, t
		switch {
		case cl.Early:
		case defaults.Timeout > 0:
			c.unsure(cl, lateSuccess)
		case isOnce(t):
			c.unsure(cl, unknownSuccess)
		}
	}
	c.defaults[t] = defaults
}

// undoOf checks the call by which a tool's declaration takes back the tool's calls. Its
// arguments know the tool's parameters and what it gives, and nothing else.
func (c *checker) undoOf(t *Tool, cl *dsl.UndoClause, call *dsl.CallExpr) (sound bool) {
	s := newScope(c.scope)
	for _, v := range t.Params {
		s.put(&entry{name: v.Name, obj: v, file: c.file, at: v.Ident, what: "a parameter"})
	}
	if !cl.Early && t.Result != nothing {
		if of := s.names[resultName]; of != nil {
			d := c.report(diag.Shadowed, cl, "the undo can't tell the tool's result from its parameter result")
			label(d, of.file, of.at, "the parameter")
			d.Help = "give the parameter another name"
			return false
		}
		t.Given = &Var{Name: resultName, Type: t.Result}
		s.put(&entry{name: resultName, obj: t.Given, file: c.file, what: "what the tool gives"})
	}
	before := len(c.diags)
	c.with(place{}, func() { c.inThis(s, func() { sound = c.undoCall(cl, call) }) })
	if of := s.names[resultName]; of != nil && t.Given != nil && of.used {
		c.byResult[call] = true
	}
	for i := before; i < len(c.diags); i++ {
		if d := &c.diags[i]; d.Code == diag.UnknownName && c.text(d.Span) == resultName {
			d.Help = t.Name + " gives no result"
			if cl.Early {
				d.Help = "an undo early is owed before there is a result"
			}
		}
	}
	return sound
}

// ofUndo are the clauses of a declaration for a call that takes back: it owes nothing.
func (cs Clauses) ofUndo() Clauses {
	cs.Undo, cs.Finally, cs.Early, cs.UndoOf, cs.NoUndo = nil, false, false, nil, false
	return cs
}

// declaredUndo looks at a call that owes the undo of its tool's declaration. That it is
// unsure with the declaration's own timeout is said there.
func (c *checker) declaredUndo(x *dsl.CallExpr, cs *Clauses) {
	if w, ok := c.info.Uses[cs.Undo.Fun].(*Workflow); ok {
		c.callFrom(w, x.Fun)
	}
	if cs.Early || c.defaults[cs.UndoOf].Timeout > 0 || isOnce(cs.UndoOf) {
		return
	}
	if why := c.mayHaveHappened(cs.UndoOf, cs); why != "" {
		c.unsureOf(x, cs.UndoOf, why+owedLate(cs.Finally))
	}
}

// unsureOf is unsure for the call of a tool whose declaration says the undo.
func (c *checker) unsureOf(x *dsl.CallExpr, t *Tool, why string) {
	d := c.warn(diag.UndoUnsure, x.Fun, "%s", why)
	defaults := c.defaults[t]
	word := defaults.word()
	label(d, t.File, t.Decl.Name, "its %s is declared here", word)
	d.Help = c.early(word, " there, or here", c.byResult[defaults.Undo])
}

// workflowOwes reports undo none on the call of a workflow, of which each step says for
// itself whether it is undone.
func (c *checker) workflowOwes(cl *dsl.UndoClause) {
	c.report(diag.BadUndo, cl, "a workflow's steps say for themselves what they owe").
		Help = "write undo none on their calls, or commit at the end of the workflow"
}
