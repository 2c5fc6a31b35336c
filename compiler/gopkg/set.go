// Package gopkg knows the Go around .wf files: it finds the packages that they and
// the .go files beside them import, and works out the types of what these declare.
// It takes import paths and directories and gives packages of go/types. What Go
// has compiled is read from its export data; only packages that hold .wf files, and
// those that import such, are checked from source, with other files in the place of
// what wfgen generates: so nothing depends on generated files being there or up to
// date. It writes nothing, and asks the go command once for all packages.
package gopkg

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"golang.org/x/tools/go/packages"

	"github.com/wfgen/wfgen/dsl"
)

// A Set is the Go packages that are known of one module, or outside of any. It is
// for one goroutine at a time.
type Set struct {
	module  *module
	dir     string // where the go command is called
	fset    *token.FileSet
	metas   map[string]*packages.Package // by import path
	exports exports
	sources map[string]*dsl.Source // Go files that a diagnostic shows
}

// NewSet gives a set for the module that a directory is in. It holds no package yet.
func NewSet(dir string) (*Set, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	m, err := moduleOf(dir)
	if err != nil {
		return nil, err
	}
	s := &Set{
		module: m, dir: dir, fset: token.NewFileSet(), metas: map[string]*packages.Package{},
		exports: exports{}, sources: map[string]*dsl.Source{},
	}
	if m != nil {
		s.dir = m.dir
	}
	return s, nil
}

// Root is the directory of the module, or the one the set was made for where that
// is in none. Directories of one root share a set.
func (s *Set) Root() string { return s.dir }

// ErrNoGo says that there is no go command.
var ErrNoGo = errors.New("no go on the PATH: the .wf files or the Go beside them name Go packages, and the go command finds those (https://go.dev/dl)")

var findGo = sync.OnceValue(func() error {
	_, err := exec.LookPath("go")
	return err
})

