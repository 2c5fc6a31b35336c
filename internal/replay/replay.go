// Package replay runs an exported execution again under the source as it is now, with
// the results that are recorded in place of calls, and tells whether it comes to the same
// end. It also writes an execution as a test. It calls no tool and waits for nothing.
package replay

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/wfgen/wfgen/internal/history"
	"github.com/wfgen/wfgen/interp"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
	"github.com/wfgen/wfgen/runtime/model"
)

// An Outcome is how an execution replays.
type Outcome struct {
	// Fits tells that what is recorded leads to where the execution stands.
	Fits bool
	// Text says where that is or, where it doesn't fit, what doesn't.
	Text string
}

// Run replays an execution under the workflows of a program. Of its Go it calls no more
// than the functions of funcs, which are given by the funcs' names, with that of an
// imported package before them. An error says why that can't be tried.
func Run(p *plan.Program, d *history.Document, funcs map[string]any) (Outcome, error) {
	if _, err := workflowOf(p, d); err != nil {
		return Outcome{}, err
	}
	r := &replay{document: d, journal: &watched{Journal: memory.New(), parked: make(chan struct{}, 1)}, reached: make(chan string, 1)}
	tools := interp.Tools{}
	maps.Copy(tools, funcs)
	program, err := interp.New(p, r.catalogue(p, "", tools))
	if err != nil {
		return Outcome{}, err
	}
	if err := r.load(); err != nil {
		return Outcome{}, err
	}
	return r.run(program.Registry())
}

func workflowOf(p *plan.Program, d *history.Document) (*plan.Workflow, error) {
	for _, w := range p.Workflows {
		if w.Name == d.Execution.Workflow {
			return w, nil
		}
	}
	return nil, fmt.Errorf("package %s has no workflow %s, of which the execution is", p.Package, d.Execution.Workflow)
}

// A replay is one Run.
type replay struct {
	document *history.Document
	journal  *watched
	reached  chan string // gets the step that first calls a tool
}

// catalogue adds to tools what tells of calls of a package's tools. Who calls one isn't
// answered until the execution is given up.
func (r *replay) catalogue(p *plan.Program, prefix string, tools interp.Tools) interp.Tools {
	for _, t := range p.Tools {
		tools[prefix+t.Name] = interp.Tool(func(ctx context.Context, _ []interp.Value) (interp.Value, error) {
			step, _ := runtime.StepOf(ctx)
			select {
			case r.reached <- step.ID:
			default:
			}
			<-ctx.Done()
			return interp.Value{}, ctx.Err()
		})
	}
	for _, m := range p.Models {
		tools[prefix+m.Name] = unanswered(r.reached)
	}
	for _, other := range p.Imported {
		r.catalogue(other, other.Package+".", tools)
	}
	return tools
}

// load puts the execution into the journal as it was before its end.
func (r *replay) load() error {
	x, records := r.document.Journal()
	if n := len(records); n > 0 && records[n-1].Kind == journal.Ended {
		records = records[:n-1]
	}
	x.State = journal.State{Status: journal.StatusRunning, Generation: max(x.Generation, 1), Cancel: x.Cancel}
	return r.journal.Update(context.Background(), func(tx journal.Tx) error {
		if err := tx.Create(x); err != nil {
			return err
		}
		return tx.Append(x.ID, records)
	})
}

func (r *replay) run(registry *runtime.Registry) (Outcome, error) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	ctx = runtime.WithHeldLog(ctx, func(*runtime.HeldError) {}) // that is the outcome
	e, err := runtime.Open(ctx, r.journal, registry)
	if err != nil {
		return Outcome{}, err
	}
	defer e.Close()
	run, err := e.Run(ctx, r.document.Execution.ID)
	if err != nil {
		return Outcome{}, err
	}
	ended := make(chan error, 1)
	go func() {
		_, err := run.ResultJSON(context.Background())
		ended <- err
	}()
	select {
	case step := <-r.reached:
		stop() // before the tool is answered
		return r.stands("calls step " + step), nil
	case <-r.journal.parked:
		return r.waits(ctx, e)
	case err := <-ended:
		if held := new(runtime.HeldError); errors.As(err, &held) {
			return Outcome{Text: held.Text}, nil
		}
		x, err := e.Get(ctx, r.document.Execution.ID)
		if err != nil {
			return Outcome{}, err
		}
		return r.compare(x), nil
	}
}

