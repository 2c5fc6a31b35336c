package history

import (
	"encoding/json"
	"slices"
)

// A Call is a call of a tool that goes on.
type Call struct {
	Step, Tool string
	Attempt    int
	Progress   json.RawMessage // how far it has come; empty where it doesn't say
}

// WithRunning gives the steps with those at which an engine calls tools: of a tool that may
// be called twice nothing is recorded before it returns. The engine was asked before the
// records were read, so that these know better where both say something.
func WithRunning(steps []*Step, calls []Call) []*Step {
	for _, c := range calls {
		i := slices.IndexFunc(steps, func(s *Step) bool { return s.ID == c.Step })
		switch {
		case i < 0:
			steps = append(steps, &Step{ID: c.Step, Tool: c.Tool, State: Running, Attempts: c.Attempt, Progress: c.Progress})
		case steps[i].Attempts < c.Attempt:
			*steps[i] = Step{ID: c.Step, Tool: c.Tool, State: Running, Attempts: c.Attempt, Progress: c.Progress, order: steps[i].order}
		case steps[i].State == Running && len(c.Progress) > 0:
			steps[i].Progress = c.Progress
		}
	}
	return steps
}
