package runtime

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// TimedOut is the declared error of a step or sub-workflow whose timeout has
// passed. What such a step fails with is a *TimeoutError.
type TimedOut struct{}

func (TimedOut) Error() string { return "timed out" }

// A Declaration finds a declared error in what a tool returned, and gives it as a
// value.
type Declaration func(err error) (declared error, ok bool)

// Declares is the Declaration of E, a struct type whose values are errors. It finds
// an E and a *E, as errors.As does.
func Declares[E error](err error) (error, bool) {
	var value E
	if errors.As(err, &value) {
		return value, true
	}
	target := reflect.New(reflect.PointerTo(reflect.TypeFor[E]()))
	if errors.As(err, target.Interface()) && !target.Elem().IsNil() {
		return target.Elem().Elem().Interface().(error), true
	}
	return nil, false
}

// Declared gives the declared error that a step failed with, as a value: one that
// its tool says it fails with, one that fail was given, or one of the language's own. It is
// nil for every other failure: what a tool returns without having declared it is a message.
// Of a race that all arms lost it is that of the first arm that has one.
func Declared(err error) error {
	switch e := err.(type) {
	case *Error:
		if e.Declared != nil {
			return e.Declared
		}
		return Declared(e.Err)
	case *TimeoutError:
		return TimedOut{}
	case ofLanguage:
		return e.declares()
	case *RecordedError:
		return e.declared
	case *UndoError:
		return Declared(e.Err)
	case *RaceError:
		for _, err := range e.Errs {
			if found := Declared(err); found != nil {
				return found
			}
		}
	}
	return nil
}

// An ofLanguage is a declared error of the language's own, as it stands in a failure. Declared
// knows it by its method, so that a program is linked with those alone that may come up in it.
type ofLanguage interface{ declares() error }

func (e Interrupted) declares() error { return e }
func (e Rejected) declares() error    { return e }
func (e CircuitOpen) declares() error { return e }

// declared gives the declared error in what an attempt of the step failed with; nil
// where there is none.
func (s *Step) declared(err error) error {
	if s.Sub {
		found := Declared(err)
		if found == (TimedOut{}) {
			return nil // tried again like any failure
		}
		return found
	}
	return find(s.Fails, err)
}

func find(among []Declaration, err error) error {
	for _, declares := range among {
		if e, ok := declares(err); ok {
			return e
		}
	}
	return nil
}

// FailWith gives the error of fail with a declared error.
func (f *Frame) FailWith(s *Step, declared error) error {
	return &Error{Workflow: f.workflow.Name, Step: f.path(s.ID), At: s.At, Err: declared, Declared: declared}
}

// Interrupted is the declared error of an attempt of which a crash leaves unknown
// whether it has happened, and which must not happen twice.
type Interrupted struct{}

func (Interrupted) Error() string {
	return "interrupted: the process ended during the attempt, which may have had its effect"
}

// Spent is the declared error of an agent whose budget allows no more. Its fields say what
// was used when the next request didn't fit any more: the turns are the agent's, tokens and
// dollars are those of the budget that it didn't fit, which may be that of an agent around.
type Spent struct {
	Turns   int     `json:"turns"`
	Tokens  int     `json:"tokens"` // those sent and those of replies
	Dollars float64 `json:"dollars"`
}

// Error says what was used, without what costs nothing.
func (s Spent) Error() string {
	used := []string{plural(s.Turns, "turn"), plural(s.Tokens, "token")}
	if s.Dollars > 0 {
		used = append(used, fmt.Sprintf("%.6g dollars", s.Dollars))
	}
	return "the budget allows no more: " + strings.Join(used, ", ") + " used"
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// Refused is the declared error of an agent whose models don't reply to what they are asked.
type Refused struct {
	Message string `json:"message"` // what the last of them has said; may be empty
}

// Error has what the model said.
func (r Refused) Error() string {
	if r.Message == "" {
		return "the model refuses to reply"
	}
	return "the model refuses to reply: " + r.Message
}

// Unfit is the declared error of an agent of which no reply is a result.
type Unfit struct {
	Message string `json:"message"` // what is wrong with the last one, with the paths of that
}

// Error has what is wrong.
func (u Unfit) Error() string { return "the reply doesn't fit: " + u.Message }

func (s Spent) declares() error   { return s }
func (r Refused) declares() error { return r }
func (u Unfit) declares() error   { return u }