// stands is the outcome of a replay that goes beyond what is recorded.
func (r *replay) stands(does string) Outcome {
	if end := r.document.Execution.Ended; !end.IsZero() {
		return Outcome{Text: fmt.Sprintf("it %s, of which nothing is recorded; the execution had %s there", does, r.document.Execution.Status)}
	}
	return Outcome{Fits: true, Text: "as far as it is recorded; then it " + does}
}

// waits is the outcome of a replay that waits.
func (r *replay) waits(ctx context.Context, e *runtime.Engine) (Outcome, error) {
	awaits, err := e.Awaits(ctx, r.document.Execution.ID)
	if err != nil {
		return Outcome{}, err
	}
	return r.stands(r.waitsFor(awaits)), nil
}

// waitsFor says what an execution waits for: that with these awaits, which has come to
// them just now, or else what its records say.
func (r *replay) waitsFor(awaits []journal.Await) string {
	step, address := "", ""
	if len(awaits) > 0 {
		step, address = awaits[0].Step, awaits[0].Address
	} else {
		step, address = r.lastAwait()
	}
	kind, what, _ := strings.Cut(address, ":")
	switch kind {
	case "approval":
		return "waits at step " + step + " for an answer"
	case "run":
		return "waits at step " + step + " for the end of " + what
	case "event", "event to all":
		return "waits at step " + step + " for " + what
	}
	return "waits for a time"
}

// lastAwait is the step that has begun last to await something that hasn't come, and
// where that is sent to; empty where there is none.
func (r *replay) lastAwait() (step, address string) {
	_, records := r.document.Journal()
	over := map[string]bool{}
	for _, rec := range slices.Backward(records) {
		if rec.Kind == journal.Waiting && !over[rec.Step] {
			var w journal.Wait
			if json.Unmarshal(rec.Data, &w) == nil && w.Address != "" {
				return rec.Step, w.Address
			}
		}
		over[rec.Step] = true
	}
	return "", ""
}

// place is a place in the source, which may have moved.
var place = regexp.MustCompile(`\S+\.wf:\d+:\d+: `)

// compare holds the end of the replay against the end that is recorded.
func (r *replay) compare(x *journal.Execution) Outcome {
	old := &r.document.Execution
	was, is := ended(old.Status, old.Result, old.Error), ended(x.Status, x.Result, x.Error)
	switch {
	case old.Ended.IsZero():
		return Outcome{Fits: true, Text: "to an end that isn't recorded: " + is}
	case old.Status == x.Status && sameJSON(old.Result, x.Result) && place.ReplaceAllString(old.Error, "") == place.ReplaceAllString(x.Error, ""):
		return Outcome{Fits: true, Text: "to the same end: " + is}
	}
	return Outcome{Text: fmt.Sprintf("it comes to another end: %s\nrecorded is: %s", is, was)}
}

func ended(status journal.Status, result []byte, err string) string {
	switch {
	case err != "":
		return string(status) + ", " + err
	case len(result) > 0:
		return string(status) + ", " + string(compact(result))
	}
	return string(status)
}

func sameJSON(a, b []byte) bool { return bytes.Equal(compact(a), compact(b)) }

// A watched is a journal that tells when the execution in it leaves the memory.
type watched struct {
	journal.Journal
	parked chan struct{}
}

// Update calls do with a transaction that looks at what is written.
func (w *watched) Update(ctx context.Context, do func(journal.Tx) error) error {
	waits := false
	err := w.Journal.Update(ctx, func(tx journal.Tx) error { return do(&watchedTx{tx, &waits}) })
	if err == nil && waits {
		select {
		case w.parked <- struct{}{}:
		default:
		}
	}
	return err
}

type watchedTx struct {
	journal.Tx
	waits *bool
}

func (t *watchedTx) SetState(id string, s journal.State) error {
	*t.waits = s.Status == journal.StatusWaiting
	return t.Tx.SetState(id, s)
}

// An unanswered model tells which step asks it, and doesn't answer.
type unanswered chan<- string

// Ask waits until the execution is given up.
func (u unanswered) Ask(ctx context.Context, _ *model.Request, _ func(model.Delta)) (*model.Reply, error) {
	step, _ := runtime.StepOf(ctx)
	select {
	case u <- step.ID:
	default:
	}
	<-ctx.Done()
	return nil, ctx.Err()
}
