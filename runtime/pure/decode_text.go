package pure

// DecodeText reads a T from JSON text, as decode does; at is the place of the
// expression. check looks at the value, and is nil where any T will do.
func DecodeText[T any](text string, check func(*Check, T) T, at string) (v T) {
	err := decodeWithin([]byte(text), "", &v, maxMade)
	if err == nil && check != nil {
		c := NewCheck("")
		v = check(c, v)
		err = c.Err()
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
