package pure

import (
	"path"
	"strings"
	"testing"
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
	wantFault(t, `the pattern "[" has a class without an end: write \[ for the character alone`, func() { Glob("ab", "[", here) })
}

// FuzzGlob holds Glob to path.Match, which knows no ** and writes [^a] alone.
func FuzzGlob(f *testing.F) {
	for _, seed := range []string{"*.go", "a?c", "[a-c]x", `\*`, "[^x]y", "a/*/b"} {
		f.Add("abc.go", seed)
	}
	f.Fuzz(func(t *testing.T, text, pattern string) {
		if strings.Contains(pattern, "**") || strings.ContainsAny(pattern, "[]\\") || strings.ToValidUTF8(pattern+text, "") != pattern+text || len(pattern) > 99 {
			t.Skip()
		}
		want, err := path.Match(pattern, text)
		if err != nil {
			t.Skip()
		}
		equal(t, text+" fits "+pattern, Glob(text, pattern, here), want)
	})
}
