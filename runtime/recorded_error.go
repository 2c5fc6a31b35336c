package runtime

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/pure"
)

// A RecordedError is an error as a journal has it: what a step of a durable execution has
// failed with, in the process in which that happened too. errors.As finds the declared
// error in it, as a value of its Go type, by that type's name; other errors that were
// wrapped are text alone.
type RecordedError struct {
	Record journal.Error
	// declared is the error that the language itself declares; nil for others.
	declared error
}

func (e *RecordedError) Error() string { return e.Record.Text }

// BareText is the recorded message.
func (e *RecordedError) BareText() string {
	if e.Record.Message == "" {
		return e.Record.Text
	}
	return e.Record.Message
}

// Unwrap gives, as an *UndoError, what undos had failed with; nil where there is nothing.
func (e *RecordedError) Unwrap() error {
	if e.Record.Undo == "" {
		return nil
	}
	return &UndoError{Undo: &Failure{Text: e.Record.Undo}}
}

// Is makes the error of a timeout a context.DeadlineExceeded.
func (e *RecordedError) Is(target error) bool {
	return target == context.DeadlineExceeded && e.Record.Type == "TimedOut"
}

// As reads the declared error into a target of its type. An *Error is the step's failure,
// and an *InvalidError what is wrong with an input, where that is recorded.
func (e *RecordedError) As(target any) bool {
	switch into := target.(type) {
	case **Error:
		*into = e.step()
		return *into != nil
	case **pure.InvalidError:
		*into = e.invalid()
		return *into != nil
	}
	t := reflect.TypeOf(target).Elem()
	if t.Kind() == reflect.Pointer || t.Name() != e.Record.Type || e.Record.Type == "" {
		return false
	}
	return pure.Decode(e.Record.Value, "", target) == nil
}

// predeclared gives the error that the language itself declares; nil for others.
func predeclared(e *journal.Error) error {
	switch e.Type {
	case "TimedOut":
		return TimedOut{}
	case "CircuitOpen":
		return CircuitOpen{}
	case "Rejected":
		return readDeclared[Rejected](e)
	case "Spent":
		return readDeclared[Spent](e)
	case "Refused":
		return readDeclared[Refused](e)
	case "Unfit":
		return readDeclared[Unfit](e)
	}
	return nil
}

// readDeclared reads the fields of one; it is nil where they don't fit.
func readDeclared[E error](e *journal.Error) error {
	var found E
	if pure.Decode(e.Value, "", &found) != nil {
		return nil
	}
	return found
}

// A DeclaredValue is a declared error that has no Go type of its own.
type DeclaredValue interface {
	error
	// DeclaredValue gives the error's name and the struct with its fields.
	DeclaredValue() (name string, fields any)
}

// maxErrorText bounds each text of an error that is stored, in bytes, and maxDeclared the
// JSON of a declared one.
const (
	maxErrorText = 256 << 10
	maxDeclared  = 8 << 20
)

// encodeError gives an error as a record has it. declared is the declared error that
// it is; nil for others. One that can't be stored becomes a message, which says so.
func encodeError(err, declared error) []byte {
	data, _ := pure.Encode(errorFields(err, declared)) // texts and JSON: it can't fail
	return data
}

func errorFields(err, declared error) map[string]any {
	name, value, wrong := encodeDeclared(declared)
	note := ""
	if wrong != nil {
		note = " (" + wrong.Error() + ")"
	}
	text, message := errorText(err.Error)+note, errorText(func() string { return pure.Message(err) })+note
	r := map[string]any{"text": valid(text)}
	if message != text {
		r["message"] = valid(message)
	}
	if undo := undoFailure(err); undo != nil {
		r["undo"] = valid(errorText(undo.Error))
	}
	if stack := stackOf(err); stack != "" {
		r["panic"] = valid(stack)
	}
	if name != "" {
		r["type"], r["value"] = name, json.RawMessage(value)
	}
	putPlace(r, err)
	return r
}

// errorText is the text of an error, whose method may panic: that of a nil pointer does.
func errorText(of func() string) (text string) {
	defer func() {
		if r := recover(); r != nil {
			text = fmt.Sprintf("an error that can't say what it is: panic: %v", r)
		}
	}()
	return of()
}

// valid is a text as it is stored: as JSON can hold it, and not too long.
func valid(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if len(text) <= maxErrorText {
		return text
	}
	end := maxErrorText
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

// stackOf is the stack of the panic that an error is or wraps; empty where there is none.
func stackOf(err error) string {
	if p, ok := errors.AsType[*PanicError](err); ok {
		return string(p.Stack)
	}
	if r, ok := errors.AsType[*RecordedError](err); ok {
		return r.Record.Panic
	}
	return ""
}

// encodeDeclared gives the name and the JSON of a declared error, or says why it can't be
// stored. It gives neither of none.
func encodeDeclared(err error) (name string, value []byte, wrong error) {
	if err == nil {
		return "", nil, nil
	}
	t, fields := reflect.TypeOf(err), any(err)
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	name = t.Name()
	if d, dynamic := err.(DeclaredValue); dynamic {
		name, fields = d.DeclaredValue()
	}
	of := "the error " + name
	if wrong = unstorable(fields, of); wrong == nil {
		value, _, wrong = payload(fields, of, maxDeclared)
	}
	if wrong != nil {
		return "", nil, wrong
	}
	return name, value, nil
}

// decodeError reads what encodeError has written.
func decodeError(data []byte) error {
	var fields map[string]json.RawMessage
	if err := pure.Decode(data, "", &fields); err != nil {
		return &RecordedError{Record: journal.Error{Text: "an error that can't be read: " + err.Error()}}
	}
	r := journal.Error{
		Text: textOf(fields, "text"), Message: textOf(fields, "message"), Type: textOf(fields, "type"),
		Undo: textOf(fields, "undo"), Panic: textOf(fields, "panic"),
	}
	if r.Type == "Interrupted" {
		return Interrupted{}
	}
	r.Value = fields["value"]
	readPlace(&r, fields)
	return &RecordedError{r, predeclared(&r)}
}

// textOf is a field that is text; empty where there is none.
func textOf(fields map[string]json.RawMessage, name string) (text string) {
	if data, ok := fields[name]; ok {
		_ = pure.Decode(data, "", &text)
	}
	return text
}

// declaredIn gives the declared error that an attempt of the step failed with; nil
// where there is none.
func (s *Step) declaredIn(err error) error {
	if d := find(s.Fails, err); d != nil {
		return d
	}
	return Declared(err)
}
