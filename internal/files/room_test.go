package files_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// makers are the functions of package os, and methods of an os.Root, that make or replace
// files.
var makers = []string{
	"WriteFile", "Create", "CreateTemp", "OpenFile", "Rename", "Link", "Symlink", "CopyFS", "Truncate",
	"Mkdir", "MkdirAll", "MkdirTemp",
}

// elsewhere are the files that may use them too, with the reason.
var elsewhere = map[string]string{
	"runtime/sqlite/lock_unix.go":   "the lock: the runtime imports nothing of the command's",
	"runtime/sqlite/owner.go":       "the journal itself",
	"internal/revision/revision.go": "below an os.Root of its own",
	"interp/linked/linked.go":       "in a program of its own: its answer, in the folder that the command has made for it",
}

// rooms of which the command has nothing: examples and tests.
var others = []string{"bench", "examples", "golden", "internal/campaign", "internal/files"}

// TestOneRoom: nothing that the command is made of makes files by itself.
func TestOneRoom(t *testing.T) {
	const top = "../.."
	found := 0
	err := filepath.WalkDir(top, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(top, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if e.IsDir() && (slices.Contains(others, name) || name != "." && strings.HasPrefix(e.Name(), ".") || e.Name() == "testdata") {
			return fs.SkipDir
		}
		if e.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		for _, use := range uses(t, path) {
			found++
			if elsewhere[name] == "" {
				t.Errorf("%s uses %s: files are written by package files alone", name, use)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found == 0 {
		t.Error("nothing was found, not even what may be there")
	}
}

// uses gives the makers that a file calls, of package os or of an os.Root that is called root.
func uses(t *testing.T, path string) (all []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		x, plain := s.X.(*ast.Ident)
		if slices.Contains(makers, s.Sel.Name) && plain && (x.Name == "os" || x.Name == "root") {
			all = append(all, x.Name+"."+s.Sel.Name)
		}
		return true
	})
	return all
}
