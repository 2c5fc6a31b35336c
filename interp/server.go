package interp

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime/mcp"
	"github.com/wfgen/wfgen/runtime/pure"
)

// remote makes what calls a tool of a server.
func (p *Program) remote(t *plan.Tool, s mcp.Server) caller {
	tool := &mcp.Tool{Server: t.Remote.Server, Name: t.Remote.Tool, Pinned: t.Remote.Pinned}
	return func(ctx context.Context, args []reflect.Value) (reflect.Value, error) {
		encoded := make(map[string]json.RawMessage, len(args))
		for i, a := range args {
			text, err := pure.Encode(a.Interface())
			if err != nil {
				return reflect.Value{}, fmt.Errorf("argument %s: %w", t.Remote.Names[i], err)
			}
			encoded[t.Remote.Names[i]] = text
		}
		text, err := tool.Call(ctx, s, encoded)
		if err != nil {
			return reflect.Value{}, err
		}
		return p.shape(t.Result).Decode(text, "result")
	}
}
