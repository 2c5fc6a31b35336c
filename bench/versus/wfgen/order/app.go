package order

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

func Open(ctx context.Context, file string, shop *Shop) (*App, error) {
	j, err := sqlite.Open(file)
	if err != nil {
		return nil, err
	}
	e, err := runtime.Open(ctx, j, Workflows(shop))
	if err != nil {
		return nil, errors.Join(err, j.Close())
	}
	return &App{e, j}, nil
}

func (a *App) Close() error { return errors.Join(a.Engine.Close(), a.journal.Close()) }

func Submit(ctx context.Context, a *App, order Order) (*runtime.Run[Receipt], error) {
	return SubmitFulfil(ctx, a.Engine, order, runtime.ID(order.ID))
}
