package explain

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Print writes an explanation for a person to read.
func (e *Explanation) Print(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s\n\n%s\n\n%s:\n", e.Code, e.Summary, wrapped(e.Text), e.Verdict())
	example(&b, e.Bad)
	b.WriteString("\n" + indented(e.Diagnostic) + "\nAccepted:\n")
	example(&b, e.Good)
	_, err := io.WriteString(w, b.String())
	return err
}

// lineWidth is how many characters a line of an explanation's text has at most.
const lineWidth = 80

// wrapped breaks the paragraphs of a text into lines, between words.
func wrapped(text string) string {
	var b strings.Builder
	for i, paragraph := range strings.Split(text, "\n\n") {
		if i > 0 {
			b.WriteString("\n\n")
		}
		width := 0
		for j, word := range strings.Fields(paragraph) {
			n := utf8.RuneCountInString(word)
			switch {
			case j > 0 && width+1+n > lineWidth:
				b.WriteByte('\n')
				width = 0
			case j > 0:
				b.WriteByte(' ')
				width++
			}
			b.WriteString(word)
			width += n
		}
	}
	return b.String()
}

// Verdict is the heading of the bad example.
func (e *Explanation) Verdict() string {
	if e.Warns() {
		return "Warned about"
	}
	return "Refused"
}

// example writes the files of an example, with their names where there are several.
func example(b *strings.Builder, files []File) {
	for _, f := range files {
		b.WriteByte('\n')
		if len(files) > 1 {
			b.WriteString(indented("-- " + f.Name + " --\n"))
		}
		b.WriteString(indented(f.Text))
	}
}

// indented sets each line off that isn't empty. The text ends with a newline.
func indented(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if line != "\n" {
			b.WriteString("    ")
		}
		b.WriteString(line)
	}
	return b.String()
}

// List writes a line for each code.
func List(w io.Writer) error {
	var b strings.Builder
	for _, e := range All() {
		fmt.Fprintf(&b, "%s  %s\n", e.Code, e.Summary)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
