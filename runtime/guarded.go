package runtime

import (
	"context"
	"sync"
	"time"

	"github.com/wfgen/wfgen/runtime/guard"
)

// A Guarded is what stands before the calls of a tool, whoever makes them. Generated code has
// a variable for each tool that has such clauses, which all steps that call the tool share.
// What it counts and keeps is of one engine, else of one virtual clock, else of the process.
type Guarded struct {
	// AtOnce bounds how many calls go on at once, and Rate how many begin within a time; of
	// the zero Quota there may be any number.
	AtOnce, Rate Quota
	// Breaker refuses calls of what keeps failing; the zero Breaker doesn't.
	Breaker Breaker
	// Cache is how long a result is kept; 0 is not at all.
	Cache time.Duration
	// Decode reads a result that is kept; nil where Decode does.
	Decode func(json []byte) (any, error)

	whole *Guarded // of which it is a part with keys of its own; nil where it is of none
	apart string   // what tells them from others

	once    sync.Once
	process *watched
}

// A Quota is how many calls there may be.
type Quota struct {
	N int
	// Per is within which time so many may begin; 0 where so many may go on.
	Per time.Duration
	// By is the argument, from 1, for whose values it counts apart; 0 where all count
	// together.
	By int
}

// A Breaker refuses calls for as long as Open says, once N have failed within Per.
type Breaker struct {
	N         int
	Per, Open time.Duration
}

// CircuitOpen is the declared error of a call that the breaker of its tool has refused.
type CircuitOpen struct{}

func (CircuitOpen) Error() string { return "refused: too many calls have failed" }

// A watched is what a Guarded counts and keeps; nil where it does neither.
type watched struct {
	atOnce, rate *guard.Line
	breaker      *guard.Breaker
	cache        *guard.Cache
	making       *guard.Line // who makes what is to be kept, by its key
}

func (g *Guarded) watch() any {
	w := &watched{atOnce: g.AtOnce.line(), rate: g.Rate.line()}
	if b := g.Breaker; b.N > 0 {
		w.breaker = &guard.Breaker{N: b.N, Per: b.Per, Open: b.Open}
	}
	if g.Cache > 0 {
		w.cache, w.making = &guard.Cache{For: g.Cache}, &guard.Line{N: 1}
	}
	return w
}

func (l Quota) line() *guard.Line {
	if l.N == 0 {
		return nil
	}
	return &guard.Line{N: l.N, Per: l.Per}
}

// key is the value that a limit counts by; nil where all count together.
func (l Quota) key(args []any) any {
	if l.By == 0 {
		return nil
	}
	return args[l.By-1]
}

// Apart is g with keys of its own for what it keeps. The interpreter has one type for all
// members of a union.
func (g *Guarded) Apart(key string) *Guarded {
	return &Guarded{AtOnce: g.AtOnce, Rate: g.Rate, Breaker: g.Breaker, Cache: g.Cache, Decode: g.Decode, whole: g, apart: key}
}

// of is what is counted and kept where a frame is run.
func (g *Guarded) of(f *Frame) *watched {
	if g.whole != nil {
		return g.whole.of(f)
	}
	if h := homeOf(f); h != nil {
		return h.(guarding).lasting(g, g.watch).(*watched)
	}
	if c := f.clock(); c != nil {
		return lastingBy(c, g, g.watch).(*watched)
	}
	g.once.Do(func() { g.process = g.watch().(*watched) })
	return g.process
}

// A guarding is what a durable is beside, for steps whose tool has a Guarded. A program
// without one is linked without all of that.
type guarding interface {
	// post gives a place to wait for a turn at. Where a step of the execution does, step is
	// its id, and tool what it calls; else step is empty, and a tool waits.
	post(ctx context.Context, step, tool string) post
	// lasting gives what lasts as long as the engine under a key, which is made when it is
	// first asked for.
	lasting(key any, made func() any) any
}

// homeOf is the durable execution that a frame is of, or that has it run in a tool; nil where
// there is none.
func homeOf(f *Frame) durable {
	if f.invocation == nil {
		return nil
	}
	return f.invocation.shared.home
}

// lastingBy gives what lasts as long as the clock under a key, which is made when it is first
// asked for.
func lastingBy(c *VirtualClock, key any, made func() any) any {
	c.mu.Lock()
	defer c.mu.Unlock()
	last, _ := c.last.(map[any]any) // as a field this type would be in every program
	if last == nil {
		last = map[any]any{}
		c.last = last
	}
	if last[key] == nil {
		last[key] = made()
	}
	return last[key]
}
