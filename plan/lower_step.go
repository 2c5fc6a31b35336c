package plan

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/runtime/stepid"
	"github.com/wfgen/wfgen/types"
)

// hoisted lowers a step inside an expression to a node above the line, and reads
// its result.
func (b *builder) hoisted(x dsl.Expr) Expr {
	v := &Variable{Name: suggestion(x), Type: b.info.Types[x]}
	b.step(x, v, true)
	return &Var{T{v.Type}, v}
}

// suggestion is a name for the result of a step that has none.
func suggestion(x dsl.Expr) string {
	switch x := x.(type) {
	case *dsl.CallExpr:
		return lowerFirst(x.Fun.Name)
	case *dsl.ForExpr:
		return "list"
	}
	return "value"
}

// step lowers an expression that is a node. It binds v, which may be nil; without
// wanted its blocks compute no values.
func (b *builder) step(x dsl.Expr, v *Variable, wanted bool) *Node {
	named := b.naming.base != "" || b.naming.name != "" && b.naming.outermost == x
	id := b.stepID(x)
	call, ok := x.(*dsl.CallExpr)
	if ok && call.Verb != dsl.Call {
		n := b.add(x, id, b.durable(call, id, v), v)
		b.facts[n].after = append(b.facts[n].after, b.after(call)...)
		return n
	}
	if ok && b.isRecorded(call) {
		return b.add(x, id, recordedRead(call), v)
	}
	if ok {
		op := b.call(call, id, v)
		if v == nil && op.Undo != nil && op.Undo.Result != nil { // nothing else reads it
			v = op.Undo.Result
		}
		n := b.add(x, id, op, v)
		b.facts[n].after = append(b.facts[n].after, b.after(call)...)
		return n
	}
	// The steps in an unnamed block's header are called as if they stood above it.
	header := ""
	if named {
		header = id
	}
	return b.add(x, id, b.blockForm(x, id, header, wanted), v)
}

// recordedRead is the operation that a call of now or uuid is.
func recordedRead(x *dsl.CallExpr) Op {
	if x.Fun.Name == "now" {
		return &Now{}
	}
	return &UUID{}
}

func (b *builder) blockForm(x dsl.Expr, id, header string, wanted bool) Op {
	switch x := x.(type) {
	case *dsl.IfExpr:
		op := &If{}
		b.under(header, func() { op.Cond = b.expr(x.Cond) })
		op.Then = b.branch(id, "then", x.Then, wanted)
		if x.Else != nil {
			op.Else = b.branch(id, "else", x.Else, wanted)
		}
		return op
	case *dsl.MatchExpr:
		op := &Match{}
		b.under(header, func() { op.X = b.expr(x.X) })
		op.Pos = b.pos(x.X.Place())
		for _, a := range x.Arms {
			arm := &Arm{Case: b.caseOf(a, op.X.Type()), Body: b.branch(id, patternID(a.Pattern), a.Body, wanted)}
			arm.dropUnread(slices.Contains(freeIn(arm.Body), arm.Binds))
			op.Arms = append(op.Arms, arm)
		}
		return op
	case *dsl.ForExpr:
		return b.forRounds(x, id, header, wanted)
	case *dsl.TryExpr:
		return b.try(x, id, wanted)
	case *dsl.RaceExpr:
		return b.race(x, id, wanted)
	case *dsl.LoopExpr:
		return b.loop(x, id, header, wanted)
	case *dsl.ParallelExpr:
		return &Parallel{Body: b.filled(b.unit, b.scope.at(id), &Block{Parallel: true}, x.Body, wanted)}
	}
	panic(fmt.Sprintf("internal error: %T is no block form", x))
}

func (b *builder) try(x *dsl.TryExpr, id string, wanted bool) *Try {
	op, in := &Try{Retry: retryOf(b.info.Tries[x])}, b.scope.at(id)
	if op.Retry != nil {
		in = b.scope.attempts(id)
	}
	op.Body = b.block(b.unit, in, x.Body, wanted)
	if x.Else != nil {
		op.Else = b.otherwise(x.Else, id, wanted)
	}
	return op
}

// race lowers a race. An arm that is a single step stands right under the race's id,
// a block under its label's.
func (b *builder) race(x *dsl.RaceExpr, id string, wanted bool) *Race {
	op := &Race{}
	for _, a := range x.Arms {
		at, body := id, a.Body
		switch {
		case !body.Bare && a.Label != nil:
			at = stepid.In(id, a.Label.Name)
			b.take(at)
		case !body.Bare:
			at = b.unique(stepid.In(id, "arm"))
		case a.Label != nil:
			labeled := &dsl.LabeledStmt{Span: a.Span, Label: a.Label, Stmt: body.Stmts[0]}
			body = &dsl.Block{Span: body.Span, Stmts: []dsl.Stmt{labeled}, Bare: true}
		}
		arm := b.block(b.unit, b.scope.at(at), body, wanted)
		op.Arms, op.IDs = append(op.Arms, arm), append(op.IDs, op.armID(strings.TrimPrefix(at, id), arm))
	}
	return op
}

