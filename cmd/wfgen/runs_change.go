package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wfgen/wfgen/internal/journals"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/control"
	"github.com/wfgen/wfgen/runtime/foreign"
	"github.com/wfgen/wfgen/runtime/journal"
)

// A changing is what all verbs have that change one execution.
type changing struct {
	inJournal
	JSON bool   `name:"json" help:"Print what was done as a JSON object."`
	ID   string `arg:"" name:"id" help:"The execution's id."`
}

// A change is what such a verb has done.
type change struct {
	Journal   string       `json:"journal"`
	Verb      control.Verb `json:"verb"`
	Execution string       `json:"execution,omitempty"`
	// Live tells that a process that has the journal has done it, and acts on it.
	Live bool `json:"live"`
	// Error is why it wasn't done, or what has come of it, where several were to be changed.
	Error string `json:"error,omitempty"`
}

// An asking is something that an execution's engine is asked for. done says that it is done;
// goes is for what is left to do when a program opens the journal.
type asking struct {
	control.Request
	done string
	goes bool
}

// do has something done to the execution, and says so.
func (c *changing) do(s *streams, a asking) error {
	f, err := c.look(c.ID)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	a.Execution = c.ID
	made, err := changeIn(f.Path, a.Request)
	if err != nil {
		return err
	}
	return a.tell(s, made, c.JSON)
}

// tell says what was done.
func (a *asking) tell(s *streams, made change, asJSON bool) error {
	if asJSON {
		return s.printLine(made)
	}
	text := made.Execution + ": " + a.done
	if a.goes && !made.Live {
		text += "; it goes on at the next wfgen run -journal " + made.Journal
	}
	return s.printf("%s\n", foreign.Line(text))
}

// An owner is a journal's engine: that of the process that has the journal or, where none
// has, one of our own, which runs no workflows.
type owner struct {
	path       string
	registries []*runtime.Registry
	other      *journals.OwnedError // nil where the engine is our own
	journal    *journals.Journal
	engine     *runtime.Engine
}

// ownerOf gives a journal's engine. close ends one of our own.
func ownerOf(path string, registries ...*runtime.Registry) (*owner, error) {
	o := &owner{path: path, registries: registries}
	return o, o.find()
}

func (o *owner) find() error {
	o.other = nil
	j, err := journals.Open(o.path)
	if errors.As(err, &o.other) {
		return nil
	}
	if err != nil {
		return err
	}
	o.journal = j
	if o.engine, err = runtime.Open(context.Background(), j, o.registries...); err != nil {
		return errors.Join(err, j.Close())
	}
	return nil
}

// briefly is how long a verb waits for a process that has the journal and serves it to
// nobody: another verb, or one that is about to serve it.
const briefly = 2 * time.Second

// do has the engine do something.
func (o *owner) do(r control.Request) (made change, err error) {
	for end := time.Now().Add(briefly); ; time.Sleep(briefly / 100) {
		made, err = o.try(r)
		if !errors.Is(err, control.ErrUnreachable) {
			return made, err
		}
		if time.Now().After(end) {
			return made, fmt.Errorf("process %s has the journal %s and doesn't serve it to others: end it, or ask it (%w)", o.other.Process, o.path, err)
		}
		if err := o.find(); err != nil {
			return made, err
		}
	}
}

func (o *owner) try(r control.Request) (made change, err error) {
	ctx := context.Background()
	made = change{Journal: o.path, Verb: r.Verb, Live: o.other != nil}
	if o.other != nil {
		made.Execution, err = control.Call(ctx, control.Socket(o.path), r)
	} else {
		made.Execution, err = control.Do(ctx, o.engine, r)
	}
	return made, err
}

func (o *owner) close() error {
	if o.engine == nil {
		return nil
	}
	return errors.Join(o.engine.Close(), o.journal.Close())
}

