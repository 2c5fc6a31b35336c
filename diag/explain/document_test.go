package explain_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wfgen/wfgen/diag/explain"
	"github.com/wfgen/wfgen/golden/archive"
)

const head = `# Diagnostics

Each diagnostic of wfgen has a code, and a code keeps its meaning. ` + "`wfgen explain CODE`" + ` says what is here about it. This document is written by ` + "`go test ./diag/explain -update`" + `, and a test holds it to what the compiler says.

`

// TestDocument: docs/diagnostics.md says what wfgen explain says.
func TestDocument(t *testing.T) {
	var b strings.Builder
	b.WriteString(head + "| code | means |\n| --- | --- |\n")
	for _, e := range explain.All() {
		fmt.Fprintf(&b, "| [%s](#%s) | %s |\n", e.Code, strings.ToLower(string(e.Code)), strings.ReplaceAll(e.Summary, "|", `\|`))
	}
	b.WriteByte('\n')
	for _, e := range explain.All() {
		fmt.Fprintf(&b, "## %s\n\n%s.\n\n%s\n\n%s:\n\n", e.Code, capital(e.Summary), e.Text, e.Verdict())
		fenced(&b, "text", e.Bad)
		fmt.Fprintf(&b, "```text\n%s```\n\nAccepted:\n\n", e.Diagnostic)
		language := "wf" // a whole file, which the test of the documents compiles too
		if len(e.Good) > 1 || strings.Contains(e.Good[0].Text, "\nimport ") {
			language = "text"
		}
		fenced(&b, language, e.Good)
	}
	archive.Compare(t, "../../docs/diagnostics.md", []byte(strings.TrimSuffix(b.String(), "\n")))
}

func fenced(b *strings.Builder, language string, files []explain.File) {
	for _, f := range files {
		if len(files) > 1 {
			fmt.Fprintf(b, "`%s`:\n\n", f.Name)
		}
		fmt.Fprintf(b, "```%s\n%s```\n\n", language, f.Text)
	}
}

func capital(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
