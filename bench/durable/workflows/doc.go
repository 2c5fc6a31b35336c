// Package workflows has the benchmark's work as workflows in wfgen.
package workflows

//go:generate go tool wfgen compile .
