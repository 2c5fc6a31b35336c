package compiler_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/wfgen/wfgen/compiler"
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/plan"
)

// write writes files below a directory; an empty text removes one.
func write(t testing.TB, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if text == "" {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// pkg gives a package of a snapshot, and what is wrong with it.
func pkg(t testing.TB, s *compiler.Snapshot, path string) (*compiler.Package, string) {
	t.Helper()
	p, err := s.Package(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	return p, rendered(p)
}

func rendered(packages ...*compiler.Package) string {
	var b bytes.Buffer
	for _, p := range packages {
		diag.Render(&b, p.Diagnostics(), false)
	}
	return b.String()
}

// holds fails where a text lacks a part of it.
func holds(t testing.TB, text, part string) {
	t.Helper()
	if !strings.Contains(text, part) || part == "" && text != "" {
		t.Errorf("found %q, expected %q", text, part)
	}
}

const whole = "package p\n\nworkflow W(n int) int { return f(n) }\n"

// TestUnsaved: what an overlay has counts in the place of files, also where there is no such
// file yet, and as gone where it says so. The files are as they were for everybody else.
func TestUnsaved(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"w.wf": whole, "f.wf": "package p\n\nfunc f(n int) int { n + 1 }\n"})
	at := func(name string) string { return filepath.Join(dir, name) }
	var w compiler.Workspace
	for _, c := range []struct {
		name, want string
		overlay    map[string][]byte
	}{
		{"the disk", "", nil},
		{"an edit", "unknown", map[string][]byte{at("f.wf"): []byte("package p\n\nfunc g(n int) int { n }\n")}},
		{"a file that is gone", "unknown", map[string][]byte{at("f.wf"): nil}},
		{"a new file", "declared twice", map[string][]byte{at("g.wf"): []byte("package p\n\nfunc f(n int) int { n }\n")}},
		{"another directory", "", map[string][]byte{at("q/g.wf"): []byte("package p\n\nfunc f(n int) int { n }\n")}},
		{"no source", "", map[string][]byte{at("_g.wf"): []byte("package")}},
		{"the disk again", "", nil},
	} {
		_, found := pkg(t, w.Snapshot(c.overlay), dir)
		if t.Logf("%s: %s", c.name, found); c.want == "" && found != "" || !strings.Contains(found, c.want) {
			t.Errorf("%s: found %q, expected %q", c.name, found, c.want)
		}
	}
	s := w.Snapshot(map[string][]byte{at("q/g.wf"): []byte("package q\n")})
	if _, err := s.Package(t.Context(), at("q/g.wf")); err != nil {
		t.Error(err)
	}
	all, err := s.Packages(t.Context(), []string{dir + "/..."})
	if err != nil || len(all) != 2 {
		t.Error(len(all), err)
	}
	all, err = w.Snapshot(map[string][]byte{at("w.wf"): nil, at("f.wf"): nil, at("q/g.wf"): []byte("package q\n")}).Packages(t.Context(), []string{dir + "/..."})
	if err != nil || len(all) != 1 {
		t.Error(len(all), err)
	}
	if _, err := w.Snapshot(map[string][]byte{at("w.wf"): nil, at("f.wf"): nil}).Package(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "no .wf files in") {
		t.Errorf("a directory without files: %v", err)
	}
	if _, err := w.Snapshot(nil).Package(t.Context(), at("nowhere")); !os.IsNotExist(err) {
		t.Errorf("no directory: %v", err)
	}
}

// TestSnapshotStays: a snapshot has what it found first, and a new one what is there now.
func TestSnapshotStays(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"w.wf": whole, "f.wf": "package p\n\nfunc f(n int) int { n + 1 }\n"})
	var w compiler.Workspace
	s := w.Snapshot(nil)
	old, found := pkg(t, s, dir)
	holds(t, found, "")
	write(t, dir, map[string]string{"f.wf": ""})
	_, found = pkg(t, s, dir)
	holds(t, found, "")
	_, found = pkg(t, w.Snapshot(nil), dir)
	holds(t, found, "unknown")
	if old.HasErrors() || len(old.Plan().Funcs) != 1 {
		t.Error("an old package has changed")
	}
}

