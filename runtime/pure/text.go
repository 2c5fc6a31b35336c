package pure

import (
	"math"
	"reflect"
	"strconv"
	"time"
	"unicode/utf8"
)

// Text gives v as a substitution, ${v}, prints it: strings and enums as they are,
// numbers as JSON has them, times in RFC 3339 and UTC, durations as DurationText
// does, errors by their message, an absent optional as none, and structs, lists
// and maps as JSON.
func Text(v any) string { return textAt(v, "") }

// TextAt is Text for a value that may be large. It panics with a *Fault where its JSON is
// above 64 MiB.
func TextAt(v any, at string) string { return textAt(v, at) }

// textAt is TextAt, and without a place Text.
func textAt(v any, at string) string {
	switch v := v.(type) {
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return floatText(v, 64)
	case bool:
		return strconv.FormatBool(v)
	case time.Time:
		return timeText(v)
	case time.Duration:
		return DurationText(v)
	case nil:
		return "none"
	}
	return reflectedText(v, at)
}

// reflectedText is Text for the types that Text doesn't know by name.
func reflectedText(v any, at string) string {
	r := reflect.ValueOf(v)
	if r.Kind() == reflect.Pointer && r.IsNil() {
		return "none"
	}
	if err, ok := v.(error); ok {
		return Message(err)
	}
	switch r.Kind() {
	case reflect.String:
		return r.String()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.FormatInt(r.Int(), 10)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return strconv.FormatUint(r.Uint(), 10)
	case reflect.Float32, reflect.Float64:
		return floatText(r.Float(), r.Type().Bits())
	case reflect.Bool:
		return strconv.FormatBool(r.Bool())
	case reflect.Pointer:
		return pointerText(r, at)
	}
	return jsonText(v, at)
}

// pointerText is the text of what r points to. A pointer to a pointer may lead to
// itself; JSON's depth limit ends that.
func pointerText(r reflect.Value, at string) string {
	switch r.Elem().Kind() {
	case reflect.Pointer, reflect.Interface:
		return jsonText(r.Interface(), at)
	}
	return textAt(r.Elem().Interface(), at)
}

func jsonText(v any, at string) string {
	most := maxMade
	if at == "" {
		most = 0
	}
	data, met, err := EncodeWithin(v, most)
	switch {
	case met.Over:
		noRoom("the text", at)
	case err != nil:
		return "<" + err.Error() + ">" // a text never fails
	}
	return string(data)
}

func timeText(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

func floatText(x float64, bits int) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return strconv.FormatFloat(x, 'g', -1, bits)
	}
	var buf [32]byte
	return string(appendFloat(buf[:0], x, bits))
}

// appendFloat writes a number as JSON and JavaScript have it: the shortest digits
// that are exact, with an exponent only for what is very large or small.
func appendFloat(b []byte, x float64, bits int) []byte {
	abs := math.Abs(x)
	small, large := abs < 1e-6, abs >= 1e21
	if bits == 32 {
		small, large = float32(abs) < 1e-6, float32(abs) >= 1e21
	}
	if abs == 0 || !small && !large {
		return strconv.AppendFloat(b, x, 'f', -1, bits)
	}
	b = strconv.AppendFloat(b, x, 'e', -1, bits)
	if n := len(b); n >= 4 && b[n-4] == 'e' && b[n-3] == '-' && b[n-2] == '0' {
		b[n-2] = b[n-1] // e-09 is e-9
		b = b[:n-1]
	}
	return b
}

// maxQuoted bounds, in bytes, the values that messages quote.
const maxQuoted = 100

// quoteShort gives s in quotes for a message, cut where it is long.
func quoteShort(s string) string { return strconv.Quote(shorten(s)) }

func shorten(s string) string {
	if len(s) <= maxQuoted {
		return s
	}
	end := maxQuoted
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}

// JSON is a value as JSON text. It panics with a *Fault where the value has none, as a
// number that isn't one, and where the text is above 64 MiB.
func JSON(v any, at string) string {
	text, met, err := EncodeWithin(v, maxMade)
	switch {
	case met.Over:
		noRoom("the text", at)
	case err != nil:
		fault(at, err.Error())
	}
	return string(text)
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
