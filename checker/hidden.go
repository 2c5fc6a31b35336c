package checker

import (
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// A match that names all members of an enum doesn't compile any more when a member is
// added, and so asks what is to be done about it. Here it is warned of what could be such a
// match, but would take the new member in silence. What fails is no silence.

// hidden warns of a pattern _ that stands for at most one member of an enum.
func (c *checker) hidden(cv *cover, x *dsl.MatchExpr) {
	e, ok := elemOf(cv.t).(*types.Enum)
	if !ok || cv.rest == nil || cv.unsound {
		return
	}
	for _, a := range x.Arms {
		if a.Pattern == cv.rest && fails(a.Body) {
			return
		}
	}
	if _, optional := cv.t.(*types.Optional); optional && cv.seen["none"] == nil {
		return
	}
	left := without(e, func(m string) bool { return cv.seen[m] != nil })
	switch len(left) {
	case 0:
		c.warn(diag.HiddenCase, cv.rest, "all members of %s are named: _ takes those that are added, in silence", e.Name).
			Help = "remove it"
	case 1:
		c.warn(diag.HiddenCase, cv.rest, "_ stands for %s alone, and takes members that are added, in silence", left[0]).
			Help = "write " + left[0] + " => …"
	}
}

// fails tells of a block that it fails whenever it is run.
func fails(b *dsl.Block) bool {
	if b == nil || len(b.Stmts) == 0 {
		return false
	}
	_, last := b.Stmts[len(b.Stmts)-1].(*dsl.FailStmt)
	leaves := false
	dsl.Inspect(b, func(n dsl.Node) bool {
		switch n.(type) {
		case *dsl.ReturnStmt, *dsl.BreakStmt, *dsl.ContinueStmt:
			leaves = true
		}
		return true
	})
	return last && !leaves
}

// enumChains looks at the bodies of funcs and workflows.
func (c *checker) enumChains() {
	for _, f := range c.prog.Funcs {
		c.file = f.File
		c.chains(f.Decl.Body)
	}
	for _, w := range c.prog.Workflows {
		c.file = w.File
		c.chains(w.Decl.Body)
		c.chains(w.Decl.Finally)
	}
}

// chains warns of an if … else if … that compares a value with all members of an enum but
// at most one.
func (c *checker) chains(in dsl.Node) {
	inner := map[*dsl.IfExpr]bool{}
	dsl.Inspect(in, func(n dsl.Node) bool {
		x, ok := n.(*dsl.IfExpr)
		if !ok || inner[x] {
			return true
		}
		var enum *types.Enum
		of, asked := "", map[string]bool{}
		for next := x; next != nil; next = elseIf(next) {
			inner[next] = true
			subject, m := c.comparison(next.Cond)
			if m == nil || of != "" && (of != subject || m.Enum != enum) {
				return true
			}
			of, enum = subject, m.Enum
			asked[m.Name] = true
			if elseIf(next) == nil && fails(next.Else) {
				return true
			}
		}
		if len(asked) < 2 {
			return true
		}
		if left := without(enum, func(m string) bool { return asked[m] }); len(left) < 2 {
			c.warn(diag.HiddenCase, headOf(x), "this tells the members of %s apart, and takes those that are added in silence", enum.Name).
				Help = "write match " + of + " { … }, which asks for each of them"
		}
		return true
	})
}

// elseIf is the if that follows an else; nil where none does.
func elseIf(x *dsl.IfExpr) *dsl.IfExpr {
	if x.Else == nil || len(x.Else.Stmts) != 1 {
		return nil
	}
	s, ok := x.Else.Stmts[0].(*dsl.ExprStmt)
	if !ok {
		return nil
	}
	next, _ := s.X.(*dsl.IfExpr)
	return next
}

// comparison is what a condition compares with which member of an enum, as it is written;
// the member is nil for another condition.
func (c *checker) comparison(cond dsl.Expr) (subject string, m *Member) {
	b, ok := unparen(cond).(*dsl.BinaryExpr)
	if !ok || b.Op != dsl.Eq {
		return "", nil
	}
	for _, side := range [][2]dsl.Expr{{b.X, b.Y}, {b.Y, b.X}} {
		if sel, ok := unparen(side[1]).(*dsl.SelectorExpr); ok {
			if m, ok := c.info.Uses[sel.Sel].(*Member); ok {
				return c.text(side[0]), m
			}
		}
	}
	return "", nil
}

// without are the members of an enum for which left out doesn't hold.
func without(e *types.Enum, leftOut func(string) bool) []string {
	var left []string
	for _, m := range e.Members {
		if !leftOut(m) {
			left = append(left, m)
		}
	}
	return left
}