// TestStagesOnce: each stage is made once, whoever asks and in however many snapshots, until
// what it is made of is another.
func TestStagesOnce(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"a/w.wf": whole, "a/f.wf": "package p\n\nfunc f(n int) int { n + 1 }\n", "b/b.wf": "package b\n"})
	var generated atomic.Int32
	counting := *compiler.Go
	counting.Files = func(p *plan.Program) ([]plan.File, error) {
		generated.Add(1)
		return compiler.Go.Files(p)
	}
	var w compiler.Workspace
	stages := func(overlay map[string][]byte) (trees, program, planned any) {
		s := w.Snapshot(overlay)
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				p, _ := pkg(t, s, filepath.Join(dir, "a"))
				p.With(&counting).Generate()
			})
		}
		group.Wait()
		p, _ := pkg(t, s, filepath.Join(dir, "a"))
		files, _ := p.Trees()
		return files[1], p.Program(), p.Plan()
	}
	trees, program, planned := stages(nil)
	other, program2, planned2 := stages(map[string][]byte{filepath.Join(dir, "b/b.wf"): []byte("package c\n")})
	if trees != other || program != program2 || planned != planned2 || generated.Load() != 1 {
		t.Errorf("an edit elsewhere makes stages anew: generated %d times", generated.Load())
	}
	other, program2, planned2 = stages(map[string][]byte{filepath.Join(dir, "a/f.wf"): []byte("package p\n\nfunc f(n int) int { n + 2 }\n")})
	if trees != other {
		t.Error("a file is parsed again that is the same")
	}
	if program == program2 || planned == planned2 || generated.Load() != 2 {
		t.Errorf("an edit makes no new stages: generated %d times", generated.Load())
	}
}

// shop is two packages, of which one imports the other, and Go that the first names.
var shop = map[string]string{
	"go.mod":           "module example.com/m\n\ngo 1.25\n",
	"money/money.wf":   "package money\n\ntype Price { cents int }\n\nworkflow Double(p Price) Price { return Price{cents: p.cents * 2} }\n",
	"shop/shop.wf":     "package shop\n\nimport \"example.com/m/money\"\nimport \"example.com/m/tax\"\n\nfunc rate = tax.Rate\n\nworkflow Sell(cents int) int {\n\tp := money.Double(money.Price{cents: rate(cents)})\n\treturn p.cents\n}\n",
	"tax/tax.go":       "package tax\n\nfunc Rate(n int) int { return n / 5 }\n",
	"alone/alone.wf":   "package alone\n\nworkflow W(n int) int { return n }\n",
	"beside/beside.wf": "package beside\n\ntype T { n int }\n\nfunc half = half\n\nworkflow W(n int) int { return half(T{n: n}) }\n",
	"beside/half.go":   "package beside\n\nfunc half(t T) int { return t.N / 2 }\n",
	"ring/a/a.wf":      "package a\n\nimport \"example.com/m/ring/b\"\n\nworkflow A(n int) int { return b.B(n) }\n",
	"ring/b/b.wf":      "package b\n\nimport \"example.com/m/ring/a\"\n\nworkflow B(n int) int { return a.A(n) }\n",
}

// TestImportedEdit: an edit in an imported package, saved or not, of .wf or of Go, is seen
// by the one that imports it.
func TestImportedEdit(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, shop)
	var w compiler.Workspace
	at := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	check := func(overlay map[string][]byte, want string) {
		t.Helper()
		_, found := pkg(t, w.Snapshot(overlay), at("shop"))
		if want == "" && found != "" || !strings.Contains(found, want) {
			t.Errorf("found %q, expected %q", found, want)
		}
	}
	check(nil, "")
	check(map[string][]byte{at("money/money.wf"): []byte(strings.ReplaceAll(shop["money/money.wf"], "cents", "pence"))}, "cents")
	check(map[string][]byte{at("money/money.wf"): []byte("package money\n\nworkflow Double() { return 1 }\n")}, "its .wf files have errors")
	check(map[string][]byte{at("money/money.wf"): nil}, "no Go package")
	check(nil, "")
	check(map[string][]byte{at("money/money.wf"): []byte(strings.ReplaceAll(shop["money/money.wf"], "* 2", "* 3"))}, "")
	write(t, dir, map[string]string{"tax/tax.go": "package tax\n\nfunc Rate(n string) int { return 5 }\n"})
	check(nil, "expected string")
	write(t, dir, map[string]string{"tax/tax.go": shop["tax/tax.go"]})
	check(nil, "")
	write(t, dir, map[string]string{"tax/more.go": "package tax\n\nimport \"time\"\n\nfunc now() int { return time.Now().Nanosecond() }\n", "tax/tax.go": "package tax\n\nfunc Rate(n int) int { return now() }\n"})
	check(nil, "time.Now")
}

