package main

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/dbos-inc/dbos-transact-golang/dbos"
	_ "github.com/dbos-inc/dbos-transact-golang/dbos/driver/sqlite"
)

var dbosSQLite = peer{
	name:     "DBOS on SQLite",
	settings: "SQLite, WAL, synchronous=FULL (its own default is NORMAL), 8 connections as by its default",
	start:    inFile,
	make:     func() system { return &dbosSystem{} },
}

var dbosPostgres = peer{
	name:     "DBOS on Postgres",
	settings: "Postgres on this machine, fsync=on, synchronous_commit=on",
	start:    startPostgres,
	make:     func() system { return &dbosSystem{} },
}

type dbosSystem struct {
	ctx dbos.Context
	db  *sql.DB // nil for Postgres
}

func (s *dbosSystem) Open(ctx context.Context, place string) (err error) {
	config := dbos.Config{AppName: "bench", Logger: slog.New(slog.DiscardHandler)}
	if strings.HasPrefix(place, "postgres:") {
		config.DatabaseURL = place
	} else {
		if s.db, err = openFull(ctx, place); err != nil {
			return err
		}
		config.SQLiteSystemDB = s.db
	}
	if s.ctx, err = dbos.NewContext(ctx, config); err != nil {
		return err
	}
	dbos.RegisterWorkflow(s.ctx, dbosChain)
	dbos.RegisterWorkflow(s.ctx, dbosFan)
	dbos.RegisterWorkflow(s.ctx, dbosOne)
	dbos.RegisterWorkflow(s.ctx, dbosSlow)
	dbos.RegisterWorkflow(s.ctx, dbosPark)
	return dbos.Launch(s.ctx)
}

// openFull opens a file as DBOS does by itself, but for synchronous=FULL: to what a URL
// says of that it doesn't listen for its first connection.
func openFull(ctx context.Context, path string) (*sql.DB, error) {
	query := url.Values{"_txlock": {"immediate"}, "_pragma": {
		"busy_timeout(5000)", "foreign_keys(ON)", "journal_mode(WAL)", "synchronous(FULL)",
	}}
	db, err := sql.Open("sqlite", "file:"+path+"?"+query.Encode())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(8)
	db.SetMaxIdleConns(4)
	var level int
	if err := db.QueryRowContext(ctx, "PRAGMA synchronous").Scan(&level); err != nil {
		return nil, err
	}
	if level != 2 {
		return nil, fmt.Errorf("synchronous is %d, not FULL", level)
	}
	return db, nil
}

func (s *dbosSystem) Close() error {
	dbos.Shutdown(s.ctx, time.Second)
	if s.db != nil {
		return s.db.Close()
	}
	return nil
}

func (s *dbosSystem) Chain(_ context.Context, id string) error {
	return s.run(dbosChain, id, chainSteps)
}
func (s *dbosSystem) Fan(_ context.Context, id string) error { return s.run(dbosFan, id, fanSteps) }
func (s *dbosSystem) One(_ context.Context, id string) error { return s.run(dbosOne, id, 1) }

func (s *dbosSystem) run(w dbos.Workflow[int, int], id string, want int) error {
	h, err := dbos.RunWorkflow(s.ctx, w, 0, dbos.WithWorkflowID(id))
	if err != nil {
		return err
	}
	n, err := h.GetResult()
	return wants(n, want, err)
}

func (s *dbosSystem) Slow(_ context.Context, id string) error {
	_, err := dbos.RunWorkflow(s.ctx, dbosSlow, 0, dbos.WithWorkflowID(id))
	return err
}

func (s *dbosSystem) Park(_ context.Context, id string) error {
	_, err := dbos.RunWorkflow(s.ctx, dbosPark, 0, dbos.WithWorkflowID(id))
	return err
}

func dbosChain(ctx dbos.Context, n int) (int, error) { return dbosSteps(ctx, n, chainSteps, step) }
func dbosOne(ctx dbos.Context, n int) (int, error)   { return dbosSteps(ctx, n, 1, step) }
func dbosSlow(ctx dbos.Context, n int) (int, error)  { return dbosSteps(ctx, n, chainSteps, longStep) }

func dbosSteps(ctx dbos.Context, n, steps int, step func(int) int) (int, error) {
	for range steps {
		next, err := dbos.RunAsStep(ctx, func(context.Context) (int, error) { return step(n), nil })
		if err != nil {
			return 0, err
		}
		n = next
	}
	return n, nil
}

func dbosFan(ctx dbos.Context, n int) (sum int, err error) {
	var all []<-chan dbos.StepOutcome[int]
	for range fanSteps {
		c, err := dbos.Go(ctx, func(context.Context) (int, error) { return step(n), nil })
		if err != nil {
			return 0, err
		}
		all = append(all, c)
	}
	for _, c := range all {
		o := <-c
		if o.Err != nil {
			return 0, o.Err
		}
		sum += o.Result
	}
	return sum, nil
}

func dbosPark(ctx dbos.Context, n int) (int, error) {
	_, err := dbos.Sleep(ctx, parked)
	return n, err
}
