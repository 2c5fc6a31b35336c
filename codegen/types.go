package codegen

import (
	"github.com/dave/jennifer/jen"

	"github.com/wfgen/wfgen/types"
)

// goType is a type as Go writes it.
func goType(t types.Type) *jen.Statement {
	switch t := t.(type) {
	case *types.List:
		return jen.Index().Add(goType(t.Elem))
	case *types.Map:
		return jen.Map(goType(t.Key)).Add(goType(t.Elem))
	case *types.Optional:
		return jen.Op("*").Add(goType(t.Elem))
	case *types.Struct:
		return declaredIn(t.Package, t.GoName)
	case *types.Union:
		return declaredIn(t.Package, t.GoName)
	case *types.Enum:
		return declaredIn(t.Package, t.GoName)
	case *types.Go:
		return declaredIn(t.Package, t.Name)
	case *types.Basic:
		return goBasic(t)
	}
	panic("internal error: no Go type for " + t.String())
}

// declaredIn is the name of a declared type, which may be another package's.
func declaredIn(p *types.Package, name string) *jen.Statement {
	if p == nil {
		return jen.Id(name)
	}
	return jen.Qual(p.Path, name)
}

func goBasic(t *types.Basic) *jen.Statement {
	switch t.Kind {
	case types.Time:
		return jen.Qual("time", "Time")
	case types.Duration:
		return jen.Qual("time", "Duration")
	case types.Nothing:
		return jen.Qual(runtimePath, "None")
	case types.Uint8:
		return jen.Byte()
	case types.Failure:
		return jen.Error()
	}
	return jen.Id(t.String())
}

// zero is the zero value of a type.
func zero(t types.Type) *jen.Statement {
	switch t := t.(type) {
	case *types.Struct:
		return goType(t).Values()
	case *types.Enum:
		return jen.Lit("")
	case *types.Go:
		return zeroGo(t)
	case *types.Basic:
		switch {
		case t.Kind == types.Bool:
			return jen.False()
		case t.Kind == types.String:
			return jen.Lit("")
		case types.IsNumeric(t) || t.Kind == types.Duration:
			return jen.Lit(0)
		case t.Kind == types.Time || t.Kind == types.Nothing:
			return goType(t).Values()
		}
	}
	return jen.Nil()
}

func zeroGo(t *types.Go) *jen.Statement {
	switch {
	case t.Struct:
		return goType(t).Values()
	case t.Under != nil:
		return zero(t.Under)
	}
	return jen.Op("*").New(goType(t))
}

// needsCheck tells whether a value from outside has to be looked at before a
// workflow sees it: it may break a constraint, have two forms that Go tells
// apart and the language doesn't (a nil list, a time's zone), or hold itself.
func needsCheck(t types.Type) bool { return looks(t, map[*types.Struct]bool{}) }

func looks(t types.Type, seen map[*types.Struct]bool) bool {
	switch t := t.(type) {
	case *types.Enum:
		return t.Package == nil // those of other packages are looked at there
	case *types.Union:
		return t.Package == nil
	case *types.List, *types.Map:
		return true
	case *types.Optional:
		return looks(t.Elem, seen)
	case *types.Struct:
		switch {
		case seen[t]:
			return false
		case types.HoldsItself(t):
			return true
		case t.Package != nil:
			return false
		}
		seen[t] = true
		for _, f := range t.Fields {
			if f.HasWhere || looks(f.Type, seen) {
				return true
			}
		}
		return false
	}
	return types.Is(t, types.Time)
}
