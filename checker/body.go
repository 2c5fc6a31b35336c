package checker

import (
	"fmt"
	"slices"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// pureFunc is why a func's body is pure.
const pureFunc = "a func"

// bodies checks what declarations hold: defaults and constraints, clauses, bodies.
// The clauses of tools and workflows come first: calls take them over.
func (c *checker) bodies() {
	for _, o := range c.prog.Consts {
		c.constValue(o)
	}
	for _, p := range c.prog.Policies {
		c.file = p.File
		c.policyClauses(p)
	}
	for _, m := range c.prog.Models {
		c.file = m.File
		c.modelDecl(m)
	}
	for _, t := range c.prog.Tools {
		c.file = t.File
		c.toolClauses(t)
	}
	for _, w := range c.prog.Workflows {
		c.file = w.File
		c.workflowClauses(w)
	}
	for _, t := range c.prog.Tools {
		c.file = t.File
		c.toolUndo(t)
	}
	for _, s := range c.prog.Structs {
		c.file = s.File
		c.structBody(s)
	}
	for _, f := range c.prog.Funcs {
		c.file = f.File
		c.funcBody(f)
	}
	for _, w := range c.prog.Workflows {
		c.file = w.File
		if w.Agent != nil {
			c.agentBody(w)
		} else {
			c.workflowBody(w)
		}
	}
}

func (c *checker) structBody(s *Struct) {
	seen := map[string]bool{}
	for _, f := range s.Decl.Fields {
		if f == nil || f.Name == nil || seen[f.Name.Name] {
			continue
		}
		seen[f.Name.Name] = true
		if f.Default != nil && !f.Rest {
			before := len(c.diags)
			c.pureIn("a default", func() { c.want(f.Default, s.Type.Field(f.Name.Name).Type, "the default") })
			c.nullDefault(f, s.Type.Field(f.Name.Name).Type)
			if len(c.diags) == before && !c.isLiteral(f.Default) {
				c.report(diag.NotConstant, f.Default, "a default is a literal, found %s", c.text(f.Default))
			}
		}
		if f.Where != nil {
			c.where(s, f)
		}
	}
}

// nullDefault reports a none as the default of an any: what may be left out says so by its
// type.
func (c *checker) nullDefault(f *dsl.Field, t types.Type) {
	if isNone(f.Default) && types.Is(t, types.Any) {
		c.report(diag.WrongType, f.Default, "found none, expected any").Help = "a field that may be left out has the type any?"
	}
}

// isLiteral tells whether a default is written out: a constant, an enum's member,
// none, or a list of such.
func (c *checker) isLiteral(x dsl.Expr) bool {
	if c.info.Consts[x] != nil {
		return true
	}
	switch x := x.(type) {
	case *dsl.BasicLit, *dsl.BadExpr:
		return true
	case *dsl.ParenExpr:
		return c.isLiteral(x.X)
	case *dsl.ListLit:
		for _, e := range x.Elems {
			if !c.isLiteral(e) {
				return false
			}
		}
		return true
	case *dsl.SelectorExpr:
		_, member := c.info.Uses[x.Sel].(*Member)
		return member
	}
	return false
}

// where checks a constraint, which sees the struct's fields as names. A field may
// be called like something outside: inside it means the field.
func (c *checker) where(s *Struct, f *dsl.Field) {
	scope := newScope(c.scope)
	for _, v := range s.Vars {
		scope.put(&entry{name: v.Name, obj: v, file: c.file, at: v.Ident, what: "a field"})
	}
	c.inThis(scope, func() {
		c.pureIn("a constraint", func() { c.want(f.Where, basic(types.Bool), "the constraint") })
	})
}

func (c *checker) funcBody(f *Func) {
	if f.Decl.Body == nil {
		return
	}
	in := place{decl: f, pure: pureFunc, noReturn: pureFunc}
	c.with(in, func() {
		c.inScope(func() {
			c.parameters(f.Params)
			br := c.open(f.Decl.Body, nil, in)
			defer c.unused(br.scope)
			switch {
			case br.value != nil:
				c.inBranch(br, func() { c.want(br.value, f.Result, "the func's value") })
			case br.sound() && f.Decl.Name != nil && !isInvalid(f.Result):
				c.report(diag.MissingReturn, lastOf(f.Decl.Body), "func %s gives no value", f.Name).
					Help = "the last line of a func is its value"
			}
		})
	})
}

// parameters enters the parameters; two of one name have been reported.
func (c *checker) parameters(ps []*Var) {
	for _, v := range ps {
		if v.Name != "_" && c.scope.names[v.Name] == nil {
			c.enter(&entry{name: v.Name, obj: v, file: c.file, at: v.Ident, what: "a parameter"})
		}
	}
}

func (c *checker) workflowBody(w *Workflow) {
	in := place{decl: w, result: w.Result}
	c.with(in, func() {
		c.inScope(func() {
			c.parameters(w.Params)
			br := c.open(w.Decl.Body, nil, in)
			defer c.unused(br.scope)
			if br.value != nil {
				c.inBranch(br, func() { br.exits = c.lastLine(w, br.value) })
			}
			if !br.exits && br.sound() && w.Result != nothing && !isInvalid(w.Result) && w.Decl.Name != nil {
				c.missingReturn(w, br)
			}
			c.finally(w)
		})
	})
}

// lastLine checks the last line of a workflow, which gives no value.
func (c *checker) lastLine(w *Workflow, x dsl.Expr) (exits bool) {
	if c.acts(x) || w.Result == nothing {
		return c.bareLine(x)
	}
	c.info.Types[x] = c.infer(x, w.Result)
	return false
}

func (c *checker) missingReturn(w *Workflow, br *branch) {
	t := c.info.Types[br.value]
	if br.value != nil && !isInvalid(t) && t != nothing {
		c.report(diag.MissingReturn, br.value, "workflow %s ends without returning %s", w.Name, w.Result).
			Help = "write return before the value"
		return
	}
	if form := c.unreturned(br.block); form != nil {
		c.report(diag.MissingReturn, headOf(form), "workflow %s ends without returning %s", w.Name, w.Result).
			Help = fmt.Sprintf("write return %s …: its value is the last line of the block that is run, where no return stands then", c.text(headOf(form)))
		return
	}
	c.report(diag.MissingReturn, lastOf(w.Decl.Body), "workflow %s ends without returning %s", w.Name, w.Result).
		Help = "end every way through it with return or fail"
}

// unreturned is the if, match, try or race at the end of a block that some way ends with a
// value; nil for none. That nobody uses the value isn't said then: a return is missing.
func (c *checker) unreturned(b *dsl.Block) dsl.Expr {
	form := lastExpr(b)
	ends := endsOf(form, nil)
	if !slices.ContainsFunc(ends, func(x dsl.Expr) bool { t := c.info.Types[x]; return !isInvalid(t) && t != nothing }) {
		return nil
	}
	c.diags = slices.DeleteFunc(c.diags, func(d diag.Diagnostic) bool {
		return d.Code == diag.UnusedResult && d.Source == c.file.Source &&
			slices.ContainsFunc(ends, func(x dsl.Expr) bool { return x.Place() == d.Span })
	})
	return form
}

// endsOf adds the expressions that a form, or one that it ends with, may end with.
func endsOf(form dsl.Expr, ends []dsl.Expr) []dsl.Expr {
	for _, b := range blocksOf(form) {
		if x := lastExpr(b); len(blocksOf(x)) > 0 {
			ends = endsOf(x, ends)
		} else if x != nil {
			ends = append(ends, x)
		}
	}
	return ends
}

// blocksOf are the blocks of an if, match, try or race, any of which gives its value.
func blocksOf(x dsl.Expr) (blocks []*dsl.Block) {
	switch x := x.(type) {
	case *dsl.IfExpr:
		return []*dsl.Block{x.Then, x.Else}
	case *dsl.TryExpr:
		if x.Uncaught() {
			return []*dsl.Block{x.Body}
		}
		return []*dsl.Block{x.Body, x.Else}
	case *dsl.MatchExpr:
		for _, a := range x.Arms {
			if a != nil {
				blocks = append(blocks, a.Body)
			}
		}
	case *dsl.RaceExpr:
		for _, a := range x.Arms {
			if a != nil {
				blocks = append(blocks, a.Body)
			}
		}
	}
	return blocks
}

// lastOf is the closing brace of a block.
func lastOf(b *dsl.Block) dsl.Span {
	if b == nil {
		return dsl.Span{}
	}
	return dsl.Span{Start: max(b.Start, b.End-1), End: b.End}
}
