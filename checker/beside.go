package checker

import (
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
)

// besideUndo takes note of an undo that stands directly in a parallel block.
func (c *checker) besideUndo(cl *dsl.UndoClause) {
	if c.in.parallel {
		c.undosBeside = append(c.undosBeside, cl)
	}
}

// besideEffects warns of undos in a parallel block that holds other effects: when
// one of those fails, the call whose undo it is may be on its way.
func (c *checker) besideEffects(b *dsl.Block) {
	undos := c.undosBeside
	c.undosBeside = nil
	if b == nil || len(undos) == 0 || c.effectLines(b) < 2 {
		return
	}
	for _, cl := range undos {
		c.warn(diag.UndoUnsure, cl, "beside other effects, a failure may stop this call when it has happened, but its undo is owed only once it has succeeded").
			Help = "make sure the tool itself cleans up when its context is cancelled"
	}
}

// effectLines counts the lines of a block that call a tool which changes something.
func (c *checker) effectLines(b *dsl.Block) int {
	n := 0
	for _, s := range b.Stmts {
		effect := false
		dsl.Inspect(s, func(x dsl.Node) bool {
			call, ok := x.(*dsl.CallExpr)
			if ok && call.Fun != nil {
				switch o := c.info.Uses[call.Fun].(type) {
				case *Tool:
					effect = effect || !o.Readonly
				case *Workflow:
					effect = true
				}
			}
			_, isUndo := x.(*dsl.UndoClause)
			return !isUndo
		})
		if effect {
			n++
		}
	}
	return n
}
