package execute

import (
	"os"
	"os/exec"
)

// A tether is a pipe by which a program knows that this process is there: the end that this
// process has is closed when it ends, however it does, and the program ends with it.
type tether struct {
	number       uintptr // of the program's end, as the program has it
	theirs, ours *os.File
}

// newTether prepares a program that isn't started yet.
func newTether(cmd *exec.Cmd) (*tether, error) {
	theirs, ours, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	t := &tether{theirs: theirs, ours: ours}
	numbers, err := inherit(cmd, theirs)
	if err != nil {
		t.close()
		return nil, err
	}
	t.number = numbers[0]
	return t, nil
}

// started is called when the program is, which has its end by then.
func (t *tether) started() { _ = t.theirs.Close() }

// close lets go of the program, once it has ended.
func (t *tether) close() {
	_ = t.theirs.Close()
	_ = t.ours.Close()
}
