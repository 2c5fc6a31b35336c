package interp_test

import (
	"context"
	"os"
	"testing"

	"github.com/wfgen/wfgen/compiler"
	"github.com/wfgen/wfgen/interp"
)

func TestFulfil(t *testing.T) {
	p, err := compiler.Load("../examples/fulfil")
	if err != nil {
		t.Fatal(err)
	}
	pl := p.Plan()
	tools := interp.Tools{}
	var prog *interp.Program
	for _, tool := range pl.Tools {
		tools[tool.Name] = interp.Tool(func(ctx context.Context, args []interp.Value) (interp.Value, error) {
			js := map[string]string{"CheckFraud": `{"score":0.1}`, "Quote": `7.5`, "Reserve": `{"id":"r"}`, "Charge": `{"id":"x","amount":3}`, "Ship": `"p"`}[tool.Name]
			if js == "" {
				return interp.Value{}, nil
			}
			return prog.Decode(tool.Result, []byte(js), "")
		})
	}
	prog, err = interp.New(pl, tools)
	if err != nil {
		t.Fatal(err)
	}
	in, _ := os.ReadFile("../examples/fulfil/input.json")
	out, err := prog.Run(context.Background(), "FulfilOrder", in)
	t.Logf("%s %v", out, err)
}