// armID is the id of a race's next arm, which stands in a block: under a dot and its own
// id, or else right under the race's.
func (op *Race) armID(under string, arm *Block) string {
	switch n := len(arm.Nodes); {
	case under != "":
		return under[1:]
	case n > 0:
		return arm.Nodes[n-1].ID // what holds it comes last
	}
	for n, id := 2, "value"; ; n, id = n+1, "value#"+strconv.Itoa(n) {
		if !slices.Contains(op.IDs, id) {
			return id
		}
	}
}

// A rounds says of the loop around a block what its breaks have to know.
type rounds struct{ wanted bool }

func (b *builder) loop(x *dsl.LoopExpr, id, header string, wanted bool) *Loop {
	op := &Loop{}
	b.under(header, func() { b.loopHead(x, op) })
	if x.Where != nil {
		op.Where = b.inPure().expr(x.Where)
	}
	outer := b.lowerer.rounds
	b.lowerer.rounds = rounds{wanted}
	op.Body = b.block(b.unit, b.scope.rounds(id), x.Body, false)
	b.lowerer.rounds = outer
	switch {
	case x.Else != nil:
		op.Else = b.branch(id, "else", x.Else, wanted)
	case x.X != nil && wanted:
		op.Else = &Block{Value: &Var{T{op.State.Type}, op.State}}
	case x.X != nil:
		op.Else = &Block{}
	}
	return op
}

// loopHead lowers what is computed before the rounds.
func (b *builder) loopHead(x *dsl.LoopExpr, op *Loop) {
	if x.State != nil {
		op.Init = b.expr(x.Init)
		if op.State = b.declared(x.State); op.State == nil {
			op.State = &Variable{Name: "_", Type: op.Init.Type()}
		}
	}
	switch {
	case x.X != nil:
		op.X = b.expr(x.X)
		op.Key, op.Value = b.declared(x.Key), b.element(x.Value, op.X)
	case !isNone(x.Max):
		op.Max = b.expr(x.Max)
	}
}

func isNone(x dsl.Expr) bool {
	lit, ok := unparen(x).(*dsl.BasicLit)
	return ok && lit.Kind == dsl.NoneLit
}

func (b *builder) branch(id, name string, src *dsl.Block, wanted bool) *Block {
	return b.block(b.unit, b.scope.at(stepid.In(id, name)), src, wanted)
}

func (b *builder) forRounds(x *dsl.ForExpr, id, header string, wanted bool) *For {
	op := &For{Parallel: x.Parallel}
	b.under(header, func() {
		op.X = b.expr(x.X)
		if x.Limit != nil {
			op.Limit = b.expr(x.Limit)
		}
	})
	op.Key, op.Value = b.declared(x.Key), b.element(x.Value, op.X)
	if x.Where != nil {
		op.Where = b.inPure().expr(x.Where)
	}
	op.Body = b.block(b.unit, b.scope.rounds(id), x.Body, wanted)
	return op
}

// element is a loop's variable. One that the source calls _ gets a name that
// nothing reads.
func (b *builder) element(name *dsl.Ident, list Expr) *Variable {
	if v := b.declared(name); v != nil {
		return v
	}
	v := &Variable{Name: "_"}
	switch t := list.Type().(type) {
	case *types.List:
		v.Type = t.Elem
	case *types.Map:
		v.Type = t.Elem
	}
	return v
}

// call lowers the call of a tool or workflow with its clauses.
func (b *builder) call(x *dsl.CallExpr, id string, v *Variable) *Call {
	op := &Call{}
	op.Tool, op.Workflow = b.callee(x)
	b.under(id, func() { op.Args = b.exprs(x.Args) })
	c := b.clauses(x)
	op.Retry, op.Timeout = retryOf(c.Retry), c.Timeout
	switch {
	case c.UndoOf != nil:
		op.Undo = b.declaredUndo(c, op, id, v)
	case c.Undo != nil:
		op.Undo = b.undo(c.Undo, id, v)
		op.Undo.Early, op.Undo.Finally = c.Early, c.Finally
	}
	if c.Else != nil {
		op.Else = b.otherwise(c.Else.Body, id, v != nil)
	}
	return op
}

