package compiler

import (
	gotypes "go/types"
	"strings"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/compiler/gopkg"
	"github.com/wfgen/wfgen/compiler/gopure"
)

// A goSide is the Go around the packages of one module, with stubs in the place of what is
// generated for .wf files.
type goSide struct {
	*goModule
	table map[string]string  // what tells the .wf directories from what they were, by path
	dirs  map[string]*parsed // those
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
	for _, known := range []*goSide{l.s.sides[root], l.s.w.sides[root]} {
		if known != nil && known.goModule == m && sameTable(known.table, side.table) {
			side = known
			break
		}
	}
	if side.view == nil {
		side.view = m.set.View(side.layout, false)
	}
	if l.s.w.sides == nil {
		l.s.w.sides = map[string]*goSide{}
	}
	l.s.sides[root], l.s.w.sides[root] = side, side
	return side
}

func sameTable(a, b map[string]string) bool {
	for dir, is := range a {
		if other, ok := b[dir]; !ok || other != is {
			return false
		}
	}
	return len(a) == len(b)
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