// dated gives all files below a directory a time.
func dated(t testing.TB, dir string, at time.Time) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return os.Chtimes(path, at, at)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestGoIsAskedOnce: the go command is asked again where Go has changed, and for nothing else.
func TestGoIsAskedOnce(t *testing.T) {
	real, err := exec.LookPath("go")
	if err != nil || runtime.GOOS == "windows" {
		t.Skip("needs a shell, and go")
	}
	dir, bin := t.TempDir(), t.TempDir()
	write(t, dir, shop)
	dated(t, dir, time.Unix(1e9, 0))
	calls := filepath.Join(bin, "calls")
	write(t, bin, map[string]string{"go": "#!/bin/sh\necho >> '" + calls + "'\nexec '" + real + "' \"$@\"\n"})
	if err := os.Chmod(filepath.Join(bin, "go"), 0o777); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	var w compiler.Workspace
	asks := func(want bool, overlay map[string][]byte) {
		t.Helper()
		os.Remove(calls)
		pkg(t, w.Snapshot(overlay), filepath.Join(dir, "shop"))
		if _, err := os.Stat(calls); (err == nil) != want {
			t.Errorf("go was asked: %t, expected %t", err == nil, want)
		}
	}
	source := func(old, new string) map[string][]byte {
		return map[string][]byte{filepath.Join(dir, "shop", "shop.wf"): []byte(strings.Replace(shop["shop/shop.wf"], old, new, 1))}
	}
	asks(true, nil)
	asks(false, nil)
	asks(false, source("p.cents", "p.cents + 1"))
	asks(false, source("workflow", "type T { n int }\n\nworkflow"))
	asks(true, source("import", "import \"strings\"\nimport"))
	asks(false, source("import", "import \"strings\"\n\nimport"))
	write(t, dir, map[string]string{"tax/tax.go": "package tax\n\nfunc Rate(n int) int { return n / 50 }\n"})
	asks(true, nil)
	asks(false, nil)
	write(t, dir, map[string]string{"shop/wf.go": "// Code generated by wfgen. DO NOT EDIT.\n\npackage shop\n"})
	asks(false, nil)
	write(t, dir, map[string]string{"go.mod": shop["go.mod"] + "\n"})
	asks(true, nil)
}

// TestManyReaders: one snapshot, and several of one workspace, serve any number of readers.
func TestManyReaders(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, shop)
	var w compiler.Workspace
	at := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	want := map[string]string{}
	for _, name := range []string{"money", "shop", "alone", "beside", "ring/a", "ring/b"} {
		_, want[name] = pkg(t, new(compiler.Workspace).Snapshot(nil), at(name))
	}
	var group sync.WaitGroup
	for i := range 3 {
		s := w.Snapshot(map[string][]byte{at("alone/more.wf"): fmt.Appendf(nil, "package alone\n\nfunc more%d() int { %[1]d }\n", i)})
		for name := range want {
			for range 2 {
				group.Go(func() {
					p, found := pkg(t, s, at(name))
					if name != "alone" && found != want[name] {
						t.Errorf("%s has %s, and not %s", name, found, want[name])
					}
					if !p.HasErrors() {
						p.Generate()
						p.GenerateHooked()
						p.Imported()
						p.GoText("", "half")
					}
				})
			}
		}
		group.Go(func() {
			all, err := s.PackagesWithGo(t.Context(), []string{at("shop"), at("beside"), at("alone")})
			if err != nil || slices.ContainsFunc(all, (*compiler.Package).HasErrors) {
				t.Error(err, rendered(all...))
			}
			compiler.GenerateAll(all)
			compiler.ImportedDirs(all)
		})
	}
	group.Wait()
}

// TestCancelled: where the context ends, the go command does, and what comes after finds
// nothing of it.
func TestCancelled(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, shop)
	var w compiler.Workspace
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := w.Snapshot(nil)
	if _, err := s.Package(ctx, filepath.Join(dir, "shop")); err == nil {
		t.Error("go was asked for packages")
	}
	for _, s := range []*compiler.Snapshot{s, w.Snapshot(nil)} {
		_, found := pkg(t, s, filepath.Join(dir, "shop"))
		holds(t, found, "")
	}
}

