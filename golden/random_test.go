package golden

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/wfgen/wfgen/codegen"
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/parser"
	"github.com/wfgen/wfgen/plan"
)

var (
	programs = flag.Int("programs", 60, "how many random programs to run")
	seed     = flag.Uint64("seed", 0, "the first random program")
	raced    = flag.Bool("raced", false, "run the random programs under the race detector")
)

// An outcome is what a run of a random program comes to.
type outcome struct {
	Value int
	OK    bool
	Log   []string
}

// inputs are what every random program is run with.
var inputs = []struct {
	N    int
	Xs   []int
	Flag bool
}{{3, []int{1, 2, 3}, true}, {0, []int{}, false}, {8, []int{5, 0, 9, 2}, false}}

// TestRandomPrograms compiles random programs, runs them, and holds what they do
// against the reference: equal results, or a failure of both; the same effects and
// undos, in the same order unless some of them run side by side.
func TestRandomPrograms(t *testing.T) {
	dir := t.TempDir()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "go.mod"),
		"module random\n\ngo 1.26\n\nrequire github.com/wfgen/wfgen v0.0.0\n\nreplace github.com/wfgen/wfgen => "+root+"\n")
	var sources []string
	var calls strings.Builder
	var imports, typed strings.Builder
	for i := range *programs {
		source := randomProgram(*seed + uint64(i))
		sources = append(sources, source)
		name := fmt.Sprintf("p%d", i)
		generate(t, filepath.Join(dir, name), source)
		fmt.Fprintf(&imports, "\t%s \"random/%s\"\n", name, name)
		fmt.Fprintf(&calls, "\trun(func(ctx context.Context, l *tools, n int, xs []int, flag bool) (int, error) { return %s.Main(ctx, struct {\n\t\t*tools\n\t\t*%sTools\n\t}{l, nil}, n, xs, flag) })\n", name, name)
		fmt.Fprintf(&typed, typedTools, name)
	}
	write(t, filepath.Join(dir, "main.go"), fmt.Sprintf(driver, imports.String(), calls.String())+typed.String())
	var got []outcome
	if err := json.Unmarshal(runProgram(t, dir), &got); err != nil {
		t.Fatal(err)
	}
	for i, source := range sources {
		for j, in := range inputs {
			compare(t, *seed+uint64(i), source, got[i*len(inputs)+j], expected(source, in.N, in.Xs, in.Flag))
		}
	}
}

func generate(t *testing.T, dir, source string) {
	t.Helper()
	prog, ds := check([]txtar.File{{Name: "p.wf", Data: []byte(source)}})
	if diag.HasErrors(ds) {
		var b strings.Builder
		diag.Render(&b, slices.DeleteFunc(ds, func(d diag.Diagnostic) bool { return d.Severity == diag.Warning }), false)
		t.Fatalf("%s\n%s", b.String(), source)
	}
	files, err := codegen.Generate(plan.Make(prog))
	if err != nil {
		t.Fatalf("%v\n%s", err, source)
	}
	for _, f := range files {
		write(t, filepath.Join(dir, f.Name), string(f.Content))
	}
}

func runProgram(t *testing.T, dir string) []byte {
	t.Helper()
	cmd := exec.Command("go", "run", fmt.Sprintf("-race=%t", *raced), ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off", "GOPROXY=off")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	return out
}

// expected reads a program by the reference.
func expected(source string, n int, xs []int, flag bool) outcome {
	file, _ := parser.Parse("p.wf", []byte(source))
	r := &reference{vars: map[string]any{}}
	list := []any{}
	for _, x := range xs {
		list = append(list, x)
	}
	for _, d := range file.Decls {
		if w, ok := d.(*dsl.WorkflowDecl); ok && w.Name.Name == "Main" {
			value, ok := r.read(w, n, list, flag)
			v, _ := value.(int)
			return outcome{Value: v, OK: ok, Log: r.log}
		}
	}
	panic("no Main")
}

func compare(t *testing.T, seed uint64, source string, got, want outcome) {
	t.Helper()
	if strings.Contains(source, "parallel") {
		slices.Sort(got.Log)
		slices.Sort(want.Log)
	}
	if diff := cmp.Diff(want, got, cmp.Transformer("empty", func(xs []string) []string { return append([]string{}, xs...) })); diff != "" {
		t.Errorf("program %d: %s\n%s", seed, diff, source)
	}
}

// typedTools are the tools whose types are each program's own.
const typedTools = `
type %[1]sTools struct{}

func (*%[1]sTools) G(ctx context.Context, a int) (%[1]s.P, error) {
	var t *tools
	c, _ := t.O(ctx, a)
	d, _ := t.L(ctx, a)
	return %[1]s.P{A: a, B: 2, C: c, D: d}, nil
}

func (*%[1]sTools) D(ctx context.Context, a int) (int, error) {
	note(ctx, "D", a)
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

func (*%[1]sTools) E(_ context.Context, a int) (%[1]s.K, error) {
	return []%[1]s.K{%[1]s.KK0, %[1]s.KK1, %[1]s.KK2}[(a%%3+3)%%3], nil
}
`

const driver = `package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"

%s)

type outcome struct {
	Value int
	OK    bool
	Log   []string
}

type tools struct {
	mu  sync.Mutex
	log []string
}

type toolsKey struct{}

// note notes a call of a tool that knows the others by the context alone.
func note(ctx context.Context, name string, a int) { ctx.Value(toolsKey{}).(*tools).note(name, a) }

func (t *tools) note(name string, a int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.log = append(t.log, fmt.Sprintf("%%s %%d", name, a))
}

func (t *tools) R(_ context.Context, a int) (int, error) { return (a*7 + 3) %% 11, nil }
func (t *tools) S(_ context.Context, a, b int) (int, error) { return (a + 2*b) %% 13, nil }

func (t *tools) M(_ context.Context, a int) (map[string]int, error) {
	return map[string]int{"k1": a, "key2": a + 1, "": a * 2}, nil
}

func (t *tools) F(_ context.Context, a int) (int, error) {
	if a%%3 == 0 {
		return 0, errors.New("F fails")
	}
	return a + 1, nil
}

func (t *tools) L(_ context.Context, a int) (list []int, _ error) {
	for i := range (a%%3 + 3) %% 3 {
		list = append(list, a+i)
	}
	return list, nil
}

func (t *tools) O(_ context.Context, a int) (*int, error) {
	if a%%2 == 0 {
		return nil, nil
	}
	return &a, nil
}

func (t *tools) W(_ context.Context, a int) (int, error) {
	t.note("W", a)
	return a %% 17, nil
}

func (t *tools) V(_ context.Context, a int) (int, error) {
	t.note("V", a)
	if a%%4 == 0 {
		return 0, errors.New("V fails")
	}
	return a + 2, nil
}

func (t *tools) X(_ context.Context, a int) error {
	t.note("X", a)
	return nil
}

func (t *tools) Y(_ context.Context, a int) error {
	t.note("Y", a)
	return nil
}

var outcomes []outcome

func run(workflow func(context.Context, *tools, int, []int, bool) (int, error)) {
	for _, in := range []struct {
		n    int
		xs   []int
		flag bool
	}{{3, []int{1, 2, 3}, true}, {0, []int{}, false}, {8, []int{5, 0, 9, 2}, false}} {
		t := &tools{}
		v, err := workflow(context.WithValue(context.Background(), toolsKey{}, t), t, in.n, in.xs, in.flag)
		outcomes = append(outcomes, outcome{v, err == nil, t.log})
	}
}

func main() {
%s	json.NewEncoder(os.Stdout).Encode(outcomes)
}
`
