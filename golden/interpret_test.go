package golden

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wfgen/wfgen/interp"
	"github.com/wfgen/wfgen/plan"
)

// p is the type P of random programs, as a Go function has it that doesn't know the
// generated code.
type p struct {
	A int   `json:"a"`
	B int   `json:"b"`
	C *int  `json:"c"`
	D []int `json:"d"`
}

// catalogue gives the tools by name.
func (t *tools) catalogue() interp.Tools {
	return interp.Tools{
		"R": t.R, "S": t.S, "M": t.M, "F": t.F, "L": t.L, "O": t.O, "W": t.W, "V": t.V, "X": t.X, "Y": t.Y,
		"G": func(ctx context.Context, a int) (*p, error) {
			c, _ := t.O(ctx, a)
			d, _ := t.L(ctx, a)
			return &p{a, 2, c, d}, nil
		},
		"D": t.d,
		"E": func(a int) string { return []string{"k0", "k1", "k2"}[(a%3+3)%3] },
	}
}

// Bad is the declared error of random programs, likewise.
type Bad struct {
	Code int `json:"code"`
}

func (b Bad) Error() string { return fmt.Sprintf("Bad(code: %d)", b.Code) }

func (t *tools) d(_ context.Context, a int) (int, error) {
	t.note("D", a)
	switch (a%5 + 5) % 5 {
	case 0:
		return 0, Bad{a}
	case 1:
		return 0, fmt.Errorf("wrapped: %w", &Bad{a})
	case 2:
		return 0, errors.New("D fails")
	}
	return a * 2, nil
}

// interpreted runs a random program without compiling it.
func interpreted(t *testing.T, pl *plan.Program, input any) outcome {
	t.Helper()
	tools := &tools{}
	program, err := interp.New(pl, tools.catalogue())
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(input)
	if err != nil {
		t.Fatal(err)
	}
	return tools.run(true, func(ctx context.Context) (v int, err error) {
		data, err := program.Run(ctx, "Main", data)
		if err != nil {
			return 0, err
		}
		return v, json.Unmarshal(data, &v)
	})
}

// alike holds an interpreted run against the compiled one: the same result, error and
// effects, and the same events of each step. Where one of several steps that run side
// by side fails, it is a matter of time which, and what the others have come to.
func alike(t *testing.T, seed uint64, source string, pl *plan.Program, interpreted, compiled outcome) {
	t.Helper()
	if overlaps(pl) {
		dropCutOff(interpreted.Steps, compiled.Steps)
		if !compiled.OK {
			interpreted.Err, compiled.Err = "", ""
			delete(interpreted.Steps, "") // the end of the workflow has the error
			delete(compiled.Steps, "")
		}
	}
	sortLogs(source, &interpreted, &compiled)
	if diff := cmp.Diff(compiled, interpreted, emptyLogs); diff != "" {
		t.Errorf("program %d: the interpreter differs from the compiled program (-compiled +interpreted): %s\n%s", seed, diff, source)
	}
}

// dropCutOff drops the steps that have come further in one run than in the other: a
// failure beside them, or the end of a race, has kept them from going on.
func dropCutOff(a, b map[string][]string) {
	for id := range allKeys(a, b) {
		short, long := begun(a[id]), begun(b[id])
		if len(short) > len(long) {
			short, long = long, short
		}
		if len(short) < len(long) && slices.Equal(short, long[:len(short)]) {
			delete(a, id)
			delete(b, id)
		}
	}
}

func allKeys(a, b map[string][]string) map[string]bool {
	all := map[string]bool{}
	for id := range a {
		all[id] = true
	}
	for id := range b {
		all[id] = true
	}
	return all
}

// begun are the events of a step but for the one that says that it didn't begin.
func begun(events []string) []string {
	return slices.DeleteFunc(slices.Clone(events), func(e string) bool { return strings.HasPrefix(e, "skipped") })
}

// overlaps tells whether steps of the program run side by side.
func overlaps(p *plan.Program) bool {
	found := false
	look := func(b *plan.Block) { found = found || b.Chains > 1 }
	for _, w := range p.Workflows {
		look(w.Body)
		plan.Inspect(w.Body, func(n *plan.Node) {
			switch op := n.Op.(type) {
			case *plan.For:
				found = found || op.Parallel
			case *plan.Race:
				found = true
			}
			for _, b := range plan.Blocks(n.Op) {
				look(b)
			}
		}, nil)
	}
	return found
}
