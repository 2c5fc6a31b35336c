package checker

import (
	"fmt"
	gotypes "go/types"

	"github.com/wfgen/wfgen/types"
)

// A translator finds what Go's types are in the language, for one package.
type translator struct {
	world    *World
	programs map[string]*Program // that it can come to, by path
	own      *gotypes.Package    // nil where it has no Go of its own
	// declared are the package's own types, by their names in Go.
	declared map[string]types.Type
	known    map[*gotypes.TypeName]types.Type // of its own Go files
}

// ownTypes makes the declared types known by the names that they have in Go.
func (c *checker) ownTypes() {
	for _, s := range c.prog.Structs {
		c.translate.declared[s.Type.GoName] = s.Type
	}
	for _, u := range c.prog.Unions {
		c.translate.declared[u.Type.GoName] = u.Type
	}
	for _, e := range c.prog.Enums {
		c.translate.declared[e.Type.GoName] = e.Type
	}
}

// An unusable says why a Go type has no place in the language.
type unusable struct{ text string }

func (u *unusable) Error() string { return u.text }

func unusablef(format string, args ...any) error { return &unusable{fmt.Sprintf(format, args...)} }

// of gives the type of the language that a Go type is.
func (g *translator) of(t gotypes.Type) (types.Type, error) {
	switch t := t.(type) {
	case *gotypes.Alias:
		return g.of(gotypes.Unalias(t))
	case *gotypes.Named:
		return g.named(t)
	case *gotypes.Basic:
		return goBasic(t)
	case *gotypes.Slice:
		elem, err := g.part(t.Elem())
		if err != nil {
			return nil, err
		}
		return &types.List{Elem: elem}, nil
	case *gotypes.Map:
		return g.mapType(t)
	case *gotypes.Pointer:
		elem, err := g.part(t.Elem())
		if err != nil {
			return nil, err
		}
		if isOptional(elem) {
			return nil, unusablef("%s is a pointer to a pointer", g.text(t))
		}
		return &types.Optional{Elem: elem}, nil
	case *gotypes.Interface:
		if t.Empty() {
			return basic(types.Any), nil
		}
	}
	return nil, g.noType(t)
}

// part gives the type of what a list, map or pointer holds. Go doesn't take a list of
// named lists for one of unnamed lists.
func (g *translator) part(t gotypes.Type) (types.Type, error) {
	if !isExact(t) {
		return nil, unusablef("%s, a list or map with a name of its own, is inside another type", g.text(t))
	}
	return g.of(t)
}

// noType says why an unnamed type can't be used.
func (g *translator) noType(t gotypes.Type) error {
	what := "a type that a workflow can't use"
	switch t.(type) {
	case *gotypes.Signature:
		what = "a func, which no record can hold"
	case *gotypes.Chan:
		what = "a channel, which no record can hold"
	case *gotypes.Array:
		what = "an array: use a slice"
	case *gotypes.Struct:
		what = "a struct without a name"
	case *gotypes.Interface:
		what = "an interface with methods, which no record can hold"
	case *gotypes.TypeParam:
		what = "a type parameter"
	}
	return unusablef("%s is %s", g.text(t), what)
}

// text is a type as Go writes it, its package by name.
func (g *translator) text(t gotypes.Type) string {
	return gotypes.TypeString(t, func(p *gotypes.Package) string {
		if p == g.own {
			return ""
		}
		return p.Name()
	})
}

var basicKinds = map[gotypes.BasicKind]types.Kind{
	gotypes.Bool: types.Bool, gotypes.String: types.String,
	gotypes.Int: types.Int, gotypes.Int8: types.Int8, gotypes.Int16: types.Int16, gotypes.Int32: types.Int32,
	gotypes.Int64: types.Int64, gotypes.Uint: types.Uint, gotypes.Uint8: types.Uint8, gotypes.Uint16: types.Uint16,
	gotypes.Uint32: types.Uint32, gotypes.Uint64: types.Uint64, gotypes.Float32: types.Float32, gotypes.Float64: types.Float64,
}

func goBasic(t *gotypes.Basic) (types.Type, error) {
	if k, ok := basicKinds[t.Kind()]; ok {
		return basic(k), nil
	}
	if t.Kind() == gotypes.Invalid {
		return nil, unusablef("Go doesn't know this type")
	}
	return nil, unusablef("%s has no place in a workflow", t)
}

