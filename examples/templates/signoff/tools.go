// Package signoff has changes signed by two people: signoff.wf says by whom, and this file has
// the tools. They keep all in memory: put your own systems in their place.
package signoff

import (
	"context"
	"log/slog"
)

//go:generate go run github.com/wfgen/wfgen/cmd/wfgen compile .

// A Platform applies changes.
type Platform struct{}

// NewPlatform gives a platform.
func NewPlatform() *Platform { return &Platform{} }

// Apply applies a change, once.
func (p *Platform) Apply(_ context.Context, change string) (string, error) {
	return "release of " + change, nil
}

// Record writes down who has signed.
func (p *Platform) Record(ctx context.Context, change string, by []string) error {
	slog.InfoContext(ctx, "signed", "change", change, "by", by)
	return nil
}
