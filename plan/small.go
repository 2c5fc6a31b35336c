package plan

import (
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// maxSmallParts is how many parts a string may be put together of in a binding
// that isn't scheduled.
const maxSmallParts = 16

// small tells whether an expression costs too little to be scheduled: it calls no
// func and walks over no list, map or string.
func small(x Expr) bool {
	ok := true
	Walk(x, func(x Expr) { ok = ok && smallPart(x) })
	return ok
}

// smallPart judges an expression without what is inside it.
func smallPart(x Expr) bool {
	switch x := x.(type) {
	case *FuncCall, *PureFor, *PureLoop, *Keyed, *Decode:
		return false
	case *Builtin:
		return smallBuiltin(x)
	case *Binary:
		return smallOperator(x)
	case *Interp:
		for _, p := range x.Parts {
			if IsTree(p.Type()) {
				return false
			}
		}
		return len(x.Parts) <= maxSmallParts
	}
	return true
}

func smallBuiltin(x *Builtin) bool {
	switch x.Name {
	case "len", "abs", "round", "floor", "ceil", "first", "last", "hasPrefix", "hasSuffix", "fixed", "format":
		return true
	case "min", "max":
		return len(x.Args) > 1
	}
	return false
}

// smallOperator excludes looking for something in a list or string, and joining
// lists.
func smallOperator(x *Binary) bool {
	switch x.Op {
	case dsl.In, dsl.NotIn:
		_, ok := x.Y.Type().(*types.Map)
		return ok
	case dsl.Add:
		_, list := x.Typ.(*types.List)
		return !list
	}
	return true
}

// IsTree tells whether a value becomes JSON in a string.
func IsTree(t types.Type) bool {
	switch t.(type) {
	case *types.List, *types.Map, *types.Struct, *types.Union, *types.Go:
		return true
	}
	return types.Is(t, types.Any)
}
