package compiler

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/compiler/gopkg"
	"github.com/wfgen/wfgen/diag"
)

// A loading finds the packages that are asked for and those that they import, and gives each
// its unit: an old one, where nothing has changed that it depends on.
type loading struct {
	s     *Snapshot
	ahead bool // what fit needs is to be asked for, too

	asked   []*asked
	queue   []*parsed            // in the order in which they were read
	modules map[string]*goModule // of those that name Go, by directory
	edges   map[*parsed][]edge   // in the order of the imports, what is behind them last
	peers   *peers               // nil where none names Go
	units   map[*parsed]*unit
	way     []*parsed // those whose units are being made, each for the one before it
}

// asked is a package that was asked for.
type asked struct {
	*parsed
	files []string // that were asked for by name, sorted; empty for all
}

// load reads the packages of the paths, and makes their units.
func (l *loading) load(ctx context.Context, paths []string) error {
	l.modules, l.edges, l.units = map[string]*goModule{}, map[*parsed][]edge{}, map[*parsed]*unit{}
	for _, path := range paths {
		p, file, err := l.s.named(path)
		if err != nil {
			return err
		}
		l.ask(p, file)
	}
	if !slices.ContainsFunc(l.queue, (*parsed).namesGo) {
		for _, p := range l.queue {
			l.unit(p)
		}
		return nil
	}
	l.s.w.goLock.Lock()
	defer l.s.w.goLock.Unlock()
	if err := l.neighbours(ctx); err != nil {
		return err
	}
	l.connect()
	l.peers = l.findPeers()
	for _, p := range l.queue {
		l.unit(p)
	}
	return nil
}

func (l *loading) ask(p *parsed, file string) {
	l.add(p)
	i := slices.IndexFunc(l.asked, func(a *asked) bool { return a.parsed == p })
	switch {
	case i < 0 && file == "":
		l.asked = append(l.asked, &asked{p, nil})
	case i < 0:
		l.asked = append(l.asked, &asked{p, []string{file}})
	case file == "" || len(l.asked[i].files) == 0:
		l.asked[i].files = nil
	default:
		l.asked[i].files = slices.Compact(slices.Sorted(slices.Values(append(l.asked[i].files, file))))
	}
}

func (l *loading) add(p *parsed) {
	if !slices.Contains(l.queue, p) {
		l.queue = append(l.queue, p)
	}
}

