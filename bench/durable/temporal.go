package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

const temporalSettings = "server on this machine, SQLite, WAL, synchronous=FULL, 1 shard; 8 pollers; activities time out after 10 s"

var temporalLocal = peer{
	name:     "Temporal local activities",
	settings: temporalSettings,
	start:    startTemporal,
	make:     func() system { return &temporalSystem{queue: "local"} },
}

var temporalNormal = peer{
	name:     "Temporal activities",
	settings: temporalSettings,
	start:    startTemporal,
	make:     func() system { return &temporalSystem{queue: "normal"} },
}

// startTemporal runs a server on this machine, the program that -temporal names.
func startTemporal(ctx context.Context, dir string) (string, func() error, error) {
	if *temporalServer == "" {
		return "", nil, unavailable("no -temporal: build bench/durable/temporalserver and name the program")
	}
	port, err := freePort()
	if err != nil {
		return "", nil, err
	}
	server := exec.Command(*temporalServer, "-port", strconv.Itoa(port), "-db", filepath.Join(dir, "temporal.db"))
	server.Stderr = os.Stderr
	alive, err := server.StdinPipe() // the server ends when it is closed
	if err != nil {
		return "", nil, err
	}
	if err := server.Start(); err != nil {
		return "", nil, err
	}
	stop := func() error { return errors.Join(alive.Close(), server.Wait()) }
	place := fmt.Sprintf("127.0.0.1:%d", port)
	err = eventually(ctx, func() error {
		s := temporalSystem{queue: "ready"}
		err := s.Open(ctx, place)
		if err == nil {
			err = s.One(ctx, "ready")
			s.Close()
		}
		return err
	})
	if err != nil {
		return "", nil, errors.Join(err, stop())
	}
	return place, stop, nil
}

// A temporalSystem runs steps as local activities where its queue isn't "normal".
type temporalSystem struct {
	queue  string
	client client.Client
	worker worker.Worker
}

func (s *temporalSystem) Open(ctx context.Context, place string) (err error) {
	quiet := log.NewStructuredLogger(slog.New(slog.DiscardHandler))
	if s.client, err = client.DialContext(ctx, client.Options{HostPort: place, Logger: quiet}); err != nil {
		return err
	}
	s.worker = worker.New(s.client, s.queue, worker.Options{
		MaxConcurrentWorkflowTaskPollers: 8,
		MaxConcurrentActivityTaskPollers: 8,
	})
	s.worker.RegisterWorkflow(temporalSteps)
	s.worker.RegisterWorkflow(temporalFan)
	s.worker.RegisterWorkflow(temporalPark)
	s.worker.RegisterActivity(temporalStep)
	s.worker.RegisterActivity(temporalNap)
	if err = s.worker.Start(); err != nil {
		s.client.Close()
	}
	return err
}

func (s *temporalSystem) Close() error {
	s.worker.Stop()
	s.client.Close()
	return nil
}

func (s *temporalSystem) Chain(ctx context.Context, id string) error {
	return s.run(ctx, id, chainSteps, temporalSteps, chainSteps, false)
}

func (s *temporalSystem) Fan(ctx context.Context, id string) error {
	return s.run(ctx, id, fanSteps, temporalFan)
}

func (s *temporalSystem) One(ctx context.Context, id string) error {
	return s.run(ctx, id, 1, temporalSteps, 1, false)
}

func (s *temporalSystem) Slow(ctx context.Context, id string) error {
	_, err := s.start(ctx, id, temporalSteps, chainSteps, true)
	return err
}

func (s *temporalSystem) Park(ctx context.Context, id string) error {
	_, err := s.start(ctx, id, temporalPark)
	return err
}

func (s *temporalSystem) start(ctx context.Context, id string, w any, args ...any) (client.WorkflowRun, error) {
	options := client.StartWorkflowOptions{ID: id, TaskQueue: s.queue}
	return s.client.ExecuteWorkflow(ctx, options, w, append([]any{s.queue != "normal"}, args...)...)
}

func (s *temporalSystem) run(ctx context.Context, id string, want int, w any, args ...any) error {
	r, err := s.start(ctx, id, w, args...)
	if err != nil {
		return err
	}
	var n int
	err = r.Get(ctx, &n)
	return wants(n, want, err)
}

func temporalStep(_ context.Context, n int) (int, error) { return step(n), nil }
func temporalNap(_ context.Context, n int) (int, error)  { return longStep(n), nil }

// begin starts an activity of either kind.
func begin(ctx workflow.Context, local bool, activity any, n int) workflow.Future {
	const limit = 10 * time.Second
	if local {
		ctx = workflow.WithLocalActivityOptions(ctx, workflow.LocalActivityOptions{StartToCloseTimeout: limit})
		return workflow.ExecuteLocalActivity(ctx, activity, n)
	}
	ctx = workflow.WithActivityOptions(ctx, workflow.ActivityOptions{StartToCloseTimeout: limit})
	return workflow.ExecuteActivity(ctx, activity, n)
}

func temporalSteps(ctx workflow.Context, local bool, steps int, slow bool) (n int, err error) {
	activity := temporalStep
	if slow {
		activity = temporalNap
	}
	for range steps {
		if err := begin(ctx, local, activity, n).Get(ctx, &n); err != nil {
			return 0, err
		}
	}
	return n, nil
}

func temporalFan(ctx workflow.Context, local bool) (sum int, err error) {
	var all []workflow.Future
	for range fanSteps {
		all = append(all, begin(ctx, local, temporalStep, 0))
	}
	for _, f := range all {
		var n int
		if err := f.Get(ctx, &n); err != nil {
			return 0, err
		}
		sum += n
	}
	return sum, nil
}

func temporalPark(ctx workflow.Context, _ bool) (int, error) {
	return 0, workflow.Sleep(ctx, parked)
}
