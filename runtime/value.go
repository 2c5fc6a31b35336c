package runtime

import (
	"context"
	"strconv"
	"time"
)

// DecodeText reads a T from JSON text, as decode does; at is the place of the
// expression. check looks at the value, and is nil where any T will do.
func DecodeText[T any](text string, check func(*Check, T) T, at string) (v T) {
	err := decodeWithin([]byte(text), "", &v, maxMade)
	if err == nil && check != nil {
		v, err = Checked(check)(context.Background(), v)
	}
	if err != nil {
		fault(at, "can't be decoded: "+err.Error())
	}
	return v
}

// DecodeAny is DecodeText for a value that an any holds, which may be of any type
// that has a JSON.
func DecodeAny[T any](x any, check func(*Check, T) T, at string) T {
	text, err := EncodeMade(x)
	if err != nil {
		fault(at, "can't be decoded: "+err.Error())
	}
	return DecodeText(string(text), check, at)
}

// maxDigits bounds the digits behind the point that Fixed writes.
const maxDigits = 100

// Fixed writes a number with so many digits behind the point, rounded half to even
// of its exact value.
func Fixed(x float64, digits int, at string) string {
	if digits < 0 || digits > maxDigits {
		fault(at, "fixed takes 0 to "+strconv.Itoa(maxDigits)+" digits, found "+strconv.Itoa(digits))
	}
	return strconv.FormatFloat(x, 'f', digits, 64)
}

// Format writes a time in UTC by a layout of package time.
// It panics with a *Fault where that is above 64 MiB.
func Format(t time.Time, layout, at string) string {
	if len(layout) > maxMade {
		tooLarge("the text", len(layout), at)
	}
	text := t.UTC().Format(layout)
	if len(text) > maxMade {
		tooLarge("the text", len(text), at)
	}
	return text
}
