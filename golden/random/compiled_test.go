package random

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wfgen/wfgen/codegen"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/golden/archive"
	"github.com/wfgen/wfgen/parser"
	"github.com/wfgen/wfgen/plan"
)

// together is how many programs are built at a time: the more, the less each costs.
const together = 60

// shrunkTogether is how many smaller programs are built at a time. With more there are
// fewer builds, of programs that aren't needed.
const shrunkTogether = 16

// TestCompiled compiles random programs, runs them, and holds what they do against the
// reference: equal results, or a failure of both; the same effects and undos, in the same
// order unless some of them run side by side. What the interpreter makes of them has the
// same errors and events, too.
func TestCompiled(t *testing.T) {
	for some := range batches(random(t, 20), together) {
		trials := compiled(t, some)
		for _, p := range some {
			checkTrials(t, p, trials[p])
		}
		if tooMany(t) {
			return
		}
	}
}

func checkTrials(t *testing.T, p *program, trials []trial) {
	t.Helper()
	for i, in := range inputs {
		judged := func(got map[*program][]trial) check {
			return func(p *program, in input) error { return got[p][i].judge(p, in) }
		}
		err := judged(map[*program][]trial{p: trials}).safely(p, in)
		if err == nil {
			continue
		}
		if !isFailure(err) {
			report(t, p, in, err, p.source)
			return
		}
		least := shrink(p.source, shrunkTogether, func(sources []string) []bool {
			var some []*program
			for _, source := range sources {
				p, err := read(p.name, source)
				if err != nil {
					t.Fatal(err)
				}
				some = append(some, p)
			}
			judge := judged(compiled(t, some))
			return each(some, func(p *program) bool { return isFailure(judge.safely(p, in)) })
		})
		report(t, p, in, err, least)
		return
	}
}

// A trial is what a compiled program came to with an input, observed and not, where one
// of its calls went wrong, and where tools took a while.
type trial struct {
	Plain, Observed outcome
	Struck          []outcome
	Always          []outcome
	Slow, Met       []outcome
	meetings        []meeting // those that Met is of
	broken          error     // it can't be built, or ends the process
}

// judge holds a trial against the reference and the interpreter.
func (tr trial) judge(p *program, in input) error {
	if tr.broken != nil {
		return tr.broken
	}
	if err := likeReference(p, in, tr.Plain, fault{}); err != nil {
		return err
	}
	if err := judgeStruck(p, in, tr.Struck); err != nil {
		return err
	}
	if err := judgeAlways(p, in, tr.Always); err != nil {
		return err
	}
	if err := judgeSlow(p, in, tr.Slow); err != nil {
		return err
	}
	if err := haveMet(p, tr.Observed, tr.meetings, tr.Met); err != nil {
		return err
	}
	interpreted, err := interpreted(p, in)
	if err != nil {
		return err
	}
	return alike(p, interpreted, tr.Observed)
}

// likeReference holds what a run came to against the reference.
func likeReference(p *program, in input, got outcome, f fault) error {
	if got.Left > 0 {
		return fmt.Errorf("%d goroutines are left", got.Left)
	}
	want, read := expected(p.source, in, f)
	if endedInWork(p, f, got, want) {
		return nil
	}
	if got.Value != want.Value || got.OK != want.OK {
		return fmt.Errorf("it gives %d, %t %s; the reference %d, %t", got.Value, got.OK, got.Err, want.Value, want.OK)
	}
	if !possible(read.log, got.Log) {
		return fmt.Errorf("the effects are %v; the reference has %v", got.Log, want.Log)
	}
	if fails := read.reached[undoFails] > 0; fails != strings.Contains(got.Err, "undo failed") && !unwinds(got.Err) {
		return fmt.Errorf("an undo has failed: %t; the error is %q", fails, got.Err)
	}
	return nil
}

// endedInWork tells whether an execution that was cancelled during its last call has ended
// in an expression after it: one whose rounds may take long looks at that. For the
// reference expressions take no time. What is run last knows of that then, and its failure
// may be why the reference's has failed.
func endedInWork(p *program, f fault, got, want outcome) bool {
	body := p.main().Body.Nodes
	_, lastly := body[len(body)-1].Op.(*plan.Finally)
	return strings.HasPrefix(f.Kind, "late") && (want.OK || lastly) && !got.OK && strings.Contains(got.Err, context.Canceled.Error())
}

