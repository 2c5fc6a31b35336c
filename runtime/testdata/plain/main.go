// Command plain runs a workflow without an engine.
package main

import (
	"context"

	"github.com/wfgen/wfgen/runtime"
)

var workflow = runtime.Workflow{Name: "Plain"}

func plain(ctx context.Context) (v int, err error) {
	f := runtime.Start(ctx, &workflow)
	defer runtime.End(f, &v, &err)
	return runtime.Call0(f, &runtime.Task[int]{}, func(context.Context) (int, error) { return 1, nil })
}

func main() {
	if _, err := plain(context.Background()); err != nil {
		panic(err)
	}
}
