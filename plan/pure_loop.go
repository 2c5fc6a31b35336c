package plan

import (
	"go/constant"
	"slices"

	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// A PureLoop is loop as an expression without steps. In its Body stand, beside bindings,
// ifs and matches that give nothing, and a way through it ends with a Leave, or with no
// value: then the next round begins. One whose rounds are counted and that has no Else
// fails at Pos where no round breaks.
type PureLoop struct {
	T
	State      *Variable // nil without a state
	Init       Expr      // nil without a state
	Max        Expr      // nil where it goes over X
	Key, Value *Variable // Key is nil where it isn't named
	X          Expr      // nil where rounds are counted
	Where      Expr      // nil without where
	Body       *Pure
	Else       *Pure // nil where the last state is the value, or there is none
	Pos        Pos
}

// A Leave ends a round of the PureLoop around it, and gives nothing where it stands: with
// the loop's value, or with the state of the next round.
type Leave struct {
	T
	X      Expr // nil in a loop without a state that goes on
	Breaks bool
}

// Folds tells whether the value of the loop is its state when it ends.
func (x *PureLoop) Folds() bool { return x.X != nil && x.Else == nil }

// Over is the loop's rounds over a list or map as those of a for.
func (x *PureLoop) Over() *PureFor {
	return &PureFor{T: x.T, Key: x.Key, Value: x.Value, X: x.X, Where: x.Where, Body: x.Body, Pos: x.Pos}
}

// maxQuickRounds is how many rounds that take no time are run without a look at whether
// the execution has been stopped.
const maxQuickRounds = 1000

// Looks tells whether each round looks at whether the execution has been stopped.
func (x *PureLoop) Looks() bool {
	if x.X != nil {
		return x.Over().Looks()
	}
	most, constantly := x.Max.(*Const)
	if !constantly || x.Body.takesLong() {
		return true
	}
	n, exact := constant.Int64Val(constant.ToInt(most.Value))
	return !exact || n > maxQuickRounds
}

// ReadsState tells whether something is made of the state, and not just kept.
func (x *PureLoop) ReadsState() bool {
	kept, read := map[Expr]bool{}, false
	x.Body.leaves(func(l *Leave) { kept[l.X] = !l.Breaks })
	visit := func(x1 Expr) {
		v, ok := x1.(*Var)
		read = read || ok && v.V == x.State && !kept[x1]
	}
	Walk(x.Where, visit)
	x.Body.Walk(visit)
	x.Else.Walk(visit)
	return read
}

// leaves calls visit for what ends a round of which this is a block. That of a loop inside it
// ends another's: there the state of this one is a value like any.
func (p *Pure) leaves(visit func(*Leave)) {
	if p == nil {
		return
	}
	for _, l := range p.Lets {
		switch x := l.X.(type) {
		case *PureIf:
			x.Then.leaves(visit)
			x.Else.leaves(visit)
		case *PureMatch:
			for _, a := range x.Arms {
				a.Body.leaves(visit)
			}
		}
	}
	if l, ok := p.Value.(*Leave); ok {
		visit(l)
	}
}

// pureLoop lowers a loop where no step can be.
func (b *builder) pureLoop(x *dsl.LoopExpr) Expr {
	head := &Loop{}
	b.loopHead(x, head)
	out := &PureLoop{
		T: T{b.info.Types[x]}, State: head.State, Init: head.Init, Max: head.Max, Key: head.Key, Value: head.Value, X: head.X,
		Pos: b.pos(x.Span),
	}
	if x.Where != nil {
		out.Where = b.inPure().expr(x.Where)
	}
	out.Body = b.inPure().round(x.Body)
	if x.Else != nil {
		out.Else = b.inPure().pure(x.Else)
	}
	return out
}

// round lowers a block of a loop's round, whose value nobody wants; nil for nil.
func (b *builder) round(src *dsl.Block) *Pure {
	if src == nil {
		return nil
	}
	out := &Pure{}
	none := T{types.Basics[types.Nothing]}
	for _, s := range src.Stmts {
		switch s := s.(type) {
		case *dsl.BreakStmt:
			out.Value = &Leave{none, b.expr(s.Value), true}
		case *dsl.ContinueStmt:
			out.Value = &Leave{T: none}
			if s.State != nil {
				out.Value = &Leave{T: none, X: b.sized(b.expr(s.State), s)}
			}
		case *dsl.FailStmt:
			out.Value = &Raise{none, b.expr(s.X)}
		default:
			out.Lets = append(out.Lets, b.roundLine(s))
		}
	}
	return out
}

// roundLine lowers a binding, or what stands alone: an if or match that leaves the round.
func (b *builder) roundLine(s dsl.Stmt) *PureLet {
	x := valueIn(s)
	if x == nil {
		panic("internal error: a step in a pure loop")
	}
	if !types.Is(b.info.Types[unparen(x)], types.Nothing) {
		return b.pureLet(s, x)
	}
	none := T{types.Basics[types.Nothing]}
	switch x := unparen(x).(type) {
	case *dsl.IfExpr:
		return &PureLet{X: &PureIf{none, b.expr(x.Cond), b.inPure().round(x.Then), b.inPure().round(x.Else)}}
	case *dsl.MatchExpr:
		return &PureLet{X: b.matchOf(x, none, (*builder).round)}
	}
	panic("internal error: a step in a pure loop")
}

// Sized is the name of a Builtin that no source calls: its argument, which fails at its
// place where it is too large. From round to round, a state may come to be that little by
// little.
const Sized = "sized"

// sized is the state of a next round, looked at where it may grow without end.
func (b *builder) sized(x Expr, s *dsl.ContinueStmt) Expr {
	if looksItself(x) || !growable(x.Type(), map[*types.Struct]bool{}) || !makes(&Pure{Value: x}) {
		return x
	}
	return &Builtin{T{x.Type()}, Sized, []Expr{x}, b.pos(s.State.Place())}
}

// looksItself tells whether an expression fails where what it makes is too large.
func looksItself(x Expr) bool {
	switch x := x.(type) {
	case *Builtin:
		return true
	case *Interp:
		return x.Multiplies()
	case *Binary:
		return x.Op == dsl.Add && (IsList(x.Typ) || x.Multiplies())
	}
	return false
}

// growable is mayGrow that looks into structs, each once: one that may hold itself may
// grow.
func growable(t types.Type, seen map[*types.Struct]bool) bool {
	s, ok := t.(*types.Struct)
	if !ok {
		return mayGrow(t)
	}
	if seen[s] {
		return true
	}
	seen[s] = true
	defer delete(seen, s)
	return slices.ContainsFunc(s.Fields, func(f *types.Field) bool {
		if o, optional := f.Type.(*types.Optional); optional {
			return growable(o.Elem, seen)
		}
		return growable(f.Type, seen)
	})
}
