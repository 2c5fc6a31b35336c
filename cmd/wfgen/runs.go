package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/wfgen/wfgen/internal/journals"
	"github.com/wfgen/wfgen/runtime/journal"
)

// A runsCmd is the verbs for durable executions.
type runsCmd struct {
	List    runsListCmd    `cmd:"" help:"List executions, the one that was created last first."`
	Show    runsShowCmd    `cmd:"" help:"Show an execution with its steps; * marks the critical path."`
	Talk    runsTalkCmd    `cmd:"" help:"Show what models were told in an execution, what they replied, and what that has cost."`
	Events  runsEventsCmd  `cmd:"" help:"Print the events of an execution as JSON lines."`
	Cancel  runsCancelCmd  `cmd:"" help:"Cancel an execution, which runs its undos."`
	Pause   runsPauseCmd   `cmd:"" help:"Have no further step of an execution begin."`
	Resume  runsResumeCmd  `cmd:"" help:"Have an execution go on that is paused or held."`
	Retry   runsRetryCmd   `cmd:"" help:"Have an execution go on that has failed or was cancelled, from the steps that failed."`
	Fork    runsForkCmd    `cmd:"" help:"Start another execution as if one had just come to a step."`
	Signal  runsSignalCmd  `cmd:"" help:"Send an event to whoever awaits it."`
	Approve runsApproveCmd `cmd:"" help:"Answer the approval that a step waits for."`
	Export  runsExportCmd  `cmd:"" help:"Print an execution, with all that is recorded of it, as one JSON document."`
}

// An inJournal is the flag that says which journal an execution is in.
type inJournal struct {
	Journal string `name:"journal" placeholder:"FILE" help:"The journal; by default the one in the user's state directory that has the execution."`
}

// find gives the path of the journal that has an execution.
func (c *inJournal) find(id string) (string, error) {
	if c.Journal != "" {
		return c.Journal, nil
	}
	paths, err := journals.All()
	if err != nil {
		return "", err
	}
	path, err := journals.Holding(paths, id)
	if err == nil && path == "" {
		err = fmt.Errorf("no execution %s in the journals of the state directory: name the file of another with -journal", id)
	}
	return path, err
}

// A found is an execution in a journal that is open for reading.
type found struct {
	*journals.Journal
	execution *journal.Execution
}

// look opens the journal that has an execution, for reading.
func (c *inJournal) look(id string) (*found, error) {
	path, err := c.find(id)
	if err != nil {
		return nil, err
	}
	j, err := journals.Look(path)
	if err != nil {
		return nil, err
	}
	f := &found{Journal: j}
	if err := f.read(func(tx journal.Tx) (err error) {
		f.execution, err = tx.Execution(id)
		return err
	}); err != nil {
		return nil, errors.Join(err, j.Close())
	}
	if f.execution == nil {
		return nil, errors.Join(fmt.Errorf("there is no execution %s in %s", id, path), j.Close())
	}
	return f, nil
}

func (f *found) read(do func(journal.Tx) error) error { return f.View(context.Background(), do) }

// history gives all records of the execution, and what it awaits, with its state then.
func (f *found) history() (records []journal.Record, awaits []journal.Await, err error) {
	err = f.read(func(tx journal.Tx) (err error) {
		id := f.execution.ID
		if f.execution, err = tx.Execution(id); err != nil {
			return err
		}
		if records, err = tx.Records(id, 0, 0); err != nil {
			return err
		}
		awaits, err = tx.Awaits(id)
		return err
	})
	return records, awaits, err
}
