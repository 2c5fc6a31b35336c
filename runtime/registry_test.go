package runtime_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/pure"
)

// shape is a union of one member.
type shape interface{ isShape() }

type square struct {
	Side int `json:"side"`
}

func (square) isShape() {}

func init() { pure.DeclareUnion[shape](pure.MemberOf[square]("Square")) }

// registry has three workflows, as generated code defines them.
func registry() *runtime.Registry {
	type in struct {
		N    int    `json:"n"`
		Name string `json:"name"`
	}
	add := workflow("Add")
	add.Version = 2
	return runtime.NewRegistry(`{"T": {"type": "string"}}`,
		runtime.Define(runtime.Definition{Workflow: workflow("Quiet"), Input: `{"type": "object"}`},
			func(ctx context.Context, _ struct{}) (runtime.None, error) { return runtime.None{}, nil }),
		runtime.DefineChecked(runtime.Definition{
			Workflow: add, Doc: "Add adds.", Input: `{"type": "object"}`, Output: `{}`,
		}, func(c *pure.Check, in in) {
			if in.N < 0 {
				c.Violation("n", "n >= 0", in.N)
			}
		}, func(ctx context.Context, in in) (int, error) {
			return calculate(ctx, add, []any{in.N}, func(f *runtime.Frame) (int, error) { return in.N + len(in.Name), nil })
		}),
		runtime.Define(runtime.Definition{Workflow: workflow("Draw"), Input: `{"type": "object"}`, Output: `{"$ref": "#/$defs/T"}`},
			func(context.Context, struct{}) (shape, error) { return square{3}, nil }),
	)
}

func TestRegistryLists(t *testing.T) {
	var names []string
	for _, d := range registry().Workflows() {
		names = append(names, d.Name())
		for _, schema := range []string{d.Input, d.Output} {
			var parsed map[string]any
			if schema == "" && d.Name() == "Quiet" {
				continue
			}
			if err := json.Unmarshal([]byte(schema), &parsed); err != nil {
				t.Errorf("%s: %v in\n%s", d.Name(), err, schema)
			}
			if parsed["$schema"] == nil || parsed["$defs"].(map[string]any)["T"] == nil {
				t.Errorf("%s: the schema doesn't stand alone:\n%s", d.Name(), schema)
			}
		}
	}
	if diff := cmp.Diff([]string{"Add", "Draw", "Quiet"}, names); diff != "" {
		t.Error(diff)
	}
	if d := registry().Lookup("Add"); d.Version != 2 || d.Doc != "Add adds." {
		t.Errorf("found %+v", d)
	}
	if d := registry().Lookup("None"); d != nil {
		t.Errorf("found %+v", d)
	}
}

func TestRegistryStarts(t *testing.T) {
	for _, c := range []struct{ name, input, want string }{
		{"Add", `{"n": 2, "name": "xyz"}`, "5"},
		{"Quiet", "", "null"},
		{"Draw", "{}", `{"type":"Square","side":3}`},
	} {
		e, err := registry().Start(t.Context(), c.name, []byte(c.input), runtime.ID(c.name))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		result, err := e.Result()
		got, encodeErr := pure.Encode(result)
		if err := errors.Join(err, encodeErr); string(got) != c.want || err != nil || e.ID() != c.name {
			t.Errorf("%s: gave %s, %v", c.name, got, err)
		}
	}
}

func TestRegistryRefuses(t *testing.T) {
	for _, c := range []struct{ name, input, want string }{
		{"Add", `{"n": "x", "nam": 1}`, "n: expected a whole number, found \"x\"\nnam: unknown field (did you mean name?)"},
		{"Add", `{"n": 1`, "line 1, column 8: expected ',' or '}', found the end"},
		{"Sub", "{}", "no workflow Sub; there is Add, Draw, Quiet"},
	} {
		_, err := registry().Start(t.Context(), c.name, []byte(c.input))
		wantsText(t, err, c.want)
	}
	_, err := registry().Start(t.Context(), "Add", []byte(`{"n": -1, "name": ""}`))
	wantsText(t, err, "Add.wf:1:1: Add: n: must satisfy n >= 0, is -1")
	if invalid := runtime.InvalidInput(err); invalid == nil || invalid.Error() != "n: must satisfy n >= 0, is -1" {
		t.Errorf("refused with %v", err)
	}
	if runtime.InvalidInput(errBoom) != nil || runtime.InvalidInput(nil) != nil {
		t.Error("another failure is taken for invalid input")
	}
}

// TestEventResult has the result of a union's type keep the name of its member.
func TestEventResult(t *testing.T) {
	draw := &runtime.Task[shape]{Step: step("draw")}
	var got []string
	ctx := runtime.WithObserver(t.Context(), observe(func(e runtime.Event) {
		if text, err := e.EncodeResult(); text != nil || err != nil {
			got = append(got, string(text))
		}
	}))
	err := execute(ctx, workflow("W"), func(f *runtime.Frame) error {
		if err := runtime.Run0(f, task("quiet"), fine); err != nil {
			return err
		}
		_, err := runtime.Call0(f, draw, func(context.Context) (shape, error) { return square{3}, nil })
		return err
	})
	if diff := cmp.Diff([]string{`{"type":"Square","side":3}`}, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
}

// observe is an observer made of a function.
type observe func(runtime.Event)

func (o observe) Observe(e runtime.Event) { o(e) }