func (g *translator) mapType(t *gotypes.Map) (types.Type, error) {
	key, err := g.of(t.Key())
	if err != nil {
		return nil, err
	}
	if !types.IsMapKey(key) {
		return nil, unusablef("%s is a map whose keys aren't strings, integers or bools", g.text(t))
	}
	elem, err := g.part(t.Elem())
	if err != nil {
		return nil, err
	}
	return &types.Map{Key: key, Elem: elem}, nil
}

func (g *translator) named(t *gotypes.Named) (types.Type, error) {
	o := t.Obj()
	switch pkg := o.Pkg(); {
	case pkg == nil:
		return nil, unusablef("%s has no place in a workflow", o.Name())
	case pkg.Path() == "time" && o.Name() == "Time":
		return basic(types.Time), nil
	case pkg.Path() == "time" && o.Name() == "Duration":
		return basic(types.Duration), nil
	case t.TypeArgs().Len() > 0 || t.TypeParams().Len() > 0:
		return nil, unusablef("%s is generic", g.text(t))
	case pkg == g.own:
		if d := g.declared[o.Name()]; d != nil {
			return d, nil
		}
		return g.goType(t, g.known, nil)
	case !o.Exported():
		return nil, unusablef("%s isn't exported", g.text(t))
	default:
		return g.imported(t)
	}
}

// imported gives a type of another package, which its .wf files may have declared.
func (g *translator) imported(t *gotypes.Named) (types.Type, error) {
	o, w := t.Obj(), g.world
	p := w.pkg(o.Pkg().Path(), o.Pkg().Name())
	if prog := g.programs[p.Path]; prog != nil {
		if d := prog.typeNamed(o.Name()); d != nil {
			return w.view(d, p), nil
		}
	}
	if w.goTypes == nil {
		w.goTypes = map[*gotypes.TypeName]types.Type{}
	}
	// What an imported package holds is named from outside of this one.
	outside := &translator{world: w, programs: g.programs}
	return outside.goType(t, w.goTypes, p)
}

// typeNamed gives the declared type of that name in Go, or nil.
func (p *Program) typeNamed(goName string) types.Type {
	for _, s := range p.Structs {
		if s.Type.GoName == goName {
			return s.Type
		}
	}
	for _, u := range p.Unions {
		if u.Type.GoName == goName {
			return u.Type
		}
	}
	for _, e := range p.Enums {
		if e.Type.GoName == goName {
			return e.Type
		}
	}
	return nil
}

// goType gives a named type that isn't the language's. Slices and maps are lists and
// maps whatever their names; but those that write their own JSON, as all else, keep
// theirs.
func (g *translator) goType(t *gotypes.Named, known map[*gotypes.TypeName]types.Type, p *types.Package) (types.Type, error) {
	if seen := known[t.Obj()]; seen != nil {
		return seen, nil
	}
	out := &types.Go{
		Package: p, Path: t.Obj().Pkg().Path(), Name: t.Obj().Name(), Comparable: gotypes.Comparable(t),
	}
	marshals := ownJSON(t)
	switch u := t.Underlying().(type) {
	case *gotypes.Basic:
		under, err := goBasic(u)
		if err != nil {
			return nil, unusablef("%s is %s underneath, which has no place in a workflow", g.text(t), u)
		}
		out.Under = under.(*types.Basic)
	case *gotypes.Struct:
		out.Struct = true
		known[t.Obj()] = out
		if err := g.structFields(t, u, out, marshals); err != nil {
			delete(known, t.Obj())
			return nil, err
		}
	case *gotypes.Slice, *gotypes.Map:
		if !marshals {
			return g.of(u)
		}
	case *gotypes.Array:
	case *gotypes.Interface:
		if u.Empty() {
			return basic(types.Any), nil
		}
		return nil, unusablef("%s is an interface with methods, which no record can hold", g.text(t))
	default:
		if !marshals {
			return nil, unusablef("%s is %s underneath, which no record can hold", g.text(t), gotypes.TypeString(u, (*gotypes.Package).Name))
		}
	}
	known[t.Obj()] = out
	return out, nil
}