// compiled builds programs and runs them with each input. Where that fails as a whole, it
// finds out for which of them.
func compiled(t *testing.T, some []*program) map[*program][]trial {
	t.Helper()
	trials, err := runCompiled(t, some)
	all := map[*program][]trial{}
	switch {
	case err == nil:
		for i, p := range some {
			all[p] = trials[i*len(inputs) : (i+1)*len(inputs)]
		}
	case len(some) == 1:
		all[some[0]] = slices.Repeat([]trial{{broken: err}}, len(inputs))
	default:
		for half := range slices.Chunk(some, (len(some)+1)/2) {
			for p, trials := range compiled(t, half) {
				all[p] = trials
			}
		}
	}
	return all
}

// runCompiled runs programs in a module of their own.
func runCompiled(t *testing.T, some []*program) (trials []trial, err error) {
	t.Helper()
	dir := t.TempDir()
	defer os.RemoveAll(dir)
	module(t, dir)
	var calls, imports, typed strings.Builder
	var all [][]meeting
	for i, p := range some {
		for _, in := range inputs {
			meetings, err := p.meetings(in)
			if err != nil {
				return nil, err
			}
			all = append(all, meetings)
		}
		name := fmt.Sprintf("p%d", i)
		files, err := codegen.Generate(p.plan)
		if err != nil {
			return nil, err
		}
		for _, f := range files {
			archive.Write(t, filepath.Join(dir, name, f.Name), string(f.Content))
		}
		fmt.Fprintf(&imports, "\t%s \"random/%s\"\n", name, name)
		tools := ""
		if p.main().HasTools() {
			tools = fmt.Sprintf("struct {\n\t\t*tools\n\t\t*%sTools\n\t}{l, nil}, ", name)
		}
		fmt.Fprintf(&calls, "\trun(func(ctx context.Context, l *tools, n int, xs []int, flag bool) (int, error) { return %s.%s(ctx, %sn, xs, flag) })\n", name, p.main().GoFunc("nil"), tools)
		fmt.Fprintf(&typed, typedTools, name)
	}
	for _, file := range []string{"tools", "calls"} {
		shared, err := os.ReadFile(file + "_test.go")
		if err != nil {
			t.Fatal(err)
		}
		archive.Write(t, filepath.Join(dir, file+".go"), strings.Replace(string(shared), "package random", "package main", 1))
	}
	archive.Write(t, filepath.Join(dir, "main.go"), fmt.Sprintf(driver, imports.String(), calls.String())+typed.String())
	data, err := json.Marshal(all)
	if err != nil {
		return nil, err
	}
	archive.Write(t, filepath.Join(dir, "meetings.json"), string(data))
	out, err := runModule(dir, buildCache(t))
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(out, &trials); err != nil {
		return nil, err
	}
	for i := range trials {
		trials[i].meetings = all[i]
	}
	return trials, nil
}

// module makes a module of a folder that uses this one, and gives where that is.
func module(t *testing.T, dir string) (root string) {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	archive.Write(t, filepath.Join(dir, "go.mod"),
		"module random\n\ngo 1.26\n\nrequire github.com/wfgen/wfgen v0.0.0\n\nreplace github.com/wfgen/wfgen => "+root+"\n")
	return root
}

// runModule runs the programs without the compiler's optimizations, which take a third of
// the time that it takes to build them.
func runModule(dir string, env []string) ([]byte, error) {
	cmd := exec.Command("go", "run", "-gcflags=random/...=-N -l", fmt.Sprintf("-race=%t", *raced), ".")
	cmd.Dir = dir
	cmd.Env = slices.Concat(os.Environ(), []string{"GOFLAGS=-mod=mod", "GOWORK=off", "GOPROXY=off"}, env)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, errors.New(err.Error() + "\n" + stderr.String())
	}
	return out, nil
}

// built counts the builds in cache, where the go command keeps what it makes of many
// programs.
var (
	cache string
	built int
)

// buildCache has the go command keep what nobody builds again in a folder of the test's
// own, made anew from time to time: a thousand programs take a gigabyte.
func buildCache(t *testing.T) (env []string) {
	t.Helper()
	if *budget < 5*time.Minute && *programs < 1000 {
		return nil
	}
	if built%100 == 0 {
		os.RemoveAll(cache)
		cache = t.TempDir()
	}
	built++
	return []string{"GOCACHE=" + cache}
}

// expected reads a program by the reference.
func expected(source string, in input, f fault) (o outcome, r *reference) {
	file, _ := parser.Parse("p.wf", []byte(source))
	r = &reference{vars: map[string]any{}, reached: map[string]int{}, workflows: map[string]*dsl.WorkflowDecl{}, funcs: map[string]*dsl.FuncDecl{}, takenBack: map[string]*dsl.ToolDecl{}, fault: f}
	list := []any{}
	for _, x := range in.Xs {
		list = append(list, x)
	}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *dsl.WorkflowDecl:
			r.workflows[d.Name.Name] = d
		case *dsl.FuncDecl:
			if d.Span.Start >= len(head) {
				r.funcs[d.Name.Name] = d
			}
		case *dsl.ToolDecl:
			if undoOf(d) != nil {
				r.takenBack[d.Name.Name] = d
			}
		}
	}
	value, ok := r.read(r.workflows["Main"], in.N, list, in.Flag)
	o.Value, _ = value.(int)
	o.OK = ok
	for _, e := range r.log {
		o.Log = append(o.Log, e.text)
	}
	return o, r
}

