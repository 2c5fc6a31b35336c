// Command wfgen compiles workflows to Go and runs them. It reads its arguments,
// has the packages behind it do the work, and prints what they give: it has a
// file for each verb and no logic of its own. It exits with 0 when what was asked
// for is done, 1 when a workflow failed or what was checked isn't so, and 2 where
// arguments, input or source can't be used.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
)

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	os.Exit(run(os.Stdin, os.Stdout, os.Stderr, os.Args))
}

// gcPercent is how much the heap grows between two collections: most commands end before
// they have to be tidy.
const gcPercent = 400

// The exit codes.
const (
	exitDone     = 0
	exitFailed   = 1
	exitUnusable = 2
)

// An exit is an error that has been told already: only the code is left.
type exit struct{ code int }

func (e exit) Error() string { return fmt.Sprintf("exit code %d", e.code) }

// run is main without its process. It is the one place where a defect of wfgen
// is caught.
func run(stdin io.Reader, stdout, stderr io.Writer, args []string) (code int) {
	s := newStreams(stdin, stdout, stderr)
	defer func() {
		if r := recover(); r != nil {
			text := strings.TrimPrefix(fmt.Sprint(r), "internal error: ")
			s.say("wfgen: internal error: %s\n\n%s\nThis is a defect of wfgen. Please report it with the source that shows it:\n"+
				"https://github.com/wfgen/wfgen/issues", text, debug.Stack())
			code = exitUnusable
		}
	}()
	err := dispatch(s, args[1:])
	var told exit
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &told):
		return told.code
	}
	s.complain(err)
	return exitUnusable
}
