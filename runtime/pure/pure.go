// Package pure is what the expressions of a workflow are made of: numbers, strings, lists,
// maps, optionals, unions, durations and texts, their JSON both ways, and the look at values
// that come from outside. Generated code calls it where the language means something else
// than Go, and so do the interpreter and the rooms that show values. Nothing here has an
// effect, waits, or knows of workflows: where an expression can't be worked out, it panics
// with a *Fault, and what runs the workflow recovers that.
package pure
