package serial

import (
	"reflect"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/types"
)

// dynamic are the types that stand behind the interfaces of a plan, by their names.
var dynamic = byName(
	(*types.Basic)(nil), (*types.List)(nil), (*types.Map)(nil), (*types.Optional)(nil), (*types.Struct)(nil),
	(*types.Enum)(nil), (*types.Union)(nil), (*types.Go)(nil), (*types.Run)(nil),

	(*plan.Call)(nil), (*plan.Durable)(nil), (*plan.Let)(nil), (*plan.If)(nil), (*plan.Match)(nil), (*plan.For)(nil),
	(*plan.Parallel)(nil), (*plan.Validate)(nil), (*plan.Fail)(nil), (*plan.Return)(nil), (*plan.Wait)(nil),
	(*plan.Commit)(nil), (*plan.Rollback)(nil), (*plan.Log)(nil), (*plan.Try)(nil), (*plan.Finally)(nil), (*plan.Race)(nil), (*plan.Loop)(nil),
	(*plan.Break)(nil), (*plan.Continue)(nil), (*plan.Now)(nil), (*plan.UUID)(nil), (*plan.Converse)(nil),

	(*plan.Const)(nil), (*plan.Member)(nil), (*plan.None)(nil), (*plan.Some)(nil), (*plan.Deref)(nil), (*plan.Var)(nil),
	(*plan.Field)(nil), (*plan.FailureField)(nil), (*plan.RunField)(nil), (*plan.Path)(nil), (*plan.Index)(nil),
	(*plan.Lookup)(nil), (*plan.Slice)(nil), (*plan.Unary)(nil), (*plan.Binary)(nil), (*plan.Interp)(nil),
	(*plan.ListLit)(nil), (*plan.MapLit)(nil), (*plan.StructLit)(nil), (*plan.Convert)(nil), (*plan.Builtin)(nil),
	(*plan.Widen)(nil), (*plan.Decode)(nil), (*plan.FuncCall)(nil), (*plan.Keyed)(nil), (*plan.PureIf)(nil),
	(*plan.PureMatch)(nil), (*plan.PureFor)(nil), (*plan.PureLoop)(nil), (*plan.Leave)(nil), (*plan.Raise)(nil),
)

func byName(samples ...any) map[string]reflect.Type {
	out := map[string]reflect.Type{}
	for _, s := range samples {
		t := reflect.TypeOf(s)
		out[t.String()] = t
	}
	return out
}
