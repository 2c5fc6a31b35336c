package execute

import (
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"

	"github.com/wfgen/wfgen/compiler"
	"github.com/wfgen/wfgen/plan"
)

// The names of what exists in the overlay alone.
const (
	virtualDir    = "wfgen-run"       // in the package's directory: the main program
	virtualModule = "wfgen.local/run" // of a package that is in no module
)

// A site is where the program is built: a module, real or not, with an overlay
// over its files. The overlay's paths are the same in every run, so that Go finds
// in its build cache what it has compiled before.
type site struct {
	root       string // the module's directory, where go is called
	dir        string // the user's package
	mainDir    string // the main program
	importPath string // of the package that holds the workflow
	modulePath string // of the user's module; empty where there is none
	env        []string
	flags      []string // for go build and go list
	overlay    map[string][]byte
	mocked     bool
	interprets bool          // the program runs plans, and isn't what was generated
	program    *plan.Program // with mocks
}

func (s *site) add(file string, content []byte) { s.overlay[file] = content }

// layOut lays out a package, in a site that is new: with mocks, and where the source
// names no Go, apart from all Go code of the user's, else in the user's module or, where
// there is none, in one made for it.
func layOut(g *goCommand, p *compiler.Package, s *site) error {
	dir, err := filepath.Abs(p.Dir)
	if err != nil {
		return err
	}
	s.dir, s.mainDir, s.overlay = dir, filepath.Join(dir, virtualDir), map[string][]byte{}
	if s.mocked && !p.NamesGo() {
		s.alone(virtualModule + "/" + virtualDir + "/" + "wf")
		return s.addGenerated(p, filepath.Join(s.mainDir, "wf"))
	}
	module, err := moduleOf(dir)
	if err != nil {
		return err
	}
	if module == nil {
		s.alone(virtualModule)
	} else if err := s.within(g, module); err != nil {
		return err
	}
	if err := s.addGenerated(p, dir); err != nil {
		return err
	}
	for _, other := range p.Imported() {
		if _, ok := s.pathOf(other); !ok {
			continue // another module's, whose generated files are there
		}
		if err := s.addGenerated(other, other.Abs()); err != nil {
			return err
		}
	}
	return s.hideMain(p)
}

// addGenerated puts what is generated from the source as it is now in dir, and
// takes away what was generated from files that are gone.
func (s *site) addGenerated(p *compiler.Package, dir string) error {
	for _, f := range s.generate(p, dir == s.dir || filepath.Dir(dir) == s.mainDir) {
		s.add(filepath.Join(dir, f.Name), importable(f.Content))
	}
	if dir != p.Abs() {
		return nil
	}
	changes, err := p.Stale()
	for _, c := range changes {
		if c.Kind == compiler.Remove {
			s.add(filepath.Join(dir, filepath.Base(c.Path)), importable([]byte("package "+p.Program().Package+"\n")))
		}
	}
	return err
}

// generate gives the Go of a package. own tells that it is the one that is run.
func (s *site) generate(p *compiler.Package, own bool) []plan.File {
	if !s.mocked {
		return p.Generate()
	}
	program, files := p.GenerateHooked()
	if own {
		s.program = program
	}
	return files
}

// pathOf is the import path of a package of the user's module; not ok for others.
func (s *site) pathOf(p *compiler.Package) (importPath string, ok bool) {
	rel, err := filepath.Rel(s.root, p.Abs())
	return path.Join(s.modulePath, filepath.ToSlash(rel)), err == nil && filepath.IsLocal(rel)
}

// dirOf is the directory of a package of the user's module that p imports, by its path;
// empty for others.
func (s *site) dirOf(p *compiler.Package, importPath string) string {
	for _, other := range p.Imported() {
		if at, ok := s.pathOf(other); ok && at == importPath {
			return other.Abs()
		}
	}
	return ""
}

// hideMain makes an importable package of a main package, by another name.
func (s *site) hideMain(p *compiler.Package) error {
	if p.Program().Package != "main" {
		return nil
	}
	names, err := compiler.GoFiles(s.dir)
	if err != nil {
		return err
	}
	for _, name := range names {
		file := filepath.Join(s.dir, name)
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		s.add(file, importable(content))
	}
	return nil
}

// importable renames a file's package where it is main, which can't be imported.
// Nothing in the file moves to another line.
func importable(content []byte) []byte {
	f, err := parser.ParseFile(token.NewFileSet(), "", content, parser.PackageClauseOnly)
	if err != nil || f.Name.Name != "main" {
		return content
	}
	start := int(f.Name.Pos()) - 1
	return fmt.Appendf(nil, "%swf%s", content[:start], content[start+len("main"):])
}
