package random

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/format"
	"github.com/wfgen/wfgen/parser"
)

// TestFormat formats random programs, without their white space too: the tree stays the
// same, and what is formatted is left as it is. The tree as text is that tree again.
func TestFormat(t *testing.T) {
	sound := check(func(p *program, in input) error {
		if in.N != inputs[0].N {
			return nil // it is the same source
		}
		text, err := styled([]byte(p.source))
		if err != nil {
			return err
		}
		var bare strings.Builder
		for line := range strings.Lines(p.source) {
			bare.WriteString(strings.TrimSpace(line) + "\n")
		}
		again, err := styled([]byte(bare.String()))
		if err != nil {
			return err
		}
		if diff := cmp.Diff(string(text), string(again)); diff != "" {
			return fmt.Errorf("without white space it is formatted otherwise: %s", diff)
		}
		file, _ := parser.Parse("p.wf", []byte(p.source))
		return sameTree([]byte(p.source), []byte(dsl.Text(file)))
	})
	for p := range random(t, 60) {
		if !sound.hold(t, p) {
			return
		}
	}
}

// styled formats a source, twice.
func styled(source []byte) ([]byte, error) {
	once, ds, err := format.Source("p.wf", source)
	if err != nil || len(ds) > 0 {
		return nil, fmt.Errorf("%w %s", err, rendered(ds))
	}
	if err := sameTree(source, once); err != nil {
		return nil, err
	}
	twice, _, err := format.Source("p.wf", once)
	if err != nil || !bytes.Equal(once, twice) {
		return nil, fmt.Errorf("formatted again: %w %s", err, cmp.Diff(string(once), string(twice)))
	}
	return once, nil
}

// sameTree holds the tree of a source against that of another.
func sameTree(source, written []byte) error {
	a, _ := parser.Parse("p.wf", source)
	b, ds := parser.Parse("p.wf", written)
	if len(ds) > 0 {
		return errors.New(rendered(ds))
	}
	if was, is := tree(reflect.ValueOf(a.Decls)), tree(reflect.ValueOf(b.Decls)); was != is {
		return fmt.Errorf("another tree of\n%s\n%s\nit was\n%s", written, is, was)
	}
	return nil
}

// tree is a syntax tree without its places, in a line.
func tree(v reflect.Value) string {
	var parts []string
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return "nil"
		}
		return tree(v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			parts = append(parts, tree(v.Index(i)))
		}
		return "[" + strings.Join(parts, " ") + "]"
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[dsl.Span]() {
			return ""
		}
		for _, field := range v.Fields() {
			parts = append(parts, tree(field))
		}
		return v.Type().Name() + "{" + strings.Join(parts, " ") + "}"
	}
	return fmt.Sprintf("%#v", v)
}

func rendered(ds []diag.Diagnostic) string {
	var b strings.Builder
	diag.Render(&b, ds, false)
	return b.String()
}
