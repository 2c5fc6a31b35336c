// Package format gives .wf files their one style. It moves tokens and never makes or
// loses one, but for commas and semicolons where a line break takes their place: the
// line breaks are the author's, spaces and indentation are not.
package format

import (
	"bytes"
	"errors"
	"strings"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/parser"
)

// errLost is a defect of this package: the text would have changed its meaning.
var errLost = errors.New("internal error: formatting would change what the file says; please report this, with the file")

// Source gives text in the one style. What has faults isn't formatted: they are given
// then, and no text. path names the file in them.
func Source(path string, text []byte) ([]byte, []diag.Diagnostic, error) {
	file, faults := parser.Parse(path, text)
	if len(faults) > 0 {
		return nil, faults, nil
	}
	out := layout(file)
	if !same(string(text), out) {
		return nil, nil, errLost
	}
	return []byte(out), nil, nil
}

// same tells whether two texts have the same tokens and comments, and the second has
// no faults. Separators don't count: a line break is one too.
func same(before, after string) bool {
	if _, faults := parser.Parse("", []byte(after)); len(faults) > 0 {
		return false
	}
	a, b := essence(before), essence(after)
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// essence is what a text says: its tokens without separators, and its comments
// without the spaces at their ends.
func essence(text string) []string {
	var out []string
	for _, t := range parser.Scan(text) {
		switch piece := text[t.Start:t.End]; {
		case t.Comment:
			out = append(out, trimLines(piece))
		case piece != "," && piece != ";":
			out = append(out, piece)
		}
	}
	return out
}

// trimLines drops the white space at the ends of lines.
func trimLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " \t\r")
	}
	return strings.Join(lines, "\n")
}

// layout writes a file that has no faults.
func layout(file *dsl.File) string {
	l := &layouter{text: file.Source.Text, tokens: parser.Scan(file.Source.Text), facts: factsOf(file)}
	l.pair()
	l.breaks()
	l.lines()
	var out bytes.Buffer
	l.write(&out)
	return out.String()
}

// A layouter works out where lines break, and what stands between two tokens of a
// line.
type layouter struct {
	text   string
	tokens []parser.Token
	facts  *facts
	// partner is, for a bracket, the index of its other half; else -1.
	partner []int
	// breakBefore tells how many line breaks stand before a token: 0, 1, or 2 for an
	// empty line.
	breakBefore []int
	// dropped are the separators that a line break takes the place of.
	dropped []bool
	out     []line
}

func (l *layouter) piece(i int) string { return l.text[l.tokens[i].Start:l.tokens[i].End] }

// is tells whether a token is the sign or word; i may be out of range.
func (l *layouter) is(i int, piece string) bool {
	return i >= 0 && i < len(l.tokens) && !l.tokens[i].Comment && l.piece(i) == piece
}

func (l *layouter) opens(i int) bool  { return l.is(i, "{") || l.is(i, "(") || l.is(i, "[") }
func (l *layouter) closes(i int) bool { return l.is(i, "}") || l.is(i, ")") || l.is(i, "]") }

// pair finds the halves of brackets, which a file without faults has all.
func (l *layouter) pair() {
	l.partner = make([]int, len(l.tokens))
	var open []int
	for i := range l.tokens {
		l.partner[i] = -1
		switch {
		case l.opens(i):
			open = append(open, i)
		case l.closes(i):
			last := open[len(open)-1]
			open = open[:len(open)-1]
			l.partner[i], l.partner[last] = last, i
		}
	}
}

// breaks settles where lines break: where the author has broken them, at braces that
// hold several lines, and in place of semicolons there.
func (l *layouter) breaks() {
	l.breakBefore = make([]int, len(l.tokens))
	l.dropped = make([]bool, len(l.tokens))
	for i, t := range l.tokens {
		l.breakBefore[i] = min(t.Newlines, 2)
	}
	for i := range l.tokens {
		if l.is(i, "{") && l.severalLines(i) {
			l.openUp(i)
		}
	}
	for i := range l.tokens {
		if l.is(i, ";") && (l.atTop(i) || l.lineEnds(i)) {
			l.replace(i)
		}
		if l.is(i, ",") && l.closes(l.next(i)) && l.breakBefore[l.next(i)] == 0 {
			l.dropped[i] = true
		}
	}
	l.trimEmpty()
}

// next is the index of the token after i that isn't a comment.
func (l *layouter) next(i int) int {
	for i++; i < len(l.tokens) && l.tokens[i].Comment; i++ {
	}
	return i
}

// severalLines tells whether a line breaks inside the braces that open at i; for those
// of a literal, right inside of them.
func (l *layouter) severalLines(i int) bool {
	literal := l.literal(i)
	for j := i + 1; j <= l.partner[i]; j++ {
		if l.breakBefore[j] > 0 {
			return true
		}
		if literal && l.opens(j) {
			j = l.partner[j]
		}
	}
	return false
}

// openUp gives the content of braces lines of its own: in place of each semicolon a
// line break, and in place of commas between members.
func (l *layouter) openUp(open int) {
	closing := l.partner[open]
	if first := open + 1; !l.tokens[first].Comment || l.breakBefore[first] > 0 {
		l.breakBefore[first] = max(l.breakBefore[first], 1)
	}
	l.breakBefore[closing] = max(l.breakBefore[closing], 1)
	members := l.facts.members[l.tokens[open].Start]
	for j := open + 1; j < closing; j++ {
		if l.is(j, ";") || members && l.is(j, ",") {
			l.replace(j)
		}
		if l.opens(j) {
			j = l.partner[j]
		}
	}
}

// replace has a line break take the place of a separator. A comment behind it stays on
// the line.
func (l *layouter) replace(i int) {
	l.dropped[i] = true
	after := i + 1
	for after < len(l.tokens) && l.tokens[after].Comment && l.breakBefore[after] == 0 {
		after++
	}
	if after < len(l.tokens) {
		l.breakBefore[after] = max(l.breakBefore[after], 1)
	}
}

func (l *layouter) atTop(i int) bool {
	for j := i - 1; j >= 0; j-- {
		if l.closes(j) {
			j = l.partner[j]
		} else if l.opens(j) {
			return false
		}
	}
	return true
}

// lineEnds tells whether a line ends behind a token.
func (l *layouter) lineEnds(i int) bool {
	for i++; i < len(l.tokens); i++ {
		if l.breakBefore[i] > 0 {
			return true
		}
		if !l.tokens[i].Comment {
			return false
		}
	}
	return true
}

// trimEmpty drops the empty lines at the ends of brackets and of the file.
func (l *layouter) trimEmpty() {
	for i := range l.tokens {
		switch {
		case i == 0:
			l.breakBefore[i] = 0
		case l.breakBefore[i] == 2 && (l.opens(i-1) || l.closes(i)):
			l.breakBefore[i] = 1
		}
	}
}
