// Command returns takes items back over HTTP, and logs what happens to each.
package main

import (
	"context"
	"log"
	"log/slog"
	"net"
	"net/http"
	"time"

	"example.com/inproject/returns"
	"github.com/wfgen/wfgen/runtime"
)

func main() {
	mux := http.NewServeMux()
	mux.Handle("POST /returns", returns.Handler(returns.NewDesk()))
	server := &http.Server{
		Addr: "localhost:8080", Handler: mux, ReadHeaderTimeout: 5 * time.Second,
		BaseContext: func(net.Listener) context.Context {
			return runtime.WithObserver(context.Background(), returns.Log{Logger: slog.Default()})
		},
	}
	log.Fatal(server.ListenAndServe())
}
