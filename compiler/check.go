package compiler

import (
	"slices"
	"strings"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/plan"
)

// check checks a package, after those that it imports.
func (l *loader) check(p *Package) {
	if l.checked[p] {
		return
	}
	l.checked[p] = true
	around := checker.Around{Package: p.goPackage}
	if !diag.HasErrors(p.found) {
		around.Steps = plan.Steps
	}
	if p.namesGo() {
		l.beside(p, &around)
	}
	program, ds := checker.CheckIn(p.files, around)
	p.Program = program
	p.Diagnostics = diag.Sorted(append(p.found, ds...))
	if around.World != nil && !p.HasErrors() {
		around.World.Add(around.Path, program)
	}
}

// beside finds what a package that names Go stands among.
func (l *loader) beside(p *Package, around *checker.Around) {
	s, err := l.around(p.abs)
	if err != nil {
		panic("internal error: the surroundings of " + p.Dir + " are gone: " + err.Error())
	}
	around.Path = s.set.PathOf(p.abs)
	if p.bindsOwn() {
		around.Own = s.view.Check(p.abs).Package
	}
	l.way = append(l.way, p)
	around.Refused = map[string]error{}
	for _, path := range p.imports() {
		other := l.packages[s.set.Dir(path)]
		if other == nil || other == p {
			continue
		}
		if i := slices.Index(l.way, other); i >= 0 {
			around.Refused[path] = l.cycle(l.way[i:])
			continue
		}
		l.check(other)
		p.imported = append(p.imported, other)
		if other.HasErrors() {
			told := slices.Contains(l.asked, other)
			p.unsound = p.unsound || told
			around.Refused[path] = faulty(other, told)
		} else if !other.namesGo() {
			s.world.Add(path, other.Program)
		}
	}
	l.way = l.way[:len(l.way)-1]
	around.World = s.world
}

// cycle says that packages import each other.
func (l *loader) cycle(way []*Package) error {
	var names []string
	for _, p := range append(slices.Clone(way), way[0]) {
		names = append(names, p.Dir)
	}
	return &checker.ImportError{
		Code: diag.ImportCycle, Text: "the packages import each other: " + strings.Join(names, " -> "),
		Help: "move what both need to a package of its own",
	}
}

// faulty says that an imported package has errors of its own. told tells that these are
// shown too.
func faulty(p *Package, told bool) error {
	e := &checker.ImportError{Text: "its .wf files have errors", Help: "wfgen check " + p.Dir + " shows them all", Told: told}
	for _, d := range p.Diagnostics {
		if d.Severity != diag.Error || d.Source == nil || p.inTest(d) {
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
