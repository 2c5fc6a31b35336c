package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wfgen/wfgen/bench/durable/workflows"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/sqlite"
)

// runLarge parks many executions of wfgen, and leaves a tenth as many in the middle of a
// step; it tells what they take, and how long it is until they go on.
func runLarge(ctx context.Context, n int) error {
	dir, err := os.MkdirTemp("", "durable")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	l := &large{file: filepath.Join(dir, "state.db")}
	if err := l.open(ctx); err != nil {
		return err
	}
	began := time.Now()
	err = l.all(ctx, n, func(ctx context.Context, id string) error {
		_, err := workflows.SubmitPark(ctx, l.engine, 0, runtime.ID("park "+id))
		return err
	})
	if err != nil {
		return err
	}
	for l.count(ctx, runtime.StatusRunning) > 0 {
		time.Sleep(10 * time.Millisecond)
	}
	fmt.Printf("%d executions parked after %.1f s: %s\n", n, time.Since(began).Seconds(), resident())
	if err := l.reopen(ctx); err != nil {
		return err
	}

	began = time.Now()
	err = l.all(ctx, n/10, func(ctx context.Context, id string) error {
		_, err := workflows.SubmitSlow(ctx, l.engine, 0, runtime.ID("slow "+id))
		return err
	})
	if err != nil {
		return err
	}
	l.await(n / 10)
	fmt.Printf("%d executions in the middle of a step after %.1f s: %s\n", n/10, time.Since(began).Seconds(), resident())
	began = time.Now()
	if err := l.reopen(ctx); err != nil {
		return err
	}
	l.await(n / 10)
	fmt.Printf("%d unfinished executions go on %.2f s after they were suspended: %s\n", n/10, time.Since(began).Seconds(), resident())
	return l.close()
}

// large is an engine whose slow steps take until it is closed.
type large struct {
	file    string
	journal *sqlite.Journal
	engine  *runtime.Engine
	steps   atomic.Int64 // that have begun since it was opened
}

// Step is never called.
func (l *large) Step(context.Context, int) (int, error) { return 0, nil }

// Nap lasts until the engine closes.
func (l *large) Nap(ctx context.Context, _ int) (int, error) {
	l.steps.Add(1)
	<-ctx.Done()
	return 0, ctx.Err()
}

func (l *large) open(ctx context.Context) (err error) {
	began := time.Now()
	if l.journal, err = sqlite.Open(l.file); err != nil {
		return err
	}
	if l.engine, err = runtime.Open(ctx, l.journal, workflows.Workflows(l)); err != nil {
		return err
	}
	fmt.Printf("opened in %.3f s\n", time.Since(began).Seconds())
	return nil
}

func (l *large) close() error {
	if err := l.engine.Close(); err != nil {
		return err
	}
	return l.journal.Close()
}

func (l *large) reopen(ctx context.Context) error {
	if err := l.close(); err != nil {
		return err
	}
	l.steps.Store(0)
	return l.open(ctx)
}

// await waits until so many steps have begun.
func (l *large) await(steps int) {
	for l.steps.Load() < int64(steps) {
		time.Sleep(time.Millisecond)
	}
}

func (l *large) count(ctx context.Context, status runtime.Status) int {
	list, err := l.engine.List(ctx, journal.Query{Status: []runtime.Status{status}, Limit: 1})
	if err != nil {
		return 1 // it shows in what follows
	}
	return len(list)
}

// all starts n executions, 500 at a time.
func (l *large) all(ctx context.Context, n int, start func(context.Context, string) error) error {
	var next atomic.Int64
	var wait sync.WaitGroup
	errs := make(chan error, 500)
	for range 500 {
		wait.Go(func() {
			for i := next.Add(1); i <= int64(n); i = next.Add(1) {
				if err := start(ctx, strconv.FormatInt(i, 10)); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	wait.Wait()
	close(errs)
	return <-errs
}

// resident is the memory of the process, as Linux has it.
func resident() string {
	status, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		if size, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			return strings.Join(strings.Fields(size), " ") + " of memory"
		}
	}
	return "memory unknown"
}
