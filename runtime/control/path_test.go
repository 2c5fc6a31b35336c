package control_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"testing"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/control"
	"github.com/wfgen/wfgen/runtime/memory"
)

// TestLongPath: a socket whose path the system doesn't take is reached another way, where
// there is one; else the error says what to do.
func TestLongPath(t *testing.T) {
	e, err := runtime.Open(t.Context(), memory.New())
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	dir := filepath.Join(t.TempDir(), strings.Repeat("d", 120))
	if err := os.MkdirAll(filepath.Join(dir, "sub"), 0o700); err != nil {
		t.Fatal(err)
	}
	serves := func(socket string) {
		t.Helper()
		s, err := control.Serve(e, socket)
		if err != nil {
			t.Fatal(err)
		}
		_, err = control.Call(context.Background(), socket, control.Request{Verb: control.Pause, Execution: "none"})
		if unknown := new(runtime.UnknownError); !errors.As(err, &unknown) {
			t.Errorf("asked through %s: %v", socket, err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Lstat(socket); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("the socket is still there: %v", err)
		}
	}
	if goruntime.GOOS == "linux" {
		serves(filepath.Join(dir, "j.db.sock"))
	}
	t.Chdir(filepath.Join(dir, "sub"))
	serves(filepath.Join(dir, "j.db.sock"))
	_, err = control.Serve(e, filepath.Join(dir, strings.Repeat("j", 120)))
	if err == nil || !strings.Contains(err.Error(), "give the journal a shorter name") {
		t.Errorf("got %v", err)
	}
	if _, err := control.Call(context.Background(), filepath.Join(dir, strings.Repeat("j", 120)), control.Request{}); !errors.Is(err, control.ErrUnreachable) {
		t.Errorf("got %v", err)
	}
}
