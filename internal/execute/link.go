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
	"time"

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

// A Forecast says of unfinished executions whether an engine would go on with them, in a
// program that is linked with the Go that the package's .wf files name.
type Forecast struct{ linked *linkedProgram }

// NewForecast builds the program, and has it begin once, within the limit: its packages may
// not let it. An error says why it couldn't be built, or doesn't begin.
func NewForecast(p *compiler.Package, program *plan.Program, limit time.Duration, stderr io.Writer) (*Forecast, error) {
	l, err := buildLinked(p, program, stderr)
	if err != nil {
		return nil, err
	}
	f := &Forecast{l}
	if _, err := f.Of(nil, limit); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// ErrInterrupted says that somebody has interrupted the command.
var ErrInterrupted = errors.New("interrupted")

// Of gives the verdicts on executions, in their order. The Go may take as long as the limit.
func (f *Forecast) Of(list []replay.Pending, limit time.Duration) ([]replay.Verdict, error) {
	ctx, cancel := context.WithTimeout(f.linked.ctx, limit)
	defer cancel()
	reply, err := f.linked.ask(ctx, linked.Request{Pending: list})
	if ctx.Err() != nil && f.linked.ctx.Err() == nil {
		return nil, fmt.Errorf("the Go of package %s took longer than %v", f.linked.program.Package, limit.Round(time.Millisecond))
	}
	if err == nil && len(reply.Verdicts) != len(list) {
		err = fmt.Errorf("of %d executions the linked program has looked at %d", len(list), len(reply.Verdicts))
	}
	return reply.Verdicts, err
}

// Close removes the program.
func (f *Forecast) Close() { f.linked.close() }

// ask builds the linked program and has it do something.
func ask(p *compiler.Package, program *plan.Program, r linked.Request, stderr io.Writer) (linked.Reply, error) {
	l, err := buildLinked(p, program, stderr)
	if err != nil {
		return linked.Reply{}, err
	}
	defer l.close()
	return l.ask(l.ctx, r)
}

// A linkedProgram is a program that interprets a plan with the Go that this names.
type linkedProgram struct {
	ctx     context.Context // ends with an interrupt
	stop    func()
	dir     string // its own
	binary  string
	program *plan.Program
	plan    json.RawMessage
	stderr  io.Writer
}

func buildLinked(p *compiler.Package, program *plan.Program, stderr io.Writer) (l *linkedProgram, err error) {
	l = &linkedProgram{program: program, stderr: stderr}
	l.ctx, l.stop = signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer func() {
		if err != nil {
			l.close()
		}
	}()
	if l.dir, err = files.Temp("linked"); err != nil {
		return l, err
	}
	g, err := newGo(l.ctx, l.dir)
	if err != nil {
		return l, err
	}
	s := &site{interprets: true}
	if err := layOut(g, p, s); err != nil {
		return l, err
	}
	link(s, p, program)
	if l.binary, err = g.build(s); err != nil {
		return l, err
	}
	l.plan, err = serial.Encode(program)
	return l, err
}

func (l *linkedProgram) close() {
	l.stop()
	if l.dir != "" {
		files.RemoveTemp(l.dir)
	}
}

// ask runs the program once. It is killed where the context ends.
func (l *linkedProgram) ask(ctx context.Context, r linked.Request) (none linked.Reply, err error) {
	cmd := exec.CommandContext(ctx, l.binary)
	alive, err := newTether(cmd)
	if err != nil {
		return none, err
	}
	defer alive.close()
	r.Plan, r.Alive = l.plan, alive.number
	text, err := json.Marshal(r)
	if err != nil {
		return none, err
	}
	request := filepath.Join(l.dir, linked.RequestFile)
	if err := files.Create(request, text, 0o600); err != nil {
		return none, err
	}
	defer os.Remove(request)
	cmd.Env = append(os.Environ(), linked.DirVar+"="+l.dir)
	cmd.Stdout, cmd.Stderr = l.stderr, l.stderr
	if err := cmd.Start(); err != nil {
		return none, err
	}
	alive.started()
	switch err := cmd.Wait(); {
	case l.ctx.Err() != nil:
		return none, ErrInterrupted
	case err != nil:
		return none, fmt.Errorf("the program with the Go of package %s: %w", l.program.Package, err)
	}
	reply, err := linked.Answer(l.dir)
	if errors.Is(err, linked.ErrNone) {
		err = fmt.Errorf("the program with the Go of package %s: %w", l.program.Package, err)
	}
	return reply, err
}
