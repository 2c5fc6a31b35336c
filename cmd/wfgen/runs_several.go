package main

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/wfgen/wfgen/internal/journals"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/control"
	"github.com/wfgen/wfgen/runtime/foreign"
	"github.com/wfgen/wfgen/runtime/journal"
)

// A several is what the verbs have that change one execution, or all of a status.
type several struct {
	inJournal
	JSON     bool     `name:"json" help:"Print what was done as a JSON object, one on a line for each of several."`
	Status   []string `name:"status" placeholder:"STATUS" help:"In place of an id: all that are ${changed}; without -journal in all journals of the user's state directory."`
	Workflow string   `name:"workflow" placeholder:"NAME" help:"With -status: only those of a workflow."`
	ID       string   `arg:"" optional:"" name:"id" help:"The execution's id."`
}

// do has something done to the execution that is named, or to each of those of a status.
func (c *several) do(s *streams, a asking) error {
	switch {
	case c.ID != "" && (len(c.Status) > 0 || c.Workflow != ""):
		return errors.New("-status and -workflow stand for an execution's id: leave out one or the other")
	case c.ID != "":
		return (&changing{c.inJournal, c.JSON, c.ID}).do(s, a)
	case len(c.Status) == 0:
		return errors.New(`expected "<id>" or -status` + "\nwfgen help runs " + string(a.Verb) + " says how it is used")
	}
	if err := checkStatuses(c.Status); err != nil {
		return err
	}
	paths := []string{c.Journal}
	if c.Journal == "" {
		var err error
		if paths, err = journals.All(); err != nil {
			return err
		}
	}
	found, failed := false, false
	for _, path := range paths {
		ids, err := c.in(path)
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			continue
		}
		found = true
		all, err := c.each(s, path, ids, a)
		if err != nil {
			return err
		}
		failed = failed || !all
	}
	if !found && !c.JSON {
		s.say("no executions")
	}
	if failed {
		return exit{exitFailed}
	}
	return nil
}

// in gives the executions of a journal that are meant, those that were created first first.
func (c *several) in(path string) (ids []string, err error) {
	j, err := journals.Look(path)
	if err != nil {
		return nil, err
	}
	err = j.Each(context.Background(), journal.Query{Workflow: c.Workflow, Status: statusesOf(c.Status)}, func(x *journal.Execution) error {
		ids = append(ids, x.ID)
		return nil
	})
	slices.Reverse(ids)
	return ids, errors.Join(err, j.Close())
}

// each has something done to executions of a journal, and says of each what has come of it;
// all tells that it was done to all of them.
func (c *several) each(s *streams, path string, ids []string, a asking) (all bool, err error) {
	o, err := ownerOf(path)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, o.close()) }()
	all = true
	for _, id := range ids {
		a.Execution = id
		made, err := o.do(a.Request)
		switch {
		case errors.Is(err, control.ErrUnreachable):
			return false, err
		case err != nil:
			all, made.Execution = false, id
			err = c.tellFailure(s, made, err)
		default:
			err = a.tell(s, made, c.JSON)
		}
		if err != nil {
			return false, err
		}
	}
	return all, nil
}

// tellFailure says what keeps an execution from being changed, or holds it once more.
func (c *several) tellFailure(s *streams, made change, why error) error {
	if made.Error = why.Error(); c.JSON {
		return s.printLine(made)
	}
	text := made.Error
	if held, ok := errors.AsType[*runtime.HeldError](why); ok {
		text = "is held: " + held.Text
		if made.Verb == control.Resume {
			text = "is still held: " + held.Text
		}
	}
	line, _, _ := strings.Cut(text, "\n")
	return s.printf("%s\n", foreign.Line(made.Execution+": "+line))
}
