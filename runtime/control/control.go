// Package control reaches the engine of another process on this machine: the one that
// owns a journal. A program that has an engine serves it on a socket beside the journal's
// file, and another program asks it there to cancel an execution or to answer an
// approval, as it would ask an engine of its own. A connection has one request and one
// answer, each a line of JSON. Who may write to the socket is who may write to the file
// that it stands beside: its owner.
package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/wfgen/wfgen/runtime"
)

// A Verb is what a Request asks for.
type Verb string

// The verbs, each with the method of an engine that does it.
const (
	Cancel  Verb = "cancel"  // Engine.Cancel, of Execution for Text
	Pause   Verb = "pause"   // Engine.Pause, of Execution
	Resume  Verb = "resume"  // Engine.Resume, of Execution, and Engine.GoesOn for some seconds
	Retry   Verb = "retry"   // Engine.Retry, of Execution
	Fork    Verb = "fork"    // Engine.Fork, of Execution at Step; the new one gets NewID
	Signal  Verb = "signal"  // Engine.Signal, of the event Event with Data
	Approve Verb = "approve" // Engine.Answer, for Step of Execution with Answer

	running Verb = "running" // Engine.RunningSteps: what RunningSteps asks for
)

// A Request is something that an engine is asked to do. Each verb uses some fields.
type Request struct {
	Verb      Verb            `json:"verb"`
	Execution string          `json:"execution,omitempty"`
	Step      string          `json:"step,omitempty"`
	NewID     string          `json:"newId,omitempty"`
	Text      string          `json:"text,omitempty"`
	Event     string          `json:"event,omitempty"`
	Data      json.RawMessage `json:"data,omitempty"`
	MessageID string          `json:"messageId,omitempty"`
	Answer    runtime.Answer  `json:"answer,omitzero"`
}

// Do has an engine do what is asked, and gives the id of the execution that it is about:
// of the new one for Fork, none for Signal.
func Do(ctx context.Context, e *runtime.Engine, r Request) (id string, err error) {
	switch r.Verb {
	case Cancel:
		err = e.Cancel(ctx, r.Execution, r.Text)
	case Pause:
		err = e.Pause(ctx, r.Execution)
	case Resume:
		if err = e.Resume(ctx, r.Execution); err == nil {
			err = goesOn(ctx, e, r.Execution)
		}
	case Retry:
		err = e.Retry(ctx, r.Execution)
	case Fork:
		return e.Fork(ctx, r.Execution, r.Step, r.NewID)
	case Signal:
		var options []runtime.SendOption
		if r.MessageID != "" {
			options = append(options, runtime.MessageID(r.MessageID))
		}
		return "", e.Signal(ctx, r.Event, r.Data, options...)
	case Approve:
		err = e.Answer(ctx, r.Execution, r.Step, r.Answer)
	default:
		err = fmt.Errorf("an engine can't be asked to %q", r.Verb)
	}
	return r.Execution, err
}

// goesOn gives the *runtime.HeldError of an execution that was resumed and is held again; nil
// where it goes on, or nobody knows by now: the engine lacks its workflow, or it is long.
func goesOn(ctx context.Context, e *runtime.Engine, id string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	held, _ := errors.AsType[*runtime.HeldError](e.GoesOn(ctx, id))
	if held == nil {
		return nil
	}
	return held
}

// ErrUnreachable is what Call gives where nobody serves.
var ErrUnreachable = errors.New("its process can't be reached")

// Socket is where the owner of a journal serves, by the path of the journal's file.
func Socket(journal string) string { return journal + ".sock" }
