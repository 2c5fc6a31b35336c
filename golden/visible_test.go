package golden

import (
	"strings"
	"testing"
	"unicode"

	"golang.org/x/tools/txtar"
)

// acting are characters that turn text around, hide in it, break its lines or, as U+FEFF,
// are none of a Go file's.
const acting = "\u202e\u2066\u200b\u200f\ufeff\u2028\u0085\u00ad"

// hiding has such characters wherever a source can have text.
const hiding = `package p

// An Order` + acting + ` is what is ordered.
type Order {
	// Its id` + acting + `.
	id string where id != "x` + acting + `"
	note string = "n` + acting + `"
}

// Get gets` + acting + ` it.
tool Get(id string) Order

// text gives` + acting + ` one.
func text(o Order) string { match o.id { "a` + acting + `" => "b", _ => "c` + acting + `" } }

// W works` + acting + `.
workflow W(id string) string {
	validate id != "v` + acting + `" else "no` + acting + `"
	o := Get("g` + acting + `")
	n := match id { "m` + acting + `" => "1", "` + acting + `" => "2", _ => "3" }
	return "r` + acting + `${text(o)}${n}"
}
`

// TestGeneratedIsSeen: what a reviewer sees of generated Go is what stands there, whatever
// the source has in its comments and texts. What is printed of any script stays.
func TestGeneratedIsSeen(t *testing.T) {
	source := strings.Replace(hiding, "ordered.", "ordered: größer, 日本語, 👩‍👧.", 1)
	files, ok := generatedFrom(t, []txtar.File{{Name: "p.wf", Data: []byte(source)}})
	if !ok {
		t.Fatal("the source is unsound")
	}
	for _, f := range files {
		for i, line := range strings.Split(string(f.Content), "\n") {
			hides := func(r rune) bool { return !unicode.IsPrint(r) && r != '\t' && r != '\u200d' }
			if strings.ContainsFunc(line, hides) {
				t.Errorf("%s:%d: %+q", f.Name, i+1, line)
			}
		}
	}
	for _, want := range []string{`is what is ordered: größer, 日本語, 👩‍👧.`, `// o := Get("g\u202e\u2066\u200b\u200f\ufeff \u00ad")`} {
		if !strings.Contains(string(files[0].Content), want) {
			t.Errorf("%s has no %s:\n%s", files[0].Name, want, files[0].Content)
		}
	}
}
