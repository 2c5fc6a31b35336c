package codegen

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/types"
)

// valueType is the type of what a node's blocks give: types.Nothing where nobody
// reads it.
func valueType(n *plan.Node) types.Type {
	if !n.Read {
		return types.Basics[types.Nothing]
	}
	return n.Binds.Type
}

// blockLiteral writes a block as a function literal that gives a t, or an error
// alone where t is types.Nothing.
func (b *body) blockLiteral(blk *plan.Block, t types.Type) jen.Code {
	in := b.literal(leave{result: t}).framed()
	if types.Is(t, types.Nothing) {
		in.steps(blk, sink{})
		if !blk.Exits {
			in.finish()
		}
	} else {
		in.steps(blk, sink{kind: give, typ: t})
	}
	return in.framedLiteral()
}

// tryNode writes a try: its block as a function literal that takes what is owed in
// undos on its own account, and what stands in for its failure.
func (b *body) tryNode(n *plan.Node, op *plan.Try) {
	t := valueType(n)
	if types.Is(t, types.Nothing) || op.Body.Exits {
		name := ""
		if !types.Is(t, types.Nothing) {
			name = b.declared(b.nodeSink(n)).name
		}
		method, args := b.attempted(n, op, types.Basics[types.Nothing])
		*b.namedErr = true
		b.add(jen.Id("err").Op("=").Add(b.f().Dot(method).Call(args...)))
		b.standIn(op.Else, name)
		if name == "" && plan.Ends(op) { // Go has to see that nothing follows
			b.stmts[len(b.stmts)-1] = b.fails(jen.Id("err"))
		}
		return
	}
	function, args := b.attempted(n, op, t)
	b.standIn(op.Else, b.setBoth(n, b.call(function, append([]jen.Code{b.f()}, args...)...)))
}

// attempted gives the function of the runtime that tries a block which gives a t, and what it
// is called with.
func (b *body) attempted(n *plan.Node, op *plan.Try, t types.Type) (function string, args []jen.Code) {
	literal := b.blockLiteral(op.Body, t)
	if op.Retry == nil {
		return "Try", []jen.Code{literal}
	}
	return "TryAgain", []jen.Code{jen.Op("&").Id(b.tryTask(n, op, t)), literal}
}

// setBoth writes a call that gives the value of a node and an error, and tells the
// name of the value.
func (b *body) setBoth(n *plan.Node, call jen.Code) string {
	name, declared := b.visible(n.Binds)
	set := ":="
	if declared {
		*b.namedErr = true
		set = "="
	} else {
		name = b.declare(n.Binds)
	}
	b.add(jen.List(jen.Id(name), jen.Id("err")).Op(set).Add(call))
	return name
}

// finallyNode writes that a block is run last, whatever the workflow ends with.
func (b *body) finallyNode(n *plan.Node, op *plan.Finally) {
	defer b.own(stepOwner(b.workflow, n))()
	b.mark(n)
	in := b.literal(leave{}).framed()
	name := "_"
	if op.Err != nil {
		name = in.scope.take("failure")
		in.vars[op.Err] = name
	}
	in.steps(op.Body, sink{})
	if !op.Body.Exits {
		in.finish()
	}
	literal := in.framedLiteral(jen.Id(name).Op("*").Error())
	b.add(jen.Defer().Add(b.f()).Dot("Lastly").Call(jen.Op("&").Id("err"), literal))
}

// raceNode writes a race: its arms as function literals.
func (b *body) raceNode(n *plan.Node, op *plan.Race) {
	t := valueType(n)
	first := []jen.Code{b.step(n)}
	var arms []jen.Code
	for _, arm := range op.Arms {
		arms = append(arms, b.blockLiteral(arm, t))
	}
	if types.Is(t, types.Nothing) {
		*b.namedErr = true
		b.add(jen.Id("err").Op("=").Add(b.f()).Dot("Race").Add(brokenCall(first, arms)))
	} else {
		first = append([]jen.Code{b.f()}, first...)
		b.setBoth(n, jen.Qual(runtimePath, "Race").Add(brokenCall(first, arms)))
	}
	b.orFail()
}

// brokenCall writes the arguments of a call: the first ones on its line, each of the
// others on lines of their own.
func brokenCall(first, others []jen.Code) jen.Code {
	return jen.Op("(").Add(jen.Custom(jen.Options{Close: ",", Separator: ","}, first...)).
		Add(jen.Custom(jen.Options{Close: ")", Separator: ",", Multi: true}, others...))
}

