package codegen

import (
	"fmt"
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/types"
)

// maxArgs is how many arguments the runtime's functions for calls take.
const maxArgs = 6

func hasResult(c *plan.Call) bool { return !types.Is(resultOf(c), types.Nothing) }

func callParams(c *plan.Call) []*plan.Variable {
	if c.Tool != nil {
		return c.Tool.Params
	}
	return c.Workflow.Params
}

func resultOf(c *plan.Call) types.Type {
	if c.Tool != nil {
		return c.Tool.Result
	}
	return c.Workflow.Result
}

// callStep writes the call of a tool or workflow through the runtime.
func (b *body) callStep(n *plan.Node, c *plan.Call) *jen.Statement {
	guarded := c.Tool != nil && c.Tool.Guard != nil
	name := "Run"
	switch {
	case b.bare(c):
		name = "Read"
	case hasResult(c):
		name = "Call"
	}
	args := make([]jen.Code, len(c.Args))
	for i, x := range c.Args {
		p, early := callParams(c)[i], c.Undo != nil && c.Undo.Early
		if len(args) > maxArgs || guarded || early && mayFail(x) { // what fails before the call owes nothing
			args[i] = b.settled(x, p.Name)
		} else {
			args[i] = b.as(p.Type, x)
		}
	}
	step := jen.Op("&").Id(b.task(n, c))
	if guarded {
		return b.call(name+"Guarded", b.f(), jen.Op("&").Id(b.g.guards[c.Tool]), step, b.closed(c, args), arguments(args))
	}
	if len(args) > maxArgs {
		return b.call(name+"Many", b.f(), step, b.closed(c, args), arguments(args))
	}
	return b.call(fmt.Sprintf("%s%d", name, len(args)), append([]jen.Code{b.f(), step, b.callee(c)}, args...)...)
}

// bare tells whether a step is nothing but the call of its tool: that only reads, is
// tried once, and its failure is the workflow's, of which no execution has anything to
// keep.
func (b *body) bare(c *plan.Call) bool {
	return b.frame == b.whole && b.workflow.Timeout == 0 && !b.g.keepsState(b.workflow) &&
		c.Tool != nil && c.Tool.Guard == nil && c.Tool.Effect == plan.Readonly && c.Retry == nil && c.Timeout == 0 && c.Else == nil &&
		hasResult(c) && !needsCheck(resultOf(c)) && len(c.Args) <= maxArgs
}

// callee is the function that is called, with the context and the arguments.
func (b *body) callee(c *plan.Call) jen.Code {
	switch {
	case c.Tool != nil:
		return b.g.toolFunc(c.Tool)
	case !c.Workflow.HasTools():
		return b.running(c.Workflow)
	}
	params, args := []jen.Code{ctxParam()}, []jen.Code{jen.Id("ctx"), toolsFor(c.Workflow)}
	names := newScope(b.scope)
	for _, p := range c.Workflow.Params {
		name := names.take(p.Name)
		params = append(params, jen.Id(name).Add(goType(p.Type)))
		args = append(args, jen.Id(name))
	}
	return jen.Func().Params(params...).Add(results(resultOf(c))).
		Block(jen.Return(b.running(c.Workflow).Call(args...)))
}

// running is the function that runs a workflow.
func (b *body) running(w *plan.Workflow) *jen.Statement {
	if w.Package == nil {
		return jen.Id(b.g.bodies[w])
	}
	if w.NeedsEngine {
		*b.frame = true
	}
	return jen.Qual(w.Package.Path, w.GoFunc(b.frameName))
}

// closed is a call with more arguments than the runtime's functions take: a
// function literal that has them already.
func (b *body) closed(c *plan.Call, args []jen.Code) jen.Code {
	return jen.Func().Params(ctxParam()).Add(results(resultOf(c))).
		Block(jen.Return(b.direct(c.Tool, c.Workflow, args)))
}

// direct writes the bare call of a tool or workflow.
func (b *body) direct(tool *plan.Tool, w *plan.Workflow, args []jen.Code) *jen.Statement {
	if tool != nil {
		return b.g.toolFunc(tool).Call(append([]jen.Code{jen.Id("ctx")}, args...)...)
	}
	first := []jen.Code{jen.Id("ctx")}
	if w.HasTools() {
		first = append(first, toolsFor(w))
	}
	return b.running(w).Call(append(first, args...)...)
}

func ctxParam() jen.Code { return jen.Id("ctx").Qual("context", "Context") }

// results are the results of a function that may fail.
func results(t types.Type) jen.Code {
	if types.Is(t, types.Nothing) {
		return jen.Error()
	}
	return jen.Params(goType(t), jen.Error())
}

