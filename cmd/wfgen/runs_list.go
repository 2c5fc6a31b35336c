package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/wfgen/wfgen/internal/history"
	"github.com/wfgen/wfgen/internal/journals"
	"github.com/wfgen/wfgen/runtime/foreign"
	"github.com/wfgen/wfgen/runtime/journal"
)

type runsListCmd struct {
	Journal  string   `name:"journal" placeholder:"FILE" help:"The journal; by default all of those in the user's state directory."`
	Workflow string   `name:"workflow" placeholder:"NAME" help:"Only those of a workflow."`
	Status   []string `name:"status" placeholder:"STATUS" help:"Only those that are ${statuses}."`
	Parent   string   `name:"parent" placeholder:"ID" help:"Only those that an execution has started or was forked into."`
	Limit    int      `name:"limit" default:"100" help:"At most so many."`
	After    string   `name:"after" placeholder:"ID" help:"Only those after this one in the list."`
	JSON     bool     `name:"json" help:"Print each as a JSON object on a line."`
}

const (
	defaultLimit = 100
	maxPage      = 1000 // executions that are read at once
)

// A listedRun is an execution in the list.
type listedRun struct {
	Journal string `json:"journal"`
	// Owner is the process that has the journal; empty where none has, so that nobody runs
	// what isn't at its end.
	Owner string `json:"owner,omitempty"`
	history.Execution
	Awaits []history.Await `json:"awaits,omitempty"`

	calls []history.Call // of tools that it is at
}

// statusTexts are what the texts of help say of statuses: which there are, and of which an
// execution can be changed.
func statusTexts() kong.Vars {
	all := journal.Statuses()
	changed := slices.DeleteFunc(slices.Clone(all), func(s journal.Status) bool { return s == journal.StatusSucceeded })
	return kong.Vars{"statuses": orOf(all), "changed": orOf(changed)}
}

// orOf is a list of statuses of which one is meant.
func orOf(list []journal.Status) string {
	last := len(list) - 1
	return commas(list[:last]) + " or " + string(list[last])
}

func commas(list []journal.Status) string {
	var texts []string
	for _, s := range list {
		texts = append(texts, string(s))
	}
	return strings.Join(texts, ", ")
}

