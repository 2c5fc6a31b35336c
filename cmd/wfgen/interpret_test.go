package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScriptsInterpreted runs the scripts of wfgen run that have mocks for all tools
// once more, interpreted: the outputs, the failures and the events are the same. No
// Go is on the PATH.
func TestScriptsInterpreted(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"run_mock.txtar", "run_constructs.txtar"} {
		script, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(string(script), "wfgen run ", "wfgen run -interpret ")
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p := params(dir)
	p.Setup = func(env *testscript.Env) error {
		if err := setup(env); err != nil {
			return err
		}
		env.Setenv("PATH", filepath.Dir(env.Getenv("WFGEN")))
		return nil
	}
	testscript.Run(t, p)
}
