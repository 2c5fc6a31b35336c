package runtime

import "fmt"

// maxPayload bounds what is stored of one step, input, event or result, in bytes of
// JSON.
const maxPayload = 16 << 20

// A PayloadError says that a value is too big, or can't be written as JSON, so that it
// can't be stored.
type PayloadError struct {
	// Of says which value.
	Of string
	// Size is that of its JSON, in bytes; 0 where it has none.
	Size int
	// Err is why it can't be written; nil where it is too big.
	Err error
}

func (e *PayloadError) Error() string {
	if e.Err != nil {
		return e.Of + " can't be stored: " + e.Err.Error()
	}
	return fmt.Sprintf("%s has %d bytes of JSON, and at most %d are stored: keep what is large elsewhere, and pass its name", e.Of, e.Size, maxPayload)
}

// Unwrap gives why the value can't be written; it may be nil.
func (e *PayloadError) Unwrap() error { return e.Err }

// encodePayload gives a value as it is stored.
func encodePayload(v any, of string) ([]byte, error) {
	data, err := Encode(v)
	if err == nil {
		err = fits(data, of)
	} else {
		err = &PayloadError{Of: of, Err: err}
	}
	return data, err
}

func fits(data []byte, of string) error {
	if len(data) > maxPayload {
		return &PayloadError{Of: of, Size: len(data)}
	}
	return nil
}

func isPayload(err error) bool {
	_, ok := err.(*PayloadError)
	return ok
}
