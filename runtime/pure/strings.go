package pure

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

// maxPattern bounds a pattern, by how many steps it has when its repetitions are written
// out, and maxKeptPattern one that is kept.
const (
	maxPattern     = 1 << 16
	maxKeptPattern = 1 << 12
)

// maxMatching bounds the steps of a pattern times the bytes of the text: matching may take
// so many moves, of a few nanoseconds each, and nothing can stop it in between.
const maxMatching = 1 << 29

// A pattern is one that is compiled.
type pattern struct {
	*regexp.Regexp
	steps int // as those of maxPattern; 0 where it is nothing but a text to look for
}

var patterns struct {
	sync.RWMutex
	compiled map[string]pattern
}

// Matches tells whether text contains a match of a pattern in RE2's syntax. It panics
// with a *Fault where that isn't one, is too large, or would take too long with the text.
func Matches(text, expr, at string) bool {
	patterns.RLock()
	p, known := patterns.compiled[expr]
	patterns.RUnlock()
	if !known {
		p = compilePattern(expr, at)
	}
	if p.steps > 0 && len(text) > maxMatching/p.steps {
		fault(at, "a text of "+strconv.Itoa(len(text))+" bytes takes too long to match with a pattern of "+strconv.Itoa(p.steps)+
			" steps, at most "+strconv.Itoa(maxMatching/p.steps)+" bytes do with that: match a part of the text, or simplify the pattern")
	}
	return p.MatchString(text)
}

func compilePattern(expr, at string) pattern {
	p := pattern{steps: patternSteps(expr, at)}
	re, err := regexp.Compile(expr)
	if err != nil {
		badPattern(expr, err, at)
	}
	p.Regexp = re
	if _, whole := re.LiteralPrefix(); whole {
		p.steps = 0
	}
	if p.steps > maxKeptPattern {
		return p
	}
	patterns.Lock()
	defer patterns.Unlock()
	if patterns.compiled == nil || len(patterns.compiled) >= maxPatterns {
		patterns.compiled = make(map[string]pattern)
	}
	patterns.compiled[expr] = p
	return p
}

// patternSteps counts the steps of a pattern before they are made.
func patternSteps(expr, at string) int {
	steps := len(expr)
	if steps <= maxPattern {
		tree, err := syntax.Parse(expr, syntax.Perl)
		if err != nil {
			badPattern(expr, err, at)
		}
		steps = treeSteps(tree)
	}
	if steps > maxPattern {
		fault(at, "the pattern "+quoteShort(expr)+" has "+strconv.Itoa(steps)+" steps when its repetitions are written out, the limit is "+strconv.Itoa(maxPattern))
	}
	return steps
}

func treeSteps(re *syntax.Regexp) int {
	steps := 1 + len(re.Rune)
	if re.Op == syntax.OpCharClass {
		steps = 1
	}
	for _, sub := range re.Sub {
		steps += treeSteps(sub)
	}
	if re.Op == syntax.OpRepeat {
		steps *= max(re.Min, re.Max, 1)
	}
	return steps
}

func badPattern(expr string, err error, at string) {
	why := err.Error()
	if bad, ok := errors.AsType[*syntax.Error](err); ok {
		why = string(bad.Code)
	}
	fault(at, "the pattern "+quoteShort(expr)+" doesn't compile: "+why)
}
