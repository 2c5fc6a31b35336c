package pure

import (
	"math"
	"strconv"
	"testing"
	"testing/quick"
	"time"
)

func TestDurationText(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                              "0s",
		90 * time.Minute:               "1h30m",
		7 * day:                        "7d",
		26 * time.Hour:                 "1d2h",
		500 * time.Millisecond:         "500ms",
		1500 * time.Millisecond:        "1s500ms",
		-5 * time.Second:               "-5s",
		1:                              "1ns",
		1001 * time.Microsecond:        "1ms1us",
		day + 1:                        "1d1ns",
		math.MaxInt64:                  "106751d23h47m16s854ms775us807ns",
		math.MinInt64:                  "-106751d23h47m16s854ms775us808ns",
		-(time.Hour + time.Nanosecond): "-1h1ns",
	} {
		if got := DurationText(d); got != want {
			t.Errorf("DurationText(%d) = %q, want %q", d, got, want)
		}
		if back, err := ParseDuration(want); err != nil || back != d {
			t.Errorf("ParseDuration(%q) = %d, %v, want %d", want, back, err, d)
		}
	}
}

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"1.5h":                            90 * time.Minute,
		"0.3d":                            day / 10 * 3,
		"2h30m":                           150 * time.Minute,
		"30m2h":                           150 * time.Minute,
		"0s":                              0,
		"-0s":                             0,
		"5us":                             5 * time.Microsecond,
		"5µs":                             5 * time.Microsecond,
		"5μs":                             5 * time.Microsecond,
		"0.5ns":                           0,
		"1.25ms":                          1250 * time.Microsecond,
		"00001s":                          time.Second,
		"0.1000000000000000000000000001s": 100 * time.Millisecond,
	} {
		if got, err := ParseDuration(text); err != nil || got != want {
			t.Errorf("ParseDuration(%q) = %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "-", "0", "5", "s", ".5s", "1.s", "1w", "+1s", "1 s", " 1s", "1s ", "1_000s", "--1s", "1h-2m", "1e3s", "1H", "1.2.3s"} {
		if got, err := ParseDuration(text); err != errDuration {
			t.Errorf("ParseDuration(%q) = %d, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"106752d", "9223372036854775808ns", "18446744073709551616ns", "106751d24h", "-9223372036854775809ns",
		"9223372036854775808ns9223372036854775808ns", "99999999999999999999999h", "106751.99999999999d",
	} {
		if got, err := ParseDuration(text); err != errDurationRange {
			t.Errorf("ParseDuration(%q) = %d, %v", text, got, err)
		}
	}
}

func TestDurationRoundTrip(t *testing.T) {
	back := func(d time.Duration) bool {
		got, err := ParseDuration(DurationText(d))
		return err == nil && got == d
	}
	if err := quick.Check(back, &quick.Config{MaxCount: 10000}); err != nil {
		t.Error(err)
	}
}

func TestDurationOf(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"1h30m": 90 * time.Minute, "1h0m0s": time.Hour, "+1.5h": 90 * time.Minute, "-2s": -2 * time.Second, "0": 0, "1d": day,
		"PT1H30M": 90 * time.Minute, "P1D": day, "P1DT12H": 36 * time.Hour, "P2W": 14 * day, "P0.5W": 84 * time.Hour,
		"-PT0.5S": -time.Second / 2, "PT1,5S": 1500 * time.Millisecond, "+PT1M": time.Minute, "PT0S": 0,
	} {
		equal(t, text, DurationOf(text, here), want)
	}
	for text, why := range map[string]string{
		"": errDuration.Error(), "90": errDuration.Error(), "--1h": errDuration.Error(), "1 h": errDuration.Error(), "pt1h": errDuration.Error(),
		"P": errISO.Error(), "PT": errISO.Error(), "P1": errISO.Error(), "P1H": errISO.Error(), "PT1M1H": errISO.Error(), "P1DT": errISO.Error(),
		"PT1.S": errDuration.Error(), "PT.S": errDuration.Error(), "P1M": errMonth.Error(), "P1Y2D": errMonth.Error(),
		"P999999999D": errDurationRange.Error(), "PT1MS": errISO.Error(), "P1DT1H2": errISO.Error(),
	} {
		wantFault(t, strconv.Quote(text)+" is no duration: "+why, func() { DurationOf(text, here) })
	}
}

func TestSeconds(t *testing.T) {
	equal(t, "0.1 s", Seconds(0.1, here), 100*time.Millisecond)
	equal(t, "-1.5 s", Seconds(-1.5, here), -1500*time.Millisecond)
	equal(t, "the least", Seconds(math.MinInt64/1e9, here), math.MinInt64)
	for _, x := range []float64{math.NaN(), math.Inf(1), 1e10, -1e10} {
		wantFault(t, Text(x)+" seconds are out of the range of a duration, ±292 years", func() { Seconds(x, here) })
	}
}

func FuzzParseDuration(f *testing.F) {
	for _, text := range []string{"1h30m", "-1.5d", "0s", "µs", "106751d23h47m16s854ms775us808ns"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := ParseDuration(text)
		if err != nil {
			return
		}
		if back, err := ParseDuration(DurationText(d)); err != nil || back != d {
			t.Errorf("%q is %d, and %q is %d, %v", text, d, DurationText(d), back, err)
		}
	})
}
