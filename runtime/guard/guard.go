// Package guard holds what stands before the calls of a tool: lines in which they wait for a
// place, a breaker that refuses them, a cache that saves them. It knows the time that it is
// given and never waits, starts nothing and calls no tool: who waits for what it says, and by
// which clock, is its caller's. All of it may be used by any goroutine.
package guard
