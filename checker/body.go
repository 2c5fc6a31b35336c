package checker

import (
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// bodies checks what declarations hold: defaults and constraints, clauses, bodies.
func (c *checker) bodies() {
	for _, s := range c.prog.Structs {
		c.file = s.File
		c.structBody(s)
	}
	for _, t := range c.prog.Tools {
		c.file = t.File
		c.toolClauses(t)
	}
	for _, f := range c.prog.Funcs {
		c.file = f.File
		c.funcBody(f)
	}
	for _, w := range c.prog.Workflows {
		c.file = w.File
		c.workflowBody(w)
	}
}

func (c *checker) structBody(s *Struct) {
	for _, f := range s.Decl.Fields {
		if f.Name == nil {
			continue
		}
		field := s.Type.Field(f.Name.Name)
		if field == nil {
			continue
		}
		if f.Default != nil {
			c.pureIn("a default", func() { c.want(f.Default, field.Type, "the default") })
			c.constantDefault(f.Default)
		}
		if f.Where != nil {
			c.where(s, f)
		}
	}
}

// constantDefault reports a default that isn't written out.
func (c *checker) constantDefault(x dsl.Expr) {
	if _, ok := fold(x); ok || c.isLiteral(x) {
		return
	}
	c.report(diag.NotConstant, x, "a default is a literal, found %s", c.text(x))
}

func (c *checker) isLiteral(x dsl.Expr) bool {
	switch x := x.(type) {
	case *dsl.BasicLit, *dsl.BadExpr:
		return true
	case *dsl.StringLit:
		return c.info.Consts[x] != nil
	case *dsl.ListLit:
		return c.allLiteral(x.Elems)
	case *dsl.MapLit:
		for _, e := range x.Entries {
			if !c.isLiteral(e.Key) || !c.isLiteral(e.Value) {
				return false
			}
		}
		return true
	case *dsl.StructLit:
		for _, f := range x.Fields {
			if !c.isLiteral(f.Value) {
				return false
			}
		}
		return x.Spread == nil
	case *dsl.SelectorExpr:
		_, member := c.info.Uses[x.Sel].(*Member)
		return member
	}
	_, ok := fold(x)
	return ok
}

func (c *checker) allLiteral(xs []dsl.Expr) bool {
	for _, x := range xs {
		if !c.isLiteral(x) {
			return false
		}
	}
	return true
}

// where checks a constraint, which sees the struct's fields as names. A field may
// be called like something outside: inside it means the field.
func (c *checker) where(s *Struct, f *dsl.Field) {
	scope := newScope(c.scope)
	for _, v := range s.Vars {
		scope.names[v.Name] = &entry{name: v.Name, obj: v, file: c.file, at: v.Ident}
		scope.order = append(scope.order, scope.names[v.Name])
	}
	c.inThis(scope, func() {
		c.pureIn("a where", func() { c.want(f.Where, basic(types.Bool), "the constraint") })
	})
}

// toolClauses checks the clauses of a tool's declaration.
func (c *checker) toolClauses(t *Tool) {
	var own seenClauses
	for _, cl := range t.Decl.Clauses {
		if !own.first(c, cl) {
			continue
		}
		switch cl := cl.(type) {
		case *dsl.EffectClause:
		case *dsl.RetryClause:
			c.repeats(cl, t, c.retry(cl))
		case *dsl.TimeoutClause:
			c.timeout(cl)
		case *dsl.ElseClause:
			c.elseClause(cl, invalid)
			c.misplaced(cl, "a tool's declaration", "readonly, idempotent, retry and timeout")
		default:
			c.misplaced(cl, "a tool's declaration", "readonly, idempotent, retry and timeout")
		}
	}
}

func (c *checker) misplaced(cl dsl.Clause, where, allowed string) {
	c.report(diag.MisplacedClause, cl, "the clause means nothing in %s", where).Help = allowed + " can stand there"
}

func (c *checker) funcBody(f *Func) {
	in := place{decl: f, result: f.Result, pure: pureFunc, value: true}
	c.with(in, func() {
		c.inScope(func() {
			c.parameters(f.Params)
			br := c.open(f.Decl.Body, nil, in)
			defer c.unused(br.scope)
			if br.value == nil {
				if f.Decl.Name != nil && f.Decl.Body != nil && !br.exits && !isInvalid(f.Result) {
					c.report(diag.MissingReturn, f.Decl.Name, "func %s gives no value", f.Name).
						Help = "the value of its last line is its result"
				}
				return
			}
			c.inBranch(br, func() { c.want(br.value, f.Result, "the func's value") })
		})
	})
}

func (c *checker) parameters(ps []*Var) {
	for _, v := range ps {
		if v.Name != "_" {
			e := &entry{name: v.Name, obj: v, file: c.file, at: v.Ident}
			if c.scope.names[v.Name] == nil {
				c.enter(e)
			}
		}
	}
}

func (c *checker) workflowBody(w *Workflow) {
	for _, cl := range w.Decl.Clauses {
		if t, ok := cl.(*dsl.TimeoutClause); ok && w.Timeout == 0 {
			w.Timeout = c.timeout(t)
			continue
		}
		if e, ok := cl.(*dsl.ElseClause); ok {
			c.elseClause(e, invalid)
		}
		c.misplaced(cl, "a workflow's declaration", "one timeout")
	}
	in := place{decl: w, result: w.Result, tail: true}
	c.owed = nil
	c.with(in, func() {
		c.inScope(func() {
			c.parameters(w.Params)
			br := c.open(w.Decl.Body, nil, in)
			c.closed([]*branch{br})
			if !br.exits && w.Result != nothing && !isInvalid(w.Result) && w.Decl.Name != nil && w.Decl.Body != nil {
				c.missingReturn(w, br)
			}
		})
	})
}

func (c *checker) missingReturn(w *Workflow, br *branch) {
	end := w.Decl.Body.Span
	end.Start = max(end.Start, end.End-1)
	d := c.report(diag.MissingReturn, end, "workflow %s ends without returning %s", w.Name, w.Result)
	if br.value != nil && types.Identical(orInvalid(c.info.Types[br.value]), w.Result) {
		d.Help = "write return before the last line"
	} else {
		d.Help = "end every way through it with return or fail"
	}
}

// reachesOnce gives a tool that must not happen twice which a workflow reaches; nil
// for none.
func (c *checker) reachesOnce(w *Workflow, seen map[*Workflow]bool) *Tool {
	if seen[w] {
		return nil
	}
	seen[w] = true
	var once *Tool
	c.eachCall(w, func(name *dsl.Ident, _ *dsl.CallExpr) {
		if once != nil {
			return
		}
		if e := c.scope.lookupGlobal(name.Name); e != nil {
			switch o := e.obj.(type) {
			case *Tool:
				if !o.Readonly && !o.Idempotent {
					once = o
				}
			case *Workflow:
				once = c.reachesOnce(o, seen)
			}
		}
	})
	return once
}

// leftOwed gives an undo that a workflow still owes when it succeeds, and which so
// passes to its caller; nil for none.
func (c *checker) leftOwed(w *Workflow, seen map[*Workflow]bool) *dsl.UndoClause {
	if seen[w] || w.Decl.Body == nil {
		return nil
	}
	if seen == nil {
		seen = map[*Workflow]bool{}
	}
	seen[w] = true
	for _, s := range w.Decl.Body.Stmts {
		if _, ok := s.(*dsl.CommitStmt); ok {
			return nil
		}
	}
	var owed *dsl.UndoClause
	c.eachCall(w, func(name *dsl.Ident, x *dsl.CallExpr) {
		for _, cl := range x.Clauses {
			if u, ok := cl.(*dsl.UndoClause); ok {
				owed = u
			}
		}
		if e := c.scope.lookupGlobal(name.Name); e != nil && owed == nil {
			if sub, ok := e.obj.(*Workflow); ok {
				owed = c.leftOwed(sub, seen)
			}
		}
	})
	return owed
}

func (c *checker) eachCall(w *Workflow, visit func(*dsl.Ident, *dsl.CallExpr)) {
	dsl.Inspect(w.Decl.Body, func(n dsl.Node) bool {
		if call, ok := n.(*dsl.CallExpr); ok && call.Fun != nil {
			visit(call.Fun, call)
		}
		return true
	})
}

// recursion reports funcs and workflows that call themselves, with the way round.
func (c *checker) recursion() {
	done := map[Object]bool{}
	var way []callSite
	var visit func(o Object)
	visit = func(o Object) {
		for i, site := range way {
			if site.callee == o {
				c.cycle(way[i:])
				return
			}
		}
		if done[o] {
			return
		}
		for _, site := range c.calls[o] {
			way = append(way, callSite{o, site.file, site.name})
			visit(site.callee)
			way = way[:len(way)-1]
		}
		done[o] = true
	}
	for _, f := range c.prog.Funcs {
		visit(f)
	}
	for _, w := range c.prog.Workflows {
		visit(w)
	}
}

// cycle reports a way on which a declaration calls itself: each site has the caller
// and the name it calls.
func (c *checker) cycle(way []callSite) {
	text := ""
	for _, site := range way {
		text += objectName(site.callee) + " -> "
	}
	c.file = way[0].file
	d := c.report(diag.Recursion, way[0].name, "%s calls itself: %s%s", objectName(way[0].callee), text, objectName(way[0].callee))
	d.Help = "use a for, or start over from outside"
	for _, site := range way[1:] {
		label(d, site.file, site.name, "%s calls it here", objectName(site.callee))
	}
}

func objectName(o Object) string {
	switch o := o.(type) {
	case *Func:
		return o.Name
	case *Workflow:
		return o.Name
	}
	return ""
}

// lookupGlobal finds a declaration by name, whatever hides it.
func (s *scope) lookupGlobal(name string) *entry {
	for s.parent != nil && s.parent.parent != nil {
		s = s.parent
	}
	return s.names[name]
}

// dedupe drops what was reported again since before.
func dedupe(ds []diag.Diagnostic, before int) []diag.Diagnostic {
	out := ds[:before]
next:
	for _, d := range ds[before:] {
		for _, old := range out {
			if old.Span == d.Span && old.Source == d.Source && old.Code == d.Code {
				continue next
			}
		}
		out = append(out, d)
	}
	return out
}
