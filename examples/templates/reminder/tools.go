// Package reminder has invoices paid: reminder.wf says when they are reminded of, and what
// comes of those that stay unpaid, and this file has the tools. They only log: put your own
// systems in their place, and send Paid where the bank tells of a payment.
package reminder

import (
	"context"
	"log/slog"
)

//go:generate go run github.com/wfgen/wfgen/cmd/wfgen compile .

// A Ledger reminds customers.
type Ledger struct{}

// NewLedger gives a ledger.
func NewLedger() *Ledger { return &Ledger{} }

// Remind writes to a customer.
func (l *Ledger) Remind(ctx context.Context, invoice, customer, text string) error {
	slog.InfoContext(ctx, text, "to", customer)
	return nil
}

// HandOver gives an invoice to collection, once.
func (l *Ledger) HandOver(_ context.Context, invoice, customer string, amount float64) (string, error) {
	return "collection of " + invoice, nil
}
