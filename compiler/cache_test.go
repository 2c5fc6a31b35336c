package compiler_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/wfgen/wfgen/compiler"
)

// TestChanged: a package that was remembered isn't loaded until one of its files is
// another.
func TestChanged(t *testing.T) {
	dir, cache := t.TempDir(), t.TempDir()
	for _, name := range []string{"HOME", "XDG_CACHE_HOME", "LocalAppData"} {
		t.Setenv(name, cache)
	}
	put := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	loads := func(want int) []*compiler.Package {
		t.Helper()
		packages, err := new(compiler.Workspace).Snapshot(nil).Changed(t.Context(), []string{dir})
		if err != nil || len(packages) != want {
			t.Fatalf("%d packages are loaded, not %d; %v", len(packages), want, err)
		}
		return packages
	}
	const source = "package p\nworkflow W(n int) int { return n }\n"
	put("p.wf", source)
	p := loads(1)[0]
	if _, err := p.Write(); err != nil {
		t.Fatal(err)
	}
	loads(1)
	p.Remember()
	loads(0)
	put("p.wf", "package p\nworkflow W(n int) int { return n + 1 }\n")
	loads(1)
	put("p.wf", source)
	loads(0)
	put("p_test.go", "package p\n")
	loads(0)
	put("p.go", "package p\n")
	loads(1)
}

// TestGenerateAll: generated several at a time, packages are what they are one by one.
func TestGenerateAll(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name, "shapes.wf"), []byte(workflows(50)), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	one, err := new(compiler.Workspace).Snapshot(nil).Packages(t.Context(), []string{dir + "/..."})
	if err != nil {
		t.Fatal(err)
	}
	all, err := new(compiler.Workspace).Snapshot(nil).Packages(t.Context(), []string{dir + "/..."})
	if err != nil || len(all) != 5 {
		t.Fatal(len(all), err)
	}
	compiler.GenerateAll(all)
	for i, p := range all {
		for k, f := range p.Generate() {
			if want := one[i].Generate()[k]; f.Name != want.Name || string(f.Content) != string(want.Content) {
				t.Errorf("%s of %s is another", f.Name, p.Dir)
			}
		}
	}
}
