package checker

import (
	"slices"
	"strings"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// What an agent's model may have called.

func (c *checker) offers(w *Workflow) {
	seen := map[string]*dsl.Ident{}
	for _, t := range w.Agent.Decl.Tools {
		if old := seen[t.Name.Name]; old != nil {
			d := c.report(diag.DuplicateName, t.Name, "%s is a tool of this agent already", t.Name.Name)
			label(d, c.file, old, "first here")
			d.Help = "a model tells tools apart by their names: call one of them in a workflow, and name that here"
		}
		seen[t.Name.Name] = t.Name
		if o := c.offer(w, t); o != nil {
			w.Agent.Offers = append(w.Agent.Offers, o)
		}
	}
}

// offer checks one of the tools of an agent. It is nil where nothing is known of what it calls.
func (c *checker) offer(w *Workflow, t *dsl.AgentTool) *Offer {
	o := &Offer{Decl: t}
	at := dsl.Span{Start: t.Start, End: t.Name.End}
	call := &dsl.CallExpr{Span: at, Package: t.Package, Fun: t.Name, Clauses: t.Clauses}
	var params []*Var
	result := nothing
	switch callee := c.callee(call, "tool").(type) {
	case *Tool:
		o.Tool, params, result = callee, callee.Params, callee.Result
		if callee.unsound {
			return c.looseOffer(t)
		}
	case *Workflow:
		o.Workflow, params, result = callee, callee.Params, callee.Result
	case nil:
		return c.looseOffer(t)
	default:
		c.notOffered(t)
		return c.looseOffer(t)
	}
	if t.Max != nil {
		o.Max = c.countAboveNone(t.Max, "max")
	}
	c.noSteps(t)
	s := newScope(c.scope)
	call.Args = c.boundArgs(o, params, s)
	c.inThis(s, func() { c.offerBlock(o, call, result) })
	c.ambiguous(o)
	return o
}

// looseOffer checks what is said of what can't be called.
func (c *checker) looseOffer(t *dsl.AgentTool) *Offer {
	for _, a := range t.Args {
		c.infer(a.Value, invalid)
	}
	return nil
}

func (c *checker) notOffered(t *dsl.AgentTool) {
	e := c.scope.lookup(t.Name.Name)
	if t.Package != nil || e == nil {
		return
	}
	d := c.report(diag.WrongType, t.Name, "%s is %s, expected a tool, a workflow or an agent", t.Name.Name, kindOf(e))
	label(d, e.file, e.at, "declared here")
	if _, pure := e.obj.(*Func); pure {
		d.Help = "call it in a workflow, and name that here"
	}
}

// noSteps reports steps in what is said of a call beside the call itself.
func (c *checker) noSteps(t *dsl.AgentTool) {
	look := func(in dsl.Node) {
		dsl.Inspect(in, func(n dsl.Node) bool {
			if x, ok := n.(*dsl.CallExpr); ok && x.Fun != nil && c.isKnownStep(x) {
				c.report(diag.ImpureHere, x.Fun, "%s is a step, and can't stand in what is said of a tool of an agent", x.Fun.Name).
					Help = "call it in a workflow, and give the agent its result"
			}
			return true
		})
	}
	for _, a := range t.Args {
		look(a.Value)
	}
	look(t.Where)
	if t.Approve != nil {
		for _, x := range t.Approve.Args {
			look(x)
		}
	}
}

// isKnownStep tells whether a call is one of a tool or workflow that there is.
func (c *checker) isKnownStep(x *dsl.CallExpr) bool {
	return x.Package == nil && (x.Verb != dsl.Call || c.scope.lookup(x.Fun.Name) != nil) && c.isStepCall(x)
}

// hiddenName is what a parameter that the model chooses is called in its scope where the agent
// has one of its name, which is meant by that: no name that can be written.
func hiddenName(name string) string { return " " + name }

// boundArgs gives the arguments of a call: what is bound, and names for what the model chooses,
// which are entered in a scope.
func (c *checker) boundArgs(o *Offer, params []*Var, s *scope) []dsl.Expr {
	t := o.Decl
	bound := map[string]dsl.FieldValue{}
	for _, a := range t.Args {
		old, twice := bound[a.Name.Name]
		switch {
		case twice:
			label(c.report(diag.DuplicateName, a.Name, "%s is bound twice", a.Name.Name), c.file, old.Name, "first here")
			c.infer(a.Value, invalid)
		case !slices.ContainsFunc(params, func(p *Var) bool { return p.Name == a.Name.Name }):
			c.noParam(t, a.Name, params)
			c.infer(a.Value, invalid)
		default:
			bound[a.Name.Name] = a
		}
	}
	var args []dsl.Expr
	for _, p := range params {
		if a, ok := bound[p.Name]; ok {
			args = append(args, a.Value)
			continue
		}
		c.askable(t.Name, p.Type, "the argument "+p.Name+" of "+t.Name.Name, p.Name)
		v := &Var{Name: p.Name, Type: p.Type, Ident: p.Ident}
		o.Free = append(o.Free, v)
		name, e := p.Name, c.scope.lookup(p.Name)
		if isTwin(e) {
			name, e = hiddenName(name), nil
		}
		s.put(&entry{name: name, obj: v, file: c.file, what: "an argument", hides: e})
		args = append(args, &dsl.Ident{Span: t.Name.Span, Name: name})
	}
	return args
}

// isTwin tells of what is in sight that it has a value, as what the model chooses has.
func isTwin(e *entry) bool { return e != nil && e.at != nil && isValue(e.obj) && !isType(e.obj) }

func (c *checker) noParam(t *dsl.AgentTool, name *dsl.Ident, params []*Var) {
	d := c.report(diag.UnknownField, name, "%s has no parameter %s", t.Name.Name, name.Name)
	var names, written []string
	for _, p := range params {
		names, written = append(names, p.Name), append(written, p.Name+" "+p.Type.String())
	}
	if d.Help = "it is " + t.Name.Name + "(" + list(written) + ")"; nearest(name.Name, names) != "" {
		d.Help = "did you mean " + nearest(name.Name, names) + "?"
	}
}

// offerBlock makes and checks the lines of a call.
func (c *checker) offerBlock(o *Offer, call *dsl.CallExpr, result types.Type) {
	t := o.Decl
	b := &dsl.Block{Span: t.Span}
	o.Block = b
	c.offered[t.Name] = true
	if t.Approve != nil {
		c.offered[t.Approve.Fun] = true
		ask := &dsl.ExprStmt{X: t.Approve}
		if t.Where != nil {
			then := &dsl.Block{Span: t.Approve.Span, Stmts: []dsl.Stmt{ask}}
			ask = &dsl.ExprStmt{X: &dsl.IfExpr{Span: t.Approve.Span, Cond: t.Where, Then: then}}
		}
		b.Stmts = append(b.Stmts, ask)
	}
	in := c.in
	if result == nothing {
		b.Stmts = append(b.Stmts, &dsl.ExprStmt{X: call})
		br := c.open(b, nil, in)
		c.inBranch(br, func() { c.drop(br.value) })
		return
	}
	name := c.resultNameFor(t)
	value := &dsl.Ident{Span: t.Name.Span, Name: name}
	bind := &dsl.BindStmt{Span: call.Span, Name: &dsl.Ident{Span: t.Name.Span, Name: name}, Value: call}
	b.Stmts = append(b.Stmts, bind, &dsl.ExprStmt{X: value})
	br := c.open(b, nil, in)
	c.inBranch(br, func() { c.info.Types[value] = c.infer(value, nil) })
}

// resultNameFor is the name by which the undo of a call knows what the call gives. Where
// something else is called so, an undo can't tell the two apart.
func (c *checker) resultNameFor(t *dsl.AgentTool) string {
	e := c.scope.lookup(resultName)
	if e == nil {
		return resultName
	}
	for _, cl := range t.Clauses {
		if u, ok := cl.(*dsl.UndoClause); ok && !u.None() && !u.Early {
			d := c.report(diag.Shadowed, u, "the undo can't tell what %s gives from %s result", t.Name.Name, kindOf(e))
			label(d, e.file, e.at, "declared here")
			d.Help = "give that another name"
		}
	}
	name := lowerFirst(t.Name.Name)
	for c.scope.lookup(name) != nil {
		name += "_"
	}
	return name
}

// ambiguous reports names that the agent's own parameters have and those that the model
// chooses, where either may be meant.
func (c *checker) ambiguous(o *Offer) {
	t := o.Decl
	twins := map[string]*entry{}
	for _, v := range o.Free {
		if e := c.scope.lookup(v.Name); isTwin(e) {
			twins[v.Name] = e
		}
	}
	look := func(in dsl.Node) {
		dsl.Inspect(in, func(n dsl.Node) bool {
			id, ok := n.(*dsl.Ident)
			if e := twins[named(id)]; ok && e != nil && c.info.Uses[id] == e.obj {
				d := c.report(diag.Shadowed, id, "%s is %s here, and also an argument of %s that the model chooses", id.Name, kindOf(e), t.Name.Name)
				label(d, e.file, e.at, "declared here")
				d.Help = "bind it, " + t.Name.Name + "(" + id.Name + ": " + id.Name + "), or give what is declared another name"
			}
			return true
		})
	}
	look(t.Where)
	look(t.Approve)
	for _, cl := range t.Clauses {
		look(cl)
	}
}

// askable reports a type of which a model can't be asked for a value: what it may write is
// said by a schema that holds no part of itself and leaves nothing open. free is the parameter
// that could be bound instead; empty for a result.
func (c *checker) askable(at dsl.Node, t types.Type, what, free string) {
	part, way, why := unaskable(t, nil)
	if part == nil {
		return
	}
	message := what + " is " + types.Spelled(t)
	if len(way) > 0 {
		message += ", and holds " + types.Spelled(part) + " by " + strings.Join(way, ".")
	}
	d := c.report(diag.NotForModel, at, "%s, which a model can't be asked for: %s", message, why.text)
	d.Help = why.help
	if free != "" {
		d.Help = "bind it, " + c.text(at) + "(" + free + ": …), or " + why.help
	}
}

// A refusal is why a model can't be asked for a type, and what to do.
type refusal struct{ text, help string }

var (
	refusesAny  = refusal{"nothing says what it may be", "declare a type with the fields that it has"}
	refusesGo   = refusal{"it is written in Go", "declare a type of the language, and make the one of Go in a tool"}
	refusesRing = refusal{"it holds itself", "give its parts as a list, of which each names the one that it belongs to"}
)

// unaskable finds a part of a type that a model can't be asked for, and the fields by which
// the type holds it; nil where there is none. on are the structs that are looked into.
func unaskable(t types.Type, on []*types.Struct) (part types.Type, way []string, why refusal) {
	switch t := t.(type) {
	case *types.Basic:
		if t.Kind == types.Any {
			return t, nil, refusesAny
		}
	case *types.Go:
		return t, nil, refusesGo
	case *types.List:
		return unaskable(t.Elem, on)
	case *types.Optional:
		return unaskable(t.Elem, on)
	case *types.Map:
		return unaskable(t.Elem, on)
	case *types.Union:
		for _, m := range t.Members {
			if part, way, why = unaskable(m, on); part != nil {
				return part, append([]string{m.Name}, way...), why
			}
		}
	case *types.Struct:
		if slices.Contains(on, t) {
			return t, nil, refusesRing
		}
		for _, f := range t.Fields {
			if f.Rest {
				continue // a model adds no keys
			}
			if part, way, why = unaskable(f.Type, append(on[:len(on):len(on)], t)); part != nil {
				return part, append([]string{f.Name}, way...), why
			}
		}
	}
	return nil, nil, refusal{}
}
