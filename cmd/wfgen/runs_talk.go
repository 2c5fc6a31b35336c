package main

import (
	"fmt"
	"strings"

	"github.com/wfgen/wfgen/internal/history"
	"github.com/wfgen/wfgen/internal/progress"
	"github.com/wfgen/wfgen/runtime/foreign"
	"github.com/wfgen/wfgen/runtime/stepid"
)

type runsTalkCmd struct {
	inJournal
	ID   string `arg:"" name:"id" help:"The execution's id."`
	Step string `arg:"" optional:"" name:"step" help:"The step that calls the agent; it may be left out for all of them."`
}

// Run prints what was said to models and what they replied.
func (c *runsTalkCmd) Run(s *streams) error {
	f, err := c.look(c.ID)
	if err != nil {
		return err
	}
	defer f.Close()
	records, _, err := f.history()
	if err != nil {
		return err
	}
	lines, spent := history.Talk(records)
	before := ""
	text := ""
	for _, l := range lines {
		if c.Step != "" && !stepid.Means(c.Step, l.Agent) {
			continue
		}
		head := headOf(l)
		if head != before {
			text += head + "\n"
			before = head
		}
		text += talkLine(l)
	}
	switch {
	case text == "" && c.Step != "":
		return fmt.Errorf("no model was asked at step %s of %s", foreign.Line(c.Step), foreign.Line(c.ID))
	case text == "":
		return fmt.Errorf("no model was asked in %s", foreign.Line(c.ID))
	case c.Step == "":
		text += spentText(spent) + "\n"
	}
	return s.printf("%s", text)
}

// headOf says of which agent and turn a line is.
func headOf(l history.Line) string {
	agent := foreign.Line(l.Agent)
	if l.Turn < 0 {
		return strings.TrimSpace(agent + " begins")
	}
	return strings.TrimSpace(fmt.Sprintf("%s turn %d", agent, l.Turn))
}

// talkLine is a line of a conversation: who, and what.
func talkLine(l history.Line) string {
	who := foreign.Line(l.Who)
	switch l.Kind {
	case history.Asked:
		who = "  calls " + who
	case history.Gave:
		who = "  " + who + " gave"
	case history.Approved:
		who = "  approved"
	case history.Failing:
		who = "  " + who + " failed"
	default:
		who = "  " + who
	}
	if l.Tokens > 0 {
		who += ", " + progress.CostText(l.Tokens, l.Dollars)
	}
	if l.Text == "" {
		return who + "\n"
	}
	return who + ": " + strings.ReplaceAll(strings.TrimRight(foreign.Lines(l.Text), "\n"), "\n", "\n    ") + "\n"
}

// spentText is what models have cost, in words.
func spentText(s history.Spending) string {
	requests := "1 request"
	if s.Requests != 1 {
		requests = fmt.Sprintf("%d requests", s.Requests)
	}
	return requests + " to models, " + progress.CostText(s.Tokens, s.Dollars)
}
