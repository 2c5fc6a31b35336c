package checker

import (
	"go/constant"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// restField makes f, a field of s, the one that holds the keys of an object which are no
// other field's: the last one of a type, a map from string. It reports what can't be that.
func (c *checker) restField(s *Struct, f *dsl.Field, t *types.Field) {
	t.HasDefault = true // no other keys
	m, isMap := t.Type.(*types.Map)
	switch {
	case s.Type.Error || c.events[s.Type] != nil:
		c.report(diag.BadTypeUse, f.Name, "only a type holds keys that are no field's, found ...%s in %s", t.Name, s.Type.Name).
			Help = "declare a type with it, and give " + s.Type.Name + " a field of that"
	case f != s.Decl.Fields[len(s.Decl.Fields)-1]:
		c.report(diag.BadTypeUse, f.Name, "...%s holds the keys that are no field's, and stands last", t.Name)
	case isInvalid(t.Type):
	case !isMap || !types.Is(m.Key, types.String):
		c.report(diag.BadTypeUse, f.Type, "...%s holds keys with their values, which are a map from string, found %s", t.Name, t.Type).
			Help = "write ..." + t.Name + " map[string]any"
	default:
		t.Rest = true
	}
	if f.JSON != nil {
		c.report(diag.BadTypeUse, f.JSON, "...%s holds the keys that are no field's, and has none of its own", t.Name)
	}
	if f.Default != nil {
		c.report(diag.BadTypeUse, f.Default, "...%s is empty where there are no such keys, and has no other default", t.Name)
	}
}

// restValue reports the constant keys of a map literal, the value of a struct's rest, that
// are keys of the struct's fields.
func (c *checker) restValue(s *types.Struct, x dsl.Expr) {
	lit, ok := unparen(x).(*dsl.MapLit)
	if !ok {
		return
	}
	for _, e := range lit.Entries {
		v := c.info.Consts[e.Key]
		if v == nil || v.Kind() != constant.String {
			continue
		}
		text := constant.StringVal(v)
		for _, f := range s.Fields {
			if f.Key() == text && !f.Rest {
				c.report(diag.DuplicateName, e.Key, "%s is the key of a field of %s", c.text(e.Key), s.Name).Help = "give the field: " + f.Name + ": …"
				break
			}
		}
		if text == "type" && s.Member {
			c.report(diag.DuplicateName, e.Key, "the key type tells the members of a union apart, and %s is one", s.Name)
		}
	}
}
