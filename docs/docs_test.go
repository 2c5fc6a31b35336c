// Package docs holds the project's documents. Its test compiles their examples.
package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/codegen"
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/parser"
	"github.com/wfgen/wfgen/plan"
)

// example is a block that is marked as a whole .wf file; one marked wf-part isn't.
var example = regexp.MustCompile("(?ms)^```wf\n(.*?)^```$")

// TestExamples compiles each example of the documents and the README: without an
// error, and without a warning.
func TestExamples(t *testing.T) {
	paths, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]int{}
	for _, path := range append(paths, "../README.md") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range example.FindAllStringSubmatchIndex(string(text), -1) {
			found[path]++
			// Empty lines above keep the line numbers of the document.
			above := strings.Repeat("\n", strings.Count(string(text[:at[2]]), "\n"))
			compile(t, path, above+string(text[at[2]:at[3]]))
		}
	}
	for _, path := range []string{"language.md", "../README.md"} {
		if found[path] == 0 {
			t.Errorf("%s has no example", path)
		}
	}
}

func compile(t *testing.T, path, source string) {
	t.Helper()
	file, ds := parser.Parse(path, []byte(source))
	prog, more := checker.Check([]*dsl.File{file}, "")
	if ds = append(ds, more...); len(ds) > 0 {
		var b strings.Builder
		if err := diag.Render(&b, ds, false); err != nil {
			t.Fatal(err)
		}
		t.Error(b.String())
		return
	}
	if _, err := codegen.Generate(plan.Make(prog)); err != nil {
		t.Errorf("%s: %v", path, err)
	}
}
