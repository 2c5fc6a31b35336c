package main

import "context"

// A run runs a graph once and gives its result.
type run func(ctx context.Context) (int, error)

// A system is a way to run graphs.
type system struct {
	name    string
	module  string // whose version is printed, if it has one
	library bool   // one of those whose best the others are held against
	// make makes a graph ready to be run with some tools, as often as is wanted but not
	// at the same time; what can be built beforehand is. It gives nil for a graph that
	// nobody would run so.
	make func(g graph, tools Tools) run
}

var systems = []system{sequentialSystem, handSystem, errgroupSystem, goTaskflowSystem, einoSystem, goWorkflowSystem, wfgenSystem}

// baseline is what the others' times are held against.
const baseline = "hand-written goroutines"
