package execute

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/wfgen/wfgen/compiler"
	"github.com/wfgen/wfgen/internal/files"
	"github.com/wfgen/wfgen/internal/history"
	"github.com/wfgen/wfgen/internal/replay"
	"github.com/wfgen/wfgen/internal/wftest"
	"github.com/wfgen/wfgen/interp"
	"github.com/wfgen/wfgen/interp/linked"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/plan/serial"
)

// Test runs tests of the package's plan, which are given by their numbers in it. Where
// its .wf files name types of Go, or a test calls a func that is bound to Go and not
// mocked, they are run in a program that is linked with that, and stderr gets what it
// prints. An error says why it couldn't be built or started.
func Test(p *compiler.Package, program *plan.Program, tests []int, o wftest.Options, stderr io.Writer) ([]wftest.Result, error) {
	results := make([]wftest.Result, len(tests))
	var left []int // places in tests
	typed := hasGoTypes(program)
	for i, n := range tests {
		if !typed {
			results[i] = wftest.Run(program, program.Tests[n], o)
		}
		if typed || results[i].NeedsGo {
			left = append(left, i)
		}
	}
	if len(left) == 0 {
		return results, nil
	}
	r := linked.Request{Options: &o}
	for _, i := range left {
		r.Tests = append(r.Tests, tests[i])
	}
	reply, err := ask(p, program, r, stderr)
	if err != nil {
		return nil, err
	}
	for k, i := range left {
		results[i] = reply.Results[k]
		results[i].Test = program.Tests[tests[i]]
	}
	return results, nil
}

// Replay replays an execution, given as it was exported, under the package's plan: in a
// program that is linked with the Go that its .wf files name, where they do.
func Replay(p *compiler.Package, program *plan.Program, text []byte, stderr io.Writer) (replay.Outcome, error) {
	if !hasGoTypes(program) && !bindsFuncs(program) {
		d, err := history.Read(text)
		if err != nil {
			return replay.Outcome{}, err
		}
		return replay.Run(program, d, nil)
	}
	reply, err := ask(p, program, linked.Request{Replay: text}, stderr)
	return reply.Outcome, err
}

func hasGoTypes(p *plan.Program) bool {
	return slices.ContainsFunc(withImported(p), func(i imported) bool { return len(interp.GoTypes(i.Program)) > 0 })
}

func bindsFuncs(p *plan.Program) bool {
	return slices.ContainsFunc(withImported(p), func(i imported) bool {
		return slices.ContainsFunc(i.Funcs, func(f *plan.Func) bool { return f.Go != nil })
	})
}

// An imported is a program with its path, which is empty for the one that imports all.
type imported struct {
	*plan.Program
	path string
}

// withImported are a program and those that it leads to, sorted by path.
func withImported(p *plan.Program) []imported {
	all := map[string]*plan.Program{"": p}
	var visit func(*plan.Program)
	visit = func(p *plan.Program) {
		for path, other := range p.Imported {
			if all[path] == nil {
				all[path] = other
				visit(other)
			}
		}
	}
	visit(p)
	var list []imported
	for _, path := range slices.Sorted(maps.Keys(all)) {
		list = append(list, imported{all[path], path})
	}
	return list
}

// ask builds the linked program and has it do something.
func ask(p *compiler.Package, program *plan.Program, r linked.Request, stderr io.Writer) (linked.Reply, error) {
	var none linked.Reply
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	dir, err := files.Temp("linked")
	if err != nil {
		return none, err
	}
	defer files.RemoveTemp(dir)
	g, err := newGo(ctx, dir)
	if err != nil {
		return none, err
	}
	s := &site{interprets: true}
	if err := layOut(g, p, s); err != nil {
		return none, err
	}
	link(s, p, program)
	binary, err := g.build(s)
	if err != nil {
		return none, err
	}
	if r.Plan, err = serial.Encode(program); err != nil {
		return none, err
	}
	cmd := exec.CommandContext(ctx, binary)
	alive, err := newTether(cmd)
	if err != nil {
		return none, err
	}
	defer alive.close()
	r.Alive = alive.number
	text, err := json.Marshal(r)
	if err != nil {
		return none, err
	}
	if err := files.Create(filepath.Join(dir, linked.RequestFile), text, 0o600); err != nil {
		return none, err
	}
	cmd.Env = append(os.Environ(), linked.DirVar+"="+dir)
	cmd.Stdout, cmd.Stderr = stderr, stderr
	if err := cmd.Start(); err != nil {
		return none, err
	}
	alive.started()
	switch err := cmd.Wait(); {
	case ctx.Err() != nil:
		return none, errors.New("interrupted")
	case err != nil:
		return none, fmt.Errorf("the program with the Go of package %s: %w", program.Package, err)
	}
	return linked.Answer(dir)
}
