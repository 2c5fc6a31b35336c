package codegen

import (
	"github.com/dave/jennifer/jen"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/types"
)

// node writes a step on the current goroutine.
func (b *body) node(n *plan.Node) {
	defer b.own(stepOwner(b.workflow, n))()
	start := len(b.stmts)
	switch n.Op.(type) {
	case *plan.Parallel, *plan.Finally:
	default:
		b.mark(n)
	}
	//sumtype:exhaustive
	switch op := n.Op.(type) {
	case *plan.Call:
		b.callNode(n, op)
	case *plan.Durable:
		b.outcome(n, op.AsCall(), b.durableStep(n, op), "")
	case *plan.Let:
		b.letNode(n, op)
	case *plan.If:
		b.ifNode(b.nodeSink(n), n, op)
	case *plan.Match:
		b.matchNode(b.nodeSink(n), n, op)
	case *plan.For:
		b.forNode(n, op)
	case *plan.Parallel:
		b.steps(op.Body, b.nodeSink(n))
	case *plan.Validate:
		b.add(jen.If(b.not(op.Cond)).Block(b.guard(n, op.Message)...))
	case *plan.Fail:
		b.failNode(n, op.X)
	case *plan.Try:
		b.tryNode(n, op)
	case *plan.Finally: // it stands at the beginning
	case *plan.Race:
		b.raceNode(n, op)
	case *plan.Loop:
		b.loopNode(n, op)
	case *plan.Break:
		b.breakNode(op)
	case *plan.Continue:
		b.continueNode(op, start)
	case *plan.Now:
		b.recordedNode(n, "Now")
	case *plan.UUID:
		b.recordedNode(n, "UUID")
	case *plan.Converse:
		b.converseNode(n, op)
	case *plan.Return:
		b.returnNode(op)
	case *plan.Wait:
		b.waitNode(n, op)
	case *plan.Commit:
		b.add(b.f().Dot("Commit").Call())
	case *plan.Rollback:
		b.check(b.f().Dot("Rollback").Call(b.step(n)))
	case *plan.Log:
		b.add(b.f().Dot("Log").Call(b.step(n), b.expr(op.Message)))
	default:
		panic("internal error: unknown step")
	}
}

// step is the address of a step's description.
func (b *body) step(n *plan.Node) jen.Code { return jen.Op("&").Id(b.describedStep(n)) }

// nodeSink is where a node's value goes: to its variable, which is declared here
// unless it is already, or nowhere.
func (b *body) nodeSink(n *plan.Node) sink {
	if !n.Read {
		return sink{}
	}
	if name, ok := b.visible(n.Binds); ok {
		return sink{kind: assign, name: name, typ: n.Binds.Type}
	}
	return sink{kind: define, name: b.declare(n.Binds), typ: n.Binds.Type}
}

func (b *body) letNode(n *plan.Node, op *plan.Let) {
	b.pureInto(b.nodeSink(n), op.X)
}

// guard writes the return of a failure with a message.
func (b *body) guard(n *plan.Node, message plan.Expr) []jen.Code {
	in := b.inner()
	text := in.expr(message)
	in.add(in.fails(in.f().Dot("Fail").Call(in.step(n), text)))
	return in.stmts
}

func (b *body) returnNode(op *plan.Return) {
	if op.X == nil {
		b.add(jen.Return(jen.Nil()))
		return
	}
	b.pureInto(sink{kind: give, typ: op.X.Type()}, op.X)
}

func (b *body) waitNode(n *plan.Node, op *plan.Wait) {
	name := "Wait"
	if op.Until {
		name = "WaitUntil"
	}
	b.check(b.f().Dot(name).Call(b.step(n), b.expr(op.X)))
}

func (b *body) ifNode(to sink, n *plan.Node, op *plan.If) {
	to = b.declared(to)
	b.add(b.ifStatement(to, op))
}

// ifStatement writes if … else if … else …. An else block that is one if, and
// needs nothing before it, continues the chain.
func (b *body) ifStatement(to sink, op *plan.If) *jen.Statement {
	cond := b.expr(op.Cond)
	then := b.inner()
	then.steps(op.Then, to)
	code := jen.If(cond).Block(then.stmts...)
	if op.Else == nil {
		return code
	}
	els := b.inner()
	if next := elseIf(op.Else); next != nil {
		chained := els.ifStatement(to, next)
		if len(els.stmts) == 0 {
			return code.Else().Add(chained)
		}
		els = b.inner()
	}
	els.steps(op.Else, to)
	if len(els.stmts) == 0 {
		return code
	}
	return code.Else().Block(els.stmts...)
}

