package codegen

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/types"
)

// pureLoop writes a loop without steps as one of Go. The value of a fold is its state. That
// of another is returned from within, by the func that it is the value of, else by a
// function literal.
func (b *body) pureLoop(s sink, x *plan.PureLoop) {
	switch {
	case x.Folds():
		b.fold(s, x)
	case s.kind == give && s.fit == nil:
		b.search(s, x)
	default:
		name := s.name
		if s.kind != define {
			name = b.temp("value")
		}
		in := b.literal(leave{result: x.Typ, pure: true})
		in.search(sink{kind: give, typ: x.Typ}, x)
		b.add(jen.Id(name).Op(":=").Func().Params().Add(goType(x.Typ)).Block(in.stmts...).Call())
		if s.kind != define {
			b.pass(s, name)
		}
	}
}

// fold writes a loop whose value is its state when it ends.
func (b *body) fold(s sink, x *plan.PureLoop) {
	r := &rounds{variable: x.State, state: s.name}
	if s.kind == define {
		b.pureInto(s, x.Init)
		b.vars[x.State] = s.name
	} else {
		r.state = b.state(x)
	}
	r.to = sink{kind: assign, name: r.state, typ: x.Typ}
	b.pureRounds(x, r, b.ranged(x.X))
	if s.kind != define {
		b.pass(s, r.state)
	}
}

// state declares the state of a loop with its first value, and gives the variable.
func (b *body) state(x *plan.PureLoop) string {
	name := b.temp(x.State.Name)
	b.pureInto(sink{kind: define, name: name, typ: x.State.Type}, x.Init)
	b.vars[x.State] = name
	return name
}

// search writes a loop whose breaks, and what comes after its rounds, return its value.
func (b *body) search(s sink, x *plan.PureLoop) {
	r := &rounds{to: s, variable: x.State}
	switch {
	case x.State == nil:
	case x.ReadsState():
		r.state = b.state(x)
	default:
		b.discard(x.Init)
	}
	var all *jen.Statement
	if x.X != nil {
		all = b.ranged(x.X)
	} else {
		all = jen.Add(b.settled(x.Max, "most"))
	}
	b.pureRounds(x, r, all)
	if x.Else != nil {
		b.pureBlock(s, x.Else)
		return
	}
	b.add(jen.Panic(b.compute("Exhausted", all.Clone(), b.at(x.Pos))))
}

// pureRounds writes the rounds of a loop over all: what it goes over, or how many there are.
func (b *body) pureRounds(x *plan.PureLoop, r *rounds, all *jen.Statement) {
	begin := len(b.stmts)
	round := func(in *body) {
		in.rounds, in.switched = r, false
		in.roundBlock(x.Body)
		in.dropContinue()
	}
	if x.X != nil {
		b.loop(x.Over(), all, round)
	} else {
		in := b.inner()
		if x.Looks() {
			in.mayStop()
		}
		round(in)
		b.add(jen.For(jen.Range().Add(all.Clone())).Block(in.stmts...))
	}
	if r.label != "" {
		b.stmts = slices.Insert(b.stmts, begin, jen.Code(jen.Id(r.label).Op(":")))
	}
}

// roundBlock writes a block of a round.
func (b *body) roundBlock(p *plan.Pure) {
	for _, l := range p.Lets {
		if types.Is(l.X.Type(), types.Nothing) {
			b.roundBranch(l.X)
			continue
		}
		b.binding(p, l)
	}
	switch end := p.Value.(type) {
	case nil: // the next round begins
	case *plan.Leave:
		if end.Breaks {
			b.breakNode(&plan.Break{X: end.X})
		} else {
			b.continueNode(&plan.Continue{X: end.X}, len(b.stmts))
		}
	default:
		panic("internal error: a round that ends otherwise")
	}
}

// roundBranch writes an if or match that gives nothing.
func (b *body) roundBranch(x plan.Expr) {
	switch x := x.(type) {
	case *plan.PureIf:
		cond := b.expr(x.Cond)
		then, els := b.inner(), b.inner()
		then.roundBlock(x.Then)
		if x.Else != nil {
			els.roundBlock(x.Else)
		}
		code := jen.If(cond).Block(then.stmts...)
		if len(els.stmts) > 0 {
			code.Else().Block(els.stmts...)
		}
		b.add(code)
	case *plan.PureMatch:
		b.roundMatch(x)
	}
}

func (b *body) roundMatch(x *plan.PureMatch) {
	matched := make([]plan.Case, len(x.Arms))
	for i, arm := range x.Arms {
		matched[i] = arm.Case
	}
	if b.byType(x.X, x.Pos, matched, false, func(in *body, i int) { in.roundBlock(x.Arms[i].Body) }) {
		return
	}
	cases := make([]switchCase, len(x.Arms))
	for i, arm := range x.Arms {
		in := b.inner()
		in.switched = true
		in.roundBlock(arm.Body)
		cases[i] = switchCase{arm.Pattern, in.stmts}
	}
	b.switchOn(x.X, cases, false)
}