// changeIn has a journal's engine do one thing.
func changeIn(path string, r control.Request, registries ...*runtime.Registry) (change, error) {
	o, err := ownerOf(path, registries...)
	if err != nil {
		return change{}, err
	}
	made, err := o.do(r)
	return made, errors.Join(err, o.close())
}

type runsCancelCmd struct {
	several
	Reason string `name:"reason" placeholder:"TEXT" help:"Why; it becomes part of the execution's error."`
}

// Run cancels the execution, or each of several.
func (c *runsCancelCmd) Run(s *streams) error {
	return c.do(s, asking{control.Request{Verb: control.Cancel, Text: c.Reason}, "is being cancelled", true})
}

type runsPauseCmd struct{ several }

// Run pauses the execution, or each of several.
func (c *runsPauseCmd) Run(s *streams) error {
	return c.do(s, asking{control.Request{Verb: control.Pause}, "is paused", false})
}

type runsResumeCmd struct{ several }

// Run resumes the execution, or each of several.
func (c *runsResumeCmd) Run(s *streams) error {
	return c.do(s, asking{control.Request{Verb: control.Resume}, "is resumed", true})
}

type runsRetryCmd struct{ several }

// Run retries the execution, or each of several.
func (c *runsRetryCmd) Run(s *streams) error {
	return c.do(s, asking{control.Request{Verb: control.Retry}, "is retried", true})
}

type runsForkCmd struct {
	changing
	At    string `name:"at" required:"" placeholder:"STEP" help:"The id of the step that the new execution comes to."`
	NewID string `name:"id" placeholder:"NEW" help:"The new execution's id; by default a random one."`
}

// Run forks the execution.
func (c *runsForkCmd) Run(s *streams) error {
	return c.do(s, asking{control.Request{Verb: control.Fork, Step: c.At, NewID: c.NewID}, "is forked from " + c.ID, true})
}

type runsApproveCmd struct {
	changing
	Step   string   `arg:"" name:"step" help:"The id of the step that asks."`
	By     string   `name:"by" required:"" placeholder:"WHO" help:"Who answers."`
	As     []string `name:"as" placeholder:"ROLE" sep:"none" help:"A role of theirs, for whom the approval asks; may be repeated."`
	Note   string   `name:"note" placeholder:"TEXT" help:"What they have to say."`
	Reject bool     `name:"reject" help:"Say no."`
}

// Run answers the approval.
func (c *runsApproveCmd) Run(s *streams) error {
	done := "is approved by " + c.By
	if c.Reject {
		done = "is rejected by " + c.By
	}
	answer := runtime.Answer{By: c.By, As: c.As, Note: c.Note, Reject: c.Reject}
	err := c.do(s, asking{control.Request{Verb: control.Approve, Step: c.Step, Answer: answer}, c.Step + " " + done, true})
	if errors.Is(err, runtime.ErrNotAllowed) {
		return c.refused(err)
	}
	return err
}

// refused adds to the refusal of an answer the command that gives it for whom the approval
// asks.
func (c *runsApproveCmd) refused(refusal error) error {
	f, err := c.look(c.ID)
	if err != nil {
		return refusal
	}
	defer f.Close()
	_, awaits, err := f.history()
	i := slices.IndexFunc(awaits, func(a journal.Await) bool { return a.Step == c.Step })
	if err != nil || i < 0 || c.By == "" {
		return refusal
	}
	by := awaits[i].By
	return fmt.Errorf("%w\nwho may answer for %s says so: %s", refusal, by, strings.Join(c.as(by), " "))
}

// as is the command that answers as somebody in a role.
func (c *runsApproveCmd) as(role string) []string {
	words := []string{"wfgen", "runs", "approve"}
	add := func(flag, value string) {
		if value != "" {
			words = append(words, flag, quoted(foreign.Line(value)))
		}
	}
	add("-journal", c.Journal)
	add("-by", c.By)
	add("-as", role)
	add("-note", c.Note)
	if c.Reject {
		words = append(words, "-reject")
	}
	return append(words, quoted(foreign.Line(c.ID)), quoted(foreign.Line(c.Step)))
}