// callNode writes a step that calls a tool or workflow, with what follows from
// its success or failure.
func (b *body) callNode(n *plan.Node, c *plan.Call) {
	call := b.callStep(n, c)
	b.outcome(n, c, call, b.oweEarly(n, c))
}

// outcome writes the step that c is, by a call of the runtime, and what follows from
// its success or failure. early is the undo that is owed already; it may be empty.
func (b *body) outcome(n *plan.Node, c *plan.Call, call *jen.Statement, early string) {
	if !n.Read && (c.Undo == nil || c.Undo.Result == nil) {
		b.unnamedCall(c, call, early)
		return
	}
	name, declared := b.visible(n.Binds)
	switch {
	case !types.Identical(n.Binds.Type, resultOf(c)):
		b.optionalCall(n, c, call, early)
		return
	case declared:
		*b.namedErr = true
		b.add(jen.List(jen.Id(name), jen.Id("err")).Op("=").Add(call))
	default:
		name = b.declare(n.Binds)
		b.add(jen.List(jen.Id(name), jen.Id("err")).Op(":=").Add(call))
	}
	b.afterCall(c, name, "", early)
}

// oweEarly writes an undo that is owed before its call, and gives its name; it is
// empty for a call that has none.
func (b *body) oweEarly(n *plan.Node, c *plan.Call) string {
	if c.Undo == nil || !c.Undo.Early {
		return ""
	}
	owed := b.owed(c.Undo, "Early")
	name := b.temp(camel(n.ID) + "Undo")
	b.add(jen.Id(name).Op(":=").Add(owed))
	return name
}

// optionalCall writes a call whose else clause gives none, so that what it binds
// is an optional of what it gives.
func (b *body) optionalCall(n *plan.Node, c *plan.Call, call *jen.Statement, early string) {
	result := b.temp(n.Binds.Name + "Result")
	b.add(jen.List(jen.Id(result), jen.Id("err")).Op(":=").Add(call))
	name, declared := b.visible(n.Binds)
	if !declared {
		name = b.declare(n.Binds)
		b.add(jen.Var().Id(name).Add(goType(n.Binds.Type)))
	}
	b.afterCall(c, name, result, early)
}

// unnamedCall writes a call whose result nobody reads.
func (b *body) unnamedCall(c *plan.Call, call *jen.Statement, early string) {
	set := jen.Id("err")
	if hasResult(c) {
		set = jen.List(jen.Id("_"), jen.Id("err"))
	}
	failed := jen.Id("err").Op("!=").Nil()
	switch {
	case c.Undo == nil && c.Else == nil && !hasResult(c):
		b.check(call)
	case c.Undo == nil && c.Else == nil:
		b.add(jen.If(set.Op(":=").Add(call), failed).Block(b.fails(jen.Id("err"))))
	case c.Undo == nil && len(c.Else.Body.Nodes) == 0 && c.Else.Body.Value == nil:
		b.add(jen.If(set.Op(":=").Add(call), failed.Op("&&").Op("!").Add(b.f()).Dot("Caught").Call(jen.Id("err"))).
			Block(b.fails(jen.Id("err"))))
	default:
		*b.namedErr = true
		b.add(set.Op("=").Add(call))
		b.afterCall(c, "", "", early)
	}
}

// afterCall writes what follows a call whose error is in err, and its result in
// name where that isn't empty: the undo that is owed, what stands in for a
// failure, the return. Where result isn't empty it holds the result, and name is
// an optional of it. early is the undo that is owed already; it may be empty.
func (b *body) afterCall(c *plan.Call, name, result, early string) {
	if early != "" {
		b.add(jen.Id(early).Dot("Settle").Call(jen.Id("err")))
	}
	if c.Undo != nil && c.Undo.Result != nil {
		b.vars[c.Undo.Result] = name
	}
	if c.Else == nil {
		b.orFail()
		if c.Undo != nil && early == "" {
			b.owe(c.Undo)
		}
		return
	}
	succeeded := b.inner()
	if result != "" {
		succeeded.add(jen.Id(name).Op("=").Add(b.compute("Some", jen.Id(result))))
	}
	if c.Undo != nil && early == "" {
		succeeded.owe(c.Undo)
	}
	caught := b.elseBlock(c.Else, name)
	code := jen.If(b.f().Dot("Caught").Call(jen.Id("err"))).Block(caught.stmts...)
	if len(succeeded.stmts) > 0 {
		code = jen.If(jen.Id("err").Op("==").Nil()).Block(succeeded.stmts...).Else().Add(code)
	}
	b.add(code)
	b.orFail()
}

