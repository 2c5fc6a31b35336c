package interp

import (
	"context"
	"reflect"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime/mcp"
)

// remote makes what calls a tool of a server.
func (p *Program) remote(t *plan.Tool, s mcp.Server) caller {
	tool := &mcp.Tool{Server: t.Remote.Server, Name: t.Remote.Tool, Pinned: t.Remote.Pinned}
	return func(ctx context.Context, args []reflect.Value) (reflect.Value, error) {
		given := make(mcp.Args, len(args))
		for i, a := range args {
			given[t.Remote.Names[i]] = a.Interface()
		}
		encoded, err := given.Encode()
		if err != nil {
			return reflect.Value{}, err
		}
		text, err := tool.Call(ctx, s, encoded)
		if err != nil {
			return reflect.Value{}, err
		}
		return p.shape(t.Result).Decode(text, "result")
	}
}