// A rounds says how the rounds of a loop end.
type rounds struct {
	to    sink   // where the loop's value goes
	state string // the Go name of the state; empty where nobody reads it
	// variable is the state; nil where there is none.
	variable *plan.Variable
	label    string // of the Go loop; empty until a break needs one
}

// loopNode writes a loop as one of Go, and behind it what happens when no round has
// broken.
func (b *body) loopNode(n *plan.Node, op *plan.Loop) {
	r := &rounds{to: b.declared(b.nodeSink(n)), variable: op.State}
	switch {
	case op.State == nil:
	case stateRead(op):
		r.state = b.declare(op.State)
		b.pureInto(sink{kind: define, name: r.state, typ: op.State.Type}, op.Init)
		b.states[op.State] = true
	default:
		b.discard(op.Init)
	}
	t := b.turns(op)
	i := b.temp("i")
	begin := len(b.stmts)
	in := b.inner()
	in.rounds, in.switched = r, false
	if op.Looks() {
		in.add(in.stopper().Dot("CheckStopped").Call())
	}
	in.turn(op, t, i)
	head := len(in.stmts)
	in.framed().steps(op.Body, sink{}) // what is above has the frame around
	in.dropContinue()
	next := jen.Id(i).Op("++")
	switch {
	case *in.frame:
		*b.frame = true
		in.stmts = slices.Insert(in.stmts, head, b.nextRound(n, r, i))
		b.stmts = slices.Insert(b.stmts, begin, b.firstRound(n, r, i))
	case t.most != nil:
		b.stmts = slices.Insert(b.stmts, begin, jen.Code(jen.Id(i).Op(":=").Lit(0)))
	default: // nobody counts
		next = jen.Empty()
	}
	if r.state != "" && !*in.frame && onlyKept(op) {
		b.discard(&plan.Var{T: plan.T{Typ: op.State.Type}, V: op.State})
	}
	if r.label != "" {
		b.add(jen.Id(r.label).Op(":"))
	}
	cond, all := jen.Empty(), jen.Empty()
	if t.most != nil {
		cond, all = jen.Id(i).Op("<").Add(t.most), jen.Id(i).Op(">=").Add(t.most)
	}
	b.add(jen.For(jen.Empty(), cond, next).Block(in.stmts...))
	b.afterRounds(n, op, r, all, i)
}

// A turns says how a loop's rounds are counted.
type turns struct {
	most       jen.Code       // how many there are; nil where there is no bound
	list, keys *jen.Statement // what they go over, and of a map its keys; else nil
}

// turns writes what a loop's rounds are counted by.
func (b *body) turns(op *plan.Loop) turns {
	switch {
	case op.Unbounded():
		return turns{}
	case op.X == nil:
		return turns{most: b.settled(op.Max, "most")}
	}
	t := turns{list: jen.Add(b.settled(op.X, "all"))}
	if _, ok := op.X.Type().(*types.Map); !ok {
		t.most = jen.Len(t.list.Clone())
		return t
	}
	keys := b.temp("keys")
	b.add(jen.Id(keys).Op(":=").Qual(purePath, "Keys").Call(t.list.Clone()))
	t.keys = jen.Id(keys)
	t.most = jen.Len(t.keys.Clone())
	return t
}

// turn writes the variables of a round over a list or map, and which are left out.
func (b *body) turn(op *plan.Loop, t turns, i string) {
	if op.X == nil {
		return
	}
	at := jen.Id(i)
	if t.keys != nil {
		at = t.keys.Clone().Index(at)
	}
	if op.Key != nil && roundReads(op.Where, op.Body, op.Key) {
		key := b.declare(op.Key)
		b.add(jen.Id(key).Op(":=").Add(at))
		at = jen.Id(key)
	}
	if roundReads(op.Where, op.Body, op.Value) {
		b.add(jen.Id(b.declare(op.Value)).Op(":=").Add(t.list.Clone()).Index(at))
	}
	if op.Where != nil {
		b.add(jen.If(b.not(op.Where)).Block(jen.Continue()))
	}
}

// firstRound writes where a loop begins.
func (b *body) firstRound(n *plan.Node, r *rounds, i string) jen.Code {
	if r.state == "" {
		return jen.Id(i).Op(":=").Add(b.f()).Dot("FirstRound").Call(b.step(n))
	}
	return jen.List(jen.Id(i), jen.Id(r.state)).Op(":=").Qual(runtimePath, "FirstRound").Call(b.f(), b.step(n), jen.Id(r.state))
}

// nextRound writes the frame of a loop's round.
func (b *body) nextRound(n *plan.Node, r *rounds, i string) jen.Code {
	f := jen.Id(b.frameName).Op(":=")
	if r.state == "" {
		return f.Id(b.frameName).Dot("NextRound").Call(b.step(n), jen.Id(i))
	}
	return f.Qual(runtimePath, "NextRound").Call(jen.Id(b.frameName), b.step(n), jen.Id(i), jen.Id(r.state))
}