// checkStatuses says which of these, as somebody has named them, no execution has.
func checkStatuses(names []string) error {
	for _, name := range names {
		if !slices.Contains(journal.Statuses(), journal.Status(name)) {
			return fmt.Errorf("-status: no execution is %q; it is %s", name, commas(journal.Statuses()))
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

// Run prints the list, and says how to come to the rest of it.
func (c *runsListCmd) Run(s *streams) error {
	if err := checkStatuses(c.Status); err != nil {
		return err
	}
	if c.Limit <= 0 {
		return errors.New("-limit: the least is 1")
	}
	paths := []string{c.Journal}
	if c.Journal == "" {
		var err error
		if paths, err = journals.All(); err != nil {
			return err
		}
	}
	after, err := c.mark(paths)
	if err != nil {
		return err
	}
	var runs []listedRun
	var problems []error
	for i, path := range paths {
		before, last := after.before(i)
		of, err := c.of(path, before, last)
		runs, problems = append(runs, of...), append(problems, err)
	}
	if len(paths) > 1 {
		slices.SortStableFunc(runs, func(a, b listedRun) int { return b.Created.Compare(a.Created) })
	}
	err = errors.Join(problems...)
	if err != nil && len(runs) == 0 {
		return err
	}
	shown := runs[:min(len(runs), c.Limit)]
	err = errors.Join(err, c.print(s, shown))
	if len(runs) > len(shown) {
		s.say("there are more: wfgen runs list%s", c.next(shown[len(shown)-1].ID))
	}
	return err
}

// next are the arguments for those after an execution.
func (c *runsListCmd) next(id string) (args string) {
	add := func(flag, value string) {
		if value != "" {
			args += " " + flag + " " + quoted(foreign.Line(value))
		}
	}
	add("-journal", c.Journal)
	add("-workflow", c.Workflow)
	for _, status := range c.Status {
		add("-status", status)
	}
	add("-parent", c.Parent)
	if c.Limit != defaultLimit {
		add("-limit", strconv.Itoa(c.Limit))
	}
	if c.JSON {
		args += " -json"
	}
	add("-after", id)
	return args
}

// A mark is the execution that the list goes on after; its zero value is before all.
type mark struct {
	execution *journal.Execution
	journal   int // the number of its journal
}

// mark finds the execution that the list goes on after. What is wrong with a journal is said
// by the list itself, and here only where the execution isn't in another.
func (c *runsListCmd) mark(paths []string) (m mark, err error) {
	if c.After == "" {
		return m, nil
	}
	path, err := journals.Holding(paths, c.After)
	if path == "" {
		return m, errors.Join(err, fmt.Errorf("-after: there is no execution %s", c.After))
	}
	x, err := executionIn(path, c.After)
	return mark{x, slices.Index(paths, path)}, err
}

// executionIn reads an execution; nil where a journal doesn't have it.
func executionIn(path, id string) (x *journal.Execution, err error) {
	j, err := journals.Look(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	err = j.View(context.Background(), func(tx journal.Tx) (err error) {
		x, err = tx.Execution(id)
		return err
	})
	return x, err
}

// before gives what says of the executions of a journal whether they stand before the rest
// of the list, and the one of that journal that they end with, where it is known.
func (m mark) before(journalNumber int) (before func(*journal.Execution) bool, last string) {
	switch x := m.execution; {
	case x == nil:
	case journalNumber == m.journal:
		last = x.ID
	default:
		return func(other *journal.Execution) bool {
			order := other.Created.Compare(x.Created)
			return order > 0 || order == 0 && journalNumber < m.journal
		}, ""
	}
	return func(*journal.Execution) bool { return false }, last
}

// errEnough ends the walk through a journal.
var errEnough = errors.New("enough")

// of gives those of a journal: one more than asked for, where there are more.
func (c *runsListCmd) of(path string, before func(*journal.Execution) bool, after string) (runs []listedRun, err error) {
	j, err := journals.Look(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, j.Close()) }()
	owner, err := j.Owner()
	if err != nil {
		return nil, err
	}
	var calls map[string][]history.Call
	if owner != "" {
		calls = callsIn(path)
	}
	q := journal.Query{Workflow: c.Workflow, Parent: c.Parent, After: after, Limit: min(c.Limit+1, maxPage), Status: statusesOf(c.Status)}
	err = j.Each(context.Background(), q, func(x *journal.Execution) error {
		if before(x) {
			return nil
		}
		var awaits []journal.Await
		if err := j.View(context.Background(), func(tx journal.Tx) (err error) {
			awaits, err = tx.Awaits(x.ID)
			return err
		}); err != nil {
			return err
		}
		runs = append(runs, listedRun{path, owner, history.ExecutionOf(x), history.AwaitsOf(awaits), calls[x.ID]})
		if len(runs) > c.Limit {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return runs, err
}

func (c *runsListCmd) print(s *streams, runs []listedRun) error {
	if c.JSON {
		var problems []error // a damaged execution doesn't hide the others
		for _, r := range runs {
			if err := s.printLine(r); err != nil {
				problems = append(problems, fmt.Errorf("execution %s: %w", r.ID, err))
			}
		}
		return errors.Join(problems...)
	}
	if len(runs) == 0 {
		s.say("no executions")
		return nil
	}
	t := s.table()
	t.row("ID", "WORKFLOW", "STATUS", "CREATED", "FOR", "WAITS FOR")
	for _, r := range runs {
		t.row(r.ID, r.Workflow, statusText(r.Status, r.Owner), clockText(r.Created), r.age(), r.waits())
	}
	return t.print()
}

// statusText is how an execution stands: of one that is running, whether anybody runs it.
func statusText(status journal.Status, owner string) string {
	if status == journal.StatusRunning && owner == "" {
		return "nobody runs it"
	}
	return string(status)
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
	if r.Status == journal.StatusQueued {
		all = append(all, "a place")
	}
	if r.Ended.IsZero() {
		for _, call := range r.calls {
			if call.Attempt == 0 {
				all = append(all, "a place at "+call.Tool)
			} else {
				all = append(all, call.Tool)
			}
		}
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
