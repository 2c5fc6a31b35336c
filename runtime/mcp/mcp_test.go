package mcp_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/wfgen/wfgen/runtime/mcp"
	"github.com/wfgen/wfgen/runtime/mcppin"
)

// A server has one tool, as it was pinned.
type server struct {
	schemas string
	result  mcp.Result
	sent    string
}

func (s *server) Tool(context.Context, string) (*mcppin.Tool, error) {
	t := &mcppin.Tool{Name: "t"}
	return t, json.Unmarshal([]byte(s.schemas), t)
}

func (s *server) Call(_ context.Context, _ string, arguments []byte) (*mcp.Result, error) {
	s.sent = string(arguments)
	return &s.result, nil
}

func (s *server) call(t *testing.T, args map[string]json.RawMessage) (string, error) {
	t.Helper()
	text, err := (&mcp.Tool{Server: "s", Name: "t", Pinned: s.schemas}).Call(t.Context(), s, args)
	return string(text), err
}

const (
	one   = `{"type":"object","properties":{"a":{"type":"string"},"o":{"type":"string"}},"required":["a"]}`
	other = `{"type":"object","properties":{"b":{"type":"string"}},"required":["b"]}`
)

// TestForms: a value is brought into its form where it has one, also as an element or an
// alternative to null; what may have several forms, and so is an any, stays as it is.
func TestForms(t *testing.T) {
	for _, c := range []struct {
		schema      string
		value       string
		taken, give string
	}{
		{one, `{"a":"x","o":null,"more":1}`, `{"a":"x","more":1}`, `{"a":"x","o":null}`},
		{`{"anyOf":[` + one + `,{"type":"null"}]}`, `{"a":"x","o":null}`, `{"a":"x"}`, `{"a":"x","o":null}`},
		{`{"anyOf":[` + one + `,` + other + `]}`, `{"b":"x","o":null}`, `{"b":"x","o":null}`, `{"b":"x","o":null}`},
		{`{"oneOf":[` + one + `,` + other + `]}`, `{"b":"x"}`, `{"b":"x"}`, `{"b":"x"}`},
		{`{"type":"object","properties":{"a":{}},"allOf":[` + other + `]}`, `{"b":"x"}`, `{"b":"x"}`, `{"b":"x"}`},
		{`{"allOf":[` + one + `]}`, `{"a":"x","o":null}`, `{"a":"x"}`, `{"a":"x","o":null}`},
		{`{"type":"object","additionalProperties":` + one + `}`, `{"k":{"a":"x","o":null}}`, `{"k":{"a":"x"}}`, `{"k":{"a":"x","o":null}}`},
		{`{"type":"object","additionalProperties":` + one + `}`, `{"k":{"a":"x","more":1}}`, `{"k":{"a":"x","more":1}}`, `{"k":{"a":"x","o":null}}`},
		{`{"type":"array","items":` + one + `}`, `[{"a":"x","more":1}]`, `[{"a":"x","more":1}]`, `[{"a":"x","o":null}]`},
		{`{"type":["object","array"],"properties":{"a":{}}}`, `{"b":"x"}`, `{"b":"x"}`, `{"b":"x"}`},
	} {
		schema := `{"type":"object","properties":{"v":` + c.schema + `},"required":["v"]}`
		s := &server{schemas: `{"input":` + schema + `,"output":` + schema + `}`, result: mcp.Result{Structured: []byte(`{"v":` + c.value + `}`)}}
		got, err := s.call(t, map[string]json.RawMessage{"v": json.RawMessage(c.value)})
		if want := `{"v":` + c.give + `}`; err != nil || got != want {
			t.Errorf("%s of %s gives %s, %v, want %s", c.value, c.schema, got, err, want)
		}
		if want := `{"v":` + c.taken + `}`; s.sent != want {
			t.Errorf("%s of %s is sent as %s, want %s", c.value, c.schema, s.sent, want)
		}
	}
}

// TestArguments: arguments are the properties of a tool's schema, whatever stands beside them.
func TestArguments(t *testing.T) {
	s := &server{schemas: `{"input":{"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},"anyOf":[{"required":["a"]},{"required":["b"]}]}}`}
	if _, err := s.call(t, map[string]json.RawMessage{"a": json.RawMessage(`"x"`), "b": json.RawMessage("null")}); err != nil || s.sent != `{"a":"x"}` {
		t.Errorf("sent %s, %v", s.sent, err)
	}
	if _, err := s.call(t, map[string]json.RawMessage{"a\x1b[31m": json.RawMessage("x")}); err == nil || strings.Contains(err.Error(), "\x1b") {
		t.Errorf("got %q", err)
	}
	if _, err := (mcp.Args{"a\x1b[31m": func() {}}).Encode(); err == nil || strings.Contains(err.Error(), "\x1b") {
		t.Errorf("got %q", err)
	}
}

// TestFailed: what a server says of a failure is cut, since it is recorded.
func TestFailed(t *testing.T) {
	s := &server{schemas: `{"input":{"type":"object"}}`, result: mcp.Result{Failed: true, Text: "no: " + strings.Repeat("ä", 1<<20)}}
	if _, err := s.call(t, nil); err == nil || !strings.Contains(err.Error(), "no: ä") || len(err.Error()) > 20_000 {
		t.Errorf("got %.100v of %d bytes", err, len(err.Error()))
	}
}
