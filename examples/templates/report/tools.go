// Package report sends a report each night: report.wf says of what, and what is done where
// figures are missing, and this file has the tools. They only log: put your own systems in
// their place.
package report

import (
	"context"
	"fmt"
	"log/slog"
	"time"
)

//go:generate go run github.com/wfgen/wfgen/cmd/wfgen compile .

// A Press has figures, and sends reports.
type Press struct{}

// NewPress gives a press.
func NewPress() *Press { return &Press{} }

// Read knows nothing of returns.
func (p *Press) Read(_ context.Context, source string, upTo time.Time) (float64, error) {
	if source == "returns" {
		return 0, fmt.Errorf("no figures of %s", source)
	}
	return 1234.5, nil
}

// Store keeps a report under its key.
func (p *Press) Store(_ context.Context, key, text string) (string, error) {
	return "file of " + key, nil
}

// Send sends a report, once for its key and recipient.
func (p *Press) Send(ctx context.Context, key, recipient, text string) error {
	slog.InfoContext(ctx, text, "to", recipient)
	return nil
}

// Page wakes somebody up.
func (p *Press) Page(ctx context.Context, text string) error {
	slog.ErrorContext(ctx, text)
	return nil
}
