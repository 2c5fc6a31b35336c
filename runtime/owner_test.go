package runtime_test

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"testing"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
	"github.com/wfgen/wfgen/runtime/remote"
	"github.com/wfgen/wfgen/runtime/sqlite"
)

// served gives a journal that is served over pipes, as to another process.
func served(t *testing.T, j journal.Journal) journal.Journal {
	requests, ask := io.Pipe()
	replies, reply := io.Pipe()
	over := make(chan error, 1)
	go func() { over <- remote.Serve(j, requests, reply) }()
	far := remote.Connect(replies, ask)
	t.Cleanup(func() {
		far.Close()
		<-over
	})
	return far
}

// TestOneEngine: a journal has one engine at a time, whichever kind it is.
func TestOneEngine(t *testing.T) {
	file, err := sqlite.Open(filepath.Join(t.TempDir(), "j.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for name, j := range map[string]journal.Journal{
		"memory": memory.New(), "sqlite": file, "remote": served(t, memory.New()), "unhashable": unhashable{memory.New(), nil},
	} {
		t.Run(name, func(t *testing.T) {
			w, world := workflow("Add"), &world{}
			ctx, end := context.WithCancel(t.Context())
			defer end()
			e := open(t, ctx, j, adder(w, world))
			registry := runtime.NewRegistry("{}", adder(w, world))
			second := func() (*runtime.Engine, error) { return runtime.Open(t.Context(), j, registry) }
			if name == "unhashable" { // it can't be told from another one, and is no reason to panic
				return
			}
			if _, err := second(); !errors.Is(err, runtime.ErrInUse) {
				t.Errorf("a second engine: %v", err)
			}
			end()
			if _, err := second(); !errors.Is(err, runtime.ErrInUse) {
				t.Errorf("a second engine, while the first may still be storing: %v", err)
			}
			e.Close()
			if _, err := runtime.Open(t.Context(), j, registry, registry); err == nil || errors.Is(err, runtime.ErrInUse) {
				t.Errorf("with two workflows of one name: %v", err)
			}
			next, err := second()
			if err != nil {
				t.Fatalf("after Close: %v", err)
			}
			e.Close() // again, which is nothing to the next one
			if _, err := second(); !errors.Is(err, runtime.ErrInUse) {
				t.Errorf("a third engine: %v", err)
			}
			next.Close()
		})
	}
}

// An unhashable journal can't be the key of a map.
type unhashable struct {
	journal.Journal
	_ []int
}
