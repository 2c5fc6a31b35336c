package model

import (
	"fmt"
	"strings"
	"time"
)

// A Class is what kind of failure it is, and so what may help.
type Class string

// The classes.
const (
	Outage     Class = "outage"      // nobody answers, or a server's failure: asking again may help
	Limited    Class = "limited"     // too many requests or tokens: asking again helps after RetryAfter
	BadKey     Class = "bad key"     // the provider doesn't take the key
	Denied     Class = "denied"      // who has the key may not do that, or has nothing left to pay it
	NoModel    Class = "no model"    // the provider has no model of that name, or nothing at that address
	TooLong    Class = "too long"    // the request is longer than the model's window
	BadRequest Class = "bad request" // the provider doesn't take the request
	BadReply   Class = "bad reply"   // what came is none of the wire's replies
)

// An Error says why a model gave no reply. Its text never holds the key, nor an address
// beyond its host.
type Error struct {
	Class  Class
	Host   string // of the provider
	Model  string // as it was asked for
	Status int    // of HTTP; 0 where there was no answer
	Text   string // what the provider said, or what happened
	// RetryAfter is how long the provider wants not to be asked; 0 where it didn't say.
	RetryAfter time.Duration
	Err        error // of the connection; nil where the provider answered
}

// Error is the failure on a line, and what to do where that is known.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "model %s at %s: ", e.Model, e.Host)
	if e.Status != 0 {
		fmt.Fprintf(&b, "%d, ", e.Status)
	}
	b.WriteString(string(e.Class))
	if e.Text != "" {
		b.WriteString(": " + e.Text)
	}
	if e.RetryAfter > 0 {
		fmt.Fprintf(&b, " (it may be asked again in %v)", e.RetryAfter)
	}
	return b.String()
}

// Unwrap gives the connection's error; nil where the provider answered.
func (e *Error) Unwrap() error { return e.Err }

// Temporary tells whether the same request may succeed later.
func (e *Error) Temporary() bool { return e.Class == Outage || e.Class == Limited }
