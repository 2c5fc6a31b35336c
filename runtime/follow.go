package runtime

import (
	"context"
	"encoding/json"
	"iter"
	"strings"

	"github.com/wfgen/wfgen/runtime/journal"
)

// Events gives the events of an execution whose N is above after, as the journal has
// them, and waits for new ones until the execution has ended. Their N is that of the
// record, so that there may be gaps; the first one, that the execution has started, has
// no record and N 0, so that -1 asks for all. The event Held has the N of the last record
// before it, and no time. The result of a step is a json.RawMessage. It ends with an error
// where there is no such execution, it is held (a *HeldError), ctx ends, or the engine
// closes (ErrClosed).
func (e *Engine) Events(ctx context.Context, id string, after int) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		x, err := e.Get(ctx, id)
		if err != nil {
			yield(Event{}, err)
			return
		}
		if after < 0 && !yield(Event{Kind: Started, Time: x.Created, Execution: id, Workflow: x.Workflow}, nil) {
			return
		}
		after = max(after, 0)
		for {
			changed, closed := e.watch(id), e.isClosed()
			var records []journal.Record
			err := e.journal.View(ctx, func(tx journal.Tx) (err error) {
				if x, err = tx.Execution(id); err == nil { // as it was with these records
					records, err = tx.Records(id, after, eventsPage)
				}
				return err
			})
			if err != nil {
				yield(Event{}, err)
				return
			}
			for _, r := range records {
				after = r.N
				if event, ok := RecordedEvent(x, r); ok && !yield(event, nil) {
					return
				}
			}
			switch {
			case len(records) == eventsPage:
				continue
			case !x.Ended.IsZero():
				return
			case x.Status == StatusHeld:
				held := &HeldError{ID: id, Text: x.Error}
				if yield(Event{Kind: Held, N: after, Execution: id, Workflow: x.Workflow, Err: held}, nil) {
					yield(Event{}, held)
				}
				return
			case closed:
				yield(Event{}, ErrClosed)
				return
			}
			select {
			case <-changed:
			case <-ctx.Done():
				yield(Event{}, ctx.Err())
				return
			}
		}
	}
}

// eventsPage is how many records are read at once.
const eventsPage = 500

// RecordedEvent is a record of an execution as an event; ok is false for those that tell
// nothing that happened.
func RecordedEvent(x *journal.Execution, r journal.Record) (e Event, ok bool) {
	e = Event{
		Time: r.Time, N: r.N, Execution: x.ID, Workflow: x.Workflow, Step: r.Step, Tool: r.Tool, Attempt: r.Attempt,
	}
	switch r.Kind {
	case journal.Attempted, journal.Entered:
		e.Kind = Attempt
	case journal.Done:
		e.Kind = Done
		e.setResult(r.Data)
	case journal.Progress:
		e.Kind = Progressed
		e.setResult(r.Data)
	case journal.Failed:
		e.Kind, e.Err = Failed, decodeError(r.Data)
	case journal.Waiting:
		if strings.HasSuffix(r.Step, timeoutMark) || strings.HasSuffix(r.Step, limitMark) {
			return e, false // a time limit, and no step
		}
		e.Kind = Waiting
	case journal.Undoing:
		e.Kind = Undoing
	case journal.Undone:
		e.Kind = Undone
	case journal.Log:
		e.Kind = Logged
		_ = json.Unmarshal(r.Data, &e.Message) // what isn't text stays empty
	case journal.Retried: // another generation begins: the workflow is run once more
		e.Kind = Started
	case journal.Ended:
		e.Kind = Ended
		if x.Status == StatusSucceeded {
			e.setResult(r.Data)
		} else {
			e.Err = decodeError(r.Data)
		}
	default:
		return e, false
	}
	return e, true
}

func (e *Event) setResult(data []byte) {
	if data != nil {
		e.Result, e.encodable = json.RawMessage(data), json.RawMessage(data)
	}
}
