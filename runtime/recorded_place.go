package runtime

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/pure"
)

// putPlace adds to the fields of an error's record which step has failed, and what is
// wrong with an input.
func putPlace(fields map[string]any, err error) {
	if invalid, ok := errors.AsType[*pure.InvalidError](err); ok {
		problems := make([]any, len(invalid.Problems))
		for i, p := range invalid.Problems {
			problems[i] = map[string]any{"path": valid(p.Path), "text": valid(p.Text)}
		}
		fields["problems"], fields["omitted"] = problems, invalid.Omitted
	}
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return
	}
	fields["at"], fields["workflow"] = valid(e.At), valid(e.Workflow)
	if e.Step != "" {
		fields["step"], fields["attempt"] = valid(e.Step), e.Attempt
	}
}

// readPlace reads what putPlace has added; a record of an earlier release has none of it.
func readPlace(r *journal.Error, fields map[string]json.RawMessage) {
	r.At, r.Workflow, r.Step = textOf(fields, "at"), textOf(fields, "workflow"), textOf(fields, "step")
	_ = decodeField(fields, "attempt", &r.Attempt)
	_ = decodeField(fields, "omitted", &r.Omitted)
	_ = decodeField(fields, "problems", &r.Problems)
}

// decodeField reads a field into a pointer, which stays as it is where there is none.
func decodeField(fields map[string]json.RawMessage, name string, into any) error {
	if data, ok := fields[name]; ok {
		return pure.Decode(data, "", into)
	}
	return nil
}

// step is the failure of a step, or of the workflow, as it was before it was recorded;
// nil where that isn't known. What it wraps is text.
func (e *RecordedError) step() *Error {
	r := &e.Record
	if r.At == "" {
		return nil
	}
	inner := *e
	failed := &Error{Workflow: r.Workflow, Step: r.Step, At: r.At, Attempt: r.Attempt, Err: &inner, Declared: e.declared}
	place := &Error{Workflow: r.Workflow, Step: r.Step, At: r.At, Err: &Failure{}}
	text, attempt := strings.TrimPrefix(r.Text, place.Error()), attemptText(r.Attempt)
	if i := strings.LastIndex(text, attempt); i >= 0 && r.Attempt > 1 {
		text = text[:i] + text[i+len(attempt):]
	}
	inner.Record.At, inner.Record.Text = "", text
	return failed
}

// invalid is what is wrong with an input; nil where the error isn't about one.
func (e *RecordedError) invalid() *pure.InvalidError {
	if len(e.Record.Problems) == 0 {
		return nil
	}
	problems := make([]pure.Problem, len(e.Record.Problems))
	for i, p := range e.Record.Problems {
		problems[i] = pure.Problem{Path: p.Path, Text: p.Text}
	}
	return &pure.InvalidError{Problems: problems, Omitted: e.Record.Omitted}
}
