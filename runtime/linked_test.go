package runtime_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestEngineIsntLinked: a program without an engine doesn't have what only an engine
// needs.
func TestEngineIsntLinked(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "plain.exe")
	if out, err := exec.Command("go", "build", "-o", binary, "./testdata/plain").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	symbols, err := exec.Command("go", "tool", "nm", binary).Output()
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(symbols), "wfgen/runtime.(*Error)") {
		t.Fatal("the symbols aren't those of the program")
	}
	for _, name := range []string{"runtime.(*writer)", "runtime.(*session)", "runtime.(*Engine)", "encoding/json.Unmarshal"} {
		if strings.Contains(string(symbols), name) {
			t.Errorf("%s is linked", name)
		}
	}
}
