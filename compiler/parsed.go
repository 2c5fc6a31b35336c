package compiler

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/wfgen/wfgen/compiler/gopkg"
	"github.com/wfgen/wfgen/compiler/mcptypes"
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/parser"
)

// A parsed package is the .wf files of a directory as trees, and what Go stands beside them:
// the first of the stages. It never changes.
type parsed struct {
	dir, abs string
	names    []string            // of the files, sorted
	trees    []*dsl.File         // in that order, as they are written
	files    []*dsl.File         // with what the tools of servers take and give
	faults   [][]diag.Diagnostic // of the trees, in that order
	pins     []pin               // the pinned files that the trees name
	unbound  []diag.Diagnostic   // what is wrong with these
	beside   *goBeside

	stub func() gopkg.File // what its generated Go is taken for before it is checked
}

// parse gives the package of a directory: the workspace's, where it is the same, and else
// one with the trees of that one's files that are.
func (s *Snapshot) parse(dir, abs string) (*parsed, error) {
	names, err := s.sources(abs)
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, errNoSources
	}
	p := &parsed{dir: dir, abs: abs, names: names}
	p.stub = sync.OnceValue(func() gopkg.File { return gopkg.Stub(p.goName(), p.files) })
	if p.beside, err = s.beside(abs); err != nil {
		return nil, err
	}
	s.w.mu.Lock()
	old := s.w.parsed[abs]
	s.w.mu.Unlock()
	for _, name := range names {
		text, err := s.text(dir, abs, name)
		if err != nil {
			return nil, err
		}
		file, faults := old.file(filepath.Join(dir, name), string(text))
		if file == nil {
			file, faults = parser.Parse(filepath.Join(dir, name), text)
		}
		p.trees, p.faults = append(p.trees, file), append(p.faults, faults)
	}
	p.files = p.trees
	if mcptypes.Declares(p.trees) {
		p.bind(s, old)
	}
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	if old := s.w.parsed[abs]; old != nil && old.same(p) {
		return old, nil
	}
	if s.w.parsed == nil {
		s.w.parsed = map[string]*parsed{}
	}
	s.w.parsed[abs] = p
	return p, nil
}

// beside is the Go beside the .wf files of a directory.
func (s *Snapshot) beside(abs string) (*goBeside, error) {
	if s.w.InMemory {
		return noGo, nil
	}
	return s.w.goBeside(abs)
}

// file gives the tree of a file whose path and text are these, or nil. p may be nil.
func (p *parsed) file(path, text string) (*dsl.File, []diag.Diagnostic) {
	if p != nil {
		for i, f := range p.trees {
			if f.Source.Path == path && f.Source.Text == text {
				return f, p.faults[i]
			}
		}
	}
	return nil, nil
}

// same tells whether two packages are of the same trees beside the same Go.
func (p *parsed) same(other *parsed) bool {
	return p.dir == other.dir && p.beside.key == other.beside.key && slices.Equal(p.files, other.files)
}

// found is what is wrong with the trees, and with the names of the files.
func (p *parsed) found() []diag.Diagnostic {
	all := slices.Clone(p.unbound)
	for i, name := range p.names {
		all = append(all, p.faults[i]...)
		if fault := nameFault(name); fault != "" {
			all = append(all, diag.Diagnostic{
				Code: diag.UnreadableText, Source: p.files[i].Source,
				Message: "the file's name " + fault, Help: "rename it: letters, digits, _ and - read well everywhere",
			})
		}
		if other := sameButCase(p.names[:i], name); other != "" {
			all = append(all, diag.Diagnostic{
				Code: diag.UnreadableText, Source: p.files[i].Source,
				Message: "the file's name differs from that of " + other + " by the case of letters alone",
				Help:    "rename one of them: Go doesn't build files with such names together",
			})
		}
	}
	return all
}

// sameButCase gives the one of the names that is another one but for the case of letters;
// empty where there is none.
func sameButCase(names []string, other string) string {
	for _, name := range names {
		if strings.EqualFold(name, other) {
			return name
		}
	}
	return ""
}

// nameFault says why a .wf file can't have a name; empty where it can. The name comes to
// stand in comments and strings of the generated Go, in that file's own name, in pictures
// and on terminals.
func nameFault(name string) string {
	switch {
	case !utf8.ValidString(name):
		return "isn't UTF-8"
	case strings.HasPrefix(name, "-"):
		return "begins with -, which commands take for a flag"
	}
	for _, r := range name {
		if !unicode.IsPrint(r) || strings.ContainsRune("\"`\\", r) {
			return "has the character " + strconv.QuoteRune(r)
		}
	}
	return ""
}

// importDecls gives the imports of the .wf files, by path in the order of the files.
func (p *parsed) importDecls(do func(f *dsl.File, d *dsl.ImportDecl, path string)) {
	for _, f := range p.files {
		for _, d := range f.Decls {
			if d, ok := d.(*dsl.ImportDecl); ok {
				if path := d.PackagePath(); path != "" {
					do(f, d, path)
				}
			}
		}
	}
}

// imports are the paths that the package's .wf files import.
func (p *parsed) imports() (paths []string) {
	p.importDecls(func(_ *dsl.File, _ *dsl.ImportDecl, path string) { paths = append(paths, path) })
	return paths
}

// bindsOwn tells whether a tool or func is bound to a function of the package itself.
func (p *parsed) bindsOwn() bool {
	own := func(n *dsl.GoName) bool { return n != nil && n.Package == nil }
	for _, f := range p.files {
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *dsl.ToolDecl:
				if own(d.Go) {
					return true
				}
			case *dsl.FuncDecl:
				if own(d.Go) {
					return true
				}
			}
		}
	}
	return false
}

// namesGo tells whether the .wf files name anything of Go.
func (p *parsed) namesGo() bool { return len(p.imports()) > 0 || p.bindsOwn() }

// goName is the name of the Go package before anything is checked.
func (p *parsed) goName() string {
	if p.beside.pkg != "" {
		return p.beside.pkg
	}
	for _, f := range p.files {
		if f.Package != nil && f.Package.Name != "" {
			return f.Package.Name
		}
	}
	return "wf"
}

// isMissing tells whether an error is that there are no .wf files, or no directory.
func isMissing(err error) bool {
	return errors.Is(err, errNoSources) || errors.Is(err, fs.ErrNotExist)
}
