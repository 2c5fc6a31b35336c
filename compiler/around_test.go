package compiler_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wfgen/wfgen/compiler"
)

// TestSameSizeSameTime: Go that is changed again within the grain of a file system's clock,
// and has the same size then, is seen to be other Go.
func TestSameSizeSameTime(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, shop)
	var w compiler.Workspace
	edit := func(text string, at time.Time) string {
		write(t, dir, map[string]string{"tax/tax.go": text})
		dated(t, dir, at)
		_, found := pkg(t, w.Snapshot(nil), filepath.Join(dir, "shop"))
		return found
	}
	sound := shop["tax/tax.go"]
	for range 20 {
		now := time.Now()
		holds(t, edit(sound, now), "")
		holds(t, edit(sound, now), "")
		if time.Since(now) > compiler.Grain-time.Second {
			continue // too slow for a second edit within the grain
		}
		holds(t, edit(strings.Replace(sound, "int) int", "int) any", 1), now), "cents is any")
		return
	}
	t.Skip("the machine is too slow")
}

// TestGoMended: what the go command has said against a package isn't kept for the next
// snapshot, where what was wrong is no Go.
func TestGoMended(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"go.mod":       shop["go.mod"],
		"shop/shop.wf": "package shop\n\nimport \"example.com/m/tax\"\n\nfunc rate = tax.Rate\n\nworkflow Sell(n int) int { return rate(n) }\n",
		"tax/tax.go":   "package tax\n\nimport _ \"embed\"\n\n//go:embed table.txt\nvar table string\n\nfunc Rate(n int) int { return n / 5 }\n",
	})
	dated(t, dir, time.Unix(1e9, 0))
	var w compiler.Workspace
	_, found := pkg(t, w.Snapshot(nil), filepath.Join(dir, "shop"))
	holds(t, found, "table.txt")
	write(t, dir, map[string]string{"tax/table.txt": "5"})
	_, found = pkg(t, w.Snapshot(nil), filepath.Join(dir, "shop"))
	holds(t, found, "")
}

// TestVendoredEdit: what is vendored is Go like the module's own, also where a go.work has it.
func TestVendoredEdit(t *testing.T) {
	const modules = "# example.com/tax v1.0.0\n## explicit; go 1.25\nexample.com/tax\n"
	shared := map[string]string{
		"m/go.mod":       "module example.com/m\n\ngo 1.25\n\nrequire example.com/tax v1.0.0\n",
		"m/shop/shop.wf": "package shop\n\nimport \"example.com/tax\"\n\nfunc rate = tax.Rate\n\nworkflow Sell(n int) int { return rate(n) }\n",
	}
	for name, test := range map[string]struct {
		vendor string
		files  map[string]string
	}{
		"module":    {"m/vendor", map[string]string{"m/vendor/modules.txt": modules}},
		"workspace": {"vendor", map[string]string{"go.work": "go 1.25\n\nuse ./m\n", "vendor/modules.txt": "## workspace\n" + modules}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, shared)
			write(t, dir, test.files)
			tax := filepath.Join(test.vendor, "example.com", "tax", "tax.go")
			write(t, dir, map[string]string{tax: shop["tax/tax.go"]})
			dated(t, dir, time.Unix(1e9, 0))
			var w compiler.Workspace
			_, found := pkg(t, w.Snapshot(nil), filepath.Join(dir, "m", "shop"))
			holds(t, found, "")
			write(t, dir, map[string]string{tax: "package tax\n\nfunc Rate(n string) int { return len(n) }\n"})
			_, found = pkg(t, w.Snapshot(nil), filepath.Join(dir, "m", "shop"))
			holds(t, found, "expected string")
			write(t, dir, map[string]string{filepath.Join(test.vendor, "modules.txt"): "# example.com/other v1.0.0\n"})
			_, found = pkg(t, w.Snapshot(nil), filepath.Join(dir, "m", "shop"))
			holds(t, found, "can't import")
		})
	}
}

