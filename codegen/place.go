package codegen

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/dave/jennifer/jen"

	"github.com/wfgen/wfgen/plan"
)

// This file writes where in the source things stand, for errors and events. A generated
// file has its places in one table at its end, under names that come from the steps: a line
// that is inserted above changes that table, and nothing else.

// An owner is what places are named for: a step, a workflow, a func or a type, by what its
// names begin with.
type owner struct {
	name string
	pos  plan.Pos // its own place; zero where nothing is to be told of that
}

// places are those of one generated file.
type places struct {
	names map[owner]string // by the owner's name and the place
	count map[string]int   // how many the owner has, by its name
	all   []owner          // each by its own name
}

func newPlaces() *places {
	return &places{names: map[owner]string{}, count: map[string]int{}}
}

// placeOf writes a place of o's: fulfilOrderReceiptAt, where o is fulfilOrderReceipt. What isn't
// the first is numbered, and where o has a place of its own, that is the first.
func (b *body) placeOf(o owner, p plan.Pos) *jen.Statement {
	places, key := b.g.places, owner{o.name, p}
	name, known := places.names[key]
	if !known {
		name = b.outside(o.name+"At"+places.number(o, p), "Place")
		places.names[key] = name
		places.all = append(places.all, owner{name, p})
	}
	return jen.Id(name)
}

// number is what stands behind the name of a new place of o's.
func (s *places) number(o owner, p plan.Pos) string {
	if p == o.pos {
		return ""
	}
	if s.count[o.name] == 0 && o.pos != (plan.Pos{}) {
		s.count[o.name] = 1
	}
	s.count[o.name]++
	if n := s.count[o.name]; n > 1 {
		return strconv.Itoa(n)
	}
	return ""
}

// at writes a place of what is being written.
func (b *body) at(p plan.Pos) *jen.Statement { return b.placeOf(b.owner, p) }

// own has the places of what is written until the function that it gives is called be o's.
func (b *body) own(o owner) (end func()) {
	before := b.owner
	b.owner = o
	return func() { b.owner = before }
}

// stepOwner is a step of a workflow as an owner of places.
func stepOwner(w *plan.Workflow, n *plan.Node) owner {
	o := owner{camel(w.Name, n.Path), n.Pos}
	switch n.Op.(type) {
	case *plan.Let, *plan.If, *plan.Match, *plan.Return, *plan.Break, *plan.Continue:
		o.pos = plan.Pos{} // Go itself does it
	}
	return o
}

// placeTable writes the places of a file, in the order of the source.
func (g *generator) placeTable() []jen.Code {
	all := g.places.all
	if len(all) == 0 {
		return nil
	}
	slices.SortFunc(all, func(a, b owner) int {
		return cmp.Or(cmp.Compare(a.pos.File, b.pos.File), cmp.Compare(a.pos.Line, b.pos.Line),
			cmp.Compare(a.pos.Col, b.pos.Col), cmp.Compare(a.name, b.name))
	})
	var rows []jen.Code
	for _, p := range all {
		rows = append(rows, jen.Id(p.name).Op("=").Lit(place(p.pos)))
	}
	return []jen.Code{documented("Where things stand in the source.", jen.Const().Defs(rows...))}
}

// place is a place as the runtime takes it.
func place(p plan.Pos) string {
	return p.File + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Col)
}
