package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/wfgen/wfgen/compiler/gopkg"
	"github.com/wfgen/wfgen/internal/execute"
	"github.com/wfgen/wfgen/runtime/foreign"
)

// streams are what a verb reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
	// terminal is err where that is a terminal that can be drawn on, else nil.
	terminal *os.File
	color    bool
	shown    bool // out is a terminal
}

func newStreams(in io.Reader, out, err io.Writer) *streams {
	s := &streams{in: in, out: out, err: err}
	if f, ok := err.(*os.File); ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb" {
		s.terminal = f
		s.color = os.Getenv("NO_COLOR") == ""
	}
	if f, ok := out.(*os.File); ok {
		s.shown = term.IsTerminal(int(f.Fd()))
	}
	return s
}

// size is that of the terminal, or the usual one where it doesn't say.
func (s *streams) size() (width, height int) {
	width, height, err := term.GetSize(int(s.terminal.Fd()))
	if err != nil || width <= 0 || height <= 0 {
		return 80, 24
	}
	return width, height
}

// say tells the user something, on standard error. What steers a terminal comes out as
// escapes, here and in printf: what is told may have been written by anybody.
func (s *streams) say(format string, args ...any) {
	fmt.Fprintln(s.err, foreign.Lines(fmt.Sprintf(format, args...)))
}

// printf prints what was asked for, on standard output.
func (s *streams) printf(format string, args ...any) error {
	_, err := io.WriteString(s.out, foreign.Lines(fmt.Sprintf(format, args...)))
	return err
}

// source prints a source: as it is where that goes to a file or to another program.
func (s *streams) source(text []byte) error {
	if s.shown {
		return s.printf("%s", text)
	}
	_, err := s.out.Write(text)
	return err
}

// complain prints an error, each of several that are joined on its own line. What Go says
// stands without the name of wfgen before it.
func (s *streams) complain(err error) {
	if build, ok := errors.AsType[*execute.BuildError](err); ok {
		s.say("%s", build.Text)
		if untidy := gopkg.Untidy(build.Text); untidy != "" {
			s.say("wfgen: %s", untidy)
		}
		return
	}
	s.say("wfgen: %s", strings.TrimPrefix(err.Error(), "wfgen: "))
}

// printJSON prints a value as a JSON document.
func (s *streams) printJSON(v any) error { return foreign.Encode(s.out, v, "  ") }

// printLine prints a value as JSON on a line.
func (s *streams) printLine(v any) error { return foreign.Encode(s.out, v, "") }
