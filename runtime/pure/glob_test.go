package pure

import (
	"path"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, fit, not string // texts, with spaces between
	}{
		{"*.go", "a.go .go *.go", "a.gox a/b.go b.Go"},
		{"**.go", "a.go a/b.go", "a.gox"},
		{"**/x", "x a/x a/b/x", "ax a/bx x/a"},
		{"a/**", "a/b a/b/c a/", "a b/a"},
		{"a/**/b", "a/b a/x/b a/x/y/b", "ab a/xb"},
		{"release-?", "release-1", "release- release-12 release-/"},
		{"v[0-9].[!0-9]", "v1.a", "v1.1 va.a v1./"},
		{"[^a]", "b", "a"},
		{`[]a]`, "] a", "b"},
		{"[!-a]", "5 b", "- a /"},
		{"[-a]", "- a", "5"},
		{"[!-.]x", "ax", "-x .x"},
		{"[a-]", "- a", "b"},
		{`\*\?`, "*?", "ab"},
		{`[\]`, `\`, "a"},
		{"ü*?", "üx üxé", "ü"},
		{"a+(b)", "a+(b)", "aab"},
		{"", "", "a"},
	} {
		for _, text := range strings.Split(c.fit, " ") {
			equal(t, text+" fits "+c.pattern, Glob(text, c.pattern, here), true)
		}
		for _, text := range strings.Split(c.not, " ") {
			equal(t, text+" fits "+c.pattern, Glob(text, c.pattern, here), false)
		}
	}
	equal(t, "a text of two lines", Glob("a\nb", "a*", here), true)
	wantFault(t, `the pattern "a[b" has a class without an end: write \[ for the character alone`, func() { Glob("ab", "a[b", here) })
	wantFault(t, `the range "z-a" of the pattern "[bz-a]" goes backwards`, func() { Glob("ab", "[bz-a]", here) })
	wantFault(t, `the pattern "[" has a class without an end: write \[ for the character alone`, func() { Glob("ab", "[", here) })
}

// FuzzGlob holds Glob to path.Match where both know a pattern: path.Match has no **, no
// [!a], and takes neither a bracket nor a hyphen in a class for itself where it may be an end.
func FuzzGlob(f *testing.F) {
	for _, seed := range []string{"*.go", "a?c", "[a-c]bc.go", `\*`, "[^x]bc.go", "a/*/b"} {
		f.Add("abc.go", seed)
	}
	f.Fuzz(func(t *testing.T, text, pattern string) {
		want, err := path.Match(pattern, text)
		if err != nil || strings.Contains(pattern, "**") || strings.Contains(pattern, "[!") || len(pattern) > 99 || !utf8.ValidString(pattern) || !utf8.ValidString(text) {
			t.Skip()
		}
		if class := strings.IndexByte(pattern, '['); class >= 0 && (strings.ContainsAny(pattern[class+1:], `[\`) || strings.Contains(text, "/")) {
			t.Skip() // escapes in classes, and whether one takes a slash
		}
		defer func() {
			if r, ok := recover().(*Fault); ok && strings.HasSuffix(r.Text, " goes backwards") {
				t.Skip()
			} else if ok {
				t.Error(r)
			}
		}()
		equal(t, text+" fits "+pattern, Glob(text, pattern, here), want)
	})
}
