package pure

// A Fault is what a pure expression fails with: an index out of range, a division
// by zero, a conversion that isn't possible. The functions of this package that
// stand for expressions panic with a *Fault; the frame of the workflow recovers
// it, so that it fails the workflow and never the process.
type Fault struct {
	// At is the place of the expression in the source: file.wf:line:col.
	At string
	// Text says what is wrong, without the place.
	Text string
	// Err is the error that a Go function gave in an expression; nil where there is none.
	Err error
}

// Error is the place and the text.
func (f *Fault) Error() string {
	if f.At == "" {
		return f.Text
	}
	return f.At + ": " + f.Text
}

// Unwrap gives the error of a Go function; it may be nil.
func (f *Fault) Unwrap() error { return f.Err }

// fault panics with a *Fault. It is never inlined, to keep its callers small
// enough to be.
//
//go:noinline
func fault(at, text string) {
	panic(&Fault{At: at, Text: text})
}

// Message is the bare text of an error: what the tool, validate or fail said, without the
// step and its place. Where an error's text has more than that, a method BareText has it.
func Message(err error) string {
	if bare, ok := err.(interface{ BareText() string }); ok {
		return bare.BareText()
	}
	return err.Error()
}
