package compiler

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/codegen"
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/plan"
)

// A unit is the stages of a package: parsed, checked, planned, generated. Each is made when
// somebody asks for it first, once, and never changes; packages of any number of snapshots
// share a unit.
type unit struct {
	*parsed
	golang  *golang // nil where it names no Go
	imports []importedUnit
	cycles  map[string]error // imports that lead back to the package, by path

	checked func() *checked
	plan    func() *plan.Program
	hooked  func() hooked

	mu        sync.Mutex
	generated map[*Backend]func() []plan.File
	goTexts   map[string]goTexts // of Go packages, by directory
}

// An importedUnit is a package with .wf files that another one imports, or comes to.
type importedUnit struct {
	edge
	*unit
}

// behind tells that it isn't imported itself, but by Go that is.
func (i importedUnit) behind() bool { return i.through != i.path }

// golang is what a package that names Go is checked with.
type golang struct {
	lock  *sync.Mutex // to be held
	side  *goSide
	world *checker.World
	path  string // the package's own
}

// checked is what the checker made of a package.
type checked struct {
	program     *checker.Program
	programs    map[string]*checker.Program // that it was checked with, by path
	diagnostics []diag.Diagnostic           // sorted
	blamed      []blamed
}

// blamed is an import that is refused since the package has errors of its own.
type blamed struct {
	source *dsl.Source
	span   dsl.Span
	on     *unit
}

// hooked is a plan for mocks and its Go.
type hooked struct {
	program *plan.Program
	files   []plan.File
}

func newUnit(p *parsed) *unit {
	u := &unit{parsed: p, cycles: map[string]error{}, generated: map[*Backend]func() []plan.File{}, goTexts: map[string]goTexts{}}
	u.checked = sync.OnceValue(u.check)
	u.plan = sync.OnceValue(func() *plan.Program { return plan.Make(u.checked().program) })
	u.hooked = sync.OnceValue(func() hooked {
		program := plan.Hooked(u.checked().program)
		files, err := codegen.Generate(program)
		if err != nil {
			panic(err.Error())
		}
		return hooked{program, files}
	})
	return u
}

// check checks the package, after those that it imports.
func (u *unit) check() *checked {
	found := u.found()
	around := checker.Around{Package: u.beside.pkg}
	if !diag.HasErrors(found) {
		around.Steps = plan.Steps
	}
	out := &checked{}
	if g := u.golang; g != nil {
		for _, i := range u.imports {
			i.checked() // holds the lock itself
		}
		g.lock.Lock()
		defer g.lock.Unlock()
		out.blamed = u.among(&around)
	}
	program, ds := checker.CheckIn(u.files, around)
	out.program, out.programs, out.diagnostics = program, around.Programs, diag.Sorted(append(found, ds...))
	return out
}

// among finds what a package that names Go stands among.
func (u *unit) among(around *checker.Around) (all []blamed) {
	around.World, around.Path = u.golang.world, u.golang.path
	around.Programs, around.Refused = map[string]*checker.Program{}, map[string]error{}
	if u.bindsOwn() {
		around.Own = u.golang.side.view.Check(u.abs).Package
	}
	for path, err := range u.cycles {
		around.Refused[path] = err
	}
	for _, i := range u.imports {
		if !i.hasErrors() {
			maps.Copy(around.Programs, i.checked().programs)
			around.Programs[i.path] = i.checked().program
			continue
		}
		if around.Refused[i.through] != nil {
			continue
		}
		around.Refused[i.through] = i.refusal()
		u.importDecls(func(f *dsl.File, d *dsl.ImportDecl, path string) {
			if path == i.through {
				all = append(all, blamed{f.Source, d.Path.Span, i.unit})
			}
		})
	}
	return all
}

// hasErrors tells whether the source has errors, those in its tests aside.
func (u *unit) hasErrors() bool { return u.faulty(u.checked().diagnostics) }

func (u *unit) faulty(ds []diag.Diagnostic) bool {
	return slices.ContainsFunc(ds, func(d diag.Diagnostic) bool { return d.Severity == diag.Error && !u.inTest(d) })
}

// inTest tells whether a diagnostic is of a test: nothing else depends on those.
func (u *unit) inTest(d diag.Diagnostic) bool {
	for _, f := range u.files {
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

// refusal says that an imported package has errors of its own, or one that it imports.
func (u importedUnit) refusal() error {
	e := &checker.ImportError{Text: "its .wf files have errors", Help: "wfgen check " + u.dir + " shows them all"}
	if u.behind() {
		e.Text = "it leads to " + u.path + ", whose .wf files have errors"
	}
	for _, d := range u.checked().diagnostics {
		if d.Severity != diag.Error || d.Source == nil || u.inTest(d) {
			continue
		}
		e.Label = &diag.Label{Source: d.Source, Span: d.Span, Text: d.Message}
		if d.Code == diag.ImportCycle {
			e.Code, e.Text, e.Help = d.Code, "it imports this package too", d.Help
		}
		if d.Code == diag.BadImport && len(d.Labels) > 0 {
			e.Label = &d.Labels[0] // the errors of what it imports itself
		}
		break
	}
	return e
}

// generate gives the files that a backend makes of the package, whose source must have no
// errors.
func (u *unit) generate(b *Backend) []plan.File {
	u.mu.Lock()
	files := u.generated[b]
	if files == nil {
		files = sync.OnceValue(func() []plan.File { return b.files(u.plan()) })
		u.generated[b] = files
	}
	u.mu.Unlock()
	return files()
}

// files are those of a plan. An error of the backend is a defect of it.
func (b *Backend) files(p *plan.Program) []plan.File {
	files, err := b.Files(p)
	if err != nil {
		panic("internal error: backend " + b.Name + ": " + strings.TrimPrefix(err.Error(), "internal error: "))
	}
	return files
}

// closure are the packages with .wf files that the package imports, itself, through those
// and through Go, each once. What Go beside the .wf files imports counts where it is sound:
// where it isn't, Go complains.
func (u *unit) closure() (all []*unit) {
	var visit func(*unit)
	visit = func(u *unit) {
		for _, i := range u.imports {
			if i.through == "" && i.hasErrors() {
				continue
			}
			if !slices.Contains(all, i.unit) {
				all = append(all, i.unit)
				visit(i.unit)
			}
		}
	}
	visit(u)
	return all
}
