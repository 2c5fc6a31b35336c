package compiler_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	goparser "go/parser"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/codegen"
	"github.com/wfgen/wfgen/compiler"
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/graph"
	"github.com/wfgen/wfgen/parser"
	"github.com/wfgen/wfgen/plan"
)

const named = "package p\n\ntool T(n int) int readonly\n\nworkflow W(n int) int {\n\tvalidate n > 0 else \"none\"\n\tx := T(n) retry 2\n\treturn x + T(x)\n}\n"

// planOf plans the source above as if it stood in a file of a name.
func planOf(t *testing.T, name string) *plan.Program {
	file, found := parser.Parse(name, []byte(named))
	program, more := checker.Check([]*dsl.File{file}, "")
	if len(found)+len(more) > 0 {
		t.Fatal(found, more)
	}
	return plan.Make(program)
}

// FuzzFileName: whatever a .wf file is called, in generated Go its name is what a comment
// and a string hold, and in pictures what a text holds. Nothing else of the text changes.
func FuzzFileName(f *testing.F) {
	for _, name := range []string{
		"a", "ä b", "-a", "a\nfunc init() { panic(1) }\n//", "a*/ panic /*", "a\r", "a\u2028b", "a\"b", "a`b", `a\`, `a\n`, "a\xffb", "a\x1b[2Jb",
		"a\u202eb", "<script>", "a&amp;b", "]]>", "a;b[\"c\"]%%{init}%%#quot;", "a' onload='x", "a. DO NOT EDIT", "\x00", "${x}", "%s%n", "//go:build ignore", "a:1:2",
	} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		name = strings.ReplaceAll(name, "/", "_")
		if len(name) > 200 {
			return
		}
		p, plain := planOf(t, name+".wf"), planOf(t, "a.wf")
		files, err := codegen.Generate(p)
		if err != nil {
			t.Fatal(err)
		}
		want, err := codegen.Generate(plain)
		if err != nil {
			t.Fatal(err)
		}
		for i, file := range files {
			if _, err := goparser.ParseFile(token.NewFileSet(), "x.go", file.Content, goparser.ParseComments); err != nil {
				t.Errorf("%q: %v", name, err)
			}
			if !compiler.IsGenerated(file.Content) {
				t.Errorf("%q: the header is %.200q", name, file.Content)
			}
			same(t, name, string(file.Content), string(want[i].Content))
		}
		for _, format := range graph.Formats {
			var got, without bytes.Buffer
			if err := errors.Join(graph.Write(&got, p, p.Workflows, format), graph.Write(&without, plain, plain.Workflows, format)); err != nil {
				t.Fatal(err)
			}
			same(t, name, got.String(), without.String())
			if format == "json" && !json.Valid(got.Bytes()) {
				t.Errorf("%q: %s isn't JSON", name, &got)
			}
			if format == "svg" {
				wellFormed(t, name, &got)
			}
		}
	})
}

// same tells whether a text has as many lines as another, and nothing that can't be shown.
func same(t *testing.T, name, got, want string) {
	t.Helper()
	if strings.Count(got, "\n") != strings.Count(want, "\n") {
		t.Errorf("%q changes the lines of\n%s", name, got)
	}
	for i, r := range got {
		if _, n := utf8.DecodeRuneInString(got[i:]); r == utf8.RuneError && n == 1 || !unicode.IsPrint(r) && r != '\n' && r != '\t' {
			t.Errorf("%q: %q stands in\n%q", name, r, got)
		}
	}
}

func wellFormed(t *testing.T, name string, r io.Reader) {
	t.Helper()
	for d := xml.NewDecoder(r); ; {
		switch token, err := d.Token(); {
		case err == io.EOF:
			return
		case err != nil:
			t.Errorf("%q: %v", name, err)
			return
		default:
			if e, ok := token.(xml.StartElement); ok && e.Name.Local == "script" {
				t.Errorf("%q: there is a script in the picture", name)
			}
		}
	}
}

// TestNamesThatDifferByCase: Go refuses to build two files whose names are one but for the
// case of letters.
func TestNamesThatDifferByCase(t *testing.T) {
	dir := t.TempDir()
	for name, source := range map[string]string{
		"A.wf": named, "b.wf": "package p\n", "a.wf": "package p\n\nworkflow V(x int) int { return x }\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(source), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	p, err := compiler.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Files) < 3 {
		t.Skip("this file system has one file of such names")
	}
	if ds := p.Diagnostics(); len(ds) != 1 || ds[0].Code != diag.UnreadableText || !strings.HasSuffix(ds[0].Source.Path, "a.wf") || !strings.Contains(ds[0].Message, "A.wf") {
		t.Errorf("of A.wf and a.wf is said: %v", ds)
	}
}

// TestRefusedNames: a name that reads badly somewhere keeps the file from being compiled.
func TestRefusedNames(t *testing.T) {
	for name, refused := range map[string]bool{
		"a.wf": false, "ä b.wf": false, "it's.wf": false, "a&b<c>.wf": false,
		"a\nb.wf": true, "a\x1bb.wf": true, "a\"b.wf": true, "a`b.wf": true, `a\b.wf`: true, "a\xffb.wf": true, "a\u202eb.wf": true, "-a.wf": true,
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(named), 0o666); err != nil {
			t.Logf("%q can't be made here: %v", name, err)
			continue
		}
		p, err := compiler.Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		if p.HasErrors() != refused || refused && p.Diagnostics()[0].Code != diag.UnreadableText {
			t.Errorf("%q: refused: %v, %v", name, p.HasErrors(), p.Diagnostics())
		}
	}
}
