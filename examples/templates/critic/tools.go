// Package critic has one model write and another one criticize: critic.wf says how long, and who
// decides in the end, and this file has the tools. No model is behind them: put the client of
// yours in their place.
package critic

import (
	"context"
	"log/slog"
	"strings"
)

//go:generate go run github.com/wfgen/wfgen/cmd/wfgen compile .

// Models stand for a writer and a critic.
type Models struct{}

// NewModels gives models that know what they would say.
func NewModels() *Models { return &Models{} }

// Draft writes a first version.
func (m *Models) Draft(_ context.Context, topic string) (Reply, error) {
	return Reply{Text: "All there is to say of " + topic + ".", Cents: 2}, nil
}

// Criticize finds what has an example good.
func (m *Models) Criticize(_ context.Context, topic, text string) (Critique, error) {
	if strings.Contains(text, "For example") {
		return Critique{Score: 0.9, Faults: []string{}, Cents: 1}, nil
	}
	return Critique{Score: 0.5, Faults: []string{"it has no example"}, Cents: 1}, nil
}

// Revise mends a text.
func (m *Models) Revise(_ context.Context, text string, faults []string) (Reply, error) {
	return Reply{Text: text + " For example …", Cents: 2}, nil
}

// Publish publishes a task's text, once.
func (m *Models) Publish(ctx context.Context, task, text string) error {
	slog.InfoContext(ctx, text, "task", task)
	return nil
}
