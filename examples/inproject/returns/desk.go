// Package returns takes back what customers don't want to keep: returns.wf says what
// happens, and this file has the tools that it calls.
package returns

import (
	"context"
	"fmt"
	"sync"

	"github.com/wfgen/wfgen/runtime"
)

//go:generate go tool wfgen compile .

// A Desk is the shop's side of a return: deliveries, labels and payments, in memory. It
// is safe for concurrent use, because a workflow may call several tools at once.
type Desk struct {
	mu        sync.Mutex
	delivered map[string]int     // days ago, by order
	closed    map[string]bool    // orders whose account is closed
	labels    map[string]bool    // those that are valid
	paid      map[string]payment // by the key of the step that paid
}

type payment struct {
	id     string
	amount float64
}

// NewDesk gives a desk that knows four orders. B-2 is too old, C-3 can't be paid back.
func NewDesk() *Desk {
	return &Desk{
		delivered: map[string]int{"A-1": 3, "A-2": 10, "B-2": 90, "C-3": 1},
		closed:    map[string]bool{"C-3": true},
		labels:    map[string]bool{},
		paid:      map[string]payment{},
	}
}

// DaysSince tells how long ago an order was delivered.
func (d *Desk) DaysSince(_ context.Context, order string) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	days, ok := d.delivered[order]
	if !ok {
		return 0, fmt.Errorf("order %q hasn't been delivered", order)
	}
	return days, nil
}

// Label gives the number of a parcel.
func (d *Desk) Label(_ context.Context, order string) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	label := "L-" + order
	d.labels[label] = true
	return label, nil
}

// Void takes a label back.
func (d *Desk) Void(_ context.Context, label string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.labels, label)
	return nil
}

// Pay pays money back. Each attempt of a step has the same key, so that money moves once.
func (d *Desk) Pay(ctx context.Context, order string, amount float64) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed[order] {
		return "", AccountClosed{Order: order}
	}
	key := runtime.StepKey(ctx)
	if _, again := d.paid[key]; !again {
		d.paid[key] = payment{fmt.Sprintf("R-%d", len(d.paid)+1), amount}
	}
	return d.paid[key].id, nil
}

// Tell writes to the customer.
func (d *Desk) Tell(context.Context, string, string) error { return nil }