func (b *builder) callee(x *dsl.CallExpr) (*Tool, *Workflow) {
	switch f := b.info.Uses[x.Fun].(type) {
	case *checker.Tool:
		return b.tools[f], nil
	case *checker.Workflow:
		return nil, b.workflow(f)
	}
	panic("internal error: " + x.Fun.Name + " is no step")
}

func (b *builder) clauses(x *dsl.CallExpr) *checker.Clauses {
	if c := b.info.Clauses[x]; c != nil {
		return c
	}
	return &checker.Clauses{}
}

func retryOf(r *checker.Retry) *Retry {
	if !r.Repeats() {
		return nil
	}
	first := oneRetry(r)
	for _, other := range r.Others {
		first.Others = append(first.Others, oneRetry(other))
	}
	return first
}

func oneRetry(r *checker.Retry) *Retry {
	return &Retry{Times: r.Times, Min: r.Min, Max: r.Max, At: r.At, On: r.On}
}

// undo lowers undo CALL, or finally CALL. Its arguments name the call's result by the binding's
// name, which they get as a variable of their own.
func (b *builder) undo(x *dsl.CallExpr, id string, v *Variable) *Undo {
	u := b.undoCall(x, id)
	u.Args, u.Pos = b.inPure().exprs(x.Args), b.pos(x.Span)
	if v == nil {
		return u
	}
	result := &Variable{Name: v.Name, Type: v.Type}
	for _, arg := range u.Args {
		Walk(arg, func(x Expr) {
			if read, ok := x.(*Var); ok && (read.V == v || read.V == b.binding) {
				read.Typ = result.Type
				read.V = result
				u.Result = result
			}
		})
	}
	return u
}

// undoCall is the undo that x is, without its arguments.
func (b *builder) undoCall(x *dsl.CallExpr, id string) *Undo {
	c := b.clauses(x)
	s := b.scope.at(stepid.In(id, "undo"))
	u := &Undo{Retry: retryOf(c.Retry), Timeout: c.Timeout, ID: stepid.In(id, "undo"), Path: s.path, Frame: s.frame}
	u.Tool, u.Workflow = b.callee(x)
	return u
}

// declaredUndo lowers the undo that a tool's declaration says, for one call: what that is
// given stands in the place of the tool's parameters. So the rest of the compiler sees no
// difference to an undo that is written at the call.
func (b *builder) declaredUndo(c *checker.Clauses, op *Call, id string, v *Variable) *Undo {
	decl := b.pureIn(&unit{source: c.UndoOf.File.Source})
	u := b.undoCall(c.Undo, id)
	u.Early, u.Finally, u.Pos = c.Early, c.Finally, decl.pos(c.Undo.Span)
	with := substitution{}
	for i, p := range op.Tool.Params {
		with[p] = op.Args[i]
	}
	var given *Variable
	if g := c.UndoOf.Given; g != nil {
		given = &Variable{Name: g.Name, Type: g.Type}
		if v != nil {
			*given = *v
		}
		with[b.variable(g)] = read(given, g.Type)
	}
	for _, x := range decl.exprs(c.Undo.Args) {
		arg := substituted(x, with)
		u.Args = append(u.Args, arg)
		Walk(arg, func(x Expr) {
			if read, ok := x.(*Var); ok && read.V == given {
				u.Result = given
			}
		})
	}
	return u
}

// read reads a variable as a t, of which it may be an optional that isn't none.
func read(v *Variable, t types.Type) Expr {
	if types.Identical(v.Type, t) {
		return &Var{T{t}, v}
	}
	return &Deref{T{t}, &Var{T{v.Type}, v}}
}

// otherwise lowers the block that stands in for a failure.
func (b *builder) otherwise(src *dsl.Block, id string, wanted bool) *Else {
	err := &Variable{Name: "err", Type: types.Basics[types.Failure]}
	if v := b.info.Errs[src]; v != nil {
		b.vars[v] = err
	}
	out := &Else{Body: b.branch(id, "else", src, wanted)}
	for _, v := range freeIn(out.Body) {
		if v == err {
			out.Err = err
		}
	}
	return out
}

// A ref is what a name after "after" means: a binding or a labelled node.
type ref struct {
	v *Variable
	n *Node
}

func (b *builder) after(x *dsl.CallExpr) []ref {
	var out []ref
	for _, name := range b.clauses(x).After {
		switch o := b.info.Uses[name].(type) {
		case *checker.Var:
			out = append(out, ref{v: b.variable(o)})
		case *checker.Label:
			n := b.labels[o.Stmt]
			if f := b.facts[n]; f != nil && f.kind == reports {
				f.kind = reads // a log that somebody waits for
			}
			out = append(out, ref{n: n})
		}
	}
	return out
}