// elseIf gives the if that is all of an else block, or nil.
func elseIf(blk *plan.Block) *plan.If {
	if len(blk.Nodes) != 1 {
		return nil
	}
	n := blk.Nodes[0]
	if blk.Value != nil && (n.Binds == nil || !isVar(blk.Value, n.Binds)) {
		return nil
	}
	op, _ := n.Op.(*plan.If)
	return op
}

func (b *body) matchNode(to sink, n *plan.Node, op *plan.Match) {
	to = b.declared(to)
	matched := make([]plan.Case, len(op.Arms))
	for i, arm := range op.Arms {
		matched[i] = arm.Case
	}
	if b.byType(op.X, op.Pos, matched, to.kind == give || n.Exits, func(in *body, i int) { in.steps(op.Arms[i].Body, to) }) {
		return
	}
	cases := make([]switchCase, len(op.Arms))
	for i, arm := range op.Arms {
		in := b.inner()
		in.switched = true
		in.steps(arm.Body, to)
		cases[i] = switchCase{arm.Pattern, in.stmts}
	}
	b.switchOn(op.X, cases, to.kind != drop || n.Exits)
}

func (b *body) forNode(n *plan.Node, op *plan.For) {
	if op.Parallel {
		b.parallelFor(n, op)
		return
	}
	list := b.ranged(op.X)
	to := b.nodeSink(n)
	round := sink{}
	if to.kind != drop {
		round = sink{kind: collect, name: to.name}
		set := map[sinkKind]string{define: ":=", assign: "="}[to.kind]
		b.add(jen.Id(to.name).Op(set).Make(goType(to.typ), jen.Lit(0), jen.Len(list.Clone())))
	}
	b.orderedFor(n, op, list, round)
}

// orderedFor writes a loop whose rounds run one after the other.
func (b *body) orderedFor(n *plan.Node, op *plan.For, list *jen.Statement, to sink) {
	in := b.inner()
	key := in.roundKey(op)
	value := in.declare(op.Value)
	if op.Where != nil {
		in.add(jen.If(in.not(op.Where)).Block(jen.Continue()))
	}
	start := len(in.stmts)
	in.framed().steps(op.Body, to) // the condition has the frame around
	readsKey := op.Key != nil && roundReads(op.Where, op.Body, op.Key)
	if *in.frame {
		*b.frame = true
		in.stmts = append(in.stmts[:start:start], append([]jen.Code{in.roundFrame(n, op, key)}, in.stmts[start:]...)...)
	} else if !readsKey {
		key = "_"
	}
	if !roundReads(op.Where, op.Body, op.Value) {
		value = "_"
	}
	b.add(jen.For(rangeClause(key, value, list, op.X.Type())).Block(in.stmts...))
}

// roundKey takes a name for a round's index or key.
func (b *body) roundKey(op *plan.For) string {
	if op.Key != nil {
		return b.declare(op.Key)
	}
	if _, ok := op.X.Type().(*types.Map); ok {
		return b.temp("key")
	}
	return b.temp("i")
}

func (b *body) roundFrame(n *plan.Node, op *plan.For, key string) jen.Code {
	if _, ok := op.X.Type().(*types.Map); ok {
		return jen.Id(b.frameName).Op(":=").Add(b.call("RoundAt", jen.Id(b.frameName), b.step(n), jen.Id(key)))
	}
	return jen.Id(b.frameName).Op(":=").Id(b.frameName).Dot("Round").Call(b.step(n), jen.Id(key))
}

// roundReads tells whether a loop's condition or body reads a variable of its own.
func roundReads(where plan.Expr, body *plan.Block, v *plan.Variable) bool {
	if where != nil && reads(where, v) {
		return true
	}
	for _, n := range body.Nodes {
		for _, u := range n.Uses {
			if u == v {
				return true
			}
		}
	}
	return body.Value != nil && reads(body.Value, v)
}

