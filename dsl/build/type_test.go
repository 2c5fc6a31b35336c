package build_test

import (
	"testing"

	"github.com/wfgen/wfgen/dsl"
	b "github.com/wfgen/wfgen/dsl/build"
	"github.com/wfgen/wfgen/parser"
)

// TestRest: the field for all other keys is built as it is read, and written as both.
func TestRest(t *testing.T) {
	f := b.NewFile("p")
	f.Type("Doc", b.NewField("id", b.String).JSON("artifact-id"), b.NewRest("more", b.Map(b.String, b.Any)))
	built, err := f.Tree()
	if err != nil {
		t.Fatal(err)
	}
	read, ds := parser.Parse("p.wf", []byte("package p\n\ntype Doc { id string json \"artifact-id\", ...more map[string]any }\n"))
	if len(ds) > 0 {
		t.Fatal(ds)
	}
	const want = "\ntype Doc {\n\tid string json \"artifact-id\"\n\t...more map[string]any\n}\n"
	for how, d := range map[string]dsl.Decl{"built": built.Decls[0], "read": read.Decls[0]} {
		if got := dsl.Text(&dsl.File{Decls: []dsl.Decl{d}}); got != want {
			t.Errorf("%s: got %q, want %q", how, got, want)
		}
	}
}