// Load asks the go command for the packages of those paths, and all that they
// import. What the set has already isn't asked for again. That a package can't be
// found or built is no error here: Import says so. Where the context ends first, the set
// stays as it was.
func (s *Set) Load(ctx context.Context, paths []string) error {
	var missing []string
	for _, path := range slices.Compact(slices.Sorted(slices.Values(paths))) {
		if s.metas[path] == nil && !special(path) {
			missing = append(missing, path)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	if findGo() != nil {
		return ErrNoGo
	}
	patterns := make([]string, len(missing))
	for i, path := range missing {
		patterns[i] = "pattern=" + path
	}
	found, err := packages.Load(&packages.Config{
		Context: ctx,
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles | packages.NeedImports |
			packages.NeedDeps | packages.NeedModule | packages.NeedExportFile,
		Dir: s.dir,
		Env: append(os.Environ(), "PWD="+s.dir),
	}, patterns...)
	if err != nil {
		return fmt.Errorf("ask go for packages: %w", err)
	}
	packages.Visit(found, nil, func(p *packages.Package) {
		if s.metas[p.PkgPath] == nil {
			s.metas[p.PkgPath] = p
		}
	})
	for _, path := range missing {
		if s.metas[path] == nil {
			s.metas[path] = &packages.Package{PkgPath: path, Errors: []packages.Error{{Msg: "there is no such package"}}}
		}
	}
	return nil
}

// Imports gives the packages that a package imports, but for those of Go itself, by path,
// sorted. It has none where it isn't known.
func (s *Set) Imports(path string) (paths []string) {
	if p := s.metas[path]; p != nil {
		for _, imported := range p.Imports {
			if !s.standard(imported.PkgPath) {
				paths = append(paths, imported.PkgPath)
			}
		}
	}
	slices.Sort(paths)
	return paths
}

// standard tells whether a package is one of the standard library.
func (s *Set) standard(path string) bool {
	p := s.metas[path]
	return path == "unsafe" || p != nil && p.Module == nil && p.Name != "" && s.localDir(path) == ""
}

// Size is how much source the set has positions of, in bytes: it grows with each file that
// a view parses.
func (s *Set) Size() int { return s.fset.Base() }

// special tells whether a path is none that the go command can be asked for.
func special(path string) bool {
	return path == "C" || path == "unsafe" || path == "" || path[0] == '-' || strings.Contains(path, "...") ||
		strings.ContainsAny(path, "\n=@")
}

// alone is the path of the one package of a set that is outside of any module.
const alone = "wfgen.local/alone"

// Dir is the directory of a package; empty where that isn't known. That of a
// package of the set's own module is known without asking for it.
func (s *Set) Dir(path string) string {
	if p := s.metas[path]; p != nil && p.Dir != "" {
		return p.Dir
	}
	if path == alone && s.module == nil {
		return s.dir
	}
	return s.localDir(path)
}

// localDir is the directory that a path of the set's own module means; empty for any
// other path.
func (s *Set) localDir(path string) string {
	if s.module == nil {
		return ""
	}
	if rel, ok := strings.CutPrefix(path, s.module.path); ok && (rel == "" || rel[0] == '/') {
		return filepath.Join(s.module.dir, filepath.FromSlash(rel))
	}
	return ""
}

// PathOf is the import path of the package of a directory, given absolute. Outside of a
// module it is one that nothing can import.
func (s *Set) PathOf(dir string) string {
	if s.module == nil {
		return alone
	}
	rel, err := filepath.Rel(s.module.dir, dir)
	if err != nil || rel == "." {
		return s.module.path
	}
	return s.module.path + "/" + filepath.ToSlash(rel)
}

// Place gives the place of a name in a Go file, or of whatever word stands at the
// position where the name is empty: the file, with the path that a person knows it by,
// and the word. The source is nil where the position has no file that can be read.
func (s *Set) Place(pos token.Pos, name string) (*dsl.Source, dsl.Span) {
	at := s.fset.PositionFor(pos, false)
	if !at.IsValid() || at.Filename == "" {
		return nil, dsl.Span{}
	}
	source := s.sources[at.Filename]
	if source == nil {
		text, err := os.ReadFile(at.Filename)
		if err != nil {
			return nil, dsl.Span{}
		}
		source = dsl.NewSource(relative(at.Filename), string(text))
		s.sources[at.Filename] = source
	}
	start := source.LineStart(at.Line) + max(at.Column, 1) - 1
	if at.Column == 1 && name != "" { // export data has lines alone
		start += max(wordIn(source.Line(at.Line), name), 0)
	}
	return source, dsl.Span{Start: start, End: wordEnd(source.Text, start)}
}

// File is the path of the file that a position is in.
func (s *Set) File(pos token.Pos) string { return s.fset.PositionFor(pos, false).Filename }

// Line is the line of a position, from 1.
func (s *Set) Line(pos token.Pos) int { return s.fset.PositionFor(pos, false).Line }

// wordIn is where a name stands in a line; negative where it doesn't.
func wordIn(line, name string) int {
	at := regexp.MustCompile(`\b` + regexp.QuoteMeta(name) + `\b`).FindStringIndex(line)
	if at == nil {
		return -1
	}
	return at[0]
}

// wordEnd is the end of the name that begins at a place, or one byte after it.
func wordEnd(text string, start int) int {
	end := start
	for end < len(text) && (text[end] == '_' || text[end] >= 0x80 || text[end]|0x20 >= 'a' && text[end]|0x20 <= 'z' || text[end] >= '0' && text[end] <= '9') {
		end++
	}
	return min(max(end, start+1), max(len(text), start))
}

// relative makes a path relative to the current directory, where it is below it.
func relative(path string) string {
	dir, err := os.Getwd()
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(dir, path); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return path
}

// A Problem says why a package can't be used.
type Problem struct {
	// Text says what is wrong, in one line.
	Text string
	// At is where in a Go file; not valid where it is of none.
	At token.Pos
}

func (p *Problem) Error() string { return p.Text }

// inDirectory is the place where go has looked for a package.
var inDirectory = regexp.MustCompile(` \([^()]*[/\\][^()]*\)$`)

// problemOf is what the go command says against a package, or nil. That it has no Go
// files, or Go that doesn't compile, is left to whoever looks at its files.
func problemOf(p *packages.Package) *Problem {
	for _, e := range p.Errors {
		text, _, _ := strings.Cut(e.Msg, "\n")
		text = inDirectory.ReplaceAllString(strings.TrimSuffix(strings.TrimSuffix(text, "; to add it:"), "; to add:"), "")
		if e.Kind == packages.TypeError || strings.HasPrefix(text, "# ") {
			continue
		}
		return &Problem{Text: cmp.Or(strings.TrimSpace(text), "go can't load it")}
	}
	return nil
}
