package plan

import (
	"slices"

	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// This file says of which expressions a small input may make something large: they fail
// where that is too large. It says which may take long: they look now and then at whether
// the execution has been stopped. All backends go by it, so that a workflow ends in the
// same places however it is run.

// isShort tells whether what a value prints has a bound that is small.
func isShort(x Expr) bool {
	switch t := types.Under(x.Type()).(type) {
	case *types.Enum:
		return true
	case *types.Basic:
		if t.Kind != types.String {
			return t.Kind != types.Any && t.Kind != types.Failure
		}
	}
	switch x := x.(type) {
	case *Const:
		return true
	case *Convert:
		return isShort(x.X)
	}
	return false
}

// Summands are the strings that an expression puts together.
func Summands(x Expr) []Expr {
	if p, ok := x.(*Binary); ok && p.Op == dsl.Add && types.Is(types.Under(p.Typ), types.String) {
		return append(Summands(p.X), Summands(p.Y)...)
	}
	return []Expr{x}
}

// Multiplies tells whether of the values that are put together more than one may be
// long: with one, the whole is hardly longer than that.
func Multiplies(parts []Expr) bool {
	long := 0
	for _, p := range parts {
		if IsTree(p.Type()) {
			return true
		}
		if !isShort(p) {
			long++
		}
	}
	return long > 1
}

// Multiplies tells whether a string may come to be much larger than what it is made from.
func (x *Interp) Multiplies() bool { return x.Pos != (Pos{}) && Multiplies(x.Parts) }

// LooksInto tells whether an any is compared with what it may hold.
func (x *Binary) LooksInto() bool {
	_, none := x.Y.(*None)
	return (x.Op == dsl.Eq || x.Op == dsl.NotEq) && IsAny(x.X.Type()) && !none
}

// Multiplies tells that of the sum of strings.
func (x *Binary) Multiplies() bool {
	return x.Op == dsl.Add && !IsList(x.Typ) && Multiplies(Summands(x))
}

// said is what a validate, fail or log says. Such a text goes no further, so that what it
// is put together from is the bound of its size; but for what becomes JSON.
func said(x Expr) Expr {
	p, ok := x.(*Interp)
	if !ok || slices.ContainsFunc(p.Parts, func(part Expr) bool { return IsTree(part.Type()) }) {
		return x
	}
	return &Interp{T: p.T, Parts: p.Parts}
}

// Counts tells whether a list of t's that a block makes may come to be much larger than
// what it is made from, so that the sizes of its elements are added up.
func Counts(t types.Type, p *Pure) bool { return mayGrow(t) && makes(p) }

// mayGrow tells whether values of a type may be of any size.
func mayGrow(t types.Type) bool {
	switch t := types.Under(t).(type) {
	case *types.Enum:
		return false
	case *types.Optional:
		return mayGrow(t.Elem)
	case *types.Basic:
		return t.Kind == types.String || t.Kind == types.Any || t.Kind == types.Failure
	}
	return true
}

// makes tells whether a block makes something of which a list may come to be much larger
// than what it is made from.
func makes(p *Pure) bool {
	found := false
	p.Walk(func(x Expr) {
		switch x := x.(type) {
		case *FuncCall, *PureFor, *PureLoop, *Keyed, *Decode, *ListLit, *MapLit, *StructLit:
			found = true
		case *Lookup:
			found = found || x.OfAny()
		case *Interp:
			found = found || !allShort(x.Parts)
		case *Binary:
			found = found || x.Op == dsl.Add && (IsList(x.Typ) || !allShort(Summands(x)))
		case *Builtin:
			found = found || !IsQuick(x)
		}
	})
	return found
}

func allShort(parts []Expr) bool {
	for _, p := range parts {
		if !isShort(p) {
			return false
		}
	}
	return true
}

// IsList tells whether t is a list.
func IsList(t types.Type) bool { _, ok := t.(*types.List); return ok }

// IsQuick tells whether the time that a builtin takes has a bound that is small.
func IsQuick(x *Builtin) bool {
	switch x.Name {
	case "len", "abs", "round", "floor", "ceil", "first", "last", "fixed", "hasPrefix", "hasSuffix", Rest:
		return true
	case "min", "max":
		return len(x.Args) > 1
	}
	return false
}

// TakesLong tells whether an expression may take longer than a moment.
func TakesLong(x Expr) bool {
	found := false
	Walk(x, func(x Expr) { found = found || takesLong(x) })
	return found
}

func (p *Pure) takesLong() bool {
	found := false
	p.Walk(func(x Expr) { found = found || takesLong(x) })
	return found
}

// takesLong tells it of what an expression does itself, without its parts.
func takesLong(x Expr) bool {
	switch x := x.(type) {
	case *PureFor, *PureLoop, *Keyed, *Decode:
		return true
	case *FuncCall:
		return x.Func.Go != nil || x.Func.Body.takesLong()
	case *Interp:
		return Multiplies(x.Parts)
	case *Builtin:
		return !IsQuick(x)
	case *Binary:
		switch x.Op {
		case dsl.In, dsl.NotIn:
			_, isMap := x.Y.Type().(*types.Map)
			return !isMap
		case dsl.Add:
			return IsList(x.Typ) || Multiplies(Summands(x))
		}
	}
	return false
}

// Looks tells whether each round looks at whether the execution has been stopped.
func (x *PureFor) Looks() bool { return x.Where != nil && TakesLong(x.Where) || x.Body.takesLong() }

// Looks tells it of a loop: of one without a bound, and of one over a list or map whose rounds
// may take long without coming to a step, which would look.
func (l *Loop) Looks() bool {
	if l.X == nil {
		return l.Unbounded()
	}
	return l.Where != nil && TakesLong(l.Where) || l.Body.takesLong() && !l.Body.comesToStep()
}

// takesLong tells whether a block may take long beside its steps: by an expression, or by
// rounds that come to none.
func (b *Block) takesLong() bool {
	found := false
	Inspect(b, func(n *Node) {
		switch op := n.Op.(type) {
		case *For:
			found = found || op.Where != nil || !op.Body.comesToStep()
		case *Loop:
			found = found || op.Where != nil || !op.Body.comesToStep()
		}
	}, func(x Expr) { found = found || takesLong(x) })
	return found
}

// comesToStep tells whether a block certainly comes to a step that looks at whether the
// execution has been stopped.
func (b *Block) comesToStep() bool {
	for _, n := range b.Nodes {
		switch op := n.Op.(type) {
		case *Call, *Durable, *Wait:
			return true
		case *Parallel:
			if op.Body.comesToStep() {
				return true
			}
		}
		if n.Exits {
			return false
		}
	}
	return false
}

// Looks tells whether that is looked at before each key is computed.
func (x *Keyed) Looks() bool { return TakesLong(x.Key) }

// IsSure tells whether an expression comes to a value at once, whatever it is given: it
// doesn't fail, and doesn't look at whether the execution has been stopped.
func IsSure(x Expr) bool {
	sure := true
	Walk(x, func(x Expr) {
		switch x := x.(type) {
		case *Index, *Slice, *Decode, *FuncCall, *Keyed, *PureFor, *PureLoop:
			sure = false
		case *Lookup:
			sure = sure && !x.OfAny()
		case *PureMatch:
			sure = sure && !IsAny(x.X.Type())
		case *Field:
			_, foreign := x.X.Type().(*types.Go)
			sure = sure && !foreign
		case *Interp:
			sure = sure && !x.Multiplies()
		case *Convert:
			from := types.Under(x.X.Type())
			narrows := types.IsFloat(from) && types.IsInteger(types.Under(x.Typ))
			sure = sure && !narrows && !types.Is(from, types.String) && !types.Is(x.Typ, types.Duration)
		case *Binary:
			sure = sure && !x.LooksInto()
			divides := (x.Op == dsl.Div || x.Op == dsl.Rem) && !types.IsFloat(x.Typ)
			sure = sure && !divides && !(x.Op == dsl.Add && IsList(x.Typ)) && !x.Multiplies()
		case *Builtin:
			sure = sure && (x.Name == "len" || x.Name == "hasPrefix" || x.Name == "hasSuffix")
		}
	})
	return sure
}
