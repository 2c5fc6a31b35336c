// Package again has a workflow for each thing that a durable execution can receive, make or
// owe before it comes to a step that fails. Its test retries them after a failure and after a
// cancellation, and forks them: what is recorded and not undone isn't done again, as
// docs/durable.md has it. Nothing but the test uses it.
package again

//go:generate go run github.com/wfgen/wfgen/cmd/wfgen compile .
