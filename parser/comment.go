package parser

import (
	"sort"
	"strings"

	"github.com/wfgen/wfgen/dsl"
)

// comments gives the comments among tokens.
func comments(text string, tokens []token) []dsl.Comment {
	var out []dsl.Comment
	for _, t := range tokens {
		if t.kind == commentToken {
			out = append(out, dsl.Comment{Span: dsl.Span{Start: int(t.start), End: int(t.end)}, Text: t.text(text)})
		}
	}
	return out
}

// doc is the text of the comments that end on the line right above start, up to
// the first gap between them, without those that say something to wfgen.
func (p *parser) doc(start int) string {
	last := sort.Search(len(p.comments), func(i int) bool { return p.comments[i].Start >= start })
	first := last
	for next := start; first > 0 && p.rightAbove(p.comments[first-1], next); first-- {
		next = p.comments[first-1].Start
	}
	var lines []string
	for _, c := range p.comments[first:last] {
		if _, ok := dsl.Directive(c.Text); ok {
			continue
		}
		lines = append(lines, commentLines(c.Text)...)
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// rightAbove tells whether a comment has lines of its own, the last of them right
// above the one on which next stands.
func (p *parser) rightAbove(c dsl.Comment, next int) bool {
	text := p.source.Text
	gap := text[c.End:next]
	before := text[:c.Start]
	before = before[strings.LastIndexByte(before, '\n')+1:]
	return strings.TrimSpace(gap) == "" && strings.Count(gap, "\n") == 1 && strings.TrimSpace(before) == ""
}

// commentLines is a comment's text line by line, without markers.
func commentLines(text string) []string {
	if line, ok := strings.CutPrefix(text, "//"); ok {
		return []string{strings.TrimRight(strings.TrimPrefix(line, " "), " \t\r")}
	}
	text = strings.TrimSuffix(strings.TrimPrefix(text, "/*"), "*/")
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	return lines
}
