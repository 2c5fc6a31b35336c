package history

import (
	"encoding/json"
	"slices"
	"time"
)

// A Call is a call of a tool that goes on, or waits for a place: then Attempt is 0.
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
		case c.Attempt == 0:
			steps = withQueued(steps, i, c)
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

// withQueued has the step at an index, or a new one where that is below 0, wait for a place:
// for its first attempt, or for another.
func withQueued(steps []*Step, i int, c Call) []*Step {
	if i < 0 {
		return append(steps, &Step{ID: c.Step, Tool: c.Tool, State: Queued})
	}
	if s := steps[i]; s.State == Failed {
		s.State, s.Ended, s.Error = Queued, time.Time{}, ""
	}
	return steps
}
