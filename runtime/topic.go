package runtime

import (
	"context"
	"fmt"
	"time"
)

// A Topic describes a declared event to the runtime. Generated code has one variable
// for each event.
type Topic[E any] struct {
	// Name is the event's name as declared.
	Name string
	// Keep is how long one that nobody awaits is kept.
	Keep time.Duration
	// All tells that each execution that awaits one is given it: once, in the order in which
	// they are sent, those of the time since it was created.
	All bool
	// Keys gives the values of the event's keys in their order.
	Keys func(E) []any
	// Check gives its argument as a workflow sees it, or says what breaks the
	// constraints of its type; nil where any E will do.
	Check func(context.Context, E) (E, error)
	// Decode reads an event that comes as JSON; nil where Decode does.
	Decode func(json []byte) (E, error)

	filter *topicFilter[E] // which events are awaited; nil for all
}

// mailing makes a mailing of an event.
func (t *Topic[E]) mailing(event E) (*mailing, error) {
	event, err := t.checked(event)
	if err != nil {
		return nil, err
	}
	return t.made(event)
}

// checked is an event that fits its declaration.
func (t *Topic[E]) checked(event E) (E, error) {
	if t.Check == nil {
		return event, nil
	}
	event, err := t.Check(context.Background(), event)
	if err != nil {
		err = fmt.Errorf("the event %s: %w", t.Name, err)
	}
	return event, err
}

// made is mailing for an event that is checked.
func (t *Topic[E]) made(event E) (*mailing, error) {
	at, err := t.address(t.Keys(event))
	if err != nil {
		return nil, err
	}
	data, same, err := storable(event, "the event "+t.Name)
	if err == nil && !same { // so that nobody awaits what can't be read
		_, err = decodeResult(&Task[E]{Decode: t.Decode}, data, decodeStored)
	}
	if err != nil {
		return nil, err
	}
	return &mailing{at, data, t.Keep}, nil
}