// neighbours finds the Go that the packages name and, where an imported package has
// .wf files, reads those too.
func (l *loading) neighbours(ctx context.Context) error {
	for i := 0; i < len(l.queue); {
		first := i
		ask := map[*goModule][]string{}
		own := map[*goModule][]string{}
		for ; i < len(l.queue); i++ {
			p := l.queue[i]
			if !p.namesGo() {
				continue
			}
			m, err := l.moduleOf(p)
			if err != nil {
				return err
			}
			own[m] = append(own[m], p.abs)
			ask[m] = append(append(ask[m], gopkg.StubImports...), p.imports()...)
			if p.bindsOwn() {
				ask[m] = append(ask[m], p.beside.imports()...)
			}
			if err := l.readImported(m, p); err != nil {
				return err
			}
		}
		for m, paths := range ask {
			if err := m.load(ctx, l.s, own[m], append(paths, l.toFit(m, l.queue[first:i])...)); err != nil {
				return err
			}
		}
		for _, p := range l.queue[first:i] {
			if m := l.modules[p.abs]; m != nil {
				if err := l.readImported(m, p); err != nil { // of other modules
					return err
				}
				if err := l.readBehind(m, p); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// moduleOf gives the module of a package.
func (l *loading) moduleOf(p *parsed) (*goModule, error) {
	m, err := l.s.module(p.abs)
	if err == nil {
		l.modules[p.abs] = m
	}
	return m, err
}

// toFit are the paths that fit will need of packages, where it is to come: the go command
// takes longer to begin than to name a few more.
func (l *loading) toFit(m *goModule, packages []*parsed) []string {
	if !l.ahead {
		return nil
	}
	paths := append(gopkg.RuntimeImports(), gopkg.RuntimePath)
	for _, p := range packages {
		if own, err := l.s.module(p.abs); err == nil && own == m {
			paths = append(paths, p.beside.imports()...)
		}
	}
	return paths
}

// readImported reads the packages with .wf files that a package imports.
func (l *loading) readImported(m *goModule, p *parsed) error {
	for _, path := range p.imports() {
		dir := m.set.Dir(path)
		if dir == "" {
			continue
		}
		other, err := l.s.directory(shown(dir))
		if isMissing(err) {
			continue
		}
		if err != nil {
			return err
		}
		l.add(other)
	}
	return nil
}

// readBehind reads the packages with .wf files that a package can come to through Go.
func (l *loading) readBehind(m *goModule, p *parsed) error {
	edges, err := l.behind(m, p)
	for _, e := range edges {
		l.add(e.to)
	}
	l.edges[p] = edges
	return err
}

// An edge is an import of a package with .wf files, or of Go that it lies behind.
type edge struct {
	through string // the path that is imported; empty for Go beside the .wf files
	path    string // the package's own
	to      *parsed
}

// connect adds the imports to the edges between the packages. One that imports itself has
// none for that.
func (l *loading) connect() {
	dirs := map[string]*parsed{}
	for _, p := range l.queue {
		dirs[p.abs] = p
	}
	for _, p := range l.queue {
		var direct []edge
		m := l.modules[p.abs]
		for _, path := range p.imports() {
			if other := dirs[m.set.Dir(path)]; other != nil && other != p {
				direct = append(direct, edge{path, path, other})
			}
		}
		l.edges[p] = append(direct, l.edges[p]...)
	}
}

// imported are the packages that others import, or come to through Go, by directory.
func (l *loading) imported() map[string]*parsed {
	all := map[string]*parsed{}
	for _, edges := range l.edges {
		for _, e := range edges {
			all[e.to.abs] = e.to
		}
	}
	return all
}

// unit gives the unit of a package, after those of what it imports. Of packages that import
// each other the first by name is first, whoever asks: so each time the same of their
// imports is refused.
func (l *loading) unit(p *parsed) *unit {
	if first := l.firstOfRing(p); first != nil && !slices.Contains(l.way, first) {
		l.make(first)
	}
	return l.make(p)
}

func (l *loading) make(p *parsed) *unit {
	if u := l.units[p]; u != nil {
		return u
	}
	u := l.kept(p)
	if u == nil {
		u = newUnit(p)
		u.golang = l.peers.of(l, p.abs)
		l.way = append(l.way, p)
		for _, e := range l.edges[p] {
			if i := slices.Index(l.way, e.to); i < 0 {
				u.imports = append(u.imports, importedUnit{e, l.unit(e.to)})
			} else if u.cycles[e.through] == nil {
				u.cycles[e.through] = cycle(l.way[i:])
			}
		}
		l.way = l.way[:len(l.way)-1]
		l.peers.units[p.abs] = u
	}
	l.units[p] = u
	return u
}

// kept gives the unit that a package has already; nil where it has none.
func (l *loading) kept(p *parsed) *unit {
	if l.modules[p.abs] == nil {
		return l.s.kept(newUnit(p))
	}
	if u := l.peers.units[p.abs]; u != nil && u.parsed == p {
		return u
	}
	return nil
}

// kept gives the one unit of a package that names no Go: the snapshot's or, where its
// package is the same, the workspace's, and else u, which it is then.
func (s *Snapshot) kept(u *unit) *unit {
	s.mu.Lock()
	defer s.mu.Unlock()
	if made := s.units[u.abs]; made != nil {
		return made
	}
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	if made := s.w.units[u.abs]; made != nil && made.parsed == u.parsed {
		u = made
	}
	if s.w.units == nil {
		s.w.units = map[string]*unit{}
	}
	s.units[u.abs], s.w.units[u.abs] = u, u
	return u
}

// firstOfRing gives, of the packages that import a package and are imported by it, the first
// by directory; nil where there are none.
func (l *loading) firstOfRing(p *parsed) *parsed {
	reached := l.reached(p)
	if !reached[p] {
		return nil
	}
	first := p
	for q := range reached {
		if q.abs < first.abs && l.reached(q)[p] {
			first = q
		}
	}
	return first
}

// reached are the packages that one imports, itself or through others.
func (l *loading) reached(p *parsed) map[*parsed]bool {
	all := map[*parsed]bool{}
	var visit func(*parsed)
	visit = func(p *parsed) {
		for _, e := range l.edges[p] {
			if !all[e.to] {
				all[e.to] = true
				visit(e.to)
			}
		}
	}
	visit(p)
	return all
}

// cycle says that packages import each other.
func cycle(way []*parsed) error {
	var names []string
	for _, p := range append(slices.Clone(way), way[0]) {
		names = append(names, p.dir)
	}
	return &checker.ImportError{
		Code: diag.ImportCycle, Text: "the packages import each other: " + strings.Join(names, " -> "),
		Help: "move what both need to a package of its own",
	}
}

// packages are what was asked for.
func (l *loading) packages() []*Package {
	var units []*unit
	for _, a := range l.asked {
		units = append(units, l.units[a.parsed])
	}
	var all []*Package
	for i, a := range l.asked {
		all = append(all, newPackage(units[i], a.files, units))
	}
	return all
}

// fit adds to the diagnostics of packages what doesn't fit the Go around them.
func (l *loading) fit(ctx context.Context, packages []*Package) error {
	var all []*Package
	for _, p := range packages {
		if p.HasErrors() || len(p.unit.beside.names) == 0 && !p.NamesGo() {
			continue
		}
		all = append(all, p)
		for _, u := range append(p.unit.closure(), p.unit) {
			if !u.hasErrors() {
				u.generate(Go) // which may need the lock
			}
		}
	}
	for _, p := range l.queue {
		l.units[p].checked() // as well
	}
	l.s.w.goLock.Lock()
	defer l.s.w.goLock.Unlock()
	err := l.fitTo(ctx, all)
	if errors.Is(err, gopkg.ErrNoGo) {
		return nil
	}
	return err
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
