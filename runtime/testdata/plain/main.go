// Command plain runs a workflow of two reads side by side, and a third that needs both,
// without an engine.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/wfgen/wfgen/runtime"
)

func load(_ context.Context, n int) (int, error) { return n + 1, nil }

func join(_ context.Context, a, b int) (int, error) { return a + b, nil }

var (
	workflow = runtime.Workflow{Name: "Plain", Stateless: true}
	stepA    = runtime.Task[int]{Step: runtime.Step{ID: "a", Tool: "load", Effect: runtime.Readonly}}
	stepB    = runtime.Task[int]{Step: runtime.Step{ID: "b", Tool: "load", Effect: runtime.Readonly}}
	stepJoin = runtime.Task[int]{Step: runtime.Step{ID: "join", Tool: "join", Effect: runtime.Readonly}}
)

func plain(ctx context.Context, n int) (v int, err error) {
	f := runtime.Start(ctx, &workflow)
	defer runtime.End(f, &v, &err)
	f.Enter(func() []any { return []any{n} })
	var a, b int
	err = runtime.Parallel(f, 2, func(f *runtime.Frame, chain int) (err error) {
		switch chain {
		case 0:
			a, err = runtime.Call1(f, &stepA, load, n)
			return err
		case 1:
			b, err = runtime.Call1(f, &stepB, load, n+1)
			return err
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return runtime.Read2(f, &stepJoin, join, a, b)
}

func main() {
	v, err := plain(context.Background(), 1)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(v)
}
