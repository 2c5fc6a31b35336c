package runtime

// A Fault is what a pure expression fails with: an index out of range, a division
// by zero, a conversion that isn't possible. The functions of this package that
// stand for expressions panic with a *Fault; the frame of the workflow recovers
// it, so that it fails the workflow and never the process.
type Fault struct {
	// At is the place of the expression in the source: file.wf:line:col.
	At string
	// Text says what is wrong, without the place.
	Text string
}

// Error is the place and the text.
func (f *Fault) Error() string {
	if f.At == "" {
		return f.Text
	}
	return f.At + ": " + f.Text
}

// fault panics with a *Fault. It is never inlined, to keep its callers small
// enough to be.
//
//go:noinline
func fault(at, text string) {
	panic(&Fault{At: at, Text: text})
}
