// Package execute runs a workflow straight from its source: it takes a compiled
// package, puts a small main program around one workflow, has Go build the two
// and starts the result. In the same way it links a package's Go to what interprets
// it. All that is generated reaches Go as an overlay, so nothing is written beside
// the user's files; the program and its request live in a temporary directory that
// is gone afterwards, and the program ends when this process does. It decides
// nothing about what a workflow does: that is in the generated code.
package execute

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/wfgen/wfgen/compiler"
	"github.com/wfgen/wfgen/internal/files"
	"github.com/wfgen/wfgen/internal/models"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime/driver"
	"github.com/wfgen/wfgen/runtime/journal"
)

// Options say what to run and where its output goes.
type Options struct {
	// Workflow names the workflow; it may be empty where there is one.
	Workflow string
	// Input is a JSON object of the workflow's parameters by name; nil for one
	// without any.
	Input []byte
	// Mock is a JSON object of mocks that stand in for the tools, which are not
	// used then; nil for none.
	Mock []byte
	// Tools names the function that makes the tools; it may be empty where there
	// is one that fits.
	Tools string

	// Models says which models those are that the workflow asks, where the tools don't have
	// them.
	Models *models.Config

	// Stdin is what the tools read; may be nil.
	Stdin *os.File
	// Stderr gets what the program prints.
	Stderr io.Writer
	// Events gets each event as a JSON object on a line; nil for none.
	Events io.Writer
	// Observe is called with each event as it happens; nil for not at all.
	Observe func(driver.Event)
	// Recorded is called with each event that the journal has of a durable execution, from
	// the first one on, later than Observe is with those that happen; nil for not at all.
	Recorded func(driver.Event)

	// Journal opens the journal that the workflow is run on durably, and is called when
	// nothing but that is left to do; the journal is closed afterwards. nil is for a
	// workflow that isn't durable. Events gets what the journal has then, from the
	// execution's first event on.
	Journal func() (Journal, error)
	// ID is the id of the durable execution; empty for a new one.
	ID string

	bindings json.RawMessage // of the models that the program makes; nil for none
}

// A Journal is a journal that is open.
type Journal struct {
	journal.Journal // nil for none
	// Socket is where the engine is served that uses it; empty for nowhere.
	Socket string
}

// journal opens the journal, if there is to be one.
func (o *Options) journal() (Journal, error) {
	if o.Journal == nil {
		return Journal{}, nil
	}
	return o.Journal()
}

// close closes the journal, if there is one.
func (j Journal) close() error {
	if j.Journal == nil {
		return nil
	}
	return j.Close()
}

// An Outcome is how a program ended.
type Outcome struct {
	// Result is the workflow's result as indented JSON; empty where it failed or
	// gives none.
	Result string
	// Failure says why the workflow failed, or what of the input or the mocks
	// doesn't fit; empty where the workflow is done.
	Failure string
	// Undone are the steps that were undone because it failed, the first one first.
	Undone []string
	// Suspended is the id of a durable execution that hasn't come to its end, and goes on
	// when its journal is opened again; else empty.
	Suspended string
	// Code is the exit code: 0 where the workflow is done, 1 where it failed, 2
	// where the input or the mocks are unusable.
	Code int
}

func outcome(m driver.Message) Outcome {
	return Outcome{Result: m.Result, Failure: m.Failure, Undone: m.Undone, Suspended: m.Suspended, Code: m.Code}
}

// Run runs a workflow of the package, whose source must have no errors. An error
// says why the program couldn't be built or started.
func Run(p *compiler.Package, o Options) (Outcome, error) {
	var none Outcome
	program := p.Plan()
	w, err := choose(p.Workflows(program), o.Workflow)
	if err != nil {
		return none, err
	}
	dir, err := files.Temp("run")
	if err != nil {
		return none, err
	}
	defer files.RemoveTemp(dir)
	binary, err := build(p, w, &o, dir)
	if err != nil {
		return none, err
	}
	j, err := o.journal()
	if err != nil {
		return none, err
	}
	out, err := start(binary, dir, j, o)
	return out, errors.Join(err, j.close())
}

// build gives the path of the program, in dir, and says in o which models it makes.
func build(p *compiler.Package, w *plan.Workflow, o *Options, dir string) (string, error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	g, err := newGo(ctx, dir)
	if err != nil {
		return "", err
	}
	s := &site{mocked: o.Mock != nil}
	if err := layOut(g, p, s); err != nil {
		return "", err
	}
	main := &mainFile{company: company{workflow: w}, pkg: s.importPath, program: p.Plan()}
	if o.Mock != nil {
		main.program = s.program
		if main.workflow, err = choose(p.Workflows(s.program), w.Name); err != nil {
			return "", err
		}
	}
	main.started = startedBy(main.workflow)
	if o.Mock != nil {
		main.mocked = main.hasMocks()
	} else if main.constructor, err = findConstructor(g, s, main.company, main.program.Models, o.Tools); err != nil {
		return "", err
	} else {
		main.started = main.constructor.able(main.started)
	}
	if o.bindings, err = main.bindModels(o.Models); err != nil {
		return "", err
	}
	s.add(filepath.Join(s.mainDir, "main.go"), main.source())
	return g.build(s)
}

func request(o Options) *driver.Request {
	r := &driver.Request{Input: "{}", Mock: string(o.Mock), Events: o.Events != nil || o.Observe != nil}
	if o.Journal != nil {
		r.Events, r.Live = o.Events != nil || o.Recorded != nil, o.Observe != nil
		r.Durable = &driver.Durable{ID: o.ID}
	}
	r.Models = o.bindings
	if o.Input != nil {
		r.Input = string(o.Input)
	}
	return r
}

func writeRequest(dir string, r *driver.Request) (string, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "request.json")
	return path, files.Create(path, text, 0o600)
}
