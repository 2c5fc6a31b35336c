package execute

import (
	"errors"
	"os"
	"os/exec"

	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/remote"
)

// A lent is a journal that a program uses while this process has it: the program is
// built without what a file needs, so that the user's module doesn't have to know it.
type lent struct {
	journal journal.Journal
	// numbers are those of the program's ends, as the program has them.
	numbers [2]uintptr
	theirs  [2]*os.File // to read replies from, and to write requests to
	ours    [2]*os.File // to read requests from, and to write replies to
	served  chan struct{}
}

// lend prepares a program that isn't started yet for using a journal.
func lend(j journal.Journal, cmd *exec.Cmd) (*lent, error) {
	l := &lent{journal: j}
	var err, err2 error
	l.theirs[0], l.ours[1], err = os.Pipe()
	l.ours[0], l.theirs[1], err2 = os.Pipe()
	if err = errors.Join(err, err2); err == nil {
		var numbers []uintptr
		if numbers, err = inherit(cmd, l.theirs[:]...); err == nil {
			l.numbers = [2]uintptr(numbers)
		}
	}
	if err != nil {
		l.close()
		return nil, err
	}
	return l, nil
}

// serve has the program, which is started, use the journal. l may be nil.
func (l *lent) serve() {
	if l == nil {
		return
	}
	l.closeTheirs()
	l.served = make(chan struct{})
	go func() {
		defer close(l.served)
		// A program that speaks otherwise ends when it hears nothing, and that is told.
		_ = remote.Serve(l.journal, l.ours[0], l.ours[1])
		_ = l.ours[1].Close()
	}()
}

func (l *lent) closeTheirs() {
	for _, f := range l.theirs {
		if f != nil {
			_ = f.Close()
		}
	}
}

// close ends it, once the program has ended.
func (l *lent) close() {
	l.closeTheirs()
	for _, f := range l.ours {
		if f != nil {
			_ = f.Close()
		}
	}
	if l.served != nil {
		<-l.served
	}
}
