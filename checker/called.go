package checker

import (
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
)

// uncalled warns of tools that nothing calls: no workflow, and no undo of a declaration. A
// package without workflows, which is only beginning, and one with errors, of which it isn't
// known what they hide, are left alone.
func (c *checker) uncalled() {
	if len(c.prog.Workflows) == 0 || c.unsound() {
		return
	}
	called := map[Object]bool{}
	note := func(in dsl.Node) {
		dsl.Inspect(in, func(n dsl.Node) bool {
			if call, ok := n.(*dsl.CallExpr); ok && call.Fun != nil {
				called[c.info.Uses[call.Fun]] = true
			}
			return true
		})
	}
	for _, w := range c.prog.Workflows {
		note(w.Decl.Body)
		note(w.Decl.Finally)
	}
	for _, t := range c.prog.Tools {
		for _, cl := range t.Decl.Clauses {
			note(cl)
		}
	}
	c.unasked()
	for _, t := range c.prog.Tools {
		if !called[t] && t.Decl.Name != nil {
			c.file = t.File
			c.warn(diag.UncalledTool, t.Decl.Name, "nothing calls %s", t.Name).
				Help = "call it, or remove its declaration"
		}
	}
}

// unasked warns of models that no agent asks.
func (c *checker) unasked() {
	asked := map[*Model]bool{}
	for _, w := range c.prog.Workflows {
		if w.Agent == nil {
			continue
		}
		for _, m := range w.Agent.Models {
			asked[m.Model] = true
		}
	}
	for _, m := range c.prog.Models {
		if !asked[m] && m.Decl.Name != nil {
			c.file = m.File
			c.warn(diag.UncalledTool, m.Decl.Name, "no agent asks %s", m.Name).
				Help = "name it in an agent, or remove its declaration"
		}
	}
}

// unsound tells whether anything is wrong with the package so far.
func (c *checker) unsound() bool {
	if diag.HasErrors(c.diags) {
		return true
	}
	for _, f := range c.prog.Files {
		if f.Unsound {
			return true
		}
	}
	return false
}
