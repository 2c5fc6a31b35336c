package types

import "unicode"

// words cuts a name at underscores and where a lower-case letter or digit is
// followed by a capital, and before the last capital of a run that a lower-case
// letter follows: "parseHTTPRequest_v2" is parse, HTTP, Request, v2.
func words(name string) []string {
	var out []string
	r := []rune(name)
	start := 0
	cut := func(end int) {
		if end > start {
			out = append(out, string(r[start:end]))
		}
		start = end
	}
	for i := range r {
		switch {
		case r[i] == '_':
			cut(i)
			start = i + 1
		case i > start && unicode.IsUpper(r[i]) &&
			(!unicode.IsUpper(r[i-1]) || i+1 < len(r) && unicode.IsLower(r[i+1])):
			cut(i)
		}
	}
	cut(len(r))
	return out
}