// standIn writes what stands in for a block that failed, whose error is in err; els is nil where
// nothing does.
func (b *body) standIn(els *plan.Else, name string) {
	if els == nil {
		b.orFail()
		return
	}
	caught := b.elseBlock(els, name)
	b.add(jen.If(b.f().Dot("Caught").Call(jen.Id("err"))).Block(caught.stmts...))
	b.orFail()
}

// elseBlock writes what stands in for what failed. Where it comes to its end the
// failure is forgotten.
func (b *body) elseBlock(els *plan.Else, name string) *body {
	in := b.inner()
	if els.Err != nil {
		failure := in.scope.take("failure")
		in.vars[els.Err] = failure
		in.add(jen.Id(failure).Op(":=").Id("err"))
	}
	blk := els.Body
	switch {
	case blk.Exits:
		in.steps(blk, sink{})
	case name != "" && blk.Value != nil && len(blk.Nodes) == 0 && !needsStatements(blk.Value):
		value := in.expr(blk.Value)
		in.add(jen.List(jen.Id(name), jen.Id("err")).Op("=").List(value, jen.Nil()))
	case name == "" || blk.Value == nil:
		in.add(jen.Id("err").Op("=").Nil())
		in.steps(blk, sink{})
	default:
		in.add(jen.Id("err").Op("=").Nil())
		in.steps(blk, sink{kind: assign, name: name, typ: blk.Value.Type()})
	}
	return in
}

// owe writes that an undo is owed. Its arguments are evaluated now: where that may fail or
// take long, by the runtime, which has it owed all the same.
func (b *body) owe(u *plan.Undo) {
	if !slices.ContainsFunc(u.Args, func(x plan.Expr) bool { return !plan.IsSure(x) }) {
		b.add(b.owed(u, ""))
		return
	}
	step := jen.Op("&").Id(b.undoStep(u))
	in := b.literal(leave{pure: true}).framed()
	call, args := in.takeBack(u)
	in.add(jen.Return(call, jen.Index().Any().Values(args...)))
	b.add(b.f().Dot(owes(u)+"Of").Call(step, jen.Func().Params(in.frameParam()).
		Params(jen.Func().Params(jen.Qual("context", "Context")).Error(), jen.Index().Any()).
		Block(in.stmts...)))
}

// owes is the method by which an undo is owed, or begins the names of its variants.
func owes(u *plan.Undo) string {
	if u.Finally {
		return "Finally"
	}
	return "Owe"
}

// owed writes the call by which an undo is owed, by a variant of its method.
func (b *body) owed(u *plan.Undo, variant string) *jen.Statement {
	step := jen.Op("&").Id(b.undoStep(u))
	call, args := b.takeBack(u)
	return b.f().Dot(owes(u) + variant).Call(append([]jen.Code{step, call}, args...)...)
}

// takeBack writes the function literal that makes the call of an undo, and its arguments.
func (b *body) takeBack(u *plan.Undo) (call *jen.Statement, args []jen.Code) {
	args = make([]jen.Code, len(u.Args))
	for i, x := range u.Args {
		args[i] = b.settled(x, undoParams(u)[i].Name)
	}
	direct := b.direct(u.Tool, u.Workflow, args)
	call = jen.Func().Params(ctxParam()).Error()
	if types.Is(undoResult(u), types.Nothing) {
		return call.Block(jen.Return(direct)), args
	}
	return call.Block(
		jen.List(jen.Id("_"), jen.Id("err")).Op(":=").Add(direct),
		jen.Return(jen.Id("err"))), args
}

// settled writes an argument so that it has its value when the line is reached,
// not when the call is made.
func (b *body) settled(x plan.Expr, want string) jen.Code {
	if simple(x) && !b.readsState(x) {
		return b.expr(x)
	}
	name := b.temp(want)
	b.add(jen.Id(name).Op(":=").Add(b.self(x)))
	return jen.Id(name)
}

// readsState tells whether an expression reads what may have another value later.
func (b *body) readsState(x plan.Expr) bool {
	for _, v := range readsOf(x) {
		if b.states[v] {
			return true
		}
	}
	return false
}

func undoResult(u *plan.Undo) types.Type {
	if u.Tool != nil {
		return u.Tool.Result
	}
	return u.Workflow.Result
}

func undoParams(u *plan.Undo) []*plan.Variable {
	if u.Tool != nil {
		return u.Tool.Params
	}
	return u.Workflow.Params
}
