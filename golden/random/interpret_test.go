package random

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

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

// n is the type N, likewise.
type n struct {
	P  *p              `json:"p,omitempty"`
	O  []*int          `json:"o"`
	M  map[string]*int `json:"m"`
	N  *n              `json:"n,omitempty"`
	L  *[]int          `json:"l,omitempty"`
	S  string          `json:"s"`
	F  float64         `json:"f"`
	W  time.Duration   `json:"w-1"`
	Qs map[int]q       `json:"qs"`
	R  map[string]*int `json:",inline"`
}

type q struct {
	B int `json:"b"`
}

// catalogue gives the tools by name.
func (t *tools) catalogue() interp.Tools {
	return interp.Tools{
		"R": t.R, "S": t.S, "M": t.M, "F": t.F, "L": t.L, "O": t.O, "W": t.W, "V": t.V, "X": t.X, "Y": t.Y, "B": t.B, "Z": t.Z, "C": t.C, "H": t.H,
		"G": func(ctx context.Context, a int) (*p, error) {
			return called(ctx, t, "G", a, func() (*p, error) { return &p{a, 2, perhaps(a), some(a)}, nil })
		},
		"D": func(ctx context.Context, a int) (int, error) {
			return called(ctx, t, "D", a, func() (int, error) { return t.d(ctx, a) })
		},
		"E": func(ctx context.Context, a int) (string, error) {
			return called(ctx, t, "E", a, func() (string, error) { return []string{"k0", "k1", "k2"}[(a%3+3)%3], nil })
		},
		"T": func(ctx context.Context, a int) (n, error) {
			return called(ctx, t, "T", a, func() (n, error) { return deep(a), nil })
		},
	}
}

func deep(a int) n {
	v, d := n{O: []*int{nil, &a}, M: map[string]*int{"k1": perhaps(a), "z": nil}, S: fmt.Sprint("<", a, ">"), F: 0.25,
		W: time.Duration(a) * time.Second, Qs: map[int]q{2: {a}}, R: map[string]*int{fmt.Sprint("r", a): perhaps(a), "w": &a}}, some(a)
	if a%2 != 0 {
		v.P, v.L = &p{a, 2, perhaps(a), d}, &d
	}
	if a%3 == 0 {
		inner := v
		inner.P = &p{a, 2, perhaps(a), d}
		v.N = &inner
	}
	return v
}

// Bad is the declared error of random programs, likewise.
type Bad struct {
	Code int `json:"code"`
}

func (b Bad) Error() string { return fmt.Sprintf("Bad(code: %d)", b.Code) }

func (t *tools) d(ctx context.Context, a int) (int, error) {
	if err := t.note(ctx, "D", a); err != nil {
		return 0, err
	}
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
func interpreted(p *program, in input) (outcome, error) {
	tools := &tools{fault: p.fault}
	run, err := p.interpreter(tools, in)
	if err != nil {
		return outcome{}, err
	}
	return tools.run(true, run), nil
}

// interpreter runs a program with tools and an input.
func (p *program) interpreter(tools *tools, in input) (func(context.Context) (int, error), error) {
	program, err := interp.New(p.plan, tools.catalogue())
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) (v int, err error) {
		defer p.watch(in.json(), nil)()
		data, err := program.Run(ctx, "Main", in.json())
		if err != nil {
			return 0, err
		}
		return v, json.Unmarshal(data, &v)
	}, nil
}

// alike holds an interpreted run against the compiled one: the same result, error and
// effects, and the same events of each step. Where one of several steps that run side
// by side fails, it is a matter of time which, and what the others have come to.
func alike(p *program, interpreted, compiled outcome) error {
	interpreted.Calls, compiled.Calls = nil, nil
	if p.overlaps() {
		dropCutOff(interpreted.Steps, compiled.Steps)
		if !compiled.OK {
			interpreted.Err, compiled.Err = "", ""
			delete(interpreted.Steps, "") // the end of the workflow has the error
			delete(compiled.Steps, "")
		}
	}
	sortLogs(p.source, &interpreted, &compiled)
	if diff := cmp.Diff(compiled, interpreted, emptyLogs); diff != "" {
		return fmt.Errorf("the interpreter differs from the compiled program (-compiled +interpreted):\n%s", diff)
	}
	return nil
}

// dropCutOff drops the steps that have come further in one run than in the other: a
// failure beside them, or the end of a race, has kept them from going on.
func dropCutOff(a, b map[string][]string) {
	for id := range allKeys(a, b) {
		short, long := begun(a[id]), begun(b[id])
		if len(short) > len(long) {
			short, long = long, short
		}
		if !slices.Equal(a[id], b[id]) && slices.Equal(short, long[:len(short)]) {
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
func (p *program) overlaps() bool {
	found, seen := false, map[*plan.Workflow]bool{}
	look := func(b *plan.Block) { found = found || b.Schedule.Width > 1 }
	var read func(w *plan.Workflow)
	read = func(w *plan.Workflow) {
		if seen[w] {
			return
		}
		seen[w] = true
		look(w.Body)
		plan.Inspect(w.Body, func(n *plan.Node) {
			switch op := n.Op.(type) {
			case *plan.For:
				found = found || op.Parallel
			case *plan.Race:
				found = true
			case *plan.Call:
				if op.Workflow != nil {
					read(op.Workflow)
				}
			}
			for _, b := range plan.Blocks(n.Op) {
				look(b)
			}
		}, nil)
	}
	read(p.main())
	return found
}
