package compiler

import (
	"maps"
	"slices"

	"github.com/wfgen/wfgen/checker"
)

// Peers are packages that name Go, and are checked with the same Go and with the same
// packages to import: the types that they see are the same values. They grow by whatever is
// loaded that fits them. A snapshot keeps all of its peers, a workspace the last ones.
type peers struct {
	sides    map[string]*goSide // by root
	imported map[string]*parsed // by absolute directory, as are the units
	worlds   map[*goSide]*checker.World
	units    map[string]*unit
}

// findPeers gives those of the packages that are loaded.
func (l *loading) findPeers() *peers {
	sides, imported := map[string]*goSide{}, l.imported()
	for _, p := range l.queue {
		if m := l.modules[p.abs]; m != nil && sides[m.set.Root()] == nil {
			sides[m.set.Root()] = l.side(m)
		}
	}
	known := l.s.peers
	if last := l.s.w.peers; last != nil {
		known = append(slices.Clone(known), last)
	}
	i := slices.IndexFunc(known, func(g *peers) bool { return g.fit(sides, imported, l.queue) })
	var g *peers
	if i >= 0 {
		g = known[i]
	} else {
		g = &peers{
			sides: map[string]*goSide{}, imported: map[string]*parsed{},
			worlds: map[*goSide]*checker.World{}, units: map[string]*unit{},
		}
	}
	maps.Copy(g.sides, sides)
	maps.Copy(g.imported, imported)
	for _, side := range sides {
		if g.worlds[side] == nil {
			g.worlds[side] = side.world()
		}
	}
	if !slices.Contains(l.s.peers, g) {
		l.s.peers = append(l.s.peers, g)
	}
	l.s.w.peers = g
	return g
}

// fit tells whether packages are loaded with nothing that the peers have otherwise.
func (g *peers) fit(sides map[string]*goSide, imported map[string]*parsed, loaded []*parsed) bool {
	for root, side := range sides {
		if known := g.sides[root]; known != nil && known != side {
			return false
		}
	}
	for dir, p := range imported {
		if known := g.imported[dir]; known != nil && known != p {
			return false
		}
	}
	return !slices.ContainsFunc(loaded, func(p *parsed) bool {
		known := g.imported[p.abs]
		return known != nil && known != p
	})
}

// of gives what a package of a directory is checked with.
func (g *peers) of(l *loading, dir string) *golang {
	side := g.sides[l.modules[dir].set.Root()]
	return &golang{lock: &l.s.w.goLock, side: side, world: g.worlds[side], path: side.set.PathOf(dir)}
}
