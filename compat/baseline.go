package compat

import "strings"

// A Baseline is what Compare has to know of the older source, without the source: it can
// be written down, and read by a later process.
type Baseline struct {
	workflows []*outline // of the source's own package
	decls     declarations
}

// Describe makes the baseline of a source.
func Describe(s Source) *Baseline {
	d := newDescriber(s)
	b := &Baseline{decls: d.decls}
	for _, w := range s.Program.Workflows {
		b.workflows = append(b.workflows, d.outline(w))
	}
	return b
}

// Texts that only have to be the same are written down as their hashes, after a sign with
// which none begins.
const hashed = "#"

// digest is a text as it is written down: a short one that is the same where the lean
// reading of the text is. That of a digest is itself.
func digest(text string) string {
	if text == "" || strings.HasPrefix(text, hashed) {
		return text
	}
	return hashed + hash(lean(text))
}

// same tells whether two texts, of which each may be a digest, read the same.
func same(a, b string) bool {
	if strings.HasPrefix(a, hashed) || strings.HasPrefix(b, hashed) {
		return digest(a) == digest(b)
	}
	return lean(a) == lean(b)
}
