package runtime

import (
	"slices"
	"strings"
	"time"
)

// An EventDefinition is a declared event as a Registry has it.
type EventDefinition struct {
	// Name is the event's name as declared.
	Name string
	// Doc is the event's doc comment; may be empty.
	Doc string
	// Keep is how long one that nobody awaits is kept.
	Keep time.Duration
	// Schema is the JSON Schema, of draft 2020-12, of the event: an object of its keys
	// and payload.
	Schema string

	mailing func([]byte) (*mailing, error)
}

// DefineEvent gives a definition an event that can be sent as JSON. Generated code
// calls it.
func DefineEvent[E any](d EventDefinition, t *Topic[E]) *EventDefinition {
	d.Name, d.Keep = t.Name, t.Keep
	d.mailing = func(data []byte) (*mailing, error) {
		event, err := decodeResult(&Task[E]{Decode: t.Decode}, data, decodeJSON)
		if err != nil {
			return nil, err
		}
		return t.mailing(event)
	}
	return &d
}

// Address is where the event with these keys and this payload, one JSON object, is
// awaited: two that the same steps await have the same. What is wrong with the object is
// an error.
func (d *EventDefinition) Address(event []byte) (string, error) {
	m, err := d.mailing(event)
	if err != nil {
		return "", err
	}
	return m.address, nil
}

// AddEvents adds events to the registry, which is given.
func (r *Registry) AddEvents(types string, list ...*EventDefinition) *Registry {
	r.events = append(r.events, list...)
	slices.SortFunc(r.events, func(a, b *EventDefinition) int { return strings.Compare(a.Name, b.Name) })
	for _, d := range list {
		d.Schema = document(d.Schema, types)
	}
	return r
}

// Events gives all events, sorted by name. They aren't to be changed.
func (r *Registry) Events() []*EventDefinition { return slices.Clone(r.events) }
