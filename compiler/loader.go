package compiler

import (
	"fmt"
	gotypes "go/types"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/compiler/gopkg"
	"github.com/wfgen/wfgen/compiler/gopure"
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/parser"
)

// A loader reads packages, and those that they import, once each.
type loader struct {
	packages map[string]*Package // by absolute directory
	queue    []*Package          // in the order in which they were read
	sets     map[string]*surroundings
	checked  map[*Package]bool
	way      []*Package // those that are being checked, each for the one before it
	asked    []*Package
	ahead    bool   // what CheckGo needs is to be asked for, too
	without  string // the absolute path of a .wf file that isn't to be read; may be empty
}

// Surroundings are the Go that the packages of one module share.
type surroundings struct {
	set   *gopkg.Set
	view  *gopkg.View
	pure  *gopure.Checker // nil until a func is bound to Go
	world *checker.World
}

// differs tells how a Go function comes to what may differ from call to call.
func (s *surroundings) differs(f *gotypes.Func) *checker.Reach {
	if s.pure == nil {
		s.pure = gopure.New(s.view)
	}
	return (*checker.Reach)(s.pure.Of(f))
}

func newLoader() *loader {
	return &loader{packages: map[string]*Package{}, sets: map[string]*surroundings{}, checked: map[*Package]bool{}}
}

// read reads the package of a directory or of one of its .wf files.
func (l *loader) read(path string) (*Package, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return l.readDir(path, nil)
	case !IsSource(filepath.Base(path)):
		return nil, fmt.Errorf("%s is neither a directory nor a .wf file", path)
	}
	return l.readDir(filepath.Dir(path), []string{filepath.Base(path)})
}

func (l *loader) readDir(dir string, asked []string) (*Package, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if p := l.packages[abs]; p != nil {
		if len(p.Asked) == 0 || len(asked) == 0 {
			p.Asked = nil
		} else {
			p.Asked = slices.Compact(slices.Sorted(slices.Values(append(asked, p.Asked...))))
		}
		return p, nil
	}
	p, err := parse(dir, l.without)
	if err != nil {
		return nil, err
	}
	p.abs, p.Asked, p.loader = abs, asked, l
	l.packages[abs] = p
	l.queue = append(l.queue, p)
	return p, nil
}

