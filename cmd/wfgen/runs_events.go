package main

import (
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/driver"
	"github.com/wfgen/wfgen/runtime/journal"
)

type runsEventsCmd struct {
	inJournal
	After  int    `name:"after" placeholder:"N" help:"Only those whose n is greater."`
	Follow bool   `name:"follow" help:"Wait for new ones until the execution has ended."`
	ID     string `arg:"" name:"id" help:"The execution's id."`
}

// lookAgain is how long a journal isn't looked at that another process writes to.
const lookAgain = 200 * time.Millisecond

// Run prints the events.
func (c *runsEventsCmd) Run(s *streams) error {
	f, err := c.look(c.ID)
	if err != nil {
		return err
	}
	defer f.Close()
	if x := f.execution; c.After <= 0 {
		if err := s.printEvent(runtime.Event{Kind: runtime.Started, Time: x.Created, Execution: x.ID, Workflow: x.Workflow}); err != nil {
			return err
		}
	}
	for after := c.After; ; time.Sleep(lookAgain) {
		var records []journal.Record
		if err := f.read(func(tx journal.Tx) (err error) {
			if f.execution, err = tx.Execution(c.ID); err == nil {
				records, err = tx.Records(c.ID, after, 0)
			}
			return err
		}); err != nil {
			return err
		}
		for _, r := range records {
			after = r.N
			if e, ok := runtime.RecordedEvent(f.execution, r); ok {
				if err := s.printEvent(e); err != nil {
					return err
				}
			}
		}
		switch x := f.execution; {
		case !c.Follow || !x.Ended.IsZero():
			return nil
		case x.Status == journal.StatusHeld: // no more come until it is resumed
			return &runtime.HeldError{ID: x.ID, Text: x.Error}
		}
	}
}

// printEvent prints an event as wfgen run -events writes it.
func (s *streams) printEvent(e runtime.Event) error {
	return s.printLine(driver.NewEvent(e))
}
