package pure

import (
	"math"
	"testing"
	"time"
)

// equal checks what a call gives.
func equal[T comparable](t *testing.T, call string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s = %v, want %v", call, got, want)
	}
}

func TestDivRem(t *testing.T) {
	equal(t, "Div(7, 2)", Div(7, 2, here), 3)
	equal(t, "Div(-7, 2)", Div(-7, 2, here), -3)
	equal(t, "Rem(-7, 2)", Rem(-7, 2, here), -1)
	equal(t, "Div(min, -1)", Div(int64(math.MinInt64), -1, here), math.MinInt64)
	equal(t, "Rem(min, -1)", Rem(int64(math.MinInt64), -1, here), 0)
	equal(t, "Div(uint8)", Div(uint8(200), 7, here), 28)
	wantFault(t, "integer division by zero", func() { Div(1, 0, here) })
	wantFault(t, "integer division by zero", func() { Rem(uint8(1), 0, here) })
}

func TestAbs(t *testing.T) {
	equal(t, "Abs(-3)", Abs(-3), 3)
	equal(t, "Abs(3)", Abs(3), 3)
	equal(t, "Abs(min)", Abs(int8(-128)), -128)
	equal(t, "Abs(-1.5)", Abs(-1.5), 1.5)
	equal(t, "Abs(-5s)", Abs(-5*time.Second), 5*time.Second)
	if math.Signbit(Abs(math.Copysign(0, -1))) || !math.IsNaN(Abs(math.NaN())) {
		t.Error("Abs of -0 or NaN")
	}
}

func TestParseNumbers(t *testing.T) {
	equal(t, "ParseInt", ParseInt("-65", here), -65)
	equal(t, "ParseInt", ParseInt("007", here), 7)
	equal(t, "ParseFloat", ParseFloat("6.5e1", here), 65)
	equal(t, "ParseFloat", ParseFloat("-.5", here), -0.5)
	for _, s := range []string{"", " 1", "1 ", "1_000", "0x10", "1.0", "ten"} {
		wantFault(t, quoteShort(s)+" isn't a whole number", func() { ParseInt(s, here) })
	}
	for _, s := range []string{"", " 1", "1_0", "0x1p4", "NaN", "inf", "+Inf", "e"} {
		wantFault(t, quoteShort(s)+" isn't a number", func() { ParseFloat(s, here) })
	}
	wantFault(t, "9223372036854775808 doesn't fit int", func() { ParseInt("9223372036854775808", here) })
	wantFault(t, "-1e999 doesn't fit float64", func() { ParseFloat("-1e999", here) })
}

func TestFloatTo(t *testing.T) {
	equal(t, "FloatTo", FloatTo[int](-2.9, here), -2)
	equal(t, "FloatTo", FloatTo[uint8](255.9, here), 255)
	equal(t, "FloatTo", FloatTo[uint8](-0.9, here), 0)
	equal(t, "FloatTo", FloatTo[int64](float64(-1<<63), here), math.MinInt64)
	equal(t, "FloatTo", FloatTo[int8](float32(-128.5), here), -128)
	equal(t, "FloatTo", FloatTo[uint64](float64(1<<63), here), 1<<63)
	wantFault(t, "256 doesn't fit uint8", func() { FloatTo[uint8](256.0, here) })
	wantFault(t, "-1 doesn't fit uint64", func() { FloatTo[uint64](-1.0, here) })
	wantFault(t, "9223372036854776000 doesn't fit int64", func() { FloatTo[int64](float64(1<<63), here) })
	wantFault(t, "18446744073709552000 doesn't fit uint64", func() { FloatTo[uint64](float64(1<<64), here) })
	wantFault(t, "NaN doesn't fit int", func() { FloatTo[int](math.NaN(), here) })
	wantFault(t, "-Inf doesn't fit int", func() { FloatTo[int](math.Inf(-1), here) })
}
