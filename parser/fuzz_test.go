package parser

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
)

// sample is the whole file that language.md shows.
func sample(t testing.TB) string {
	b, err := os.ReadFile("testdata/sample.wf")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func seed(f *testing.F) {
	f.Add(sample(f))
	for _, c := range mistakes {
		f.Add("package p\nworkflow W() {\n" + c.text + "\n}\n")
	}
	for _, c := range declMistakes {
		f.Add("package p\n" + c.text)
	}
	for _, table := range [][]pair{declarations, statements, expressions, literals} {
		for _, c := range table {
			f.Add(c.text)
			f.Add("package p\nfunc f() int {\nv := " + c.text + "\n}")
		}
	}
}

func FuzzLex(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, text string) {
		end := int32(0)
		for _, tok := range scanText(text).tokens {
			if tok.start != end || tok.end < tok.start || tok.end == tok.start && tok.kind != strEndToken {
				t.Fatalf("token %v after %d", tok, end)
			}
			end = tok.end
		}
		if int(end) != len(text) {
			t.Fatalf("tokens end at %d of %d", end, len(text))
		}
	})
}

func FuzzParse(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, text string) {
		file, faults := Parse("f.wf", []byte(text))
		whole := dsl.Span{Start: 0, End: len(text)}
		for _, d := range faults {
			within(t, whole, d.Span, d.Message)
			if d.Message == "" || strings.Contains(d.Message, "\n") || strings.HasPrefix(d.Message, "internal") {
				t.Errorf("message %q", d.Message)
			}
		}
		for _, d := range file.Decls {
			places(t, whole, reflect.ValueOf(d))
		}
		again, faultsAgain := Parse("f.wf", []byte(text))
		if diff := cmp.Diff(dump(file), dump(again)); diff != "" {
			t.Error(diff)
		}
		if len(faults) != len(faultsAgain) {
			t.Error("not the same faults twice")
		}
		if hasBad(dump(file)) && !diag.HasErrors(faults) {
			t.Error("unsound without a diagnostic")
		}
	})
}

func hasBad(tree string) bool {
	return strings.Contains(tree, "bad-") && !strings.Contains(tree, "\"")
}

func within(t *testing.T, outer, inner dsl.Span, what string) {
	t.Helper()
	if inner.Start < outer.Start || inner.End > outer.End || inner.End < inner.Start {
		t.Errorf("%s: %v isn't within %v", what, inner, outer)
	}
}

// places walks the tree below v: no part may be nil that has to be there, and
// each stands within the one that holds it.
func places(t *testing.T, outer dsl.Span, v reflect.Value) {
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return
		}
		if n, ok := v.Interface().(dsl.Node); ok && v.Kind() == reflect.Pointer {
			within(t, outer, n.Place(), v.Type().String())
			outer = n.Place()
		}
		places(t, outer, v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			places(t, outer, v.Index(i))
		}
	case reflect.Struct:
		if n, ok := v.Interface().(dsl.StringPart); ok {
			within(t, outer, n.Span, "part")
		}
		for i := range v.NumField() {
			places(t, outer, v.Field(i))
		}
	}
}
