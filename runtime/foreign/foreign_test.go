package foreign

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// hostile has a text for each way of acting on a terminal, and what is shown of it on a line.
var hostile = []struct{ text, line string }{
	{"\x1b[31mred", `\x1b[31mred`},
	{"\x1b]0;title\x07", `\x1b]0;title\a`},
	{"over\rwritten\b", `over\rwritten\b`},
	{"\u009b31m", `\u009b31m`},
	{"\x7f\x00", `\x7f\x00`},
	{"a\nb\tc", `a\nb\tc`},
	{"\u202eevil\u2066", `\u202eevil\u2066`},
	{"\u2028\u2029\ufeff\u00ad", `\u2028\u2029\ufeff\u00ad`},
	{"\U000e0041", `\U000e0041`},
	{"\xffm \xc3", `\xffm \xc3`},
	{"\xefm\xef", `\xefm\xef`},
}

// harmless are texts that stay as they are.
var harmless = []string{"", `C:\temp\x1b "quoted"`, "日本語 注文", "👩\u200d👩\u200d👧 e\u0301 🏳\ufe0f\u200d🌈", "می\u200cخواهم", "\u00a0\u3000", "\u0600\u0661", "\ufffd"}

func TestLine(t *testing.T) {
	for _, test := range hostile {
		if got := Line(test.text); got != test.line {
			t.Errorf("%q is shown as %s, want %s", test.text, got, test.line)
		}
	}
	for _, text := range harmless {
		if got := Line(text) + Lines(text) + string(JSON([]byte(text))); got != text+text+text {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}

// TestActing holds the table to what Unicode says.
func TestActing(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		acting := unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) && !unicode.Is(unicode.Prepended_Concatenation_Mark, r)
		if joins := r == '\u200c' || r == '\u200d'; acts(r) != (acting && !joins) {
			t.Errorf("%U acts: %t", r, acts(r))
		}
	}
}

func TestLines(t *testing.T) {
	if got, want := Lines("a\n\tb\r\nc\rd\x1b[2J\n"), "a\n\tb\nc\\rd\\x1b[2J\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestJSON: what is decoded is what was encoded, and nothing in between acts.
func TestJSON(t *testing.T) {
	for _, indent := range []string{"", "  "} {
		for _, test := range hostile {
			var b bytes.Buffer
			if err := Encode(&b, map[string]any{test.text: json.RawMessage(`"<` + "\u0085\xff" + `>"`)}, indent); err != nil {
				t.Fatal(err)
			}
			var got map[string]string
			if err := json.Unmarshal(b.Bytes(), &got); err != nil {
				t.Fatalf("%s: %v", b.Bytes(), err)
			}
			if got[strings.ToValidUTF8(test.text, "\ufffd")] != "<\u0085\ufffd>" {
				t.Errorf("%q is decoded to %q", test.text, got)
			}
			silent(t, b.String())
		}
	}
}

func FuzzForeign(f *testing.F) {
	for _, test := range hostile {
		f.Add(test.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		silent(t, Lines(text))
		if line := Line(text); strings.ContainsAny(line, "\n\t") || Line(line) != line {
			t.Errorf("%q is shown as %q", text, line)
		}
		silent(t, string(JSON([]byte(text))))
	})
}

// silent holds a text to having nothing that acts on a terminal.
func silent(t *testing.T, text string) {
	t.Helper()
	for i, r := range text {
		if r == utf8.RuneError && !strings.HasPrefix(text[i:], "\ufffd") {
			t.Errorf("a byte that isn't UTF-8 at %d of %q", i, text)
		}
		if unicode.IsControl(r) && !strings.ContainsRune("\n\t", r) || unicode.Is(unicode.Bidi_Control, r) {
			t.Errorf("%U at %d of %q", r, i, text)
		}
	}
}
