package pure

import (
	"strconv"
	"sync"
	"testing"
)

func TestCharAtAndSubstring(t *testing.T) {
	equal(t, "CharAt", CharAt("abc", 2, here), 'c')
	equal(t, "Substring", Substring("abc", 1, 3, here), "bc")
	equal(t, "Substring", Substring("", 0, 0, here), "")
	wantFault(t, "index 3 is out of range of a string of length 3", func() { CharAt("abc", 3, here) })
	wantFault(t, "slice bounds [2:1] are out of range of a string of length 3", func() { Substring("abc", 2, 1, here) })
	wantFault(t, "slice bounds [0:4] are out of range of a string of length 3", func() { Substring("abc", 0, 4, here) })
}

func TestMatches(t *testing.T) {
	for range 2 { // compiled, then kept
		equal(t, "Matches", Matches("SKU-12", `^[A-Z]+-\d+$`, here), true)
		equal(t, "Matches", Matches("sku", `^[A-Z]+$`, here), false)
	}
	wantFault(t, `the pattern "a(" doesn't compile: missing closing )`, func() { Matches("a", "a(", here) })
}

func TestMatchesKeepsFewPatterns(t *testing.T) {
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 2 * maxPatterns {
				Matches("", strconv.Itoa(i), here)
			}
		})
	}
	wg.Wait()
	if n := len(patterns.compiled); n > maxPatterns {
		t.Errorf("%d patterns are kept", n)
	}
}

func BenchmarkMatches(b *testing.B) {
	for b.Loop() {
		Matches("SKU-12", `^[A-Z]+-\d+$`, here)
	}
}

func TestBase64(t *testing.T) {
	equal(t, "Base64", Base64("ok?>é", here), "b2s/PsOp")
	for code, text := range map[string]string{"b2s/PsOp": "ok?>é", "b2s_PsOp": "ok?>é", "b2s=": "ok", "b2s": "ok", "": ""} {
		equal(t, code, Unbase64(code, here), text)
	}
	wantFault(t, `"b" is no base64: illegal base64 data at input byte 0`, func() { Unbase64("b", here) })
	wantFault(t, `"a b" is no base64: illegal base64 data at input byte 1`, func() { Unbase64("a b", here) })
	wantFault(t, "the base64 holds bytes that are no text in UTF-8: have a tool take it apart", func() { Unbase64("/w==", here) })
}