// afterRounds writes the failure of a loop without a break, or what stands in for it.
func (b *body) afterRounds(n *plan.Node, op *plan.Loop, r *rounds, all jen.Code, i string) {
	in := b.inner()
	switch {
	case op.Unbounded():
		return
	case op.X != nil && !op.Breaks(): // the rounds end in no other way
		b.steps(op.Else, r.to)
		return
	case op.Else != nil:
		in.steps(op.Else, r.to)
	default:
		in.add(in.fails(in.f().Dot("Exhausted").Call(in.step(n), jen.Id(i))))
	}
	if len(in.stmts) > 0 {
		b.add(jen.If(all).Block(in.stmts...))
	}
}

// dropContinue drops the last statement of a round where that is the continue that
// the end of the round means anyway.
func (b *body) dropContinue() {
	if n := len(b.stmts) - 1; n >= 0 && b.lastContinue != nil && b.stmts[n] == b.lastContinue {
		b.stmts = b.stmts[:b.continueFrom]
	}
}

// stateRead tells whether somebody reads the state of a loop.
func stateRead(op *plan.Loop) bool {
	if op.Where != nil && reads(op.Where, op.State) {
		return true
	}
	for _, blk := range []*plan.Block{op.Body, op.Else} {
		if blk == nil {
			continue
		}
		for _, n := range blk.Nodes {
			for _, v := range n.Uses {
				if v == op.State {
					return true
				}
			}
		}
		if blk.Value != nil && reads(blk.Value, op.State) {
			return true
		}
	}
	return false
}

// onlyKept tells that all that is done with a loop's state is to keep it as it is.
func onlyKept(op *plan.Loop) bool {
	kept := map[plan.Expr]bool{}
	continues(op.Body, func(c *plan.Continue) { kept[c.X] = true })
	read := op.Where != nil && reads(op.Where, op.State)
	for _, blk := range []*plan.Block{op.Body, op.Else} {
		plan.Inspect(blk, nil, func(x plan.Expr) { read = read || isVar(x, op.State) && !kept[x] })
	}
	return !read
}

// continues calls visit for what begins the next round of the loop that a block belongs to,
// and not of one inside it.
func continues(blk *plan.Block, visit func(*plan.Continue)) {
	for _, n := range blk.Nodes {
		switch op := n.Op.(type) {
		case *plan.Continue:
			visit(op)
		case *plan.Loop:
			if op.Else != nil {
				continues(op.Else, visit)
			}
		default:
			for _, inner := range plan.Blocks(op) {
				continues(inner, visit)
			}
		}
	}
}

// breakNode writes the end of a loop. In a Go switch it names the loop.
func (b *body) breakNode(op *plan.Break) {
	r := b.rounds
	if kept := r.state != "" && r.to.name == r.state && isVar(op.X, r.variable); op.X != nil && !kept {
		b.pureInto(r.to, op.X)
	}
	if r.to.kind == give { // which ends the loop too
		return
	}
	if !b.switched {
		b.add(jen.Break())
		return
	}
	if r.label == "" {
		r.label = b.label()
	}
	b.add(jen.Break().Id(r.label))
}

// continueNode writes the end of a round, which sets the state of the next. start is
// where the step's comment begins.
func (b *body) continueNode(op *plan.Continue, start int) {
	commented := len(b.stmts)
	switch r := b.rounds; {
	case op.X == nil, isVar(op.X, r.variable): // goes on as it is
	case r.state != "":
		b.pureInto(sink{kind: assign, name: r.state, typ: op.X.Type()}, op.X)
	default:
		b.discard(op.X)
	}
	if b.continueFrom = len(b.stmts); b.continueFrom == commented {
		b.continueFrom = start
	}
	b.lastContinue = jen.Continue()
	b.add(b.lastContinue)
}

// recordedNode writes a read of the clock, or a new UUID.
func (b *body) recordedNode(n *plan.Node, method string) {
	call := b.f().Dot(method).Call(b.step(n))
	if n.Read {
		b.setBoth(n, call)
		b.orFail()
		return
	}
	b.add(jen.If(jen.List(jen.Id("_"), jen.Id("err")).Op(":=").Add(call), jen.Id("err").Op("!=").Nil()).
		Block(b.fails(jen.Id("err"))))
}

