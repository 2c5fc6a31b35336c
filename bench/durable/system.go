package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

// A system runs durable executions. Each peer has one, in a file of its own, and is
// given the same work. Ids are chosen by the caller and are used once.
type system interface {
	// Open makes the system ready to work on the state in a place, which is what the
	// peer's backend gave, and has go on what is unfinished there.
	Open(ctx context.Context, place string) error
	// Close ends it. What is unfinished stays so.
	Close() error
	// Chain runs an execution of five steps, one after the other, and waits for it.
	Chain(ctx context.Context, id string) error
	// Fan runs an execution of twenty steps side by side and a join, and waits for it.
	Fan(ctx context.Context, id string) error
	// One runs an execution of one step, and waits for it.
	One(ctx context.Context, id string) error
	// Slow starts an execution of five naps, one after the other.
	Slow(ctx context.Context, id string) error
	// Park starts an execution that sleeps durably for a day.
	Park(ctx context.Context, id string) error
}

// A peer is a row of the table.
type peer struct {
	name     string
	settings string // what makes it durable, and what else isn't the default
	// start makes an empty store in a directory, and says in which place; stop ends what
	// keeps it. It is an unavailable error where this machine can't have it.
	start func(ctx context.Context, dir string) (place string, stop func() error, err error)
	make  func() system
}

// An unavailable error says what this machine lacks for a peer.
type unavailable string

func (u unavailable) Error() string { return string(u) }

var peers = []peer{wfgenPeer, dbosSQLite, dbosPostgres, temporalLocal, temporalNormal}

const (
	chainSteps = 5
	fanSteps   = 20
	parked     = 24 * time.Hour
	nap        = 500 * time.Millisecond
)

// step is the tiny step that all peers run.
func step(n int) int { return n + 1 }

var naps atomic.Int64

// longStep is the step that is interrupted. The first of a process is told to the
// parent, which has the clock.
func longStep(n int) int {
	if naps.Add(1) == 1 {
		fmt.Println("step")
	}
	time.Sleep(nap)
	return n + 1
}

// wants holds a result against what the work has to give.
func wants(got, want int, err error) error {
	if err == nil && got != want {
		err = fmt.Errorf("the execution gave %d, not %d", got, want)
	}
	return err
}