// parse parses the .wf files of a directory but for one, of which this is the absolute path.
func parse(dir, without string) (*Package, error) {
	p := &Package{Dir: filepath.Clean(dir), backend: Go}
	var err error
	if p.Files, err = sources(dir); err != nil {
		return nil, err
	}
	if abs, err := filepath.Abs(dir); err == nil && abs == filepath.Dir(without) {
		p.Files = slices.DeleteFunc(p.Files, func(name string) bool { return name == filepath.Base(without) })
	}
	if len(p.Files) == 0 {
		return nil, fmt.Errorf("no .wf files in %s", dir)
	}
	if p.goFiles, err = GoFiles(dir); err != nil {
		return nil, err
	}
	p.goPackage = goPackage(dir, p.goFiles)
	for i, name := range p.Files {
		path := filepath.Join(dir, name)
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		file, ds := parser.Parse(path, text)
		p.files, p.found = append(p.files, file), append(p.found, ds...)
		if fault := nameFault(name); fault != "" {
			p.found = append(p.found, diag.Diagnostic{
				Code: diag.UnreadableText, Source: file.Source,
				Message: "the file's name " + fault, Help: "rename it: letters, digits, _ and - read well everywhere",
			})
		}
		if other := sameButCase(p.Files[:i], name); other != "" {
			p.found = append(p.found, diag.Diagnostic{
				Code: diag.UnreadableText, Source: file.Source,
				Message: "the file's name differs from that of " + other + " by the case of letters alone",
				Help:    "rename one of them: Go doesn't build files with such names together",
			})
		}
	}
	return p, nil
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

// imports are the paths that the package's .wf files import.
func (p *Package) imports() []string {
	var paths []string
	for _, f := range p.files {
		for _, d := range f.Decls {
			if d, ok := d.(*dsl.ImportDecl); ok {
				if path := d.PackagePath(); path != "" {
					paths = append(paths, path)
				}
			}
		}
	}
	return paths
}

// bindsOwn tells whether a tool or func is bound to a function of the package itself.
func (p *Package) bindsOwn() bool {
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
func (p *Package) namesGo() bool { return len(p.imports()) > 0 || p.bindsOwn() }

// neighbours finds the Go that the packages name and, where an imported package has
// .wf files, reads those too.
func (l *loader) neighbours() error {
	for i := 0; i < len(l.queue); {
		ask := map[*surroundings][]string{}
		first := i
		for ; i < len(l.queue); i++ {
			p := l.queue[i]
			if !p.namesGo() {
				continue
			}
			s, err := l.around(p.abs)
			if err != nil {
				return err
			}
			ask[s] = append(append(ask[s], gopkg.StubImports...), p.imports()...)
			if p.bindsOwn() {
				ask[s] = append(ask[s], gopkg.ImportsOf(p.Dir, p.goFiles)...)
			}
			if err := l.readImported(s, p); err != nil {
				return err
			}
		}
		for s, paths := range ask {
			if err := s.set.Load(append(paths, l.toCheck(s, l.queue[first:i])...)); err != nil {
				return err
			}
		}
		for _, p := range l.queue[first:i] { // of other modules
			if s, err := l.around(p.abs); err == nil && p.namesGo() {
				if err := l.readImported(s, p); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// toCheck are the paths that CheckGo will need of packages, where it is to come: the go
// command takes longer to begin than to name a few more.
func (l *loader) toCheck(s *surroundings, packages []*Package) []string {
	if !l.ahead {
		return nil
	}
	paths := append(gopkg.RuntimeImports(), gopkg.RuntimePath)
	for _, p := range packages {
		if own, err := l.around(p.abs); err == nil && own == s {
			paths = append(paths, gopkg.ImportsOf(p.Dir, p.goFiles)...)
		}
	}
	return paths
}

// readImported reads the packages with .wf files that a package imports.
func (l *loader) readImported(s *surroundings, p *Package) error {
	for _, path := range p.imports() {
		dir := s.set.Dir(path)
		if dir == "" {
			continue
		}
		if names, err := sources(dir); err != nil || len(names) == 0 {
			continue
		}
		if _, err := l.readDir(shown(dir), nil); err != nil {
			return err
		}
	}
	return nil
}

// shown is a directory as a person would write it: below the current one without
// what that begins with.
func shown(dir string) string {
	here, err := os.Getwd()
	if err != nil {
		return dir
	}
	if rel, err := filepath.Rel(here, dir); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return dir
}

// around gives the surroundings of a directory.
func (l *loader) around(dir string) (*surroundings, error) {
	set, err := gopkg.NewSet(dir)
	if err != nil {
		return nil, err
	}
	if s := l.sets[set.Root()]; s != nil {
		return s, nil
	}
	s := &surroundings{set: set, view: set.View(l.stubs, false)}
	s.world = &checker.World{Import: s.load, Place: set.Place, Differs: s.differs}
	l.sets[set.Root()] = s
	return s, nil
}

func (s *surroundings) load(path string) (*gotypes.Package, error) {
	p, problem := s.view.Import(path)
	if problem != nil {
		e := &checker.ImportError{Text: problem.Text, At: problem.At}
		if strings.Contains(e.Text, "go.sum") {
			e.Help = gopkg.Untidy(e.Text)
		}
		return nil, e
	}
	return p, nil
}

// stubs is the Go of a directory with .wf files as it is before these are checked.
func (l *loader) stubs(dir string) (gopkg.Layout, bool) {
	p := l.packages[dir]
	if p == nil {
		if names, err := sources(dir); err != nil || len(names) == 0 {
			return gopkg.Layout{}, false
		}
		var err error
		if p, err = parse(dir, ""); err != nil {
			return gopkg.Layout{}, false
		}
	}
	return gopkg.Layout{Written: p.goFiles, Generated: []gopkg.File{gopkg.Stub(p.name(), p.files)}}, true
}

// name is the name of the Go package before anything is checked.
func (p *Package) name() string {
	if p.goPackage != "" {
		return p.goPackage
	}
	for _, f := range p.files {
		if f.Package != nil && f.Package.Name != "" {
			return f.Package.Name
		}
	}
	return "wf"
}