// TestEditsAreAsCold: after any edits what a workspace says is what one says that has seen
// nothing before.
func TestEditsAreAsCold(t *testing.T) {
	r := rand.New(rand.NewPCG(1, uint64(time.Now().UnixNano())))
	edits := 150
	if testing.Short() {
		edits = 20
	}
	archives, err := filepath.Glob("../checker/testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal(archives, err)
	}
	for range edits / 10 {
		path := archives[r.IntN(len(archives))]
		a, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts := map[string][]byte{}
		for _, f := range a.Files {
			if compiler.IsSource(f.Name) && !strings.Contains(f.Name, "/") {
				texts[filepath.Join("p", f.Name)] = f.Data
			}
		}
		w := compiler.Workspace{InMemory: true}
		for range 10 {
			asCold(t, &w, texts, path)
			edit(r, texts)
		}
	}
}

// asCold compares what a workspace says of a directory with what a new one says.
func asCold(t *testing.T, w *compiler.Workspace, texts map[string][]byte, from string) {
	t.Helper()
	said := func(w *compiler.Workspace) string {
		p, err := w.Snapshot(texts).Package(context.Background(), "p")
		if err != nil {
			return err.Error()
		}
		text := rendered(p)
		if !p.HasErrors() {
			for _, f := range p.Generate() {
				text += string(f.Content)
			}
		}
		return text
	}
	warm, cold := said(w), said(&compiler.Workspace{InMemory: true})
	if diff := cmp.Diff(cold, warm); diff != "" {
		t.Fatalf("of %s after edits a workspace says otherwise than a new one (-new, +used):\n%s\n%s", from, diff, texts)
	}
}

// edit changes one of the files somewhere, takes it away, or adds one.
func edit(r *rand.Rand, texts map[string][]byte) {
	var names []string
	for name := range texts {
		names = append(names, name)
	}
	if len(names) == 0 {
		return
	}
	slices.Sort(names)
	name := names[r.IntN(len(names))]
	lines := strings.SplitAfter(string(texts[name]), "\n")
	i := r.IntN(len(lines))
	switch r.IntN(6) {
	case 0:
		lines[i] = ""
	case 1:
		lines[i] += lines[i]
	case 2:
		j := r.IntN(len(lines))
		lines[i], lines[j] = lines[j], lines[i]
	case 3:
		lines[i] = "// a note\n" + lines[i]
	case 4:
		n := r.IntN(len(lines[i]) + 1)
		lines[i] = lines[i][:n] + string("x1 {}(,"[r.IntN(7)]) + lines[i][n:]
	case 5:
		if len(names) > 1 && r.IntN(2) == 0 {
			delete(texts, name)
			return
		}
		texts[filepath.Join("p", fmt.Sprintf("more%d.wf", r.IntN(3)))] = []byte("package p\n\nfunc more() int { 1 }\n")
		return
	}
	texts[name] = []byte(strings.Join(lines, ""))
}

// TestModuleEditsAreAsCold: so it is for packages that import each other, and Go.
func TestModuleEditsAreAsCold(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, shop)
	r := rand.New(rand.NewPCG(2, uint64(time.Now().UnixNano())))
	var w compiler.Workspace
	overlay := map[string][]byte{}
	reset := func() {
		for name, text := range shop {
			if compiler.IsSource(filepath.Base(name)) {
				overlay[filepath.Join(dir, filepath.FromSlash(name))] = []byte(text)
			}
		}
	}
	rounds := 24
	if testing.Short() {
		rounds = 4
	}
	for i := range rounds {
		if i%4 == 0 {
			reset()
		}
		said := func(w *compiler.Workspace) string {
			all, err := w.Snapshot(overlay).Packages(t.Context(), []string{dir + "/..."})
			if err != nil {
				return err.Error()
			}
			return rendered(all...)
		}
		warm, cold := said(&w), said(new(compiler.Workspace))
		if diff := cmp.Diff(cold, warm); diff != "" {
			t.Fatalf("after edits a workspace says otherwise than a new one (-new, +used):\n%s\n%s", diff, overlay)
		}
		edit(r, overlay)
		for path := range overlay {
			if strings.HasPrefix(path, "p"+string(filepath.Separator)) {
				delete(overlay, path)
			}
		}
	}
}
