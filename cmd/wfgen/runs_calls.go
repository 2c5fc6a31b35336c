package main

import (
	"context"
	"encoding/json"

	"github.com/wfgen/wfgen/internal/history"
	"github.com/wfgen/wfgen/runtime/control"
)

// callsIn gives the calls of tools that the executions of a journal are at, as far as the
// engine says so that has it: none where nobody has, or nobody can be reached.
func callsIn(journal string) map[string][]history.Call {
	ctx, cancel := context.WithTimeout(context.Background(), briefly)
	defer cancel()
	running, _ := control.RunningSteps(ctx, control.Socket(journal))
	calls := map[string][]history.Call{}
	for _, r := range running {
		calls[r.Execution] = append(calls[r.Execution], history.Call{Step: r.Step, Tool: r.Tool, Attempt: r.Attempt, Progress: json.RawMessage(r.Progress)})
	}
	return calls
}
