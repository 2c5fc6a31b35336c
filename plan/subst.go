package plan

import (
	"fmt"
	"slices"
)

// A substitution puts expressions in the place of variables. What it makes shares no
// part with what it is made of, and binds variables of its own.
type substitution map[*Variable]Expr

// substituted is an expression with others in the place of some variables; nil for nil.
func substituted(x Expr, with substitution) Expr {
	if x == nil {
		return nil
	}
	in := func(x Expr) Expr { return substituted(x, with) }
	switch x := x.(type) {
	case *Var:
		if value := with[x.V]; value != nil {
			return substituted(value, nil)
		}
		return &Var{x.T, x.V}
	case *Some:
		return &Some{x.T, in(x.X)}
	case *Deref:
		return &Deref{x.T, in(x.X)}
	case *Field:
		return &Field{x.T, in(x.X), x.Field}
	case *FailureField:
		return &FailureField{x.T, in(x.X), x.Name}
	case *Path:
		of := in(x.X)
		v, inner := with.bind(x.V)
		return &Path{x.T, of, v, substituted(x.Then, inner)}
	case *Index:
		return &Index{x.T, in(x.X), in(x.I), x.Pos}
	case *Lookup:
		return &Lookup{x.T, in(x.X), in(x.Key), x.Pos}
	case *Slice:
		return &Slice{x.T, in(x.X), in(x.Lo), in(x.Hi), x.Pos}
	case *Unary:
		return &Unary{x.T, x.Op, in(x.X)}
	case *Binary:
		return &Binary{x.T, x.Op, in(x.X), in(x.Y), x.Pos}
	case *Interp:
		return &Interp{x.T, with.all(x.Parts), x.Pos}
	case *ListLit:
		return &ListLit{x.T, with.all(x.Elems)}
	case *MapLit:
		return &MapLit{x.T, with.all(x.Keys), with.all(x.Values)}
	case *StructLit:
		out := &StructLit{T: x.T, Spread: in(x.Spread)}
		for _, f := range x.Fields {
			out.Fields = append(out.Fields, FieldValue{f.Field, in(f.X)})
		}
		return out
	case *Convert:
		return &Convert{x.T, in(x.X), x.Pos}
	case *Widen:
		return &Widen{x.T, in(x.X)}
	case *Decode:
		return &Decode{x.T, in(x.X), x.Pos}
	case *Builtin:
		return &Builtin{x.T, x.Name, with.all(x.Args), x.Pos}
	case *FuncCall:
		return &FuncCall{x.T, x.Func, with.all(x.Args), x.Pos}
	case *Keyed:
		list := in(x.X)
		v, inner := with.bind(x.V)
		return &Keyed{x.T, x.Name, list, v, substituted(x.Key, inner), x.Pos}
	case *PureIf:
		return &PureIf{x.T, in(x.Cond), with.pure(x.Then), with.pure(x.Else)}
	case *PureMatch:
		out := &PureMatch{T: x.T, X: in(x.X), Pos: x.Pos}
		for _, a := range x.Arms {
			v, inner := with.bind(a.Binds)
			out.Arms = append(out.Arms, &PureArm{Case{a.Pattern, a.Member, a.Kind, v}, inner.pure(a.Body)})
		}
		return out
	case *PureFor:
		list := in(x.X)
		key, inner := with.bind(x.Key)
		value, inner := inner.bind(x.Value)
		return &PureFor{x.T, key, value, list, substituted(x.Where, inner), inner.pure(x.Body), x.Pos}
	case *PureLoop:
		return with.loop(x)
	case *Leave:
		return &Leave{x.T, in(x.X), x.Breaks}
	case *Const, *Member, *None, *RunField:
		return x // it holds no variable
	}
	panic(fmt.Sprintf("internal error: nothing is put into a %T", x))
}

func (s substitution) all(xs []Expr) []Expr {
	out := slices.Clone(xs)
	for i, x := range out {
		out[i] = substituted(x, s)
	}
	return out
}

// loop is substituted for a loop without steps.
func (s substitution) loop(x *PureLoop) *PureLoop {
	out := *x
	out.Init, out.Max, out.X = substituted(x.Init, s), substituted(x.Max, s), substituted(x.X, s)
	out.State, s = s.bind(x.State)
	out.Else = s.pure(x.Else)
	out.Key, s = s.bind(x.Key)
	out.Value, s = s.bind(x.Value)
	out.Where, out.Body = substituted(x.Where, s), s.pure(x.Body)
	return &out
}

// pure is substituted for a block.
func (s substitution) pure(p *Pure) *Pure {
	if p == nil {
		return nil
	}
	out := &Pure{}
	for _, l := range p.Lets {
		x := substituted(l.X, s)
		var v *Variable
		v, s = s.bind(l.V)
		out.Lets = append(out.Lets, &PureLet{V: v, X: x})
	}
	out.Value = substituted(p.Value, s)
	return out
}

// bind gives a variable in the place of one that an expression binds, and the
// substitution inside of that; nil for nil.
func (s substitution) bind(v *Variable) (*Variable, substitution) {
	if v == nil {
		return nil, s
	}
	own := *v
	inner := substitution{v: &Var{T{v.Type}, &own}}
	for other, x := range s {
		if other != v {
			inner[other] = x
		}
	}
	return &own, inner
}
