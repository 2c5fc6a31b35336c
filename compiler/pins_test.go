package compiler_test

import (
	"path/filepath"
	"testing"

	"github.com/wfgen/wfgen/compiler"
	"github.com/wfgen/wfgen/runtime/mcppin"
)

// TestPins: a package follows its pinned files, and is the same as long as they are.
func TestPins(t *testing.T) {
	dir := t.TempDir()
	source := []byte("package p\n\nmcp s \"s.mcp.json\"\ntool F = s.find\n\nworkflow W() string { return F() }\n")
	w := &compiler.Workspace{InMemory: true}
	load := func(input string) *compiler.Package {
		t.Helper()
		overlay := map[string][]byte{filepath.Join(dir, "p.wf"): source}
		if input != "" {
			pin, err := mcppin.New(mcppin.Server{}, "", []*mcppin.Tool{{Name: "find", Input: []byte(input)}})
			if err != nil {
				t.Fatal(err)
			}
			overlay[filepath.Join(dir, "s.mcp.json")] = pin.Text()
		}
		p, err := w.Snapshot(overlay).Package(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	const none, one = `{"type":"object"}`, `{"type":"object","properties":{"a":{"type":"string"}}}`
	first := load(none)
	if ds := first.Diagnostics(); len(ds) > 0 {
		t.Errorf("got %+v", ds)
	}
	if again := load(none); again.Program() != first.Program() {
		t.Error("with the same files it is checked again")
	}
	for _, input := range []string{one, ""} {
		if ds := load(input).Diagnostics(); len(ds) != 1 {
			t.Errorf("pinned %q: got %+v", input, ds)
		}
	}
	if ds := load(none).Diagnostics(); len(ds) > 0 {
		t.Errorf("once it is as it was: %+v", ds)
	}
}
