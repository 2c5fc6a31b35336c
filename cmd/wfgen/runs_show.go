package main

import (
	"fmt"
	"strings"

	"github.com/wfgen/wfgen/internal/history"
)

type runsShowCmd struct {
	inJournal
	JSON bool   `name:"json" help:"Print it as a JSON document."`
	ID   string `arg:"" name:"id" help:"The execution's id."`
}

// A shownRun is an execution as show prints it.
type shownRun struct {
	Journal   string            `json:"journal"`
	Owner     string            `json:"owner,omitempty"` // the process that has the journal
	Execution history.Execution `json:"execution"`
	Steps     []*history.Step   `json:"steps"`
	Awaits    []history.Await   `json:"awaits,omitempty"`
	// Models is what the models have cost that it has asked; nil where it has asked none.
	Models *history.Spending `json:"models,omitempty"`
}

// Run prints the execution.
func (c *runsShowCmd) Run(s *streams) error {
	f, err := c.look(c.ID)
	if err != nil {
		return err
	}
	defer f.Close()
	calls := callsIn(f.Path)[c.ID]
	records, awaits, err := f.history()
	if err != nil {
		return err
	}
	owner, err := f.Owner()
	if err != nil {
		return err
	}
	run := &shownRun{f.Path, owner, history.ExecutionOf(f.execution), history.Steps(records), history.AwaitsOf(awaits), nil}
	if _, spent := history.Talk(records); spent.Requests > 0 {
		run.Models = &spent
	}
	if run.Execution.Ended.IsZero() {
		run.Steps = history.WithRunning(run.Steps, calls)
	}
	if run.Steps == nil {
		run.Steps = []*history.Step{}
	}
	if c.JSON {
		return s.printJSON(run)
	}
	return run.print(s)
}

func (r *shownRun) print(s *streams) error {
	t := s.table()
	x := &r.Execution
	t.row("execution", x.ID)
	t.row("workflow", fmt.Sprintf("%s, version %d", x.Workflow, x.Version))
	t.row("status", statusText(x.Status, r.Owner))
	t.row("created", clockText(x.Created))
	if !x.Ended.IsZero() {
		t.row("ended", fmt.Sprintf("%s, after %s", clockText(x.Ended), lengthText(x.Ended.Sub(x.Created))))
	}
	line := func(name, text string) {
		for part := range strings.SplitSeq(text, "\n") {
			if text != "" {
				t.row(name, part)
			}
			name = ""
		}
	}
	line("parent", x.Parent)
	line("input", string(x.Input))
	line("result", string(x.Result))
	line("error", x.Error)
	line("cancelled", x.Cancel)
	for _, a := range r.Awaits {
		line("waits for", waitText(a))
	}
	if !x.Wake.IsZero() {
		line("wakes", clockText(x.Wake))
	}
	if r.Models != nil {
		line("models", spentText(*r.Models))
	}
	line("journal", r.Journal)
	if err := t.print(); err != nil || len(r.Steps) == 0 {
		return err
	}
	return s.printSteps(r.Steps)
}

func waitText(a history.Await) string {
	text := a.For + ", at " + a.Step + " since " + clockText(a.Since)
	if a.Text != "" {
		text += ": " + a.Text
	}
	return text
}
