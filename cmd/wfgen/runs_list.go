package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wfgen/wfgen/compiler/history"
	"github.com/wfgen/wfgen/compiler/journals"
	"github.com/wfgen/wfgen/runtime/journal"
)

type runsListCmd struct {
	Journal  string   `name:"journal" placeholder:"FILE" help:"The journal; by default all of those in the user's state directory."`
	Workflow string   `name:"workflow" placeholder:"NAME" help:"Only those of a workflow."`
	Status   []string `name:"status" placeholder:"STATUS" help:"Only those that are running, waiting, paused, held, succeeded, failed or cancelled."`
	Parent   string   `name:"parent" placeholder:"ID" help:"Only those that an execution has started or was forked into."`
	Limit    int      `name:"limit" default:"100" help:"At most so many."`
	After    string   `name:"after" placeholder:"ID" help:"Only those after this one in the list; with -journal."`
	JSON     bool     `name:"json" help:"Print each as a JSON object on a line."`
}

// A listedRun is an execution in the list.
type listedRun struct {
	Journal string `json:"journal"`
	history.Execution
	Awaits []history.Await `json:"awaits,omitempty"`
}

var statuses = []string{"running", "waiting", "paused", "held", "succeeded", "failed", "cancelled"}

// checkStatuses says which of these, as somebody has named them, no execution has.
func checkStatuses(names []string) error {
	for _, name := range names {
		if !slices.Contains(statuses, name) {
			return fmt.Errorf("-status: no execution is %q; it is %s", name, strings.Join(statuses, ", "))
		}
	}
	return nil
}

func statusesOf(names []string) (out []journal.Status) {
	for _, name := range names {
		out = append(out, journal.Status(name))
	}
	return out
}

// Run prints the list.
func (c *runsListCmd) Run(s *streams) error {
	if err := checkStatuses(c.Status); err != nil {
		return err
	}
	if c.Limit <= 0 {
		return errors.New("-limit: the least is 1")
	}
	paths := []string{c.Journal}
	if c.Journal == "" {
		if c.After != "" {
			return errors.New("-after: name the journal with -journal, too")
		}
		var err error
		if paths, err = journals.All(); err != nil {
			return err
		}
	}
	var runs []listedRun
	var problems []error
	for _, path := range paths {
		of, err := c.of(path)
		runs, problems = append(runs, of...), append(problems, err)
	}
	if len(paths) > 1 {
		slices.SortStableFunc(runs, func(a, b listedRun) int { return b.Created.Compare(a.Created) })
	}
	err := errors.Join(problems...)
	if err == nil || len(runs) > 0 {
		err = errors.Join(err, c.print(s, runs[:min(len(runs), c.Limit)]))
	}
	return err
}

// of gives those of a journal.
func (c *runsListCmd) of(path string) (runs []listedRun, err error) {
	j, err := journals.Look(path)
	if err != nil {
		return nil, err
	}
	q := journal.Query{Workflow: c.Workflow, Parent: c.Parent, After: c.After, Limit: c.Limit, Status: statusesOf(c.Status)}
	err = j.View(context.Background(), func(tx journal.Tx) error {
		list, err := tx.Executions(q)
		for _, x := range list {
			awaits, err := tx.Awaits(x.ID)
			if err != nil {
				return err
			}
			runs = append(runs, listedRun{path, history.ExecutionOf(x), history.AwaitsOf(awaits)})
		}
		return err
	})
	return runs, errors.Join(err, j.Close())
}

func (c *runsListCmd) print(s *streams, runs []listedRun) error {
	if c.JSON {
		for _, r := range runs {
			if err := s.printLine(r); err != nil {
				return err
			}
		}
		return nil
	}
	if len(runs) == 0 {
		s.say("no executions")
		return nil
	}
	t := s.table()
	t.row("ID", "WORKFLOW", "STATUS", "CREATED", "FOR", "WAITS FOR")
	for _, r := range runs {
		t.row(r.ID, r.Workflow, r.Status, clockText(r.Created), r.age(), r.waits())
	}
	return t.print()
}

// age is how long the execution took, or has been there.
func (r *listedRun) age() string {
	end := r.Ended
	if end.IsZero() {
		end = time.Now()
	}
	return lengthText(end.Sub(r.Created))
}

// waits says what the execution waits for, or why it doesn't go on.
func (r *listedRun) waits() string {
	var all []string
	for _, a := range r.Awaits {
		all = append(all, a.For)
	}
	if !r.Wake.IsZero() {
		all = append(all, "the time "+clockText(r.Wake))
	}
	if len(all) == 0 && r.Ended.IsZero() && r.Error != "" {
		line, _, _ := strings.Cut(r.Error, "\n")
		all = append(all, line)
	}
	return strings.Join(all, ", or ")
}

// clockText is a time as tables have it.
func clockText(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05") }

// lengthText is a duration as tables have it: rounded to what matters.
func lengthText(d time.Duration) string {
	unit := time.Duration(1)
	for _, of := range []time.Duration{time.Microsecond, time.Millisecond, time.Second} {
		if d >= of {
			unit = of / 100
		}
	}
	if d >= time.Minute {
		unit = time.Second
	}
	return d.Round(unit).String()
}