// behind is a package that comes to the types of one that it doesn't import, through Go.
var behind = map[string]string{
	"go.mod": "module example.com/m\n\ngo 1.25\n",
	"a/a.wf": "package a\n\ntype Order { total int }\n\nworkflow A(n int) int { return n }\n",
	"g/g.go": "package g\n\nimport \"example.com/m/h\"\n\nfunc Make(n int) (h.Order, error) { return h.Order{Total: n}, nil }\n",
	"h/h.go": "package h\n\nimport \"example.com/m/a\"\n\ntype Order = a.Order\n",
	"c/c.wf": "package c\n\nimport \"example.com/m/g\"\n\ntool Make = g.Make\n\nworkflow C(n int) int {\n\to := Make(n)\n\treturn o.total\n}\n",
}

// TestBehindGo: the types of such a package are what it declares, whatever the packages are
// called, whichever is asked for, and in whatever order.
func TestBehindGo(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, behind)
	for _, path := range []string{"0c/c.wf", "z/c.wf"} { // before and after a
		write(t, dir, map[string]string{path: behind["c/c.wf"]})
	}
	at := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	for _, order := range [][]string{{"c"}, {"c", "a"}, {"a", "c"}, {"..."}} {
		s := new(compiler.Workspace).Snapshot(nil)
		for _, path := range order {
			all, err := s.Packages(t.Context(), []string{at(path)})
			if err != nil {
				t.Fatal(err)
			}
			if found := rendered(all...); found != "" {
				t.Errorf("%q: %s", order, found)
			}
		}
	}
	var w compiler.Workspace
	check := func(text, want string) {
		t.Helper()
		overlay := map[string][]byte{at("a/a.wf"): []byte(text)}
		_, found := pkg(t, w.Snapshot(overlay), at("c"))
		holds(t, found, want)
		all, err := w.Snapshot(overlay).Packages(t.Context(), []string{at("c"), at("a")})
		if err != nil {
			t.Fatal(err)
		}
		if want == "" && rendered(all...) != "" {
			t.Error(rendered(all...))
		}
	}
	sound := behind["a/a.wf"]
	check(sound, "")
	check(strings.Replace(sound, "total", "sum", 1), "total")
	check(strings.Replace(sound, "return n", "return x", 1), "can't import \"example.com/m/g\": it leads to example.com/m/a, whose .wf files have errors")
	check(sound, "")
	check("package a\n\nimport \"example.com/m/c\"\n\ntype Order { total int }\n\nworkflow A(n int) int { return c.C(n) }\n", "import each other")
}

// TestUnitsOfASnapshot: a snapshot makes a package that names Go once, whatever else it was
// asked for, and so do several that are of the same source.
func TestUnitsOfASnapshot(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, behind)
	write(t, dir, map[string]string{
		"x/x.wf": "package x\n\ntype T { n int }\n",
		"y/y.wf": "package y\n\nimport \"example.com/m/x\"\n\nworkflow Y(t x.T) int { return t.n }\n",
		"z/z.go": "package z\n\nfunc z() {}\n",
		"z/z.wf": "package z\n\nimport \"example.com/m/y\"\nimport \"example.com/m/x\"\n\nworkflow Z(t x.T) int { return y.Y(t) }\n",
	})
	dated(t, dir, time.Unix(1e9, 0))
	var w compiler.Workspace
	programs := map[string]any{}
	for range 2 {
		s := w.Snapshot(nil)
		for _, name := range []string{"c", "y", "c", "z", "a", "x", "y", "c"} {
			p, found := pkg(t, s, filepath.Join(dir, name))
			holds(t, found, "")
			if programs[name] == nil {
				programs[name] = p.Program()
			} else if programs[name] != p.Program() {
				t.Errorf("%s is made again", name)
			}
		}
		all, err := s.Packages(t.Context(), []string{dir + "/..."})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range all {
			if programs[filepath.Base(p.Abs())] != p.Program() {
				t.Errorf("%s is made again, with all others", p.Dir)
			}
		}
	}
}
