// Package docs holds the project's documents. Its test compiles their examples.
package docs

import (
	"os"
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

var example = regexp.MustCompile("(?s)```wf\n(.*?)```")

// TestExamples compiles each example that is marked as a whole .wf file: without
// an error, and without a warning.
func TestExamples(t *testing.T) {
	for _, path := range []string{"../README.md", "language.md"} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		examples := example.FindAllStringSubmatch(string(text), -1)
		if len(examples) == 0 {
			t.Errorf("%s has no example", path)
		}
		for _, source := range examples {
			compile(t, path, source[1])
		}
	}
}

func compile(t *testing.T, path, source string) {
	t.Helper()
	file, ds := parser.Parse("example.wf", []byte(source))
	prog, more := checker.Check([]*dsl.File{file}, "")
	if ds = append(ds, more...); len(ds) > 0 {
		var b strings.Builder
		diag.Render(&b, ds, false)
		t.Errorf("%s:\n%s", path, b.String())
		return
	}
	if _, err := codegen.Generate(plan.Make(prog)); err != nil {
		t.Errorf("%s: %v", path, err)
	}
}
