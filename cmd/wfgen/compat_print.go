package main

import "github.com/wfgen/wfgen/compat"

// compatTable prints a line for each workflow, and below those that can't go on
// everywhere a line for each step.
func compatTable(s *streams, reports []compat.Report) error {
	t := s.table()
	t.row("WORKFLOW", "GOES ON", "BECAUSE")
	for _, r := range reports {
		if len(r.Positions) == 0 || r.Verdict == compat.Yes {
			t.row(r.Workflow, r.Verdict, r.Reason)
			continue
		}
		t.row(r.Workflow, "", "")
		for _, p := range r.Positions {
			t.row("  at "+p.Step, p.Verdict, p.Reason)
		}
	}
	return t.print()
}

// A compatLine is what -json prints of a step, or of a workflow without steps at which
// an execution could go on.
type compatLine struct {
	Workflow string `json:"workflow"`
	Step     string `json:"step,omitempty"`
	Verdict  string `json:"verdict"`
	Reason   string `json:"reason,omitempty"`
}

func compatLines(s *streams, reports []compat.Report) error {
	for _, r := range reports {
		lines := []compatLine{{r.Workflow, "", r.Verdict.String(), r.Reason}}
		if len(r.Positions) > 0 {
			lines = nil
		}
		for _, p := range r.Positions {
			lines = append(lines, compatLine{r.Workflow, p.Step, p.Verdict.String(), p.Reason})
		}
		for _, l := range lines {
			if err := s.printLine(l); err != nil {
				return err
			}
		}
	}
	return nil
}
