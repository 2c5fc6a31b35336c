package graph

import "github.com/wfgen/wfgen/plan"

// The colours of steps, by effect: dark text reads on all fills.
var (
	fills = map[plan.Effect]string{
		plan.PureEffect: "#f6f8fa", plan.Readonly: "#ddf4ff", plan.Idempotent: "#dafbe1", plan.Once: "#fff1e5",
	}
	strokes = map[plan.Effect]string{
		plan.PureEffect: "#8c959f", plan.Readonly: "#54aeff", plan.Idempotent: "#4ac26b", plan.Once: "#fb8f44",
	}
)
