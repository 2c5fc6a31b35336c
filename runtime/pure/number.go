package pure

import (
	"errors"
	"math"
	"reflect"
	"strconv"
	"strings"
)

type signed interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64
}

type unsigned interface {
	~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64
}

type integer interface{ signed | unsigned }

type float interface{ ~float32 | ~float64 }

// Div is a / b of integers, rounded towards zero. It panics with a *Fault where b
// is zero.
func Div[T integer](a, b T, at string) T {
	if b == 0 {
		fault(at, "integer division by zero")
	}
	return a / b
}

// Rem is a % b of integers, with the sign of a. It panics with a *Fault where b is
// zero.
func Rem[T integer](a, b T, at string) T {
	if b == 0 {
		fault(at, "integer division by zero")
	}
	return a % b
}

// Abs is x without its sign. The smallest number of a signed integer type has no
// positive counterpart and stays as it is, as -x does in Go.
func Abs[T signed | float](x T) T {
	if x <= 0 {
		return 0 - x // for -0 too, where -x would not do
	}
	return x
}

// Variable gives v as a value of which Go doesn't know that it is a constant: so arithmetic
// with it wraps where Go would refuse that of constants.
func Variable[T any](v T) T { return v }

// ParseInt reads a whole number in decimal. It panics with a *Fault where s is
// anything else, or doesn't fit an int.
func ParseInt(s, at string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		badNumber(s, "a whole number", "int", err, at)
	}
	return n
}

// ParseFloat reads a decimal number, with or without a fraction and an exponent.
// It panics with a *Fault where s is anything else, or doesn't fit a float64.
func ParseFloat(s, at string) float64 {
	x, err := strconv.ParseFloat(s, 64)
	if err == nil && !isDecimal(s) {
		err = strconv.ErrSyntax
	}
	if err != nil {
		badNumber(s, "a number", "float64", err, at)
	}
	return x
}

// isDecimal tells a number from the others that strconv reads: hexadecimal ones,
// infinities, NaN.
func isDecimal(s string) bool {
	for i := range len(s) {
		if (s[i] < '0' || s[i] > '9') && strings.IndexByte("+-.eE", s[i]) < 0 {
			return false
		}
	}
	return true
}

func badNumber(s, what, typ string, err error, at string) {
	if errors.Is(err, strconv.ErrRange) {
		fault(at, shorten(s)+" doesn't fit "+typ)
	}
	fault(at, quoteShort(s)+" isn't "+what)
}

// FloatTo converts x to an integer type, dropping the fraction. Go leaves open
// what becomes of a number that doesn't fit; here it panics with a *Fault, as NaN
// and the infinities do, so that every machine has the same answer.
func FloatTo[I integer, F float](x F, at string) I {
	whole := math.Trunc(float64(x))
	var zero I
	if zero-1 > 0 { // unsigned
		if whole >= 0 && whole < 1<<64 {
			if n := uint64(whole); uint64(I(n)) == n {
				return I(n)
			}
		}
	} else if whole >= -1<<63 && whole < 1<<63 {
		if n := int64(whole); int64(I(n)) == n {
			return I(n)
		}
	}
	fault(at, Text(x)+" doesn't fit "+reflect.TypeFor[I]().String())
	return 0
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
