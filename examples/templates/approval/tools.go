// Package approval has purchases approved: approval.wf says who is asked, and when, and this
// file has the tools. They keep all in memory: put your own systems in their place.
package approval

import (
	"context"
	"log/slog"
	"sync"
)

//go:generate go run github.com/wfgen/wfgen/cmd/wfgen compile .

// An Office orders what was asked for.
type Office struct {
	mu     sync.Mutex
	orders map[string]string // by request
}

// NewOffice gives an office that has ordered nothing.
func NewOffice() *Office { return &Office{orders: map[string]string{}} }

// PlaceOrder gives the same order for a request each time.
func (o *Office) PlaceOrder(_ context.Context, request, item string, amount float64) (string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.orders[request] == "" {
		o.orders[request] = "order of " + item
	}
	return o.orders[request], nil
}

// Tell writes to somebody.
func (o *Office) Tell(ctx context.Context, who, text string) error {
	slog.InfoContext(ctx, text, "to", who)
	return nil
}
