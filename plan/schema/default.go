package schema

import (
	"encoding/json"
	"go/constant"
	"time"

	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime/pure"
	"github.com/wfgen/wfgen/types"
)

// DefaultText is a field's default as the runtime's decoder reads it: a string,
// enum member or duration bare, everything else as JSON.
func DefaultText(x plan.Expr) string {
	switch v := defaultValue(x).(type) {
	case string:
		return v
	default:
		text, err := json.Marshal(v)
		if err != nil {
			panic("internal error: a default that JSON can't hold: " + err.Error())
		}
		return string(text)
	}
}

func defaultValue(x plan.Expr) any {
	switch x := x.(type) {
	case *plan.Const:
		return constValue(x)
	case *plan.Member:
		return x.Name
	case *plan.None:
		return nil
	case *plan.Some:
		return defaultValue(x.X)
	case *plan.ListLit:
		all := make([]any, len(x.Elems))
		for i, e := range x.Elems {
			all[i] = defaultValue(e)
		}
		return all
	case *plan.MapLit:
		all := map[string]any{}
		for i := range x.Keys {
			all[DefaultText(x.Keys[i])] = defaultValue(x.Values[i])
		}
		return all
	case *plan.StructLit:
		all := map[string]any{}
		for _, f := range x.Fields {
			all[f.Field.Key()] = defaultValue(f.X)
		}
		return all
	case *plan.Unary:
		if c, ok := x.X.(*plan.Const); ok && x.Op == dsl.Neg {
			return constValue(c)
		}
	}
	panic("internal error: a default that isn't constant")
}

func constValue(c *plan.Const) any {
	switch c.Value.Kind() {
	case constant.String:
		return constant.StringVal(c.Value)
	case constant.Bool:
		return constant.BoolVal(c.Value)
	}
	if types.Is(c.Typ, types.Duration) {
		n, _ := constant.Int64Val(constant.ToInt(c.Value))
		return pure.DurationText(time.Duration(n))
	}
	if types.IsFloat(c.Typ) {
		f, _ := constant.Float64Val(c.Value)
		return f
	}
	return json.Number(constant.ToInt(c.Value).ExactString())
}
