// Command returns takes items back over HTTP, durably, and logs what happens to each.
package main

import (
	"context"
	"errors"
	"log"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"example.com/inproject/returns"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/sqlite"
)

// shutdownTime is how long tools have to come to their end when the process is told to.
const shutdownTime = 30 * time.Second

func main() {
	if err := serve("localhost:8080", "returns.db"); err != nil {
		log.Fatal(err)
	}
}

// serve serves until a signal comes. What is unfinished then goes on when the journal is
// opened next.
func serve(address, journal string) error {
	j, err := sqlite.Open(journal)
	if err != nil {
		return err
	}
	ctx := runtime.WithObserver(context.Background(), returns.Log{Logger: slog.Default()})
	e, err := runtime.Open(ctx, j, returns.Workflows(returns.NewDesk()))
	if err != nil {
		return errors.Join(err, j.Close())
	}
	mux := http.NewServeMux()
	mux.Handle("POST /returns", returns.Handler(e))
	server := &http.Server{Addr: address, Handler: mux, ReadHeaderTimeout: 5 * time.Second}

	signaled, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	failed := make(chan error, 1)
	go func() {
		defer stop()
		failed <- server.ListenAndServe()
	}()
	<-signaled.Done()

	ctx, cancel := context.WithTimeout(context.Background(), shutdownTime)
	defer cancel()
	err = errors.Join(e.Drain(ctx), server.Shutdown(ctx), j.Close())
	if served := <-failed; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(served, err)
	}
	return err
}
