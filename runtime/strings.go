package runtime

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strconv"
	"sync"
)

// CharAt is s[i], a byte. It panics with a *Fault where i is out of range.
func CharAt(s string, i int, at string) byte {
	if uint(i) >= uint(len(s)) {
		noByte(i, len(s), at)
	}
	return s[i]
}

// Substring is s[lo:hi], in bytes. It panics with a *Fault where the bounds don't
// fit s.
func Substring(s string, lo, hi int, at string) string {
	if uint(hi) > uint(len(s)) || uint(lo) > uint(hi) {
		noSubstring(s, lo, hi, at)
	}
	return s[lo:hi]
}

// The messages are put together apart from the functions that need them, and never
// inlined: that keeps those small enough to be.

//go:noinline
func noByte(i, n int, at string) { fault(at, outOfRange(i, n, "a string")) }

//go:noinline
func noSubstring(s string, lo, hi int, at string) { fault(at, outOfBounds(lo, hi, len(s), "a string")) }

func outOfRange(i, n int, what string) string {
	return "index " + strconv.Itoa(i) + " is out of range of " + what + " of length " + strconv.Itoa(n)
}

func outOfBounds(lo, hi, n int, what string) string {
	bounds := "[" + strconv.Itoa(lo) + ":" + strconv.Itoa(hi) + "]"
	return "slice bounds " + bounds + " are out of range of " + what + " of length " + strconv.Itoa(n)
}

// maxPatterns bounds the compiled patterns that are kept: those of a program's
// source are few, those put together from data may be many.
const maxPatterns = 256

var patterns struct {
	sync.RWMutex
	compiled map[string]*regexp.Regexp
}

// Matches tells whether text contains a match of pattern, in RE2's syntax. It
// panics with a *Fault where the pattern isn't one.
func Matches(text, pattern, at string) bool {
	patterns.RLock()
	re := patterns.compiled[pattern]
	patterns.RUnlock()
	if re == nil {
		re = compilePattern(pattern, at)
	}
	return re.MatchString(text)
}

func compilePattern(pattern, at string) *regexp.Regexp {
	re, err := regexp.Compile(pattern)
	if err != nil {
		why := err.Error()
		if bad, ok := errors.AsType[*syntax.Error](err); ok {
			why = string(bad.Code)
		}
		fault(at, "the pattern "+quoteShort(pattern)+" doesn't compile: "+why)
	}
	patterns.Lock()
	defer patterns.Unlock()
	if patterns.compiled == nil || len(patterns.compiled) >= maxPatterns {
		patterns.compiled = make(map[string]*regexp.Regexp)
	}
	patterns.compiled[pattern] = re
	return re
}
