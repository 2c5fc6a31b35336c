// Package campaign kills processes that run durable executions, and looks at what is
// left. Its workflows do all that a crash could lose or do twice: fan out, loop, owe
// undos, wait, await events and people, call and start other workflows. Its test starts
// them in a process of their own on a SQLite journal, ends that with SIGKILL at random
// moments, starts the next one, and in the end holds what was recorded and what the
// tools have done against a run without kills.
package campaign

//go:generate go run github.com/wfgen/wfgen/cmd/wfgen compile .
