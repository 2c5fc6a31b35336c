// Package webhook takes what other systems send: webhook.wf says what is done with it, and this
// file has the tools. They keep all in memory: put your own systems in their place. The handler
// of the requests submits Take under the delivery's id and answers at once.
package webhook

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"sync"
)

//go:generate go run github.com/wfgen/wfgen/cmd/wfgen compile .

// An Intake knows which events have come.
type Intake struct {
	key  []byte
	mu   sync.Mutex
	seen map[string]string // deliveries by event
}

// NewIntake gives an intake with a key for trying it out.
func NewIntake() *Intake { return &Intake{key: []byte("not a secret"), seen: map[string]string{}} }

// Signed tells whether the key has signed the body.
func (i *Intake) Signed(_ context.Context, body, signature string) (bool, error) {
	mac := hmac.New(sha256.New, i.key)
	mac.Write([]byte(body))
	given, err := hex.DecodeString(signature)
	return err == nil && hmac.Equal(given, mac.Sum(nil)), nil
}

// Claim gives an event to the first delivery that asks, each time that it asks.
func (i *Intake) Claim(_ context.Context, subject, delivery string) (bool, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.seen[subject] == "" {
		i.seen[subject] = delivery
	}
	return i.seen[subject] == delivery, nil
}

// Unclaim lets another delivery have an event, where this one has it.
func (i *Intake) Unclaim(_ context.Context, subject, delivery string) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.seen[subject] == delivery {
		delete(i.seen, subject)
	}
	return nil
}

// AddCustomer adds a customer, once for an event.
func (i *Intake) AddCustomer(ctx context.Context, subject string, customer Customer) error {
	slog.InfoContext(ctx, "a customer", "id", customer.ID)
	return nil
}

// CloseInvoice notes that an invoice is paid.
func (i *Intake) CloseInvoice(ctx context.Context, subject, invoice string) error {
	slog.InfoContext(ctx, "paid", "invoice", invoice)
	return nil
}

// Keep keeps what nobody handles.
func (i *Intake) Keep(ctx context.Context, delivery, kind, why string) error {
	slog.WarnContext(ctx, why, "delivery", delivery, "kind", kind)
	return nil
}
