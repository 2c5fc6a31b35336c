package interp_test

import (
	"context"
	"strings"
	"testing"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/compiler/mcptypes"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/interp"
	"github.com/wfgen/wfgen/parser"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime/mcp"
	"github.com/wfgen/wfgen/runtime/mcppin"
	"github.com/wfgen/wfgen/runtime/pure"
)

// A pinnedShop is a server of one tool, which gives what it was given.
type pinnedShop struct{ pin *mcppin.File }

func (s pinnedShop) Tool(_ context.Context, name string) (*mcppin.Tool, error) {
	return s.pin.Tool(name), nil
}

func (s pinnedShop) Call(_ context.Context, _ string, arguments []byte) (*mcp.Result, error) {
	return &mcp.Result{Structured: arguments}, nil
}

// TestServer: a server's tools are interpreted by the server, where they aren't given
// themselves.
func TestServer(t *testing.T) {
	schema := []byte(`{"type":"object","properties":{"text":{"type":"string"},"max-results":{"type":"integer"},"sort":{"type":"string","enum":["price","name"]}},"required":["text"]}`)
	pin, err := mcppin.New(mcppin.Server{}, "", []*mcppin.Tool{{Name: "find", Input: schema, Output: schema}})
	if err != nil {
		t.Fatal(err)
	}
	file, faults := parser.Parse("p.wf", []byte(`package p

mcp shop "shop.mcp.json"
tool Find = shop.find readonly

workflow W(text string) FindResult { return Find(text, none, FindSort.price) }
`))
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	files, ds := mcptypes.Expand([]*dsl.File{file}, func(string) ([]byte, error) { return pin.Text(), nil })
	if len(ds) > 0 {
		t.Fatal(ds)
	}
	program, ds := checker.Check(files, "")
	if len(ds) > 0 {
		t.Fatal(ds)
	}
	p, err := interp.New(plan.Make(program), interp.Tools{"shop": pinnedShop{pin}})
	if err != nil {
		t.Fatal(err)
	}
	result, err := p.Registry().Start(t.Context(), "W", []byte(`{"text":"tea"}`))
	if err != nil {
		t.Fatal(err)
	}
	got, err := result.Result()
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := pure.Encode(got)
	if err != nil {
		t.Fatal(err)
	}
	if text := string(encoded); !strings.Contains(text, `"text":"tea"`) || !strings.Contains(text, `"sort":"price"`) || strings.Contains(text, "max-results") {
		t.Errorf("got %s", text)
	}
	if _, err := interp.New(plan.Make(program), interp.Tools{}); err == nil {
		t.Error("without a server the tool is there")
	}
}
