package pure

import (
	"errors"
	"math"
	"math/bits"
	"strconv"
	"strings"
	"time"
)

// day is the largest unit of a duration: days have 24 hours, as no time zone is
// ever involved.
const day = 24 * time.Hour

// durationUnits are the units of a duration's text, the largest first.
var durationUnits = [...]struct {
	name string
	size uint64 // in nanoseconds
}{
	{"d", uint64(day)},
	{"h", uint64(time.Hour)},
	{"m", uint64(time.Minute)},
	{"s", uint64(time.Second)},
	{"ms", uint64(time.Millisecond)},
	{"us", uint64(time.Microsecond)},
	{"ns", uint64(time.Nanosecond)},
}

// DurationText gives the language's spelling of d: 1h30m, 7d, 1s500ms, -5s. The
// largest unit is the day; units that are zero are left out, and zero itself is
// 0s. ParseDuration is its inverse.
func DurationText(d time.Duration) string {
	var buf [48]byte
	return string(appendDuration(buf[:0], d))
}

func appendDuration(b []byte, d time.Duration) []byte {
	if d == 0 {
		return append(b, "0s"...)
	}
	n := uint64(d)
	if d < 0 {
		b = append(b, '-')
		n = -n
	}
	for _, u := range durationUnits {
		if q := n / u.size; q > 0 {
			b = strconv.AppendUint(b, q, 10)
			b = append(b, u.name...)
			n -= q * u.size
		}
	}
	return b
}

const wantDuration = "a duration such as 1h30m"

var (
	errDuration      = errors.New("expected " + wantDuration)
	errDurationRange = errors.New("out of the range of a duration, ±292 years")
)

// ParseDuration reads a duration as the language writes it: numbers, possibly
// with a fraction, each with its unit (d h m s ms us µs ns), all behind an
// optional minus. What a fraction has below a nanosecond is dropped. Unlike
// time.ParseDuration it knows days, wants a unit for zero too, and is exact.
func ParseDuration(s string) (time.Duration, error) {
	rest, negative := strings.CutPrefix(s, "-")
	if rest == "" {
		return 0, errDuration
	}
	var sum uint64
	for rest != "" {
		part, tail, err := durationPart(rest)
		if err != nil {
			return 0, err
		}
		if part > 1<<63-sum {
			return 0, errDurationRange
		}
		sum, rest = sum+part, tail
	}
	switch {
	case negative:
		return time.Duration(-sum), nil
	case sum > math.MaxInt64:
		return 0, errDurationRange
	}
	return time.Duration(sum), nil
}

// durationPart reads one number with its unit, in nanoseconds up to 1<<63.
func durationPart(s string) (ns uint64, rest string, err error) {
	whole, s := leadingDigits(s)
	fraction := ""
	if strings.HasPrefix(s, ".") {
		if fraction, s = leadingDigits(s[1:]); fraction == "" {
			return 0, "", errDuration
		}
	}
	size, s := leadingUnit(s)
	if whole == "" || size == 0 {
		return 0, "", errDuration
	}
	n, err := strconv.ParseUint(whole, 10, 64)
	if err != nil {
		return 0, "", errDurationRange
	}
	high, ns := bits.Mul64(n, size)
	if high != 0 || ns > 1<<63 {
		return 0, "", errDurationRange
	}
	if ns += fractionOf(size, fraction); ns > 1<<63 {
		return 0, "", errDurationRange
	}
	return ns, s, nil
}

// fractionOf gives 0.digits of size, rounded down.
func fractionOf(size uint64, digits string) uint64 {
	digits = digits[:min(len(digits), 18)] // a day has 14 digits of nanoseconds
	var n, scale uint64 = 0, 1
	for _, c := range []byte(digits) {
		n, scale = n*10+uint64(c-'0'), scale*10
	}
	high, low := bits.Mul64(n, size)
	q, _ := bits.Div64(high, low, scale) // n < scale: the quotient is below size
	return q
}

func leadingDigits(s string) (digits, rest string) {
	i := 0
	for i < len(s) && '0' <= s[i] && s[i] <= '9' {
		i++
	}
	return s[:i], s[i:]
}

// leadingUnit gives the size in nanoseconds of the unit that s begins with; 0
// where it begins with none.
func leadingUnit(s string) (size uint64, rest string) {
	i := 0
	for i < len(s) && (s[i] < '0' || s[i] > '9') && s[i] != '.' {
		i++
	}
	name := s[:i]
	if name == "µs" || name == "μs" { // U+00B5, the micro sign, and U+03BC, the letter mu
		name = "us"
	}
	for _, u := range durationUnits {
		if u.name == name {
			return u.size, s[i:]
		}
	}
	return 0, s
}

// DurationOf reads a duration as ParseDuration does, as Go writes it (1h30m0s, 0) or as
// ISO 8601 does (PT1H30M, P1D, P2W): a day has 24 hours there too. It panics with a *Fault
// where s is none of these; years and months have no fixed length.
func DurationOf(s, at string) time.Duration {
	unsigned := strings.TrimLeft(s, "+-")
	sign := s[:len(s)-len(unsigned)]
	d, err := time.Duration(0), errDuration
	switch {
	case len(sign) > 1:
	case unsigned == "0":
		return 0
	case strings.HasPrefix(unsigned, "P"):
		if unsigned, err = isoUnits(unsigned[1:]); err == nil {
			d, err = ParseDuration(strings.TrimPrefix(sign, "+") + unsigned)
		}
	default:
		d, err = ParseDuration(strings.TrimPrefix(sign, "+") + unsigned)
	}
	if err != nil {
		fault(at, quoteShort(s)+" is no duration: "+err.Error())
	}
	return d
}

var (
	errISO   = errors.New("expected a duration of ISO 8601 such as PT1H30M or P1D")
	errMonth = errors.New("years and months have no fixed length: say it in days")
)

// isoUnits writes what stands behind the P of ISO 8601 with the language's units. They are
// in the order of the standard, each at most once.
func isoUnits(s string) (string, error) {
	date, clock, timed := strings.Cut(s, "T")
	if s == "" || timed && clock == "" {
		return "", errISO
	}
	days, err := isoPart(date, "YMWD", map[byte]string{'W': "7d", 'D': "d"})
	if err != nil {
		return "", err
	}
	rest, err := isoPart(clock, "HMS", map[byte]string{'H': "h", 'M': "m", 'S': "s"})
	return days + rest, err
}

// isoPart writes the numbers of one half, whose designators come in the order given.
func isoPart(s, order string, units map[byte]string) (string, error) {
	text := ""
	for s != "" {
		n := strings.IndexFunc(s, func(r rune) bool { return (r < '0' || r > '9') && r != '.' && r != ',' })
		if n <= 0 {
			return "", errISO
		}
		at := strings.IndexByte(order, s[n])
		if at < 0 {
			return "", errISO
		}
		number := strings.Replace(s[:n], ",", ".", 1)
		switch unit := units[s[n]]; unit {
		case "":
			return "", errMonth
		case "7d":
			text += strings.Repeat(number+"d", 7)
		default:
			text += number + unit
		}
		s, order = s[n+1:], order[at+1:]
	}
	return text, nil
}

// Seconds is x seconds as a duration, to the nearest nanosecond. It panics with a *Fault
// where x is NaN or beyond the range of a duration.
func Seconds(x float64, at string) time.Duration {
	ns := math.Round(x * float64(time.Second))
	if !(ns >= math.MinInt64 && ns < 1<<63) {
		fault(at, Text(x)+" seconds are "+errDurationRange.Error())
	}
	return time.Duration(ns)
}
