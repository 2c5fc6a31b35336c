package checker

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
)

// A warning is switched off by a comment that names its code and says why:
//
//	// wfgen:allow WF043 because the bank takes an order's charge once
//
// It stands at the end of the line that is warned of, or above it. Nothing else switches
// a warning off, and nothing an error.

// An allowance is such a comment.
type allowance struct {
	file *dsl.File
	at   dsl.Span
	code diag.Code
	line int // whose warnings it allows
	used bool
}

// allowed drops the warnings that comments allow, and reports comments that allow nothing,
// or not in the way that they have to. Beside errors it isn't known what would be warned of.
func (c *checker) allowed() {
	var all []*allowance
	for _, f := range c.prog.Files {
		c.file = f
		all = append(all, c.allowances(f)...)
	}
	if len(all) == 0 {
		return
	}
	unsound := c.unsound()
	c.diags = slices.DeleteFunc(c.diags, func(d diag.Diagnostic) bool {
		found := false
		for _, a := range all {
			if d.Severity == diag.Warning && a.code == d.Code && a.file.Source == d.Source && a.line == d.Source.Position(d.Span.Start).Line {
				a.used, found = true, true
			}
		}
		return found
	})
	for _, a := range all {
		if !a.used && !unsound {
			c.file = a.file
			d := c.warn(diag.BadAllow, a.at, "nothing on line %d is warned of as %s", a.line, a.code)
			d.Help = "remove the comment; one that allows a warning stands above its line, or at its end"
			if line := c.above(a); line > 0 {
				d.Help = fmt.Sprintf("put the comment above line %d, or at the end of that: there it is warned of", line)
			}
		}
	}
}

// above is the line that is warned of as a comment has it, in a statement of several lines
// that ends where the comment stands; 0 for none.
func (c *checker) above(a *allowance) (line int) {
	lineOf := func(offset int) int { return a.file.Source.Position(offset).Line }
	visit := func(n dsl.Node) bool {
		s, ok := n.(dsl.Stmt)
		if !ok || lineOf(s.Place().End) != a.line {
			return true
		}
		for _, d := range c.diags {
			at := d.Span.Start
			if d.Severity == diag.Warning && d.Code == a.code && d.Source == a.file.Source && s.Place().Start <= at && at < s.Place().End {
				line = lineOf(at)
			}
		}
		return true
	}
	for _, w := range c.prog.Workflows {
		if w.File == a.file {
			dsl.Inspect(w.Decl.Body, visit)
			dsl.Inspect(w.Decl.Finally, visit)
		}
	}
	for _, f := range c.prog.Funcs {
		if f.File == a.file {
			dsl.Inspect(f.Decl.Body, visit)
		}
	}
	return line
}

// allowances are the comments of a file that allow warnings. Others that are meant to are
// reported.
func (c *checker) allowances(f *dsl.File) (all []*allowance) {
	for i, comment := range f.Comments {
		text, ok := dsl.Directive(comment.Text)
		if !ok {
			continue
		}
		words := append(strings.Fields(text), "", "", "", "") // so that each of the four can be asked for
		word, code, because, reason := words[0], words[1], words[2], words[3]
		if word != "allow" {
			c.report(diag.BadAllow, comment, "wfgen:%s is no comment that means something", word).Help = allowHelp
			continue
		}
		switch {
		case !diag.Code(code).Warns():
			c.report(diag.BadAllow, comment, "%s isn't the code of a warning, and nothing else can be allowed", orElse(code, "this")).Help = allowHelp
		case because != "because" || reason == "":
			c.report(diag.BadAllow, comment, "this doesn't say why %s is allowed", code).Help = allowHelp
		default:
			all = append(all, &allowance{file: f, at: comment.Span, code: diag.Code(code), line: allowedLine(f, i)})
		}
	}
	return all
}

const allowHelp = "write // wfgen:allow, the warning's code, because, and the reason"

// allowedLine is the line that a comment speaks of: its own or, where nothing stands before
// it there, the next one that isn't a comment.
func allowedLine(f *dsl.File, i int) int {
	line := func(offset int) int { return f.Source.Position(offset).Line }
	own := line(f.Comments[i].Start)
	if strings.TrimSpace(f.Source.Text[f.Source.LineStart(own):f.Comments[i].Start]) != "" {
		return own
	}
	next := line(f.Comments[i].End) + 1
	for _, comment := range f.Comments[i+1:] {
		start := f.Source.LineStart(line(comment.Start))
		if line(comment.Start) != next || strings.TrimSpace(f.Source.Text[start:comment.Start]) != "" {
			break
		}
		next = line(comment.End) + 1
	}
	return next
}
