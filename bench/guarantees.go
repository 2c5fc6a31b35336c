package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// A guarantee is something that a system promises or doesn't, and a run that finds out.
// The graph is wide enough at its beginning for steps to fail beside others.
type guarantee struct {
	title, graph string
	// holds runs it with tools that do what is given for each call. It gives yes, or what
	// happens instead. A tool waits for cancellation no longer than late says.
	holds func(r run, tools *prober, late func() <-chan time.Time) string
}

const yes = "yes"

var guarantees = []guarantee{
	{"a panic is an error", "fan of 10", func(r run, tools *prober, _ func() <-chan time.Time) string {
		tools.on = func(_ context.Context, call int) error {
			if call == 4 {
				panic("a tool that panics")
			}
			return nil
		}
		if _, err := r(context.Background()); err == nil {
			return "no, the run succeeds"
		}
		return yes
	}},
	{"siblings are cancelled", "fan of 10", func(r run, tools *prober, late func() <-chan time.Time) string {
		cancelled, _, err := tools.fail(r, late)
		switch {
		case err == nil:
			return "no, the run succeeds"
		case cancelled < 9:
			return fmt.Sprintf("no, %d of 9", cancelled)
		}
		return yes
	}},
	{"all are joined", "fan of 10", func(r run, tools *prober, late func() <-chan time.Time) string {
		if _, ended, _ := tools.fail(r, late); ended < 9 {
			return fmt.Sprintf("no, %d of 9", ended)
		}
		return yes
	}},
	{"tools see the caller's cancellation", "fan of 10", func(r run, tools *prober, late func() <-chan time.Time) string {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		var seen atomic.Int64
		tools.on = func(ctx context.Context, call int) error {
			if call == 10 {
				cancel()
			}
			select {
			case <-ctx.Done():
				seen.Add(1)
			case <-late():
			}
			return ctx.Err()
		}
		_, err := r(ctx)
		tools.over.Wait()
		if err == nil {
			return "no, the run succeeds"
		}
		if n := seen.Load(); n < 10 {
			return fmt.Sprintf("no, %d of 10", n)
		}
		return yes
	}},
	{"nothing begins after it", "12 nodes", func(r run, tools *prober, _ func() <-chan time.Time) string {
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		tools.on = func(_ context.Context, call int) error {
			if call == 4 {
				cancel()
			}
			<-ctx.Done()
			return nil
		}
		_, err := r(ctx)
		switch n := tools.begun.Load(); {
		case n > 4:
			return fmt.Sprintf("no, %d more steps", n-4)
		case err == nil:
			return "no, the run succeeds"
		}
		return yes
	}},
}

// A prober is tools of which the first calls, as many as the graph's first level has,
// wait for each other and then do what a guarantee wants of them.
type prober struct {
	adder
	first int
	begun atomic.Int64
	all   sync.WaitGroup // until the first have begun
	over  sync.WaitGroup // until the first have ended, which may be after the run
	on    func(ctx context.Context, call int) error
}

func newProber(g graph) *prober {
	p := &prober{first: g.levels()[0]}
	p.all.Add(p.first)
	p.over.Add(p.first)
	return p
}

func (p *prober) step(ctx context.Context) error {
	call := int(p.begun.Add(1))
	if call <= p.first {
		defer p.over.Done()
		p.all.Done()
		p.all.Wait()
	}
	return p.on(ctx, call)
}

func (p *prober) Load(ctx context.Context, n int) (int, error) { return n, p.step(ctx) }

func (p *prober) Join(ctx context.Context, a, b int) (int, error) { return a + b, p.step(ctx) }

var errProbe = errors.New("a tool that fails")

// fail has one of ten steps fail while the others wait for their cancellation. It tells
// how many were cancelled, and how many had ended by the time the run returned.
func (p *prober) fail(r run, late func() <-chan time.Time) (cancelled, ended int64, err error) {
	var told, returned atomic.Int64
	p.on = func(ctx context.Context, call int) error {
		if call == 4 {
			return errProbe
		}
		select {
		case <-ctx.Done():
			told.Add(1)
		case <-late():
		}
		for range 1000 {
			runtime.Gosched() // who doesn't join this step returns now
		}
		returned.Add(1)
		return ctx.Err()
	}
	_, err = r(context.Background())
	ended = returned.Load()
	p.over.Wait()
	return told.Load(), ended, err
}

// probe finds out whether a system gives a guarantee.
func (g guarantee) probe(s system, late func() <-chan time.Time) string {
	shape := graphNamed(g.graph)
	tools := newProber(shape)
	return g.holds(s.make(shape, tools), tools, late)
}

// patience is how long the command's tools wait to be cancelled.
const patience = 500 * time.Millisecond

// probeAll prints which guarantees each system gives. Each is found by a process of its
// own, this program again, since some panics end it.
func probeAll(ctx context.Context) error {
	heads := []string{"system"}
	for _, g := range guarantees {
		heads = append(heads, g.title)
	}
	var lines [][]string
	for _, s := range systems {
		if s.name == sequentialSystem.name {
			continue // it has no siblings
		}
		line := []string{s.name}
		for _, g := range guarantees {
			line = append(line, probeOne(ctx, s, g))
		}
		lines = append(lines, line)
	}
	return printTable(os.Stdout, len(heads), heads, lines)
}

func probeOne(ctx context.Context, s system, g guarantee) string {
	program, err := os.Executable()
	if err != nil {
		return err.Error()
	}
	ctx, cancel := context.WithTimeout(ctx, 20*patience)
	defer cancel()
	out, err := exec.CommandContext(ctx, program, "-probe", s.name+"/"+g.title).Output()
	switch {
	case ctx.Err() != nil:
		return "no, it hangs"
	case err != nil:
		return "no, the process ends"
	}
	return strings.TrimSpace(string(out))
}

// probeHere prints whether a system gives a guarantee, for the process that asks.
func probeHere(name string) error {
	log.SetOutput(io.Discard) // go-taskflow logs panics
	for _, s := range systems {
		for _, g := range guarantees {
			if name == s.name+"/"+g.title {
				_, err := fmt.Println(g.probe(s, func() <-chan time.Time { return time.After(patience) }))
				return err
			}
		}
	}
	return fmt.Errorf("no system and guarantee %q", name)
}
