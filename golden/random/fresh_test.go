package random

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wfgen/wfgen/compiler"
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/golden/archive"
	"github.com/wfgen/wfgen/interp"
	"github.com/wfgen/wfgen/plan/serial"
)

// freshTogether is how many programs with Go types are built at a time.
const freshTogether = 20

// TestFresh runs random programs durably that handle values of Go types, and of type any:
// compiled, and from each state of their journals, from some of them interpreted. What tools see
// and what comes of it is the same in all of these, as it is for both without an engine.
func TestFresh(t *testing.T) {
	t.Setenv("GOFLAGS", "-mod=mod")
	t.Setenv("GOWORK", "off")
	t.Setenv("GOPROXY", "off")
	most, until, ran := 6, time.Now().Add(*budget), 0
	if *programs > 0 {
		most = *programs
	}
	for ran < most || time.Now().Before(until) {
		n := freshTogether
		if *budget == 0 {
			n = min(n, most-ran)
		}
		var some []*freshProgram
		for range n {
			some = append(some, newFresh(*seed+uint64(ran)))
			ran++
		}
		for _, failure := range runFresh(t, some) {
			t.Error(failure)
		}
		if t.Failed() {
			break
		}
	}
	t.Logf("%d programs from number %d on", ran, *seed)
}

// runFresh builds programs and runs them in a process of their own. It gives what is wrong.
func runFresh(t *testing.T, some []*freshProgram) (failures []string) {
	t.Helper()
	dir := t.TempDir()
	sums, err := os.ReadFile(filepath.Join(module(t, dir), "go.sum")) // of what the interpreter needs
	if err != nil {
		t.Fatal(err)
	}
	archive.Write(t, filepath.Join(dir, "go.sum"), string(sums))
	driver, err := os.ReadFile("fresh_driver_test.go")
	if err != nil {
		t.Fatal(err)
	}
	archive.Write(t, filepath.Join(dir, "driver.go"), strings.Replace(string(driver), "package random", "package main", 1))
	for _, p := range some {
		archive.Write(t, filepath.Join(dir, p.name, "types", "types.go"), p.goTypes())
		archive.Write(t, filepath.Join(dir, p.name, "f.wf"), strings.ReplaceAll(p.source, "TYPES", p.name))
	}
	var imports, calls, tools strings.Builder
	for _, p := range some {
		linked, main := compileFresh(t, dir, p)
		fmt.Fprintf(&imports, "\t%s \"random/%[1]s\"\n\t%[1]stypes \"random/%[1]s/types\"\n", p.name)
		calls.WriteString(linked)
		fmt.Fprintf(&calls, freshCall, p.name, p.seed, main)
		tools.WriteString(p.tools())
	}
	archive.Write(t, filepath.Join(dir, "main.go"), fmt.Sprintf(freshMain, imports.String(), calls.String())+tools.String())
	out, err := runModule(dir, buildCache(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out, &failures); err != nil {
		t.Fatal(err)
	}
	return failures
}

// compileFresh writes the Go of a program and its plan, and gives what links its types, and
// the function that runs it.
func compileFresh(t *testing.T, dir string, p *freshProgram) (linked, main string) {
	t.Helper()
	compiled, err := compiler.Load(filepath.Join(dir, p.name))
	if err != nil {
		t.Fatal(err)
	}
	if compiled.HasErrors() {
		var b strings.Builder
		diag.Render(&b, compiled.Diagnostics(), false)
		t.Fatalf("%s\n%s", b.String(), p.goTypes())
	}
	for _, f := range compiled.Generate() {
		archive.Write(t, filepath.Join(dir, p.name, f.Name), string(f.Content))
	}
	program := compiled.Plan()
	text, err := serial.Encode(program)
	if err != nil {
		t.Fatal(err)
	}
	archive.Write(t, filepath.Join(dir, p.name+".json"), string(text))
	for _, g := range interp.GoTypes(program) {
		if strings.HasSuffix(g.Type.Path, "/types") {
			linked += fmt.Sprintf("\tinterp.LinkGo[%stypes.%s](%q)\n", p.name, g.Type.Name, g.Type.Path)
		} else {
			linked += fmt.Sprintf("\tinterp.LinkGo[%s.%s](%q)\n", g.Type.Path[strings.LastIndexByte(g.Type.Path, '/')+1:], g.Type.Name, g.Type.Path)
		}
	}
	return linked, program.Workflows[slices.IndexFunc(program.Workflows, isMain)].GoFunc("nil")
}

// tools are the tools of a program, in Go, and the functions that it calls by name.
func (p *freshProgram) tools() string {
	var methods, names strings.Builder
	for _, name := range []string{"Any", "Echo", "Show", "Keep", "List", "Fails"} {
		fmt.Fprintf(&names, "\t\t%q: t.%[1]s,\n", name)
	}
	fmt.Fprintf(&names, "\t\t\"makeText\": %stypes.MakeText,\n", p.name)
	for i := range p.structs {
		fmt.Fprintf(&methods, freshStructTools, p.name, i)
		fmt.Fprintf(&names, "\t\t\"Give%d\": t.Give%[1]d, \"Take%[1]d\": t.Take%[1]d, \"Back%[1]d\": t.Back%[1]d, \"hide%[1]d\": %stypes.Hide%[1]d,\n", i, p.name)
	}
	return fmt.Sprintf(freshProgramTools, p.name, methods.String(), names.String())
}

// freshStructTools are the tools of one struct.
const freshStructTools = `
func (t %[1]sTools) Give%[2]d(ctx context.Context, n int) (v %[1]stypes.G%[2]d, err error) {
	return freshMade[%[1]stypes.G%[2]d](t.freshTools, uint64(n)), nil
}

func (t %[1]sTools) Take%[2]d(ctx context.Context, g %[1]stypes.G%[2]d) (%[1]stypes.G%[2]d, error) {
	t.sees(ctx, g)
	return g, nil
}

func (t %[1]sTools) Back%[2]d(ctx context.Context, g %[1]stypes.G%[2]d, a any) error {
	t.sees(ctx, g, a)
	return nil
}
`

// freshProgramTools are the tools that all programs have.
const freshProgramTools = `
type %[1]sTools struct{ *freshTools }

func (t %[1]sTools) Any(ctx context.Context, n int) (any, error) {
	if n %% 5 == 0 {
		return freshMade[%[1]stypes.G0](t.freshTools, uint64(n)), nil
	}
	return freshMade[any](t.freshTools, uint64(n)), nil
}

func (t %[1]sTools) Echo(ctx context.Context, a any) (any, error) {
	t.sees(ctx, a)
	return a, nil
}

func (t %[1]sTools) Show(ctx context.Context, a any) (int, error) {
	t.sees(ctx, a)
	return 1, nil
}

func (t %[1]sTools) Keep(ctx context.Context, s %[1]s.S) (%[1]s.S, error) {
	t.sees(ctx, s)
	return s, nil
}

func (t %[1]sTools) List(ctx context.Context, g []%[1]stypes.G0) ([]%[1]stypes.G0, error) {
	t.sees(ctx, g)
	return g, nil
}

func (t %[1]sTools) Fails(ctx context.Context, a any, g %[1]stypes.G0) (int, error) {
	t.sees(ctx, a, g)
	bad := %[1]s.Bad{A: a}
	reflect.ValueOf(&bad).Elem().Field(1).Set(reflect.ValueOf(freshMade[%[1]s.Bad](t.freshTools, 7)).Field(1))
	return 0, bad
}
%[2]s
func (t %[1]sTools) catalogue() interp.Tools {
	return interp.Tools{
%[3]s	}
}
`

// freshCall runs a program.
const freshCall = `	run(%[1]q, freshTrial{
		Seed: %[2]d,
		Tools: func(t *freshTools) interp.Tools { return %[1]sTools{t}.catalogue() },
		Engine: func(t *freshTools) *runtime.Registry { return %[1]s.Workflows(%[1]sTools{t}) },
		Submit: func(ctx context.Context, e *runtime.Engine, t *freshTools, n uint64) (freshRun, error) {
			return %[1]s.SubmitMain(ctx, e, int(n), freshMade[any](t, n), freshMade[%[1]stypes.G0](t, n), runtime.ID("x"))
		},
		Plain: func(ctx context.Context, t *freshTools, input []byte) ([]byte, error) {
			var in struct {
				N int             ` + "`json:\"n\"`" + `
				X any             ` + "`json:\"x\"`" + `
				R %[1]stypes.G0 ` + "`json:\"r\"`" + `
			}
			if err := pure.Decode(input, "", &in); err != nil {
				return nil, err
			}
			s, err := %[1]s.%[3]s(ctx, %[1]sTools{t}, in.N, in.X, in.R)
			if err != nil {
				return nil, err
			}
			return pure.Encode(s)
		},
	})
`

// freshMain is the main program.
const freshMain = `package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"reflect"

	"github.com/wfgen/wfgen/interp"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/pure"
%s)

var (
	_ = url.URL{}
	_ = netip.Addr{}
)

var failures = []string{}

func run(name string, p freshTrial) {
	var err error
	if p.Plan, err = os.ReadFile(name + ".json"); err != nil {
		panic(err)
	}
	for n := range uint64(3) {
		if err := p.hold(n); err != nil {
			failures = append(failures, fmt.Sprintf("program %%s with input %%d: %%v", name, n, err))
			return
		}
	}
}

func main() {
%s	if err := json.NewEncoder(os.Stdout).Encode(failures); err != nil {
		panic(err)
	}
}
`
