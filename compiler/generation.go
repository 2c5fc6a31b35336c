package compiler

import (
	"cmp"
	"slices"

	"github.com/wfgen/wfgen/checker"
)

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
	return &golang{lock: &l.s.w.goLock, side: side, world: g.worlds[side], path: side.set.PathOf(dir)}
}
