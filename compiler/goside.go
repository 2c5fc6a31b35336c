package compiler

import (
	gotypes "go/types"
	"maps"
	"slices"
	"strings"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/compiler/gopkg"
	"github.com/wfgen/wfgen/compiler/gopure"
)

// A goSide is the Go around the packages of one module, with stubs in the place of what is
// generated for .wf files.
type goSide struct {
	*goModule
	table map[string]string  // what tells the directories that can change from what they were, by path
	dirs  map[string]*parsed // their .wf files, and those of others that were looked at
	view  *gopkg.View
	pure  *gopure.Checker // nil until a func is bound to Go
}

// side gives the Go around the packages of a module as the snapshot has them.
func (l *loading) side(m *goModule) *goSide {
	side := &goSide{goModule: m, table: map[string]string{}, dirs: map[string]*parsed{}}
	local, _ := m.set.Local()
	for _, p := range l.queue {
		if l.modules[p.abs] == m {
			local = append(local, p.abs)
		}
	}
	for _, dir := range local {
		side.dirs[dir], side.table[dir] = nil, ""
		if p, err := l.s.directory(shown(dir)); err == nil {
			side.dirs[dir], side.table[dir] = p, p.beside.key+string(p.stub().Content)
		}
	}
	root := m.set.Root()
	known := l.s.sides[root]
	if last := l.s.w.sides[root]; last != nil {
		known = append(slices.Clone(known), last)
	}
	if i := slices.IndexFunc(known, func(g *goSide) bool { return g.fits(side) }); i >= 0 {
		maps.Copy(known[i].table, side.table)
		maps.Copy(known[i].dirs, side.dirs)
		side = known[i]
	} else {
		side.view = m.set.View(side.layout, false)
	}
	if l.s.w.sides == nil {
		l.s.w.sides = map[string]*goSide{}
	}
	if !slices.Contains(l.s.sides[root], side) {
		l.s.sides[root] = append(l.s.sides[root], side)
	}
	l.s.w.sides[root] = side
	return side
}

// fits tells whether another side has nothing otherwise, nor anything new of which this one
// has already made something else.
func (g *goSide) fits(other *goSide) bool {
	for dir, is := range other.table {
		was, known := g.table[dir]
		if _, looked := g.dirs[dir]; known && was != is || !known && looked {
			return false
		}
	}
	return g.goModule == other.goModule
}

// layout is the Go of a directory with .wf files as it is before these are checked. One of
// the module cache isn't in the table, and never changes.
func (g *goSide) layout(dir string) (gopkg.Layout, bool) {
	p, known := g.dirs[dir]
	if !known {
		p, _ = new(Workspace).Snapshot(nil).directory(dir) // nil where there are none
		g.dirs[dir] = p
	}
	if p == nil {
		return gopkg.Layout{}, false
	}
	return gopkg.Layout{Written: p.beside.names, Generated: []gopkg.File{p.stub()}}, true
}

// world is a World for what is checked with the side.
func (g *goSide) world() *checker.World {
	return &checker.World{Import: g.imported, Place: g.set.Place, Differs: g.differs}
}

func (g *goSide) imported(path string) (*gotypes.Package, error) {
	p, problem := g.view.Import(path)
	if problem != nil {
		e := &checker.ImportError{Text: problem.Text, At: problem.At}
		if strings.Contains(e.Text, "go.sum") {
			e.Help = gopkg.Untidy(e.Text)
		}
		return nil, e
	}
	return p, nil
}

// differs tells how a Go function comes to what may differ from call to call.
func (g *goSide) differs(f *gotypes.Func) *checker.Reach {
	if g.pure == nil {
		g.pure = gopure.New(g.view)
	}
	return (*checker.Reach)(g.pure.Of(f))
}
