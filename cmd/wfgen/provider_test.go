package main

import (
	"encoding/json"
	"os"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/wfgen/wfgen/runtime/agenttest"
	"github.com/wfgen/wfgen/runtime/model"
)

// providerKey is the key that the provider of scripts wants.
const providerKey = "sk-test-of-the-scripts"

// provider starts a provider of models that replies the turns of a file: provider FILE. The
// environment says where it is, to who asks a model of Anthropic, and has its key.
func provider(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: provider FILE")
	}
	text, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	var turns []agenttest.Turn
	ts.Check(json.Unmarshal(text, &turns))
	p := agenttest.Start(agenttest.Turns(turns...))
	p.Key = providerKey
	ts.Defer(p.Close)
	ts.Setenv("ANTHROPIC_BASE_URL", p.URL(model.AnthropicMessages))
	ts.Setenv("ANTHROPIC_API_KEY", string(p.Key))
}
