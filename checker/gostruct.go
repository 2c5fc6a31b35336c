package checker

import (
	gotypes "go/types"
	"reflect"
	"slices"

	"github.com/wfgen/wfgen/types"
)

// structFields finds the exported fields of a struct. A type is refused where JSON
// would lose its values, or can't hold them.
func (g *translator) structFields(t *gotypes.Named, s *gotypes.Struct, out *types.Go, marshals bool) error {
	direct := map[string]bool{}
	seen := 0
	for i := range s.NumFields() {
		f := s.Field(i)
		direct[f.Name()] = true
		tag := reflect.StructTag(s.Tag(i)).Get("json")
		if !f.Exported() && !f.Embedded() || tag == "-" {
			continue
		}
		seen++
		if kind := unencodable(f.Type()); kind != "" && !marshals {
			return unusablef("%s has the field %s, %s, which no record can hold", g.text(t), f.Name(), kind)
		}
	}
	if seen == 0 && s.NumFields() > 0 && !marshals {
		return unusablef("%s has no exported field and no MarshalJSON: a record of its values would be empty", g.text(t))
	}
	for _, name := range visibleFields(t) {
		o, _, _ := gotypes.LookupFieldOrMethod(t, true, nil, name)
		f, ok := o.(*gotypes.Var)
		if !ok {
			continue
		}
		ft, err := g.of(f.Type())
		if err != nil {
			out.Hidden = append(out.Hidden, types.Hidden{Name: name, Why: err.Error()})
			continue
		}
		out.Fields = append(out.Fields, &types.Field{Name: name, GoName: name, Type: ft, HasDefault: true, Promoted: !direct[name], Named: !isExact(f.Type())})
	}
	return nil
}

func unencodable(t gotypes.Type) string {
	switch u := t.Underlying().(type) {
	case *gotypes.Signature:
		return "a func"
	case *gotypes.Chan:
		return "a channel"
	case *gotypes.Basic:
		if u.Info()&gotypes.IsComplex != 0 {
			return "a complex number"
		}
	}
	return ""
}

// visibleFields are the names of the exported fields of a struct, those of embedded
// structs included, in their order, each once.
func visibleFields(t gotypes.Type) []string {
	var names []string
	seen := map[gotypes.Type]bool{}
	var visit func(gotypes.Type)
	visit = func(t gotypes.Type) {
		if p, ok := t.Underlying().(*gotypes.Pointer); ok {
			t = p.Elem()
		}
		s, ok := t.Underlying().(*gotypes.Struct)
		if !ok || seen[t] {
			return
		}
		seen[t] = true
		for f := range s.Fields() {
			if f.Exported() && !slices.Contains(names, f.Name()) {
				names = append(names, f.Name())
			}
			if f.Embedded() {
				visit(f.Type())
			}
		}
	}
	visit(t)
	return names
}

// ownJSON tells whether a type writes and reads its own JSON.
func ownJSON(t gotypes.Type) bool {
	methods := gotypes.NewMethodSet(gotypes.NewPointer(t))
	has := func(name string) bool { return methods.Lookup(nil, name) != nil }
	return has("MarshalJSON") && has("UnmarshalJSON") || has("MarshalText") && has("UnmarshalText")
}
