// Package compiler is the way from directories to generated Go: it finds the .wf files, has
// them parsed, checked, planned and written as Go, and puts the result beside them. A
// Workspace gives Snapshots of the source, with what an editor hasn't saved yet in the
// place of files, and a Snapshot gives Packages, with all that is wrong with their source;
// an error is only ever one of reading or writing. Each stage of a package is made when it
// is asked for, and shared by the snapshots in which it is the same, as Workspace has it.
// It prints nothing, and never writes a file of a package whose source has errors.
package compiler

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/plan"
)

// A Package is the .wf files of one directory as a snapshot has them. It never changes, and
// any number of goroutines may use one.
type Package struct {
	// Dir is the directory, by the name under which the snapshot came to it first: as it was
	// given or, where another package's import led to it before, as a person would write it.
	Dir string
	// Files are the names of its .wf files, without the directory, sorted.
	Files []string
	// Asked are those of the files that were asked for by name, sorted; it is
	// empty where the whole directory was.
	Asked []string

	unit      *unit
	told      []*unit           // those whose errors are shown with it
	misfits   []diag.Diagnostic // where it doesn't fit the Go around it
	backend   *Backend
	committed func() (*Committed, error)
}

// newPackage gives the package of a unit, which is shown with others.
func newPackage(u *unit, asked []string, told []*unit) *Package {
	p := &Package{Dir: u.dir, Files: slices.Clone(u.names), Asked: asked, unit: u, told: told, backend: Go}
	p.committed = sync.OnceValues(p.readCommitted)
	return p
}

// Trees are the syntax trees of the files, in the order of Files, and what is wrong with
// their form: nothing is checked for that.
func (p *Package) Trees() ([]*dsl.File, []diag.Diagnostic) {
	return slices.Clone(p.unit.files), p.unit.found()
}

// Program is what the checker made of the files. It is whole only where no diagnostic is an
// error; a test with errors isn't in it.
func (p *Package) Program() *checker.Program { return p.unit.checked().program }

// Diagnostics are what is wrong with the package, in source order.
func (p *Package) Diagnostics() []diag.Diagnostic {
	checked := p.unit.checked()
	ds := slices.Clone(checked.diagnostics)
	for _, b := range checked.blamed {
		if slices.Contains(p.told, b.on) {
			ds = slices.DeleteFunc(ds, b.is)
		}
	}
	return diag.Sorted(append(ds, p.misfits...))
}

// is tells whether a diagnostic is that of the refused import.
func (b blamed) is(d diag.Diagnostic) bool {
	return d.Source == b.source && d.Span == b.span && (d.Code == diag.BadImport || d.Code == diag.ImportCycle)
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
	return p.unit.hasErrors() || diag.HasErrors(p.misfits)
}

// WithoutTests gives the diagnostics for those who don't run the tests: what is wrong with
// one is a warning.
func (p *Package) WithoutTests() []diag.Diagnostic {
	ds := p.Diagnostics()
	for i, d := range ds {
		if p.unit.inTest(d) {
			ds[i].Severity = diag.Warning
		}
	}
	return diag.Sorted(ds)
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
	return p.unit.plan()
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
	if p.HasErrors() {
		panic("internal error: files of a package with errors")
	}
	return p.unit.generate(p.backend)
}

// GenerateAll has Generate's files made of the sound packages among these, several at a time.
func GenerateAll(packages []*Package) {
	var group sync.WaitGroup
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	panics := make([]any, len(packages))
	for i, p := range packages {
		if p.HasErrors() {
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
	hooked := p.unit.hooked()
	return hooked.program, hooked.files
}

// NamesGo tells whether the .wf files name anything of Go: then they mean nothing
// without it.
func (p *Package) NamesGo() bool { return p.unit.namesGo() }

// Abs is the directory as an absolute path.
func (p *Package) Abs() string { return p.unit.abs }

// Imported are the packages with .wf files that the package imports, itself and
// through those, each once.
func (p *Package) Imported() []*Package {
	var all []*Package
	for _, u := range p.unit.closure() {
		all = append(all, newPackage(u, nil, nil))
	}
	return all
}

// ImportedDirs gives the directories of the packages that the .wf files of packages
// import, as far as these are in the importing package's own module: absolute, each
// once, sorted. Sources with errors have them too.
func ImportedDirs(packages []*Package) []string {
	var dirs []string
	for _, p := range packages {
		for _, u := range append(p.unit.closure(), p.unit) {
			dirs = append(dirs, u.importedDirs()...)
		}
	}
	slices.Sort(dirs)
	return slices.Compact(dirs)
}

func (u *unit) importedDirs() (dirs []string) {
	if u.golang == nil {
		return nil
	}
	u.golang.lock.Lock()
	defer u.golang.lock.Unlock()
	set := u.golang.side.set
	for _, path := range u.parsed.imports() {
		dir := set.Dir(path)
		if rel, err := filepath.Rel(set.Root(), dir); err == nil && filepath.IsLocal(rel) {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}