// failNode writes a fail: with a message, with a declared error, or with the failure
// that an err holds, as it is.
func (b *body) failNode(n *plan.Node, x plan.Expr) {
	switch t := x.Type().(type) {
	case *types.Struct:
		value := b.expr(x)
		b.add(b.fails(b.f().Dot("FailWith").Call(b.step(n), value)))
	case *types.Basic:
		if t.Kind == types.Failure {
			b.add(b.fails(b.expr(x)))
			return
		}
		b.add(b.guard(n, x)...)
	}
}

// typeSwitch writes a match over a union's members, over declared errors, or over the kinds
// of an any, which fails at pos. arm writes the statements of an arm. With gives, Go has to
// see that one is always taken.
func (b *body) typeSwitch(x plan.Expr, pos plan.Pos, cases []plan.Case, gives bool, arm func(in *body, i int)) {
	value := b.operand(x, primaryPrec)
	switch {
	case types.Is(x.Type(), types.Failure):
		value = b.call("Declared", value)
	case plan.IsAny(x.Type()):
		value = b.compute("Kind", value, b.at(pos))
	}
	last := len(cases) - 1
	closed := gives && cases[last].Type() != nil
	if closed && cases[last].Binds != nil && !simple(x) {
		name := b.temp("value")
		b.add(jen.Id(name).Op(":=").Add(value))
		value = jen.Id(name)
	}
	byDefault := func(i int) bool { return cases[i].Type() == nil || closed && i == last }
	var name string
	for i, c := range cases {
		if c.Binds != nil && !byDefault(i) {
			name = newScope(b.scope).take(c.Binds.Name)
			break
		}
	}
	var code []jen.Code
	for i, c := range cases {
		in := b.inner()
		in.switched = true
		if name != "" { // Go declares it in each clause, also where nobody reads it
			in.scope.taken[name] = true
		}
		switch {
		case c.Binds == nil:
		case byDefault(i):
			in.add(jen.Id(in.declare(c.Binds)).Op(":=").Add(value.Clone().Assert(goType(c.Type()))))
		default:
			in.vars[c.Binds] = name
		}
		if closed && i == last {
			in.stmts = append([]jen.Code{jen.Comment(c.Member.Name)}, in.stmts...)
		}
		arm(in, i)
		switch {
		case c.Type() == nil && len(in.stmts) == 0: // nothing to do
		case byDefault(i):
			code = append(code, jen.Default().Block(in.stmts...))
		default:
			code = append(code, jen.Case(goType(c.Type())).Block(in.stmts...))
		}
	}
	head := value.Clone().Assert(jen.Type())
	if name != "" {
		head = jen.Id(name).Op(":=").Add(head)
	}
	b.add(jen.Switch(head).Block(code...))
}

// anySwitch is typeSwitch for an any with values among the patterns: a tagless switch. Its
// last case is the one for all others.
func (b *body) anySwitch(x plan.Expr, pos plan.Pos, cases []plan.Case, arm func(in *body, i int)) {
	kind := jen.Id(b.temp("kind"))
	var code []jen.Code
	for i, c := range cases {
		in := b.inner()
		in.switched = true
		if c.Binds != nil {
			in.add(jen.Id(in.declare(c.Binds)).Op(":=").Add(kind.Clone()).Assert(goType(c.Kind)))
		}
		arm(in, i)
		switch {
		case c.Kind != nil:
			code = append(code, jen.Case(jen.Qual(purePath, "Is").Index(goType(c.Kind)).Call(kind.Clone())).Block(in.stmts...))
		case c.Pattern == nil:
			code = append(code, jen.Default().Block(in.stmts...))
		default:
			value := jen.Nil()
			if !isNone(c.Pattern) {
				value = b.self(c.Pattern)
			}
			code = append(code, jen.Case(kind.Clone().Op("==").Add(value)).Block(in.stmts...))
		}
	}
	b.add(jen.Switch(kind.Clone().Op(":=").Add(b.compute("Kind", b.expr(x), b.at(pos))), jen.Empty()).Block(code...))
}

// byType writes a match whose arms are for types: of a union's members, errors, or the kinds
// of an any. Of a match over values it writes nothing, and gives false.
func (b *body) byType(x plan.Expr, pos plan.Pos, cases []plan.Case, gives bool, arm func(in *body, i int)) bool {
	_, union := x.Type().(*types.Union)
	switch {
	case plan.IsAny(x.Type()):
		if slices.ContainsFunc(cases, func(c plan.Case) bool { return c.Pattern != nil }) {
			b.anySwitch(x, pos, cases, arm)
			return true
		}
	case !union && !types.Is(x.Type(), types.Failure):
		return false
	}
	b.typeSwitch(x, pos, cases, gives, arm)
	return true
}
