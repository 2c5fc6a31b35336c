package campaign

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"
)

// TestTerminated ends processes as a deploy does: each drains its engine at SIGTERM, which
// comes at a random moment, while tools run. None of their calls is made again by the next
// process, or counts as interrupted; and otherwise all is as with kills.
func TestTerminated(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no SIGTERM")
	}
	f, deploys := files{t.TempDir()}, max(3, *kills/4)
	for number := range deploys {
		if err := terminate(f, number, rand.N(*longest)); err != nil {
			t.Fatal(err)
		}
	}
	c := atLast(t, f, deploys)
	if c.interrupted > 0 || c.repeated > 0 {
		t.Errorf("%d calls were interrupted, and %d made again", c.interrupted, c.repeated)
	}
	t.Logf("%d deploys; %s", deploys, c)
}

// terminate runs a process for so long after it has begun, and has it end.
func terminate(f files, number int, life time.Duration) error {
	cmd := another(f, number, envDrains+"=1")
	out, err := os.CreateTemp(f.dir, "out")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name())
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for !begun(f, number) {
		select {
		case err := <-ended:
			return told(out, number, err)
		case <-time.After(time.Millisecond):
		}
	}
	time.Sleep(life)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	if err := <-ended; err != nil {
		return told(out, number, err)
	}
	return nil
}

// begun tells whether a process has come so far that it runs executions.
func begun(f files, number int) bool {
	list, _ := effects(f.world()) // there may be none yet
	return slices.ContainsFunc(list, func(e effect) bool { return e.process == number })
}

// told is an error with what the process has said.
func told(out *os.File, number int, err error) error {
	text, _ := os.ReadFile(out.Name())
	return fmt.Errorf("process %d: %v\n%s", number, err, text)
}
