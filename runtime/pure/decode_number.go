package pure

import (
	"bytes"
	"errors"
	"math"
	"reflect"
	"strconv"
)

// readInt reads an integer into v, whose kind is one of the integers.
func readInt(d *decoder, v reflect.Value) bool {
	if !d.atNumber() {
		return d.mismatch("a whole number")
	}
	start := d.pos
	raw, ok := d.number()
	if !ok {
		return false
	}
	n, negative, err := wholeNumber(raw)
	switch {
	case err == errFraction:
		d.unfit(start, "a whole number")
	case err != nil || !setInt(v, n, negative):
		d.add(shorten(string(raw)) + " doesn't fit " + v.Kind().String())
	}
	return true
}

// setInt sets v to a number that is given by its magnitude. It gives false where
// that doesn't fit.
func setInt(v reflect.Value, n uint64, negative bool) bool {
	bits := uint(v.Type().Bits())
	if v.CanUint() {
		if negative && n != 0 || n > math.MaxUint64>>(64-bits) {
			return false
		}
		v.SetUint(n)
		return true
	}
	limit := uint64(1) << (bits - 1)
	if n > limit || n == limit && !negative {
		return false
	}
	if negative {
		n = -n
	}
	v.SetInt(int64(n))
	return true
}

var (
	errFraction = errors.New("the number has a fraction")
	errHuge     = errors.New("the number doesn't fit 64 bits")
)

// wholeNumber reads a number of JSON that has no fraction, as 1, 1.0 and 1e3 have
// none. It fails with errFraction or errHuge.
func wholeNumber(raw []byte) (n uint64, negative bool, err error) {
	if raw[0] == '-' {
		negative, raw = true, raw[1:]
	}
	if len(raw) > 18 {
		n, err = scaledNumber(raw)
		return n, negative, err
	}
	for _, c := range raw {
		if c < '0' || c > '9' {
			n, err = scaledNumber(raw)
			return n, negative, err
		}
		n = n*10 + uint64(c-'0')
	}
	return n, negative, nil
}

// scaledNumber is wholeNumber for what may have a point and an exponent.
func scaledNumber(raw []byte) (uint64, error) {
	exponent := 0
	if i := bytes.IndexAny(raw, "eE"); i >= 0 {
		// One that is out of range comes as the least or greatest int.
		exponent, _ = strconv.Atoi(string(raw[i+1:]))
		exponent = max(-1<<29, min(exponent, 1<<29))
		raw = raw[:i]
	}
	front, fraction, _ := bytes.Cut(raw, []byte("."))
	digits := bytes.TrimRight(append(bytes.Clone(front), fraction...), "0")
	point := len(front) + exponent // how many digits stand before the point
	for len(digits) > 0 && digits[0] == '0' {
		digits, point = digits[1:], point-1
	}
	switch {
	case len(digits) == 0:
		return 0, nil
	case len(digits) > point:
		return 0, errFraction
	case point > 20:
		return 0, errHuge
	}
	for len(digits) < point {
		digits = append(digits, '0')
	}
	n, err := strconv.ParseUint(string(digits), 10, 64)
	if err != nil {
		return 0, errHuge
	}
	return n, nil
}

// readFloat reads a number into v, whose kind is one of the floats.
func readFloat(d *decoder, v reflect.Value) bool {
	if !d.atNumber() {
		return d.mismatch("a number")
	}
	x, ok := d.float(v.Type().Bits())
	if ok {
		v.SetFloat(x)
	}
	return ok
}

// float reads a number, rounded to the nearest float.
func (d *decoder) float(bits int) (x float64, ok bool) {
	raw, ok := d.number()
	if !ok {
		return 0, false
	}
	x, err := strconv.ParseFloat(string(raw), bits)
	if err != nil {
		d.add(shorten(string(raw)) + " doesn't fit float" + strconv.Itoa(bits))
		return 0, true
	}
	return x, true
}
