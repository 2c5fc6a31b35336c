package returns

import (
	"log/slog"

	"github.com/wfgen/wfgen/runtime"
)

// A Log is an observer that writes the events of executions to a logger.
type Log struct{ Logger *slog.Logger }

// Observe logs an event: a failure as a warning, all else as information.
func (l Log) Observe(e runtime.Event) {
	log := l.Logger.With("execution", e.Execution, "workflow", e.Workflow)
	if e.Step != "" {
		log = log.With("step", e.Step)
	}
	if e.Err != nil {
		log.Warn(string(e.Kind), "at", e.At, "err", e.Err)
		return
	}
	log.Info(string(e.Kind))
}
