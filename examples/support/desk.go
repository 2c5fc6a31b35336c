// Package support is a support desk with an agent: it looks up orders, pays back small sums by
// itself and large ones when somebody agrees, remembers what customers have said, and hands to
// a person what it isn't sure of. A Desk stands for the shop's systems, and a Service is one with
// models.
package support

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/wfgen/wfgen/runtime/agent"
)

// A Desk is the tools over what is in memory. It has no models: wfgen run takes those of
// wfgen.toml.
type Desk struct {
	mu     sync.Mutex
	orders map[string][]Order
	notes  map[string][]string
	done   []string
}

// NewDesk gives a desk with an order of ann's.
func NewDesk() *Desk {
	return &Desk{
		orders: map[string][]Order{"ann": {{ID: "7", Total: 180, Shipped: true}}},
		notes:  map[string][]string{},
	}
}

// Done is what the desk has done so far.
func (d *Desk) Done() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.done)
}

func (d *Desk) do(parts ...string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.done = append(d.done, strings.Join(parts, " "))
}

// Lookup finds the orders of a customer.
func (d *Desk) Lookup(_ context.Context, customer, _ string) ([]Order, error) {
	return d.orders[customer], nil
}

// Refund pays back. Its step's key keeps it from paying twice.
func (d *Desk) Refund(_ context.Context, customer, order string, _ float64) (string, error) {
	d.do("refund", customer, order)
	return "r-" + order, nil
}

// TakeBack takes back a refund.
func (d *Desk) TakeBack(_ context.Context, receipt string) error {
	d.do("take back", receipt)
	return nil
}

// Recall gives what was remembered of a customer.
func (d *Desk) Recall(_ context.Context, customer string) ([]string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.notes[customer]), nil
}

// Remember notes something of a customer.
func (d *Desk) Remember(_ context.Context, customer, note string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.notes[customer] = append(d.notes[customer], note)
	return nil
}

// Answer tells a customer.
func (d *Desk) Answer(_ context.Context, ticket, text string) error {
	d.do("answer", ticket, text)
	return nil
}

// Escalate hands a ticket to a person.
func (d *Desk) Escalate(_ context.Context, ticket, why string) error {
	d.do("escalate", ticket, why)
	return nil
}

// A Service is a Desk with the models of the program that it is a part of. It is all that the
// workflows want.
type Service struct {
	*Desk
	Models struct{ Fast, Strong agent.Model }
}

// Fast gives the model that is asked first.
func (s *Service) Fast() agent.Model { return s.Models.Fast }

// Strong gives the model that is asked where the first has failed.
func (s *Service) Strong() agent.Model { return s.Models.Strong }
