package main

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wfgen/wfgen/internal/journals"
	"github.com/wfgen/wfgen/runtime/journal"
)

// TestDamagedIsListed: an execution whose result is no JSON is told as a fault, and hides none
// of the others.
func TestDamagedIsListed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j.db")
	j, err := journals.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	err = j.Update(context.Background(), func(tx journal.Tx) error {
		for id, result := range map[string]string{"sound": "1", "damaged": "1 2", "sound too": "3"} {
			state := journal.State{Status: journal.StatusSucceeded, Generation: 1, Ended: now, Result: []byte(result)}
			if err := tx.Create(&journal.Execution{ID: id, Workflow: "W", Version: 1, Created: now, Input: []byte("{}"), State: state}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	var out, problems bytes.Buffer
	code := run(nil, &out, &problems, []string{"wfgen", "runs", "list", "-json", "-journal", path})
	if code == exitDone || !strings.Contains(problems.String(), "execution damaged: ") || strings.Count(out.String(), `"status":"succeeded"`) != 2 {
		t.Errorf("exit code %d\n%s\n%s", code, out.String(), problems.String())
	}
}
