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

// inputs are what every random program is run with.
var inputs = []struct {
	N    int   `json:"n"`
	Xs   []int `json:"xs"`
	Flag bool  `json:"flag"`
}{{3, []int{1, 2, 3}, true}, {0, []int{}, false}, {8, []int{5, 0, 9, 2}, false}}

// TestRandomPrograms compiles random programs, runs them, and holds what they do
// against the reference: equal results, or a failure of both; the same effects and
// undos, in the same order unless some of them run side by side. What the interpreter
// makes of them has the same errors and events, too.
func TestRandomPrograms(t *testing.T) {
	dir := t.TempDir()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "go.mod"),
		"module random\n\ngo 1.26\n\nrequire github.com/wfgen/wfgen v0.0.0\n\nreplace github.com/wfgen/wfgen => "+root+"\n")
	var sources []string
	var plans []*plan.Program
	var calls strings.Builder
	var imports, typed strings.Builder
	for i := range *programs {
		source := randomProgram(*seed + uint64(i))
		sources = append(sources, source)
		name := fmt.Sprintf("p%d", i)
		plans = append(plans, generate(t, filepath.Join(dir, name), source))
		fmt.Fprintf(&imports, "\t%s \"random/%s\"\n", name, name)
		fmt.Fprintf(&calls, "\trun(func(ctx context.Context, l *tools, n int, xs []int, flag bool) (int, error) { return %s.Main(ctx, struct {\n\t\t*tools\n\t\t*%sTools\n\t}{l, nil}, n, xs, flag) })\n", name, name)
		fmt.Fprintf(&typed, typedTools, name)
	}
	shared, err := os.ReadFile("tools_test.go")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "tools.go"), strings.Replace(string(shared), "package golden", "package main", 1))
	write(t, filepath.Join(dir, "main.go"), fmt.Sprintf(driver, imports.String(), calls.String())+typed.String())
	var got []outcome
	if err := json.Unmarshal(runProgram(t, dir), &got); err != nil {
		t.Fatal(err)
	}
	for i, source := range sources {
		for j, in := range inputs {
			plain, observed := got[2*(i*len(inputs)+j)], got[2*(i*len(inputs)+j)+1]
			compare(t, *seed+uint64(i), source, plain, expected(source, in.N, in.Xs, in.Flag))
			alike(t, *seed+uint64(i), source, plans[i], interpreted(t, plans[i], in), observed)
		}
	}
}

// generate writes the Go of a program, and gives its plan.
func generate(t *testing.T, dir, source string) *plan.Program {
	t.Helper()
	prog, ds := check([]txtar.File{{Name: "p.wf", Data: []byte(source)}})
	if diag.HasErrors(ds) {
		var b strings.Builder
		diag.Render(&b, slices.DeleteFunc(ds, func(d diag.Diagnostic) bool { return d.Severity == diag.Warning }), false)
		t.Fatalf("%s\n%s", b.String(), source)
	}
	p := plan.Make(prog)
	files, err := codegen.Generate(p)
	if err != nil {
		t.Fatalf("%v\n%s", err, source)
	}
	for _, f := range files {
		write(t, filepath.Join(dir, f.Name), string(f.Content))
	}
	return p
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
	sortLogs(source, &got, &want)
	got.Err = ""
	if diff := cmp.Diff(want, got, emptyLogs); diff != "" {
		t.Errorf("program %d: %s\n%s", seed, diff, source)
	}
}

// sortLogs makes the order of effects that may run side by side the same.
func sortLogs(source string, os ...*outcome) {
	if strings.Contains(source, "parallel") {
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

%s)

var outcomes []outcome

func run(workflow func(context.Context, *tools, int, []int, bool) (int, error)) {
	for _, in := range []struct {
		n    int
		xs   []int
		flag bool
	}{{3, []int{1, 2, 3}, true}, {0, []int{}, false}, {8, []int{5, 0, 9, 2}, false}} {
		for _, observed := range []bool{false, true} {
			t := &tools{}
			outcomes = append(outcomes, t.run(observed, func(ctx context.Context) (int, error) {
				return workflow(context.WithValue(ctx, toolsKey{}, t), t, in.n, in.xs, in.flag)
			}))
		}
	}
}

func main() {
%s	json.NewEncoder(os.Stdout).Encode(outcomes)
}
`
