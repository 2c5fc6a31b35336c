// Package compiler is the way from a directory to generated Go: it finds the .wf
// files, has them parsed, checked, planned and written as Go, and puts the result
// beside them. It takes paths and returns a Package with all that is wrong with
// its source; an error is only ever one of reading or writing. It keeps no state
// between calls, prints nothing, and never writes a file of a package whose source
// has errors.
package compiler

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/codegen"
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/plan"
)

// A Package is the .wf files of one directory, parsed and checked. It isn't
// changed once it is loaded, and is for one goroutine at a time.
type Package struct {
	// Dir is the directory, as it was given.
	Dir string
	// Files are the names of its .wf files, without the directory, sorted.
	Files []string
	// Asked are those of the files that were asked for by name, sorted; it is
	// empty where the whole directory was.
	Asked []string
	// Program is what the checker made of the files. It is whole only where no
	// diagnostic is an error; a test with errors isn't in it.
	Program *checker.Program
	// Diagnostics are in source order.
	Diagnostics []diag.Diagnostic

	abs       string      // Dir as an absolute path
	files     []*dsl.File // in the order of Files
	found     []diag.Diagnostic
	goPackage string   // the name of the package of the .go files beside them
	goFiles   []string // those that a person wrote
	loader    *loader
	unsound   bool       // it imports a package with errors, which are told with that
	imported  []*Package // those with .wf files
	backend   *Backend
	generated []plan.File        // by that
	committed *Committed         // nil until it is asked for
	goTexts   map[string]goTexts // of Go packages, by directory
}

// Load reads the package of a directory, or of the directory that a .wf file is
// in: a file is never a package of its own.
func Load(path string) (*Package, error) {
	return LoadWithout(path, "")
}

// LoadWithout is Load as if one of the directory's .wf files, which may be "", weren't
// there: for two editions of a file that lie side by side.
func LoadWithout(path, file string) (*Package, error) {
	l := newLoader()
	if file != "" {
		var err error
		if l.without, err = filepath.Abs(file); err != nil {
			return nil, err
		}
	}
	all, err := l.loadAll([]string{path})
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// LoadAll loads the packages that the patterns name, as Expand has them: each
// once, also where several of its files are named. The Go that they name is looked
// for once for all of them.
func LoadAll(patterns []string) ([]*Package, error) {
	paths, err := Expand(patterns)
	if err != nil {
		return nil, err
	}
	return newLoader().loadAll(paths)
}

func (l *loader) loadAll(paths []string) ([]*Package, error) {
	var all []*Package
	for _, path := range paths {
		p, err := l.read(path)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	if err := l.neighbours(); err != nil {
		return nil, err
	}
	l.asked = all
	for _, p := range all {
		l.check(p)
	}
	return all, nil
}

// sources gives the names of a directory's .wf files, sorted.
func sources(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if IsSource(e.Name()) && !e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// IsSource tells whether a file of that name is read: as with Go's own files,
// names that begin with a dot or an underscore aren't.
func IsSource(name string) bool {
	return strings.HasSuffix(name, ".wf") && name[0] != '.' && name[0] != '_'
}

// HasErrors tells whether the source has errors, those in its tests aside: then there is
// no plan.
func (p *Package) HasErrors() bool {
	return p.unsound || slices.ContainsFunc(p.Diagnostics, func(d diag.Diagnostic) bool { return d.Severity == diag.Error && !p.inTest(d) })
}

// WithoutTests gives the diagnostics for those who don't run the tests: what is wrong with
// one is a warning.
func (p *Package) WithoutTests() []diag.Diagnostic {
	ds := slices.Clone(p.Diagnostics)
	for i, d := range ds {
		if p.inTest(d) {
			ds[i].Severity = diag.Warning
		}
	}
	return diag.Sorted(ds)
}

// inTest tells whether a diagnostic is of a test: nothing else depends on those.
func (p *Package) inTest(d diag.Diagnostic) bool {
	for _, f := range p.files {
		if f.Source != d.Source {
			continue
		}
		for _, decl := range f.Decls {
			if t, ok := decl.(*dsl.TestDecl); ok && t.Start <= d.Span.Start && d.Span.End <= t.End {
				return true
			}
		}
	}
	return false
}

// Wants tells whether what a file declares was asked for.
func (p *Package) Wants(file string) bool {
	return len(p.Asked) == 0 || slices.Contains(p.Asked, filepath.Base(file))
}

// Plan schedules the package. Its source must have no errors.
func (p *Package) Plan() *plan.Program {
	if p.HasErrors() {
		panic("internal error: plan of a package with errors")
	}
	return plan.Make(p.Program)
}

// Workflows gives the workflows of a plan that were asked for.
func (p *Package) Workflows(program *plan.Program) []*plan.Workflow {
	var asked []*plan.Workflow
	for _, w := range program.Workflows {
		if p.Wants(w.Pos.File) {
			asked = append(asked, w)
		}
	}
	return asked
}

// Generate gives the files of the package, which are Go unless it was asked for another
// backend. Its source must have no errors. It panics where the backend gives an error, as for
// what isn't Go: that is a defect of it.
func (p *Package) Generate() []plan.File {
	if p.generated == nil {
		files, err := p.backend.Files(p.Plan())
		if err != nil {
			panic("internal error: backend " + p.backend.Name + ": " + strings.TrimPrefix(err.Error(), "internal error: "))
		}
		p.generated = files
	}
	return p.generated
}

// GenerateAll has the sound packages among these keep what Generate gives, several at a
// time. Those that name Go share it with others, and are left alone.
func GenerateAll(packages []*Package) {
	var group sync.WaitGroup
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	panics := make([]any, len(packages))
	for i, p := range packages {
		if p.HasErrors() || p.namesGo() {
			continue
		}
		free <- struct{}{}
		group.Go(func() {
			defer func() { panics[i] = recover(); <-free }()
			p.Generate()
		})
	}
	group.Wait()
	for _, p := range panics {
		if p != nil {
			panic(p)
		}
	}
}

// GenerateHooked gives the package's plan and Go with variables in the place of the Go
// functions that tools are bound to, for mocks.
func (p *Package) GenerateHooked() (*plan.Program, []plan.File) {
	program := plan.Hooked(p.Program)
	files, err := codegen.Generate(program)
	if err != nil {
		panic(err.Error())
	}
	return program, files
}

// NamesGo tells whether the .wf files name anything of Go: then they mean nothing
// without it.
func (p *Package) NamesGo() bool { return p.namesGo() }

// Abs is the directory as an absolute path.
func (p *Package) Abs() string { return p.abs }

// Imported are the packages with .wf files that the package imports, itself and
// through those, each once.
func (p *Package) Imported() []*Package {
	var all []*Package
	var visit func(*Package)
	visit = func(p *Package) {
		for _, other := range p.imported {
			if !slices.Contains(all, other) {
				all = append(all, other)
				visit(other)
			}
		}
	}
	visit(p)
	return all
}
