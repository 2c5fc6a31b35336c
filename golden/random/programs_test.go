package random

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/format"
	"github.com/wfgen/wfgen/parser"
	"github.com/wfgen/wfgen/plan"
)

var (
	programs = flag.Int("programs", 0, "how many random programs each test runs; 0 for a few that suit it")
	seed     = flag.Uint64("seed", 0, "the number of the first random program")
	budget   = flag.Duration("for", 0, "how long each test goes on with further programs")
	keep     = flag.Bool("keep", false, "keep programs that fail in testdata, once they are shrunk")
	raced    = flag.Bool("raced", false, "run compiled programs under the race detector")
)

// mostFailures is how many programs may fail before a test ends.
const mostFailures = 3

// An input is what Main of a random program is run with.
type input struct {
	N    int   `json:"n"`
	Xs   []int `json:"xs"`
	Flag bool  `json:"flag"`
}

var inputs = []input{{3, []int{1, 2, 3}, true}, {0, []int{}, false}, {8, []int{5, 0, 9, 2}, false}}

// json is the input as a workflow that is called by name has it.
func (in input) json() []byte {
	data, err := json.Marshal(in)
	if err != nil {
		panic(err)
	}
	return data
}

// A program is one that is tested.
type program struct {
	name   string // program 17, or that of a file in testdata
	source string
	plan   *plan.Program
	fault  fault // what goes wrong each time that it is run durably, and in memory beside that
	slow   int   // where it isn't 0, tools take a while that depends on it, durably too
}

// read makes a program of a source.
func read(name, source string) (*program, error) {
	file, ds := parser.Parse("p.wf", []byte(source))
	prog, more := checker.Check([]*dsl.File{file}, "")
	ds = slices.DeleteFunc(append(ds, more...), func(d diag.Diagnostic) bool { return d.Severity == diag.Warning })
	if len(ds) > 0 {
		var b strings.Builder
		diag.Render(&b, ds, false)
		return nil, errors.New(b.String())
	}
	return &program{name: name, source: source, plan: plan.Make(prog)}, nil
}

// main is the workflow that is run.
func (p *program) main() *plan.Workflow {
	return p.plan.Workflows[slices.IndexFunc(p.plan.Workflows, isMain)]
}

func isMain(w *plan.Workflow) bool { return w.Name == "Main" }

// number is the program with a number.
func number(t *testing.T, n uint64) *program {
	t.Helper()
	p, err := read(fmt.Sprintf("program %d", n), Program(n))
	if err != nil {
		t.Fatalf("program %d: %v\n%s", n, err, Program(n))
	}
	return p
}

// keptIn is the folder of the programs that have failed once.
const keptIn = "testdata"

// kept are the programs that have failed once. A file has the workflows of one, without
// what all have in common.
func kept(t *testing.T, dir string) (list []*program) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.wf"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		p, err := read(path, head+string(text))
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		list = append(list, p)
	}
	return list
}

// random gives the programs of a test: those that are kept, then few others, or as many
// as -programs says, or as many as there is time for. It ends where too many have failed,
// and logs how many there were.
func random(t *testing.T, few int) iter.Seq[*program] {
	return func(yield func(*program) bool) {
		most, until, ran := few, time.Now().Add(*budget), 0
		if *programs > 0 {
			most = *programs
		}
		defer func() { t.Logf("%d programs from number %d on", ran, *seed) }()
		for _, p := range kept(t, keptIn) {
			if !yield(p) {
				return
			}
		}
		for ran < most || time.Now().Before(until) {
			if !yield(number(t, *seed+uint64(ran))) {
				return
			}
			ran++
		}
	}
}

// A check runs a program with an input, and says what is wrong with it.
type check func(*program, input) error

// hold runs a check with each input. A program that fails it is shrunk before it is
// shown. It tells whether there may be more programs.
func (c check) hold(t *testing.T, p *program) (more bool) {
	t.Helper()
	for _, in := range inputs {
		err := c.safely(p, in)
		if err == nil {
			continue
		}
		least := p.source
		if isFailure(err) {
			least = c.least(p, in)
		}
		report(t, p, in, err, least)
		break
	}
	return !tooMany(t)
}

// least is what is left of a program that fails a check with an input.
func (c check) least(p *program, in input) string {
	return shrink(p.source, 1, func(sources []string) []bool {
		return each(sources, func(source string) bool {
			p, err := read(p.name, source)
			return err == nil && isFailure(c.safely(p, in))
		})
	})
}

// A brokenError is a panic of a check: a program that the reference can't read, say.
type brokenError struct{ value any }

func (e brokenError) Error() string { return fmt.Sprintf("the check panics: %v", e.value) }

// isFailure tells whether a check has found a program to be at fault.
func isFailure(err error) bool { return err != nil && !errors.As(err, new(brokenError)) }

func (c check) safely(p *program, in input) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = brokenError{r}
		}
	}()
	return c(p, in)
}

var failures = map[string]int{}

func tooMany(t *testing.T) bool { return failures[t.Name()] >= mostFailures }

// report shows a program that fails, and what is left of it, and keeps that.
func report(t *testing.T, p *program, in input, failure error, least string) {
	t.Helper()
	failures[t.Name()]++
	body := formatted(strings.TrimPrefix(least, head))
	t.Errorf("%s with %s: %v\nshrunk to:\n%s", p.name, in.json(), failure, body)
	if !*keep || strings.HasPrefix(p.name, keptIn) {
		return
	}
	if err := store(keptIn, t.Name(), p.name, body); err != nil {
		t.Error(err)
	}
}

// formatted is how workflows look once they are formatted.
func formatted(body string) string {
	const before = "package p\n\n"
	text, ds, err := format.Source("p.wf", []byte(before+body))
	if err != nil || diag.HasErrors(ds) {
		return body
	}
	return strings.TrimPrefix(string(text), before)
}

// store keeps what is left of a program that has failed a test.
func store(dir, test, name, body string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	name = strings.ReplaceAll(strings.ToLower(test+"-"+name), " ", "-") + ".wf"
	return os.WriteFile(filepath.Join(dir, name), []byte(body), 0o644)
}
