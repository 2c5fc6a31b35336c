// Package linked is the inside of a program that wfgen builds to interpret a package whose
// .wf files name Go: the generated main program links the types and functions that they
// name, and this package does what it is asked to, with a plan that it gets as a file. It
// takes its request from there and leaves its reply beside it. It decides nothing about
// what a workflow does, and what it is linked with prints where it wants to.
package linked

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"

	"github.com/wfgen/wfgen/internal/history"
	"github.com/wfgen/wfgen/internal/replay"
	"github.com/wfgen/wfgen/internal/wftest"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/plan/serial"
	"github.com/wfgen/wfgen/runtime/driver"
	"github.com/wfgen/wfgen/runtime/foreign"
)

// DirVar is the environment variable that has the directory of the request and the reply.
const DirVar = "WFGEN_LINKED"

// RequestFile is the name of the file with the request.
const RequestFile = "request.json"

const replyFile = "reply.json"

// A Request says what to do with a plan: to run tests, to replay an execution, or to say
// whether others go on.
type Request struct {
	Plan json.RawMessage
	// Tests are those to run, by their numbers in the plan.
	Tests   []int           `json:",omitempty"`
	Options *wftest.Options `json:",omitempty"`
	// Replay is an execution as it was exported; nil for none.
	Replay []byte `json:",omitempty"`
	// Pending are the executions that may go on; the plan is one that plan.Unbound has made.
	Pending []replay.Pending `json:",omitempty"`
	// Alive is the end of a pipe by which the program ends with the command.
	Alive uintptr `json:",omitempty"`
}

// A Reply is what came of a Request.
type Reply struct {
	Results []wftest.Result // of the tests, in their order, without what was tested
	Outcome replay.Outcome
	// Verdicts are those on the executions of Pending, in their order.
	Verdicts []replay.Verdict
	Error    string // what kept it from being tried
}

// Main does what it is asked to, and ends the process. funcs are the linked functions.
func Main(funcs ...map[string]any) {
	all := map[string]any{}
	for _, f := range funcs {
		maps.Copy(all, f)
	}
	if err := serve(os.Getenv(DirVar), all); err != nil {
		fmt.Fprintln(os.Stderr, foreign.Lines(err.Error()))
		os.Exit(1)
	}
	os.Exit(0)
}

// ErrNone says that the program has left no reply: the Go that it is linked with has ended
// the process.
var ErrNone = errors.New("it ended the process before it was asked anything")

// Answer takes the reply from the directory. An error says that there is none, or what it
// says.
func Answer(dir string) (Reply, error) {
	var r Reply
	err := read(dir, replyFile, &r)
	if errors.Is(err, fs.ErrNotExist) {
		return r, ErrNone
	}
	err = errors.Join(err, os.Remove(filepath.Join(dir, replyFile)))
	if err == nil && r.Error != "" {
		err = errors.New(r.Error)
	}
	return r, err
}

func serve(dir string, funcs map[string]any) error {
	var r Request
	if err := read(dir, RequestFile, &r); err != nil {
		return err
	}
	driver.EndWith(r.Alive, dir)
	p, err := serial.Decode(r.Plan)
	if err != nil {
		return err
	}
	text, err := json.Marshal(reply(p, r, funcs))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, replyFile), text, 0o600)
}

func reply(p *plan.Program, r Request, funcs map[string]any) (out Reply) {
	if r.Replay != nil {
		d, err := history.Read(r.Replay)
		if err == nil {
			out.Outcome, err = replay.Run(p, d, funcs)
		}
		if err != nil {
			out.Error = err.Error()
		}
		return out
	}
	if r.Pending != nil {
		if err := out.forecast(p, r.Pending, funcs); err != nil {
			out.Error = err.Error()
		}
		return out
	}
	for _, i := range r.Tests {
		o := *r.Options
		o.Funcs = funcs
		out.Results = append(out.Results, wftest.Run(p, p.Tests[i], o))
	}
	return out
}

func (r *Reply) forecast(p *plan.Program, list []replay.Pending, funcs map[string]any) error {
	f := replay.NewForecast(p, funcs)
	for _, e := range list {
		v, err := f.Of(context.Background(), e)
		if err != nil {
			return fmt.Errorf("execution %s: %w", e.Execution.ID, err)
		}
		r.Verdicts = append(r.Verdicts, v)
	}
	return nil
}

func read(dir, name string, to any) error {
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	return json.Unmarshal(text, to)
}
