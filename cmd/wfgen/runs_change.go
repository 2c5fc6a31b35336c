package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/wfgen/wfgen/compiler/journals"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/control"
)

// A changing is what all verbs have that change an execution.
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
}

// do has something done to the execution, and says so: done, and goes for what is left
// to do when a program opens the journal; empty for nothing.
func (c *changing) do(s *streams, r control.Request, done string, goes bool) error {
	f, err := c.look(c.ID)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	r.Execution = c.ID
	made, err := changeIn(f.Path, r)
	if err != nil {
		return err
	}
	if c.JSON {
		return s.printLine(made)
	}
	text := fmt.Sprintf("%s: %s", made.Execution, done)
	if goes && !made.Live {
		text += "; it goes on at the next wfgen run -journal " + f.Path
	}
	_, err = fmt.Fprintln(s.out, printable(text))
	return err
}

// changeIn has a journal's engine do something: that of the process that has the journal
// or, where none has, one of our own, which runs no workflows.
func changeIn(path string, r control.Request, registries ...*runtime.Registry) (made change, err error) {
	made = change{Journal: path, Verb: r.Verb}
	ctx := context.Background()
	j, err := journals.Open(path)
	if owned := new(journals.OwnedError); errors.As(err, &owned) {
		made.Live = true
		made.Execution, err = control.Call(ctx, control.Socket(path), r)
		if errors.Is(err, control.ErrUnreachable) {
			err = fmt.Errorf("process %s has the journal %s and doesn't serve it to others: end it, or ask it (%w)", owned.Process, path, err)
		}
		return made, err
	}
	if err != nil {
		return made, err
	}
	e, err := runtime.Open(ctx, j, registries...)
	if err == nil {
		made.Execution, err = control.Do(ctx, e, r)
		err = errors.Join(err, e.Close())
	}
	return made, errors.Join(err, j.Close())
}

type runsCancelCmd struct {
	changing
	Reason string `name:"reason" placeholder:"TEXT" help:"Why; it becomes part of the execution's error."`
}

// Run cancels the execution.
func (c *runsCancelCmd) Run(s *streams) error {
	return c.do(s, control.Request{Verb: control.Cancel, Text: c.Reason}, "is being cancelled", true)
}

type runsPauseCmd struct{ changing }

// Run pauses the execution.
func (c *runsPauseCmd) Run(s *streams) error {
	return c.do(s, control.Request{Verb: control.Pause}, "is paused", false)
}

type runsResumeCmd struct{ changing }

// Run resumes the execution.
func (c *runsResumeCmd) Run(s *streams) error {
	return c.do(s, control.Request{Verb: control.Resume}, "is resumed", true)
}

type runsRetryCmd struct{ changing }

// Run retries the execution.
func (c *runsRetryCmd) Run(s *streams) error {
	return c.do(s, control.Request{Verb: control.Retry}, "is retried", true)
}

type runsForkCmd struct {
	changing
	At    string `name:"at" required:"" placeholder:"STEP" help:"The id of the step that the new execution comes to."`
	NewID string `name:"id" placeholder:"NEW" help:"The new execution's id; by default a random one."`
}

// Run forks the execution.
func (c *runsForkCmd) Run(s *streams) error {
	return c.do(s, control.Request{Verb: control.Fork, Step: c.At, NewID: c.NewID}, "is forked from "+c.ID, true)
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
	return c.do(s, control.Request{Verb: control.Approve, Step: c.Step, Answer: answer}, c.Step+" "+done, true)
}