// parallelFor writes a loop whose rounds run side by side: a call of Map, or of
// Each where nobody reads the values; of MapSeq or EachSeq where a round isn't known by
// its index in what the loop goes over.
func (b *body) parallelFor(n *plan.Node, op *plan.For) {
	over, seq := b.rangedOver(op)
	limit := b.limit(n, op)
	named := n.Read
	var elem types.Type
	if named {
		elem = n.Binds.Type.(*types.List).Elem
	}
	in := b.literal(leave{result: elem}).framed()
	key, value := "_", "_"
	if op.Key != nil && roundReads(op.Where, op.Body, op.Key) {
		key = in.declare(op.Key)
	}
	if roundReads(op.Where, op.Body, op.Value) {
		value = in.declare(op.Value)
	}
	if named {
		in.steps(op.Body, sink{kind: give, typ: elem})
	} else {
		in.steps(op.Body, sink{})
		if !op.Body.Exits {
			in.finish()
		}
	}
	frame := "_"
	if *in.frame {
		frame = b.frameName
	}
	keyType, valueType := elements(op.X.Type())
	round := jen.Func().Params(
		jen.Id(frame).Op("*").Qual(runtimePath, "Frame"), jen.Id(key).Add(keyType), jen.Id(value).Add(valueType),
	).Add(in.literalResults()).Block(in.stmts...)
	if !named {
		b.check(b.call("Each"+seq, b.f(), b.step(n), limit, over, round))
		return
	}
	call := b.call("Map"+seq, b.f(), b.step(n), limit, over, round)
	if name, ok := b.visible(n.Binds); ok {
		*b.namedErr = true
		b.add(jen.List(jen.Id(name), jen.Id("err")).Op("=").Add(call))
	} else {
		b.add(jen.List(jen.Id(b.declare(n.Binds)), jen.Id("err")).Op(":=").Add(call))
	}
	b.orFail()
}

// literalResults are the results of a function literal, with names where its error
// is set by name.
func (b *body) literalResults() jen.Code {
	value := b.leave.result != nil && !types.Is(b.leave.result, types.Nothing)
	switch {
	case value && *b.namedErr:
		return jen.Params(jen.Id("_").Add(goType(b.leave.result)), jen.Id("err").Error())
	case value:
		return jen.Params(goType(b.leave.result), jen.Error())
	case *b.namedErr:
		return jen.Params(jen.Id("err").Error())
	}
	return jen.Error()
}

func elements(t types.Type) (key, value jen.Code) {
	if m, ok := t.(*types.Map); ok {
		return goType(m.Key), goType(m.Elem)
	}
	return jen.Int(), goType(t.(*types.List).Elem)
}

// rangedOver writes what a loop goes over: a list, or an iterator, without what the
// loop's condition leaves out. suffix is "Seq" for an iterator.
func (b *body) rangedOver(op *plan.For) (over *jen.Statement, suffix string) {
	_, isMap := op.X.Type().(*types.Map)
	switch {
	case op.Where == nil && !isMap:
		return b.expr(op.X), ""
	case isMap:
		over = b.compute("Sorted", b.expr(op.X))
	default:
		over = jen.Qual("slices", "All").Call(b.expr(op.X))
	}
	if op.Where == nil {
		return over, "Seq"
	}
	in := b.literal(leave{pure: true})
	key, value := "_", "_"
	if op.Key != nil && reads(op.Where, op.Key) {
		key = in.declare(op.Key)
	}
	if reads(op.Where, op.Value) {
		value = in.declare(op.Value)
	}
	cond := in.expr(op.Where)
	keyType, valueType := elements(op.X.Type())
	return b.compute("Where", over, jen.Func().Params(jen.Id(key).Add(keyType), jen.Id(value).Add(valueType)).Bool().
		Block(append(in.stmts, jen.Return(cond))...)), "Seq"
}

// limit writes how many rounds may run at once; 0 is all.
func (b *body) limit(n *plan.Node, op *plan.For) jen.Code {
	switch op.Limit.(type) {
	case nil:
		return jen.Lit(0)
	case *plan.Const:
		return b.expr(op.Limit)
	}
	return b.call("Limit", b.expr(op.Limit), b.at(n.Pos))
}
