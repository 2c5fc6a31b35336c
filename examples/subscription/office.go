// Package subscription sells subscriptions: subscription.wf says how one goes from its
// order to its last month, and this file has the tools that it calls, here over an
// office with a book.
package subscription

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/wfgen/wfgen/runtime"
)

//go:generate go run github.com/wfgen/wfgen/cmd/wfgen compile .

// An Office opens accounts and sends bills, and has a line in its book for all that it
// has done. It is safe for concurrent use.
type Office struct {
	mu   sync.Mutex
	book io.Writer
	done map[string]bool // by step key
}

// NewOffice gives an office that has done nothing yet, and writes to standard error.
func NewOffice() *Office { return &Office{book: os.Stderr, done: map[string]bool{}} }

// OpenOffice gives the office that has its book in a file, which may be new.
func OpenOffice(path string) (*Office, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|os.O_APPEND, 0o644)
	if err != nil {
		return nil, err
	}
	lines, err := io.ReadAll(file)
	if err != nil {
		return nil, err
	}
	o := &Office{book: file, done: map[string]bool{}}
	for line := range strings.Lines(string(lines)) {
		key, _, _ := strings.Cut(line, "\t")
		o.done[key] = true
	}
	return o, nil
}

// once does something that is done once, however often the step is called: its key is
// the same each time, also when the program has crashed in between.
func (o *Office) once(ctx context.Context, format string, args ...any) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.done[runtime.StepKey(ctx)] {
		return nil
	}
	o.done[runtime.StepKey(ctx)] = true
	return o.write(ctx, format, args...)
}

func (o *Office) write(ctx context.Context, format string, args ...any) error {
	_, err := fmt.Fprintf(o.book, "%s\t%s\n", runtime.StepKey(ctx), fmt.Sprintf(format, args...))
	return err
}

// OpenAccount opens the account of a customer, and gives its number.
func (o *Office) OpenAccount(ctx context.Context, customer string) (string, error) {
	return "A-" + customer, o.once(ctx, "account A-%s is open", customer)
}

// CloseAccount closes an account.
func (o *Office) CloseAccount(ctx context.Context, account string) error {
	return o.once(ctx, "account %s is closed", account)
}

// SendBill bills a month.
func (o *Office) SendBill(ctx context.Context, account string, month int, amount float64) (Bill, error) {
	bill := Bill{Number: fmt.Sprintf("%s-%d", account, month), Amount: amount}
	return bill, o.once(ctx, "bill %s of %.2f", bill.Number, amount)
}

// CancelBill takes a bill back.
func (o *Office) CancelBill(ctx context.Context, bill Bill) error {
	return o.once(ctx, "bill %s is cancelled", bill.Number)
}

// Mail sends a mail. The mail server knows no keys: what is sent twice comes twice.
func (o *Office) Mail(ctx context.Context, customer, text string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.write(ctx, "mail to %s: %s", customer, text)
}
