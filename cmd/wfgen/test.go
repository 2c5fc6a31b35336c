package main

import (
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/wfgen/wfgen/compiler"
	"github.com/wfgen/wfgen/internal/execute"
	"github.com/wfgen/wfgen/internal/wftest"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime/foreign"
	"github.com/wfgen/wfgen/runtime/pure"
)

type testCmd struct {
	Match   *regexp.Regexp `name:"run" placeholder:"REGEXP" help:"Run only the tests whose names match."`
	Verbose bool           `name:"v" help:"Name the tests that pass, too, with the time that they took by their clock."`
	JSON    bool           `name:"json" help:"Print each test's result as a JSON object on a line."`
	Crash   bool           `name:"crash" help:"Run each test once more for every point at which the process may crash: it has to go on from there to the same result."`
	Timeout time.Duration  `name:"timeout" default:"1m" help:"How long a test may take by the world's clock, each time that it is run."`
	Paths   []string       `arg:"" optional:"" name:"path" help:"Directories, .wf files or ./... ."`
}

// Run runs the tests of the packages.
func (c *testCmd) Run(s *streams) error {
	packages, err := new(compiler.Workspace).Snapshot(nil).Packages(context.Background(), c.Paths)
	if err != nil {
		return err
	}
	if err := showAll(s, packages); err != nil {
		return err
	}
	failed, unusable := false, false
	for _, p := range packages {
		report, err := c.test(s, p)
		if err != nil {
			s.complain(err)
			unusable = true
			continue
		}
		failed = failed || report.failed > 0
		if c.JSON {
			err = report.json(s)
		} else {
			err = report.text(s, c.Verbose)
		}
		if err != nil {
			return err
		}
	}
	switch {
	case unusable:
		return exit{exitUnusable}
	case failed:
		return exit{exitFailed}
	}
	return nil
}

// test runs the tests of a package that were asked for. An error says what keeps the Go
// from being built that they need.
func (c *testCmd) test(s *streams, p *compiler.Package) (*testReport, error) {
	r := &testReport{dir: p.Dir, shown: foreign.Line(p.Dir)}
	program := plan.Unbound(p.Program())
	var asked []int
	for i, t := range program.Tests {
		if p.Wants(t.Pos.File) && (c.Match == nil || c.Match.MatchString(t.Name)) {
			asked = append(asked, i)
		}
	}
	var err error
	r.results, err = execute.Test(p, program, asked, wftest.Options{Limit: c.Timeout, Crash: c.Crash}, s.err)
	for _, result := range r.results {
		if len(result.Failures) > 0 {
			r.failed++
		}
	}
	return r, err
}

// A testReport is how the tests of a package went.
type testReport struct {
	dir     string
	shown   string // dir, for a terminal
	results []wftest.Result
	failed  int
}

// place is a place in a file of the package, as diagnostics have it.
func (r *testReport) place(at plan.Pos) string {
	return fmt.Sprintf("%s:%d:%d", filepath.Join(r.shown, at.File), at.Line, at.Col)
}

// text prints the report in the manner of go test.
func (r *testReport) text(s *streams, verbose bool) error {
	text := ""
	for _, result := range r.results {
		notes := crashNotes(result.Crash)
		switch {
		case len(result.Failures) > 0:
			text += fmt.Sprintf("--- FAIL: %s\n", foreign.Line(result.Test.Name))
		case verbose || notes != "":
			text += fmt.Sprintf("--- PASS: %s (%s%s)\n", foreign.Line(result.Test.Name), pure.DurationText(result.Took), crashesOf(result))
		}
		for _, f := range result.Failures {
			text += fmt.Sprintf("    %s: %s\n", r.place(f.Pos), strings.ReplaceAll(f.Text, "\n", "\n        "))
		}
		text += notes
	}
	switch {
	case r.failed > 0:
		text += fmt.Sprintf("FAIL\t%s\t%d of %s%s\n", r.shown, r.failed, countOf(len(r.results)), crashesOf(r.results...))
	case len(r.results) > 0:
		text += fmt.Sprintf("ok  \t%s\t%s%s\n", r.shown, countOf(len(r.results)), crashesOf(r.results...))
	default:
		text += fmt.Sprintf("?   \t%s\tno tests\n", r.shown)
	}
	return s.printf("%s", text)
}

// crashNotes says where a crash leaves open whether a call has happened; empty where it
// doesn't anywhere.
func crashNotes(c *wftest.Crash) (text string) {
	if c == nil {
		return ""
	}
	for _, i := range c.Interrupted {
		text += fmt.Sprintf("    at %d of %d crashes a call of %s may have happened; it isn't repeated, and fails as Interrupted", i.Points, c.Points, i.Tool)
		switch i.Failed {
		case 0:
			text += ", which the workflow survives\n"
		case i.Points:
			text += "\n"
		default:
			text += fmt.Sprintf(", which the workflow survives at %d\n", i.Points-i.Failed)
		}
	}
	return text
}

// crashesOf says at how many points tests were made to crash; empty where none was to.
func crashesOf(results ...wftest.Result) string {
	points, asked := 0, false
	for _, r := range results {
		if r.Crash != nil {
			points, asked = points+r.Crash.Points, true
		}
	}
	switch {
	case !asked:
		return ""
	case points == 1:
		return ", crashed at 1 point"
	}
	return fmt.Sprintf(", crashed at %d points", points)
}

func countOf(tests int) string {
	if tests == 1 {
		return "1 test"
	}
	return fmt.Sprintf("%d tests", tests)
}

// A testedJSON is a test as JSON.
type testedJSON struct {
	Dir      string        `json:"dir"`
	Test     string        `json:"test"`
	File     string        `json:"file"`
	Line     int           `json:"line"`
	Pass     bool          `json:"pass"`
	Took     string        `json:"took"` // by the test's clock
	Failures []failureJSON `json:"failures,omitempty"`
	Crash    *crashJSON    `json:"crash,omitempty"`
}

type crashJSON struct {
	Points      int               `json:"points"`
	Interrupted []interruptedJSON `json:"interrupted,omitempty"`
}

type interruptedJSON struct {
	Tool   string `json:"tool"`
	Points int    `json:"points"`
	Failed int    `json:"failed"`
}

type failureJSON struct {
	Line    int    `json:"line"`
	Col     int    `json:"col"`
	Message string `json:"message"`
}

func (r *testReport) json(s *streams) error {
	for _, result := range r.results {
		t := result.Test
		line := testedJSON{
			Dir: r.dir, Test: t.Name, File: t.Pos.File, Line: t.Pos.Line,
			Pass: len(result.Failures) == 0, Took: pure.DurationText(result.Took),
		}
		for _, f := range result.Failures {
			line.Failures = append(line.Failures, failureJSON{f.Pos.Line, f.Pos.Col, f.Text})
		}
		if c := result.Crash; c != nil {
			line.Crash = &crashJSON{Points: c.Points}
			for _, i := range c.Interrupted {
				line.Crash.Interrupted = append(line.Crash.Interrupted, interruptedJSON(i))
			}
		}
		if err := s.printLine(line); err != nil {
			return err
		}
	}
	return nil
}
