package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/wfgen/wfgen/internal/journals"
	"github.com/wfgen/wfgen/internal/replay"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime/journal"
)

// unfinished are the statuses of executions that haven't ended.
var unfinished = []journal.Status{journal.StatusRunning, journal.StatusWaiting, journal.StatusPaused, journal.StatusHeld}

// A forecastLine is what -json prints of an execution.
type forecastLine struct {
	Journal  string          `json:"journal"`
	ID       string          `json:"id"`
	Workflow string          `json:"workflow"`
	Status   journal.Status  `json:"status"`
	Verdict  replay.Prospect `json:"verdict"`
	Reason   string          `json:"reason,omitempty"`
}

// ofJournal says of each unfinished execution in the journal whether it can go on, and
// fails where one can't.
func (c *compatCmd) ofJournal(s *streams) (err error) {
	if c.New != "" {
		return errors.New("-journal stands for the old source: name the new one alone")
	}
	to := sourceOf(cmp.Or(c.Old, "."))
	to.beside(&source{path: "."})
	defer to.close()
	p, err := to.load(s, new(source))
	if err != nil {
		return err
	}
	j, err := journals.Look(c.Journal)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	lines, err := forecast(j, replay.NewForecast(plan.Unbound(p.Program)))
	if err != nil {
		return err
	}
	show := forecastTable
	if c.JSON {
		show = forecastLines
	}
	if err := show(s, lines); err != nil {
		return err
	}
	for _, l := range lines {
		if l.Verdict == replay.Held {
			return exit{exitFailed}
		}
	}
	return nil
}

// forecast looks at all unfinished executions of a journal.
func forecast(j *journals.Journal, f *replay.Forecast) (lines []forecastLine, err error) {
	ctx := context.Background()
	err = j.Each(ctx, journal.Query{Status: unfinished}, func(x *journal.Execution) error {
		var records []journal.Record
		err := j.View(ctx, func(tx journal.Tx) (err error) {
			if x, err = tx.Execution(x.ID); err == nil { // as it is by now
				records, err = tx.Records(x.ID, 0, 0)
			}
			return err
		})
		if err != nil || !x.Ended.IsZero() {
			return err
		}
		verdict, reason, err := f.Of(ctx, x, records)
		if err != nil {
			return fmt.Errorf("execution %s: %w", x.ID, err)
		}
		lines = append(lines, forecastLine{j.Path, x.ID, x.Workflow, x.Status, verdict, reason})
		return nil
	})
	return lines, err
}

func forecastTable(s *streams, lines []forecastLine) error {
	if len(lines) == 0 {
		s.say("no unfinished executions")
		return nil
	}
	t := s.table()
	t.row("ID", "WORKFLOW", "STATUS", "GOES ON", "BECAUSE")
	for _, l := range lines {
		t.row(l.ID, l.Workflow, l.Status, l.Verdict, l.Reason)
	}
	return t.print()
}

func forecastLines(s *streams, lines []forecastLine) error {
	for _, l := range lines {
		if err := s.printLine(l); err != nil {
			return err
		}
	}
	return nil
}
