package main

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/wfgen/wfgen/bench/durable/workflows"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/sqlite"
)

var wfgenPeer = peer{
	name:     "wfgen",
	settings: "SQLite, WAL, synchronous=FULL (sqlite.PowerLoss, the default)",
	start:    inFile,
	make:     func() system { return &wfgenSystem{} },
}

// inFile is the backend of those that keep their state in a file by themselves.
func inFile(_ context.Context, dir string) (string, func() error, error) {
	return filepath.Join(dir, "state.db"), func() error { return nil }, nil
}

type wfgenTools struct{}

func (wfgenTools) Step(_ context.Context, n int) (int, error) { return step(n), nil }
func (wfgenTools) Nap(_ context.Context, n int) (int, error)  { return longStep(n), nil }

type wfgenSystem struct {
	journal *sqlite.Journal
	engine  *runtime.Engine
}

func (s *wfgenSystem) Open(ctx context.Context, place string) (err error) {
	if s.journal, err = sqlite.Open(place); err != nil {
		return err
	}
	s.engine, err = runtime.Open(ctx, s.journal, workflows.Workflows(wfgenTools{}))
	return err
}

func (s *wfgenSystem) Close() error { return errors.Join(s.engine.Close(), s.journal.Close()) }

func (s *wfgenSystem) Chain(ctx context.Context, id string) error {
	r, err := workflows.SubmitChain(ctx, s.engine, 0, runtime.ID(id))
	return ended(ctx, r, chainSteps, err)
}

func (s *wfgenSystem) Fan(ctx context.Context, id string) error {
	r, err := workflows.SubmitFan(ctx, s.engine, 0, runtime.ID(id))
	return ended(ctx, r, fanSteps, err)
}

func (s *wfgenSystem) One(ctx context.Context, id string) error {
	r, err := workflows.SubmitOne(ctx, s.engine, 0, runtime.ID(id))
	return ended(ctx, r, 1, err)
}

func (s *wfgenSystem) Slow(ctx context.Context, id string) error {
	_, err := workflows.SubmitSlow(ctx, s.engine, 0, runtime.ID(id))
	return err
}

func (s *wfgenSystem) Park(ctx context.Context, id string) error {
	_, err := workflows.SubmitPark(ctx, s.engine, 0, runtime.ID(id))
	return err
}

func ended(ctx context.Context, r *runtime.Run[int], want int, err error) error {
	if err != nil {
		return err
	}
	n, err := r.Result(ctx)
	return wants(n, want, err)
}
