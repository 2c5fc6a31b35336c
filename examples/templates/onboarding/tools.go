// Package onboarding prepares all that somebody needs who is hired: onboarding.wf says what, and
// when, and this file has the tools. They only log: put your own systems in their place, and
// send Trained where somebody has done the training.
package onboarding

import (
	"context"
	"log/slog"
	"strings"
	"time"
)

//go:generate go run github.com/wfgen/wfgen/cmd/wfgen compile .

// An Office has accounts, laptops and desks. All of it goes by the hire's id, so that it is
// the same each time.
type Office struct{}

// NewOffice gives an office.
func NewOffice() *Office { return &Office{} }

// OpenAccount refuses the names that systems have.
func (o *Office) OpenAccount(_ context.Context, hire, name string) (string, error) {
	login := strings.ToLower(strings.ReplaceAll(name, " ", "."))
	if login == "root" {
		return "", Taken{Login: login}
	}
	return login, nil
}

// CloseAccount closes the account of a hire, if there is one.
func (o *Office) CloseAccount(ctx context.Context, hire string) error {
	slog.InfoContext(ctx, "account closed", "hire", hire)
	return nil
}

// OrderLaptop orders one that is there before a time.
func (o *Office) OrderLaptop(_ context.Context, hire string, before time.Time) (string, error) {
	return "laptop of " + hire, nil
}

// CancelLaptop takes an order back, if there is one.
func (o *Office) CancelLaptop(ctx context.Context, hire string) error {
	slog.InfoContext(ctx, "laptop cancelled", "hire", hire)
	return nil
}

// AssignDesk keeps a desk for a hire.
func (o *Office) AssignDesk(_ context.Context, hire string) (string, error) {
	return "desk of " + hire, nil
}

// FreeDesk lets others have it.
func (o *Office) FreeDesk(ctx context.Context, hire string) error {
	slog.InfoContext(ctx, "desk free", "hire", hire)
	return nil
}

// Join makes an account a member of a group.
func (o *Office) Join(ctx context.Context, account, group string) error {
	slog.InfoContext(ctx, "joined", "account", account, "group", group)
	return nil
}

// Mail writes to somebody.
func (o *Office) Mail(ctx context.Context, to, text string) error {
	slog.InfoContext(ctx, text, "to", to)
	return nil
}
