package runtime

import (
	"fmt"
	"reflect"

	"github.com/wfgen/wfgen/runtime/pure"
)

// maxPayload bounds what is stored of one step, input, event or result, in bytes of
// JSON.
const maxPayload = 16 << 20

// A PayloadError says that a value is too big, or can't be written as JSON, so that it
// can't be stored.
type PayloadError struct {
	// Of says which value.
	Of string
	// Most is how large its JSON may be, in bytes.
	Most int
	// Err is why it can't be written; nil where it is too big.
	Err error
}

func (e *PayloadError) Error() string {
	if e.Err != nil {
		return e.Of + " can't be stored: " + e.Err.Error()
	}
	return fmt.Sprintf("%s has more than the %d bytes of JSON that are stored at most: keep what is large elsewhere, and pass its name", e.Of, e.Most)
}

// Unwrap gives why the value can't be written; it may be nil.
func (e *PayloadError) Unwrap() error { return e.Err }

// encodePayload gives a value as it is stored.
func encodePayload(v any, of string) (data []byte, err error) {
	data, _, err = payload(v, of, maxPayload)
	return data, err
}

// payload is encodePayload for at most so many bytes, and tells what EncodeWithin does.
// Methods that write a value's JSON may panic.
func payload(v any, of string, most int) (data []byte, odd bool, err error) {
	defer func() {
		if r := recover(); r != nil {
			data, err = nil, &PayloadError{Of: of, Err: panicked(r)}
		}
	}()
	data, met, err := pure.EncodeWithin(v, most)
	switch {
	case met.Over:
		return nil, false, &PayloadError{Of: of, Most: most}
	case err != nil:
		return nil, false, &PayloadError{Of: of, Err: err}
	}
	return data, met.Odd, nil
}

// storable gives a value as it is stored, and tells whether what is read back is the same
// value. Where that isn't known, it can be read back.
func storable(v any, of string) (data []byte, same bool, err error) {
	data, odd, err := payload(v, of, maxPayload)
	if err != nil || v == nil {
		return data, true, err
	}
	if pure.IsFaithful(storedType(v)) {
		return data, !odd, nil
	}
	if err := pure.Lost(v); err != nil {
		return nil, false, &PayloadError{Of: of, Err: err}
	}
	return data, false, nil
}

// storedType is the type of a value that encodable gives.
func storedType(v any) reflect.Type {
	t := reflect.TypeOf(v)
	if t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Interface {
		return t.Elem()
	}
	return t
}

// unstorable says why a value can't be stored; nil where it can, and can be read back.
func unstorable(v any, of string) error {
	data, same, err := storable(v, of)
	if err != nil || same {
		return err
	}
	if pure.IsDynamic(v) {
		return nil // it has the JSON of what it is declared as
	}
	return readable(data, reflect.New(reflect.TypeOf(v)).Interface(), of)
}

// readable says why a value can't be read from its own JSON, into what it points to; nil
// where it can.
func readable(data []byte, into any, of string) error {
	if err := decodeStored(data, into); err != nil {
		return &PayloadError{Of: of, Err: fmt.Errorf("it can't be read from its own JSON: %w", err)}
	}
	return nil
}

// decodeStored is Decode for what is stored. Methods that read a value's JSON may panic.
func decodeStored(data []byte, into any) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = panicked(r)
		}
	}()
	return pure.Decode(data, "", into)
}
