package format_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/parser"
)

// TestText: a tree that is written as source and parsed again is the same tree, and
// the style of that source holds.
func TestText(t *testing.T) {
	for name, text := range sources(t) {
		t.Run(strings.ReplaceAll(name, "/", "_"), func(t *testing.T) {
			before, _ := parser.Parse("x.wf", text)
			written := dsl.Text(before)
			after, faults := parser.Parse("x.wf", []byte(written))
			if len(faults) > 0 {
				t.Fatalf("%v\n%s", faults, written)
			}
			if diff := cmp.Diff(before.Decls, after.Decls, likeness...); diff != "" {
				t.Errorf("another tree: %s\n%s", diff, written)
			}
			roundTrip(t, []byte(written))
		})
	}
}
