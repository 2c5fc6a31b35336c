package graph_test

import (
	"strings"
	"testing"
)

// TestForeign: what a source has in its strings is shown in a drawing as it is everywhere, and
// stays a text: neither XML nor characters that act.
func TestForeign(t *testing.T) {
	text := "package p\n\ntool T(text string) string\n\nworkflow W() string {\n\treturn T(\"<b>\u202e👩\u200d👧\ufeff\")\n}\n"
	svg := write(t, compiled(t, "a\u202e\x1b.wf", []byte(text)), "svg")
	checkXML(t, svg)
	for _, want := range []string{`a\u202e\x1b.wf:6`} {
		if !strings.Contains(svg, want) {
			t.Errorf("%s isn't in\n%s", want, svg)
		}
	}
	if strings.ContainsAny(svg, "\u202e\x1b\ufeff\ufffd") {
		t.Errorf("there are characters that act, or that stand for such, in\n%s", svg)
	}
}
