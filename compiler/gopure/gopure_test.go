package gopure_test

import (
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/wfgen/wfgen/compiler/gopkg"
	"github.com/wfgen/wfgen/compiler/gopure"
)

// TestFunctions: what is found of each exported function of the archive's package stands
// in the last line of its doc: the way to what differs, or that it is the same.
func TestFunctions(t *testing.T) {
	root := unpacked(t, "testdata/functions.txtar")
	view := viewOf(t, root, "example.com/m/shop")
	shop := view.Check(filepath.Join(root, "shop"))
	if len(shop.Errors) > 0 {
		t.Fatal(shop.Errors[0])
	}
	c := gopure.New(view)
	text, err := os.ReadFile(filepath.Join(root, "shop", "shop.go"))
	if err != nil {
		t.Fatal(err)
	}
	wanted := wants(string(text))
	if len(wanted) < 40 {
		t.Fatalf("found %d functions that say what is expected", len(wanted))
	}
	for name, want := range wanted {
		f, ok := shop.Package.Scope().Lookup(name).(*types.Func)
		if !ok {
			t.Fatalf("there is no function %s", name)
		}
		got := "the same"
		if r := c.Of(f); r != nil {
			got = strings.Join(r.Way[1:], " -> ")
			if r.Way[0] != name {
				t.Errorf("the way of %s begins at %s", name, r.Way[0])
			}
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

// TestAskedFirst: of functions that call each other the same is found, whichever is asked for
// first.
func TestAskedFirst(t *testing.T) {
	root := unpacked(t, "testdata/functions.txtar")
	view := viewOf(t, root, "example.com/m/shop")
	scope := view.Check(filepath.Join(root, "shop")).Package.Scope()
	for _, names := range [][]string{{"around", "back"}, {"ByAround", "ByBack"}, {"ByCount", "ByRecount"}} {
		for range 2 {
			c := gopure.New(view)
			for _, name := range names {
				if c.Of(scope.Lookup(name).(*types.Func)) == nil {
					t.Errorf("of %v, asked in this order, %s is the same", names, name)
				}
			}
			slices.Reverse(names)
		}
	}
}

// wants reads the comment before each function.
func wants(text string) map[string]string {
	found, comment := map[string]string{}, ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if rest, ok := strings.CutPrefix(line, "// want "); ok {
			comment = rest
		}
		if rest, ok := strings.CutPrefix(line, "func "); ok && comment != "" {
			name, _, _ := strings.Cut(rest, "(")
			found[name], comment = comment, ""
		}
	}
	return found
}

func unpacked(t testing.TB, path string) string {
	t.Helper()
	a, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	root := t.TempDir()
	for _, f := range a.Files {
		file := filepath.Join(root, f.Name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func viewOf(t testing.TB, root string, paths ...string) *gopkg.View {
	t.Helper()
	set, err := gopkg.NewSet(root)
	if err == nil {
		err = set.Load(t.Context(), paths)
	}
	if err != nil {
		t.Fatal(err)
	}
	return set.View(func(string) (gopkg.Layout, bool) { return gopkg.Layout{}, false }, false)
}

// BenchmarkOf asks for one function whose way leads through another package, from nothing
// but the names of files.
func BenchmarkOf(b *testing.B) {
	root := unpacked(b, "testdata/functions.txtar")
	view := viewOf(b, root, "example.com/m/shop")
	f := view.Check(filepath.Join(root, "shop")).Package.Scope().Lookup("Declared").(*types.Func)
	for b.Loop() {
		if gopure.New(view).Of(f) != nil {
			b.Fatal("it differs")
		}
	}
}
