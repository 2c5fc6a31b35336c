package main

import (
	"cmp"
	"errors"

	"github.com/wfgen/wfgen/internal/journals"
	"github.com/wfgen/wfgen/internal/replay"
	"github.com/wfgen/wfgen/runtime/journal"
)

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
	f := newForecast(p, c.Timeout, s)
	defer f.close()
	lines, err := f.of(j)
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
