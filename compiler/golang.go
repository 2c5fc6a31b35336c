package compiler

import (
	"cmp"
	"context"
	"fmt"
	gotypes "go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/compiler/gopkg"
	"github.com/wfgen/wfgen/compiler/gopure"
)

// maxPositions bounds the source of which positions are kept, in bytes: it grows while Go is
// checked again and again.
const maxPositions = 1 << 28

// A goModule is what the go command has said of the packages of a module, for as long as
// the files say the same that it has read.
type goModule struct {
	set   *gopkg.Set
	asked time.Time         // when the go command was asked last
	noted map[string]string // how files and directories were, by path
}

// module gives the module that a directory is in, which is looked at once for a snapshot.
func (s *Snapshot) module(dir string) (*goModule, error) {
	set, err := gopkg.NewSet(dir)
	if err != nil {
		return nil, err
	}
	root := set.Root()
	if m := s.modules[root]; m != nil {
		return m, nil
	}
	m := s.w.modules[root]
	if m == nil || !m.current(s) {
		m = &goModule{set: set, noted: map[string]string{}}
	}
	if s.w.modules == nil {
		s.w.modules = map[string]*goModule{}
	}
	s.modules[root], s.w.modules[root] = m, m
	return m, nil
}

// current tells whether all is as it was noted.
func (m *goModule) current(s *Snapshot) bool {
	for path, was := range m.noted {
		if now, _ := s.stateOf(path); now != was {
			return false
		}
	}
	return m.set.Size() < maxPositions
}

// load asks the go command for what isn't known yet.
func (m *goModule) load(ctx context.Context, s *Snapshot, own, paths []string) error {
	for _, dir := range own {
		m.note(s, dir)
	}
	m.asked = time.Now()
	if err := m.set.Load(ctx, paths); err != nil {
		return err
	}
	dirs, files := m.set.Local()
	for _, path := range slices.Concat(dirs, files) {
		m.note(s, path)
	}
	return nil
}

// note notes how a file or directory is. What has changed since the go command was asked is
// as it was in no state.
func (m *goModule) note(s *Snapshot, path string) {
	if _, known := m.noted[path]; known {
		return
	}
	state, newest := s.stateOf(path)
	if !m.asked.IsZero() && newest.After(m.asked) {
		state = "changed"
	}
	m.noted[path] = state
}

// stateOf is a file's size and time, or, of a directory, those of its Go, without what wfgen
// has generated; and the newest of the times.
func (s *Snapshot) stateOf(path string) (string, time.Time) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return "", time.Time{}
	case !info.IsDir():
		return stamp(info), info.ModTime()
	}
	beside, err := s.w.goBeside(path, path)
	if err != nil {
		return err.Error(), time.Time{}
	}
	return beside.key, beside.newest
}

func stamp(info os.FileInfo) string {
	return fmt.Sprintf("%q %d %d\n", info.Name(), info.Size(), info.ModTime().UnixNano())
}

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

// A generation is packages that name Go, and were checked with the same Go and with the same
// packages to import: the types that they see are the same values. Of those that nobody
// imports the last is kept.
type generation struct {
	sides    map[string]*goSide // by root
	imported []*parsed
	worlds   map[*goSide]*checker.World
	units    map[string]*unit // by absolute directory
}

// generation gives the one for the packages that are loaded, with these that are imported.
func (l *loading) generation(imported []*parsed) *generation {
	slices.SortFunc(imported, func(a, b *parsed) int { return cmp.Compare(a.abs, b.abs) })
	g := &generation{
		sides: map[string]*goSide{}, imported: slices.Compact(imported),
		worlds: map[*goSide]*checker.World{}, units: map[string]*unit{},
	}
	for _, p := range l.queue {
		if m := l.modules[p.abs]; m != nil && g.sides[m.set.Root()] == nil {
			g.sides[m.set.Root()] = l.side(m)
		}
	}
	for _, known := range []*generation{l.s.among, l.s.w.among} {
		if known != nil && known.same(g) {
			g = known
			break
		}
	}
	for _, side := range g.sides {
		if g.worlds[side] == nil {
			g.worlds[side] = side.world()
		}
	}
	l.s.among, l.s.w.among = g, g
	return g
}

func (g *generation) same(other *generation) bool {
	for root, side := range g.sides {
		if other.sides[root] != side {
			return false
		}
	}
	return len(g.sides) == len(other.sides) && slices.Equal(g.imported, other.imported)
}

// of gives what a package of a directory is checked with.
func (g *generation) of(l *loading, dir string) *golang {
	side := g.sides[l.modules[dir].set.Root()]
	return &golang{lock: &l.s.w.golang, side: side, world: g.worlds[side], path: side.set.PathOf(dir)}
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
