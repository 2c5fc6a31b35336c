package runtime_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The package has two sides. What runs a workflow (frames, steps, what is side by side,
// undos) knows a durable execution by what durable.go and exchange.go say of one. The
// engine is behind these: it names what it likes of the other side, and nothing of it is
// named there. A new file goes into one of the lists.
var (
	frameSide = strings.Fields(`
		attempt await batch call cancel clock clock_quiescence declared durable emit ending error event exchange
		execution filter finally frame gate group guarded guarded_cache guarded_call heartbeat id inspection intercept interception lastly latch loop now patience payload post
		quiescence race read recorded recorded_error recorded_place registry registry_event retry retry_several
		rounds scope seat shared step stub topic try try_again undo version within`)
	engineSide = strings.Fields(`
		answer choice deadline drain engine follow goeson handover held history history_attempt history_beat history_lastly
		history_loop history_undo history_wait index lane lasting late launch load mail manage match owner park
		phase places post_session recover refusal replay run send session submit toall trial waits writer`)
)

// TestWall: no file of the frames' side names what a file of the engine's side declares.
func TestWall(t *testing.T) {
	fset := token.NewFileSet()
	side := map[string]bool{} // by file, whether it is the engine's
	var files []*ast.File
	for _, name := range sources(t) {
		base := strings.TrimSuffix(name, ".go")
		ours, engines := slices.Contains(frameSide, base), slices.Contains(engineSide, base)
		if ours == engines {
			t.Errorf("%s has to be in one of the two lists of sides", name)
		}
		side[name] = engines
		f, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	c := types.Config{Importer: importer.ForCompiler(fset, "gc", exports(t))}
	pkg, err := c.Check("github.com/wfgen/wfgen/runtime", fset, files, info)
	if err != nil {
		t.Fatal(err)
	}
	var crossings []string
	for id, o := range info.Uses {
		if o.Pkg() != pkg {
			continue
		}
		from, to := fset.Position(id.Pos()), fset.Position(o.Pos())
		if !side[from.Filename] && side[to.Filename] {
			crossings = append(crossings, fmt.Sprintf("%s names %s, which is the engine's: %s", from, o.Name(), to))
		}
	}
	slices.Sort(crossings)
	for _, c := range crossings {
		t.Error(c)
	}
}

// sources are the package's files without tests.
func sources(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob("*.go")
	if err != nil || len(all) == 0 {
		t.Fatalf("no files: %v", err)
	}
	return slices.DeleteFunc(all, func(name string) bool { return strings.HasSuffix(name, "_test.go") })
}

// exports finds what the packages export that this one imports, as the go command has
// compiled them.
func exports(t *testing.T) importer.Lookup {
	t.Helper()
	cmd := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}", ".")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]string{}
	for line := range bytes.Lines(out) {
		if path, file, ok := strings.Cut(strings.TrimSpace(string(line)), " "); ok {
			at[path] = file
		}
	}
	return func(path string) (io.ReadCloser, error) { return os.Open(at[path]) }
}
