// Package examples tests the example that is a module of its own: go test ./... in this
// module passes it by. The other examples are packages with tests beside them.
package examples

import (
	"os/exec"
	"strings"
	"testing"
)

func TestInProject(t *testing.T) {
	for _, args := range []string{
		"mod tidy -diff", "tool wfgen compile -check ./...", "vet ./...", "test ./...",
	} {
		cmd := exec.Command("go", strings.Fields(args)...)
		cmd.Dir = "inproject"
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("go %s in %s: %v\n%s", args, cmd.Dir, err, out)
		}
	}
}