// sortLogs makes the order of effects that may run side by side the same.
func sortLogs(source string, os ...*outcome) {
	if strings.Contains(source[len(head):], "parallel") {
		for _, o := range os {
			slices.Sort(o.Log)
		}
	}
}

// emptyLogs makes no difference between an empty list and none.
var emptyLogs = cmp.Transformer("empty", func(xs []string) []string { return append([]string{}, xs...) })

// typedTools are the tools whose types are each program's own.
const typedTools = `
type %[1]sTools struct{}

func (*%[1]sTools) G(ctx context.Context, a int) (%[1]s.P, error) {
	return called(ctx, toolsOf(ctx), "G", a, func() (%[1]s.P, error) {
		return %[1]s.P{A: a, B: 2, C: perhaps(a), D: some(a)}, nil
	})
}

func (*%[1]sTools) T(ctx context.Context, a int) (%[1]s.N, error) {
	return called(ctx, toolsOf(ctx), "T", a, func() (%[1]s.N, error) { return %[1]sN(a), nil })
}

func %[1]sN(a int) %[1]s.N {
	p, d := &%[1]s.P{A: a, B: 2, C: perhaps(a), D: some(a)}, some(a)
	n := %[1]s.N{O: []*int{nil, &a}, M: map[string]*int{"k1": perhaps(a), "z": nil}, S: fmt.Sprint("<", a, ">"), F: 0.25,
		W: time.Duration(a) * time.Second, Qs: map[int]%[1]s.Q{2: {B: a}}, Rest: map[string]*int{fmt.Sprint("r", a): perhaps(a), "w": &a}}
	if a%%2 != 0 {
		n.P, n.L = p, &d
	}
	if a%%3 == 0 {
		inner := n
		inner.P = p
		n.N = &inner
	}
	return n
}

func (*%[1]sTools) D(ctx context.Context, a int) (int, error) {
	return called(ctx, toolsOf(ctx), "D", a, func() (int, error) { return %[1]sD(ctx, a) })
}

func %[1]sD(ctx context.Context, a int) (int, error) {
	if err := toolsOf(ctx).note(ctx, "D", a); err != nil {
		return 0, err
	}
	switch (a%%5 + 5) %% 5 {
	case 0:
		return 0, %[1]s.Bad{Code: a}
	case 1:
		return 0, fmt.Errorf("wrapped: %%w", &%[1]s.Bad{Code: a})
	case 2:
		return 0, errors.New("D fails")
	}
	return a * 2, nil
}

func (*%[1]sTools) E(ctx context.Context, a int) (%[1]s.K, error) {
	return called(ctx, toolsOf(ctx), "E", a, func() (%[1]s.K, error) {
		return []%[1]s.K{%[1]s.KK0, %[1]s.KK1, %[1]s.KK2}[(a%%3+3)%%3], nil
	})
}
`

const driver = `package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"time"

%s)

type trial struct {
	Plain, Observed outcome
	Struck          []outcome
	Always          []outcome
	Slow, Met       []outcome
}

var trials []trial

func run(workflow func(context.Context, *tools, int, []int, bool) (int, error)) {
	for _, in := range []struct {
		n    int
		xs   []int
		flag bool
	}{{3, []int{1, 2, 3}, true}, {0, []int{}, false}, {8, []int{5, 0, 9, 2}, false}} {
		late := time.AfterFunc(2*time.Minute, func() { panic("it doesn't end") })
		with := func(ctx context.Context, t *tools) (int, error) { return workflow(ctx, t, in.n, in.xs, in.flag) }
		once := func(observed bool) outcome {
			t := &tools{}
			return t.run(observed, func(ctx context.Context) (int, error) { return with(ctx, t) })
		}
		trials = append(trials, trial{once(false), once(true), struckOnce(with, faults...), struckAlways(with), slowly(with), meet(meetings[len(trials)], with)})
		late.Stop()
	}
}

// meetings are those of the steps of each program with each input.
var meetings [][]meeting

func main() {
	debug.SetTraceback("all") // for a program that doesn't end
	data, err := os.ReadFile("meetings.json")
	if err != nil {
		panic(err)
	}
	if err := json.Unmarshal(data, &meetings); err != nil {
		panic(err)
	}
%s	json.NewEncoder(os.Stdout).Encode(trials)
}
`
