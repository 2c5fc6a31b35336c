package main

import (
	"context"
	"io"
	"log"
	"os"
	"sync/atomic"
	"testing"
	"time"
)

// TestGuarantees holds what wfgen generates, and what it is compared with, to all of
// the guarantees. What the libraries lack is printed by the command, which has a clock.
func TestGuarantees(t *testing.T) {
	never := func() <-chan time.Time { return nil }
	for _, s := range []system{handSystem, wfgenSystem} {
		for _, g := range guarantees {
			if got := g.probe(s, never); got != yes {
				t.Errorf("%s: %s: %s", s.name, g.title, got)
			}
		}
	}
}

// TestGuaranteesLacking holds probes to systems that lack what they look for, so that
// they don't say yes to all.
func TestGuaranteesLacking(t *testing.T) {
	log.SetOutput(io.Discard) // go-taskflow logs panics
	defer log.SetOutput(os.Stderr)
	now := func() <-chan time.Time {
		c := make(chan time.Time)
		close(c)
		return c
	}
	for _, g := range guarantees {
		s := map[string]system{
			"a panic is an error":     goTaskflowSystem,
			"siblings are cancelled":  goWorkflowSystem,
			"nothing begins after it": errgroupSystem,
		}[g.title]
		if s.make == nil {
			continue
		}
		if got := g.probe(s, now); got == yes {
			t.Errorf("%s: %s: yes", s.name, g.title)
		}
	}
}

// A faulty is tools of which one call goes wrong.
type faulty struct {
	adder
	wrong           int // the call, from 1
	how             func() error
	begun, inFlight atomic.Int64
}

func (f *faulty) step() error {
	f.inFlight.Add(1)
	defer f.inFlight.Add(-1)
	if int(f.begun.Add(1)) == f.wrong {
		return f.how()
	}
	return nil
}

func (f *faulty) Load(_ context.Context, n int) (int, error) { return n + 1, f.step() }

func (f *faulty) Join(_ context.Context, a, b int) (int, error) { return a + b, f.step() }

// TestEveryFault has each call of each graph go wrong in each way: the run ends, with an
// error, and when no call is in flight. Where the caller gives up during a call, it may
// also end with the result.
func TestEveryFault(t *testing.T) {
	for _, g := range graphs {
		want, err := g.reference(context.Background(), adder{})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range []system{handSystem, wfgenSystem} {
			for call := 1; call <= len(g.needs); call++ {
				ctx, cancel := context.WithCancel(context.Background())
				for name, how := range map[string]func() error{
					"error":  func() error { return errProbe },
					"panic":  func() error { panic("a tool that panics") },
					"cancel": func() error { cancel(); return nil },
				} {
					within := context.Background()
					if name == "cancel" {
						within = ctx
					}
					tools := &faulty{wrong: call, how: how}
					got, err := s.make(g, tools)(within)
					if n := tools.inFlight.Load(); n != 0 {
						t.Errorf("%s, %s, %s in call %d: %d calls in flight after the run", g.name, s.name, name, call, n)
					}
					if err == nil && (name != "cancel" || got != want) {
						t.Errorf("%s, %s, %s in call %d: %d without an error", g.name, s.name, name, call, got)
					}
				}
				cancel()
			}
		}
	}
}
