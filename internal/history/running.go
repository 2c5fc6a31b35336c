package history

import "slices"

// A Call is a call of a tool that goes on.
type Call struct {
	Step, Tool string
	Attempt    int
}

// WithRunning gives the steps with those at which an engine calls tools: of a tool that may
// be called twice nothing is recorded before it returns. The engine was asked before the
// records were read, so that these know better where both say something.
func WithRunning(steps []*Step, calls []Call) []*Step {
	for _, c := range calls {
		i := slices.IndexFunc(steps, func(s *Step) bool { return s.ID == c.Step })
		if i < 0 {
			steps = append(steps, &Step{ID: c.Step, Tool: c.Tool, State: Running, Attempts: c.Attempt})
		} else if s := steps[i]; s.Attempts < c.Attempt {
			*s = Step{ID: s.ID, Tool: c.Tool, State: Running, Attempts: c.Attempt, order: s.order}
		}
	}
	return steps
}
