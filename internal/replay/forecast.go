package replay

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/wfgen/wfgen/compat"
	"github.com/wfgen/wfgen/interp"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
)

// A Prospect says what would become of an unfinished execution.
type Prospect string

// The prospects.
const (
	GoesOn  Prospect = "yes"
	Depends Prospect = "depends on data" // on Go, which isn't linked
	Held    Prospect = "no"
	// NotHere is of workflows that the package doesn't have: an engine with its registry
	// alone leaves their executions as they are.
	NotHere Prospect = "not here"
)

// A Pending is an unfinished execution with its records.
type Pending struct {
	Execution *journal.Execution
	Records   []journal.Record
}

// A Verdict is the prospect of an execution, and the reason where that isn't GoesOn.
type Verdict struct {
	Prospect Prospect
	Reason   string
}

// A Forecast says of unfinished executions whether an engine would go on with them under a
// program, by having an engine try each: on a copy, which is given up as soon as it comes to
// something that isn't recorded. Its methods aren't for several goroutines at once.
type Forecast struct {
	program *plan.Program
	prints  map[string]string // of the workflows, by name
	funcs   map[string]any    // those in Go that are linked
	interp  *interp.Program   // nil where Go alone knows types of the program
	unknown error             // why it is nil
	called  chan string       // gets a func that is bound to Go, and was called
}

// NewForecast gives a Forecast for a program that plan.Unbound has made. Of its Go it calls
// no more than the functions of funcs, which are given as to Run.
func NewForecast(p *plan.Program, funcs map[string]any) *Forecast {
	f := &Forecast{program: p, prints: map[string]string{}, funcs: funcs, called: make(chan string, 1)}
	for w, print := range compat.Fingerprints(p) {
		f.prints[w.Name] = print
	}
	tools := interp.Tools{}
	f.catalogue(p, "", tools)
	f.interp, f.unknown = interp.New(p, tools)
	return f
}

// catalogue adds to tools what doesn't answer a call of a package's tools, and tells of one
// of its funcs in Go.
func (f *Forecast) catalogue(p *plan.Program, prefix string, tools interp.Tools) {
	for _, t := range p.Tools {
		tools[prefix+t.Name] = interp.Tool(func(ctx context.Context, _ []interp.Value) (interp.Value, error) {
			<-ctx.Done()
			return interp.Value{}, ctx.Err()
		})
	}
	for _, g := range p.Funcs {
		name := prefix + g.Name
		if linked := f.funcs[name]; linked != nil {
			tools[name] = linked
		}
		if g.Go == nil || f.funcs[name] != nil {
			continue
		}
		tools[name] = interp.Tool(func(context.Context, []interp.Value) (interp.Value, error) {
			select {
			case f.called <- name:
			default:
			}
			return interp.Value{}, errors.New("it isn't called")
		})
	}
	for _, other := range p.Imported {
		f.catalogue(other, other.Package+".", tools)
	}
}

// Of gives the verdict on an execution. One that is paused or held is looked at as if it
// were resumed.
func (f *Forecast) Of(ctx context.Context, e Pending) (Verdict, error) {
	if _, here := f.prints[e.Execution.Workflow]; !here {
		return Verdict{NotHere, fmt.Sprintf("package %s has no workflow %s", f.program.Package, e.Execution.Workflow)}, nil
	}
	if f.interp == nil {
		line, _, _ := strings.Cut(f.unknown.Error(), "\n")
		return f.Untried(e, line), nil
	}
	held, err := f.try(ctx, e)
	select {
	case name := <-f.called:
		return f.Untried(e, fmt.Sprintf("func %s is bound to Go, which isn't linked", name)), nil
	default:
	}
	if held != nil {
		return Verdict{Held, held.Text}, nil
	}
	return Verdict{Prospect: GoesOn}, err
}

// Untried is the verdict on an execution that can't be tried, by whether its plan is the one
// that it was started under.
func (f *Forecast) Untried(e Pending, why string) Verdict {
	if f.prints[e.Execution.Workflow] == e.Execution.Fingerprint {
		return Verdict{Depends, "its plan has not changed, but it can't be tried: " + why}
	}
	return Verdict{Depends, "its plan has changed, and it can't be tried: " + why}
}

// try has an engine go on with a copy of an execution, until it is known whether it does;
// held is nil where it does.
func (f *Forecast) try(ctx context.Context, p Pending) (held *runtime.HeldError, err error) {
	x := p.Execution
	j, copied := memory.New(), *x
	copied.State = journal.State{Status: journal.StatusRunning, Generation: max(x.Generation, 1), Cancel: x.Cancel}
	if x.Status == journal.StatusRunning { // who resumes another one gives it all trials again
		copied.Trials = x.Trials
	}
	if err := j.Update(ctx, func(tx journal.Tx) error {
		if err := tx.Create(&copied); err != nil {
			return err
		}
		return tx.Append(x.ID, p.Records)
	}); err != nil {
		return nil, err
	}
	e, err := runtime.Open(runtime.WithHeldLog(ctx, func(*runtime.HeldError) {}), j, f.interp.Registry())
	if err != nil {
		return nil, err
	}
	err = e.GoesOn(ctx, x.ID)
	if held, ok := errors.AsType[*runtime.HeldError](err); ok {
		return held, e.Close()
	}
	return nil, errors.Join(err, e.Close())
}
