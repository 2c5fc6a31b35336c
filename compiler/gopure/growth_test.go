package gopure_test

import (
	"fmt"
	"go/types"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/wfgen/wfgen/compiler/gopkg"
	"github.com/wfgen/wfgen/compiler/gopure"
)

// maxGrowth is how many times what a search allocates may grow with Go that is four times as
// long. What grows with the square is at sixteen in the end.
const maxGrowth = 5.5

// shapes are Go of n types or functions of which All reaches each.
var shapes = map[string]func(b *strings.Builder, n int){
	"written": func(b *strings.Builder, n int) {
		for i := range n {
			fmt.Fprintf(b, "type T%d struct{ n int }\n\nfunc (t T%d) String() string { return fmt.Sprint(t.n) }\n\n", i, i)
		}
		b.WriteString("func All(n int) string {\n\treturn fmt.Sprint(")
		for i := range n {
			fmt.Fprintf(b, "T%d{n}, ", i)
		}
		b.WriteString("n)\n}\n")
	},
	"interfaces": func(b *strings.Builder, n int) {
		for i := range n {
			fmt.Fprintf(b, "type I%d interface{ F%d() int }\n\ntype T%d struct{ n int }\n\nfunc (t T%d) F%d() int { return t.n }\n\nfunc call%d(i I%d) int { return i.F%d() }\n\n", i, i, i, i, i, i, i, i)
		}
		b.WriteString("func All(n int) int {\n\tfmt.Sprint(n)\n\tsum := 0\n")
		for i := range n {
			fmt.Fprintf(b, "\tsum += call%d(T%d{n})\n", i, i)
		}
		b.WriteString("\treturn sum\n}\n")
	},
	"lists": func(b *strings.Builder, n int) {
		b.WriteString("func All(m map[int]string) (n int) {\n\tfmt.Sprint(n)\n")
		for i := range n {
			fmt.Fprintf(b, "\tvar xs%d []string\n\tfor _, x := range m {\n\t\txs%d = append(xs%d, x)\n\t}\n\tsort.Strings(xs%d)\n\tn += len(xs%d[0])\n", i, i, i, i, i)
		}
		b.WriteString("\treturn n\n}\n")
	},
}

// TestGrowth: what a search allocates grows with the length of the Go.
func TestGrowth(t *testing.T) {
	root, paths := t.TempDir(), []string{}
	write(t, root, "go.mod", "module example.com/m\n\ngo 1.26\n")
	for name, shape := range shapes {
		for _, n := range []int{250, 1000} {
			b := &strings.Builder{}
			b.WriteString("package shop\n\nimport (\n\t\"fmt\"\n\t\"sort\"\n)\n\nvar _ = sort.Strings\n\n")
			shape(b, n)
			dir := fmt.Sprint(name, n)
			write(t, root, dir+"/shop.go", b.String())
			paths = append(paths, "example.com/m/"+dir)
		}
	}
	view := viewOf(t, root, paths...)
	for name := range shapes {
		few, many := searched(t, view, root, fmt.Sprint(name, 250)), searched(t, view, root, fmt.Sprint(name, 1000))
		if growth := float64(many) / float64(few); growth > maxGrowth {
			t.Errorf("%s: %d bytes for 250, %d for 1,000: %.1f times", name, few, many, growth)
		}
	}
}

func write(t *testing.T, root, name, text string) {
	t.Helper()
	file := filepath.Join(root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// searched is how many bytes the search from a package's All allocates.
func searched(t *testing.T, view *gopkg.View, root, dir string) uint64 {
	t.Helper()
	shop := view.Check(filepath.Join(root, dir))
	if len(shop.Errors) > 0 {
		t.Fatal(shop.Errors[0])
	}
	all := shop.Package.Scope().Lookup("All").(*types.Func)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if r := gopure.New(view).Of(all); r != nil {
		t.Fatal(r.Way)
	}
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
