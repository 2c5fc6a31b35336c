// Package workflows has the graphs that are measured, as wfgen compiles them.
package workflows

//go:generate go run ./layered
//go:generate go tool wfgen compile .
