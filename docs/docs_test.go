// Package docs holds the project's documents. Its test compiles their examples.
package docs

import (
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/wfgen/wfgen/compiler"
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/internal/wftest"
	"github.com/wfgen/wfgen/plan"
)

// example is a block that is marked as a whole .wf file; one marked wf-part isn't.
var example = regexp.MustCompile("(?ms)^```wf\n(.*?)^```$")

// TestExamples compiles each example of the documents and the README, without an
// error and without a warning, and runs its tests.
func TestExamples(t *testing.T) {
	found := map[string]bool{}
	for path, source := range examples(t) {
		found[path] = true
		p := compile(t, path, source)
		if p == nil {
			continue
		}
		p.Generate()
		program := plan.Unbound(p.Program())
		for _, test := range program.Tests {
			for _, f := range wftest.Run(program, test, wftest.Options{Limit: time.Minute}).Failures {
				t.Errorf("%s:%d: %s: %s", path, f.Pos.Line, test.Name, f.Text)
			}
		}
	}
	for _, path := range []string{"language.md", "../README.md"} {
		if !found[path] {
			t.Errorf("%s has no example", path)
		}
	}
}

// examples gives each example of the documents and the README, below as many empty
// lines as keep the line numbers of its document.
func examples(t *testing.T) iter.Seq2[string, string] {
	t.Helper()
	paths, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	return func(yield func(path, source string) bool) {
		for _, path := range append(paths, "../README.md") {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, at := range example.FindAllStringSubmatchIndex(string(text), -1) {
				above := strings.Repeat("\n", strings.Count(string(text[:at[2]]), "\n"))
				if !yield(path, above+string(text[at[2]:at[3]])) {
					return
				}
			}
		}
	}
}

// compile compiles an example as a package of its own, in no module: of Go there is the
// standard library. It gives nil where that isn't possible.
func compile(t *testing.T, path, source string) *compiler.Package {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, filepath.Base(path)+".wf"), []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	p, err := compiler.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Diagnostics()) == 0 {
		return p
	}
	var b strings.Builder
	if err := diag.Render(&b, p.Diagnostics(), false); err != nil {
		t.Fatal(err)
	}
	t.Errorf("%s:\n%s", path, b.String())
	return nil
}
