package incident

import (
	"context"
	"errors"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/sqlite"
)

//go:generate go tool wfgen compile .

type App struct {
	*runtime.Engine
	journal *sqlite.Journal
}

func Open(ctx context.Context, file string, ops *Ops) (*App, error) {
	j, err := sqlite.Open(file)
	if err != nil {
		return nil, err
	}
	e, err := runtime.Open(ctx, j, Workflows(ops))
	if err != nil {
		return nil, errors.Join(err, j.Close())
	}
	return &App{e, j}, nil
}

func (a *App) Close() error { return errors.Join(a.Engine.Close(), a.journal.Close()) }

func Submit(ctx context.Context, a *App, id string, alert Alert) (*runtime.Run[Outcome], error) {
	return SubmitHandle(ctx, a.Engine, alert, runtime.ID(id))
}
