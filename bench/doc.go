// Package bench compares what wfgen generates with what a person would write for
// the same graphs and the same guarantees: the first failure cancels the rest, a
// panic is an error, all goroutines have ended before the return, the caller's
// cancellation is honoured. Its benchmarks come in pairs, hand and wfgen, to be
// compared within one run.
package bench

//go:generate go run github.com/wfgen/wfgen/cmd/wfgen compile .
