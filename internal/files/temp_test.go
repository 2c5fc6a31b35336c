package files

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// TestTemp: of many that are made at once none is taken for one that was left, and what was
// left is removed.
func TestTemp(t *testing.T) {
	in := t.TempDir()
	t.Setenv("TMPDIR", in)
	t.Setenv("TMP", in)
	for _, name := range []string{"wfgen-run-1", "wfgen-run-2", "another-run-1"} {
		if err := os.Mkdir(filepath.Join(in, name), 0o700); err != nil {
			t.Fatal(err)
		}
		if name != "wfgen-run-2" { // one that may be about to be held
			if err := os.WriteFile(filepath.Join(in, name, inUse), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	var wait sync.WaitGroup
	for range 20 {
		wait.Go(func() {
			for range 20 {
				dir, err := Temp("run")
				if err != nil {
					t.Error(err)
					return
				}
				sweep(in)
				if _, err := os.Stat(filepath.Join(dir, inUse)); err != nil {
					t.Errorf("removed while it was held: %v", err)
				}
				if err := RemoveTemp(dir); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	entries, err := os.ReadDir(in)
	if err != nil || len(entries) != 2 || entries[0].Name() != "another-run-1" || entries[1].Name() != "wfgen-run-2" {
		t.Errorf("%v, %v are left", entries, err)
	}
}
