package main

import (
	"fmt"
	"strings"

	"github.com/wfgen/wfgen/internal/history"
	"github.com/wfgen/wfgen/runtime/stepid"
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
}

// Run prints the execution.
func (c *runsShowCmd) Run(s *streams) error {
	f, err := c.look(c.ID)
	if err != nil {
		return err
	}
	defer f.Close()
	records, awaits, err := f.history()
	if err != nil {
		return err
	}
	owner, err := f.Owner()
	if err != nil {
		return err
	}
	run := &shownRun{f.Path, owner, history.ExecutionOf(f.execution), history.Steps(records), history.AwaitsOf(awaits)}
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
	line("journal", r.Journal)
	if err := t.print(); err != nil || len(r.Steps) == 0 {
		return err
	}
	fmt.Fprintln(s.out)
	t = s.table()
	t.row("STEP", "TOOL", "STATE", "TRIES", "TOOK", "")
	printSteps(t, r.Steps)
	return t.print()
}

func waitText(a history.Await) string {
	text := a.For + ", at " + a.Step + " since " + clockText(a.Since)
	if a.Text != "" {
		text += ": " + a.Text
	}
	return text
}

// printSteps prints steps as a tree: below a part of their ids that is no step itself
// stand those that have it.
func printSteps(t *table, steps []*history.Step) {
	var open []string // the parts that are printed, from the outside in
	for _, st := range steps {
		parts := stepid.Split(st.ID)
		same := 0
		for same < min(len(open), len(parts)-1) && open[same] == parts[same] {
			same++
		}
		for i := same; i < len(parts)-1; i++ {
			t.row(strings.Repeat("  ", i)+parts[i], "", "", "", "", "")
		}
		open = parts
		t.row(strings.Repeat("  ", len(parts)-1)+parts[len(parts)-1], st.Tool, st.State, tries(st), took(st), remark(st))
	}
}

func tries(st *history.Step) string {
	if st.Attempts == 0 {
		return ""
	}
	return fmt.Sprint(st.Attempts)
}

func took(st *history.Step) string {
	if st.Ended.IsZero() {
		return ""
	}
	return lengthText(st.Ended.Sub(st.Began))
}

// remark marks the critical path, and says why a step failed.
func remark(st *history.Step) string {
	text, _, _ := strings.Cut(st.Error, "\n")
	if st.Critical {
		text = strings.TrimSpace("* " + text)
	}
	return text
}
