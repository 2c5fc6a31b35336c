// Package driver is the inside of a program that wfgen run builds: it reads the
// input, runs one workflow under a context that signals cancel, and tells the
// command that started it about events and the end. It imports the standard
// library and the runtime alone, and it is of no use to other programs: they call
// a workflow as the function that it is.
package driver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/pure"
)

// A Program is one workflow with all that is needed to run it.
type Program struct {
	// Workflow is the workflow's name.
	Workflow string
	// Input is a pointer to a struct with a field for each parameter, under the
	// parameter's name in JSON; nil where Read takes the input.
	Input any
	// Read reads the input, a JSON object of the parameters by name; what is wrong
	// with it is an error. It may be nil where there is an Input.
	Read func(input []byte) error
	// HasResult tells that the workflow gives a result.
	HasResult bool
	// Bind makes the models, of the text that says which they are. It is called before
	// Prepare; nil where no model is to be made.
	Bind func(models []byte) error
	// Prepare makes the tools, of the text of the mocks where there is one. It is
	// called once the input is in place; nil where the workflow needs no tools.
	Prepare func(mock []byte) error
	// Guard calls run, which runs the workflow, and says what there is to say instead of
	// what that gives; nil where nobody has to.
	Guard func(ctx context.Context, run func(context.Context) (any, error)) (any, error)
	// Run runs the workflow.
	Run func(context.Context) (any, error)
	// Registry has the workflow, and those others of its package that the tools will do
	// for. It is called once they are made.
	Registry func() *runtime.Registry
}

// Tagged is a result that is a value of a union, as Program.Run gives it: so that its
// JSON says which member it is.
func Tagged[U any](v U) any { return pure.Tagged(v) }

// A UsageError says that what the command was given can't be used, as opposed to
// a workflow that fails.
type UsageError struct{ Err error }

func (e *UsageError) Error() string { return e.Err.Error() }

// Unwrap gives what is wrong.
func (e *UsageError) Unwrap() error { return e.Err }

// The exit codes of Main.
const (
	exitDone     = 0
	exitFailed   = 1
	exitUnusable = 2
)

// Main runs the program and exits: with 0 when the workflow is done, 1 when it
// failed, 2 where the input or the mocks are unusable.
func Main(p Program) {
	r, err := readRequest()
	if err != nil {
		fmt.Fprintln(os.Stderr, "this program is run by wfgen run:", err)
		os.Exit(exitUnusable)
	}
	// What tools print isn't the workflow's result.
	out := &channel{out: os.Stdout, request: r}
	os.Stdout = os.Stderr
	os.Exit(p.main(r, out))
}

func (p *Program) main(r *Request, out *channel) int {
	last := p.Execute(r, out)
	out.send(last)
	return last.Code
}

// Execute runs the program in this process, and gives how it ended: a Message that
// is Done, Suspended or has a Failure. o is told of the events.
func (p *Program) Execute(r *Request, o Observer) Message {
	u := &undoing{Observer: o, durable: r.Durable != nil}
	result, err := p.run(r, u)
	var text []byte
	if err == nil && p.HasResult {
		text, err = pure.EncodeIndent(result)
	}
	if err == nil {
		return Message{Done: true, Result: string(text), Code: exitDone}
	}
	if suspended := new(SuspendedError); errors.As(err, &suspended) {
		return Message{Suspended: suspended.ID, Code: exitFailed}
	}
	code := exitFailed
	if usage := new(UsageError); errors.As(err, &usage) {
		code = exitUnusable
	}
	return Message{Failure: told(err), Undone: u.all(), Code: code}
}

// told is an error as it is shown: with the stack where a tool panicked.
func told(err error) string {
	var panicked *runtime.PanicError
	if errors.As(err, &panicked) {
		return err.Error() + "\n\n" + string(panicked.Stack)
	}
	var recorded *runtime.RecordedError
	if errors.As(err, &recorded) && recorded.Record.Panic != "" {
		return err.Error() + "\n\n" + recorded.Record.Panic
	}
	return err.Error()
}

func (p *Program) run(r *Request, o Observer) (any, error) {
	if err := p.read([]byte(r.Input)); err != nil {
		return nil, unfit(err)
	}
	if p.Bind != nil {
		if err := p.Bind(r.Models); err != nil {
			return nil, err
		}
	}
	if p.Prepare != nil {
		if err := p.Prepare([]byte(r.Mock)); err != nil {
			return nil, err
		}
	}
	by, stop := interruptible(r.Durable != nil)
	defer stop()
	ctx := by.first
	run := func(ctx context.Context) (any, error) { return p.Run(runtime.WithObserver(ctx, o)) }
	if r.Durable != nil {
		ctx = context.Background()
		run = func(ctx context.Context) (any, error) { return p.runDurably(ctx, by, r, o) }
	}
	if p.Guard != nil {
		unguarded := run
		run = func(ctx context.Context) (any, error) { return p.Guard(ctx, unguarded) }
	}
	result, err := run(ctx)
	if invalid := runtime.InvalidInput(err); invalid != nil {
		return nil, unfit(invalid)
	}
	return result, err
}

func (p *Program) read(input []byte) error {
	if p.Read != nil {
		return p.Read(input)
	}
	return pure.Decode(input, "", p.Input)
}

func unfit(err error) error {
	text := strings.ReplaceAll(err.Error(), "\n", "\n  ")
	return &UsageError{errors.New("the input doesn't fit:\n  " + text)}
}
