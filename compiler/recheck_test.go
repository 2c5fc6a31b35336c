package compiler_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wfgen/wfgen/compiler"
)

// A project is packages, one of which is being edited.
type project struct {
	files  map[string]string // that are there
	edited string            // the one that is edited
	ask    []string          // the directories that are checked
}

// thousand are n workflows of ten lines, with tools and types of their own.
func thousand(pkg, prefix string, n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "package %s\n\ntype %sIn { n int }\n\ntool %[2]sRead(arg %[2]sIn) int readonly\ntool %[2]sAct(n int) int idempotent\ntool %[2]sUndo(n int) idempotent\n\n", pkg, prefix)
	for i := range n {
		fmt.Fprintf(&b, `workflow %s%d(arg %[1]sIn) int {
	a := %[1]sRead(arg)
	b := %[1]sRead(%[1]sIn{n: arg.n + 1})
	validate a < b else "${a} is more than ${b}"
	c := %[1]sAct(a + b) undo %[1]sUndo(c)
	d := if c > 3 { %[1]sAct(c) } else { c }
	log "${a}, ${b} and ${d}"
	return %[1]sAct(d)
}

`, prefix, i)
	}
	return b.String()
}

// projects are what is edited: a file of a thousand lines beside three short ones, the same
// beside Go that it names, and a package that another one imports.
var projects = map[string]project{
	"file": {
		files: map[string]string{
			"p/a.wf": thousand("p", "A", 5), "p/b.wf": thousand("p", "B", 5), "p/c.wf": thousand("p", "C", 5), "p/long.wf": thousand("p", "Long", 100),
		},
		edited: "p/long.wf", ask: []string{"p"},
	},
	"go": {
		files: map[string]string{
			"go.mod": "module example.com/m\n\ngo 1.25\n", "p/rate.go": "package p\n\nimport \"strings\"\n\nfunc rate(n int) int { return len(strings.Repeat(\"x\", n)) }\n",
			"p/a.wf": thousand("p", "A", 5) + "func rate = rate\n", "p/b.wf": thousand("p", "B", 5), "p/long.wf": thousand("p", "Long", 100),
		},
		edited: "p/long.wf", ask: []string{"p"},
	},
	"imported": {
		files: map[string]string{
			"go.mod": "module example.com/m\n\ngo 1.25\n", "q/long.wf": thousand("q", "Long", 100),
			"p/a.wf": "package p\n\nimport \"example.com/m/q\"\n\nworkflow W(n int) int { return q.Long1(q.LongIn{n: n}) }\n\n" + strings.TrimPrefix(thousand("p", "A", 5), "package p\n\n"),
		},
		edited: "q/long.wf", ask: []string{"p", "q"},
	},
}

// BenchmarkRecheck compares, in one run, a check by a workspace that has seen nothing with
// one after an edit in a body, after an edit in a type, and after none. What is shown is
// the fastest of each, in milliseconds: a busy machine disturbs that least.
func BenchmarkRecheck(b *testing.B) {
	for _, name := range []string{"file", "go", "imported"} {
		b.Run(name, func(b *testing.B) {
			p, dir := projects[name], b.TempDir()
			write(b, dir, p.files)
			path, text := filepath.Join(dir, filepath.FromSlash(p.edited)), p.files[p.edited]
			took := map[string][]time.Duration{}
			measure := func(what string, w *compiler.Workspace, text string) {
				begun := time.Now()
				checkAll(b, w.Snapshot(map[string][]byte{path: []byte(text)}), dir, p.ask)
				took[what] = append(took[what], time.Since(begun))
			}
			var w compiler.Workspace
			checkAll(b, w.Snapshot(nil), dir, p.ask)
			for i := 0; b.Loop(); i++ {
				body := strings.Replace(text, "arg.n + 1", fmt.Sprint("arg.n + ", i+2), 1)
				measure("cold-ms", new(compiler.Workspace), body)
				measure("body-ms", &w, body)
				measure("none-ms", &w, body)
				measure("type-ms", &w, strings.Replace(body, "{ n int }", fmt.Sprintf("{ n int, m%d int = 1 }", i), 1))
			}
			for what, all := range took {
				b.ReportMetric(float64(slices.Min(all).Microseconds())/1000, what)
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// checkAll checks packages of a snapshot, which are sound.
func checkAll(t testing.TB, s *compiler.Snapshot, dir string, ask []string) {
	t.Helper()
	var paths []string
	for _, path := range ask {
		paths = append(paths, filepath.Join(dir, path))
	}
	all, err := s.Packages(context.Background(), paths)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if ds := p.Diagnostics(); p.HasErrors() {
			t.Fatal(ds[0].Message, ds[0].Source.Position(ds[0].Span.Start))
		}
	}
}
