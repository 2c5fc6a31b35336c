package plan

import (
	"path/filepath"
	"strings"

	"github.com/wfgen/wfgen/dsl"
)

// A unit is the declaration that is being lowered.
type unit struct {
	source *dsl.Source
	// taken holds the paths of the steps so far, each with the last number by
	// which it was told apart from others.
	taken map[string]int
}

func (u *unit) pos(s dsl.Span) Pos {
	p := u.source.Position(s.Start)
	return Pos{File: filepath.Base(u.source.Path), Line: p.Line, Col: p.Col}
}

// text is a part of the source with its white space folded.
func (u *unit) text(n dsl.Node) string {
	s := n.Place()
	return strings.Join(strings.Fields(u.source.Text[s.Start:s.End]), " ")
}

// A builder lowers the lines of one block.
type builder struct {
	*lowerer
	*unit
	// out is nil in a pure place, where a step can't stand.
	out    *Block
	scope  scope
	naming naming
}

// pureIn is a builder for what holds no steps.
func (l *lowerer) pureIn(u *unit) *builder { return &builder{lowerer: l, unit: u} }

// inPure is a builder for a pure place inside b.
func (b *builder) inPure() *builder { return b.pureIn(b.unit) }

// block lowers and schedules a block. Where its value isn't wanted, its last
// line is a line like the others.
func (l *lowerer) block(u *unit, s scope, src *dsl.Block, wanted bool) *Block {
	return l.filled(u, s, &Block{}, src, wanted)
}

func (l *lowerer) filled(u *unit, s scope, out *Block, src *dsl.Block, wanted bool) *Block {
	b := &builder{lowerer: l, unit: u, out: out, scope: s}
	ids := b.reserve(src.Stmts)
	for i, stmt := range src.Stmts {
		b.naming = naming{name: ids[i]}
		last := i == len(src.Stmts)-1
		if x := b.valueOf(stmt); last && wanted && x != nil {
			b.nameOutermost(x)
			out.Value = b.expr(x)
			b.label(stmt, 0)
			continue
		}
		b.line(stmt)
	}
	out.Exits = exits(out)
	l.schedule(out)
	return out
}

// exits tells whether a block ends in return or fail on every path.
func exits(b *Block) bool {
	for _, n := range b.Nodes {
		switch op := n.Op.(type) {
		case *Return, *Fail:
			return true
		case *If:
			if op.Else != nil && op.Then.Exits && op.Else.Exits {
				return true
			}
		case *Match:
			all := len(op.Arms) > 0
			for _, a := range op.Arms {
				all = all && a.Body.Exits
			}
			if all {
				return true
			}
		}
	}
	return false
}

// add appends a node for a place in the source.
func (b *builder) add(at dsl.Node, id string, op Op, binds *Variable) *Node {
	if b.out == nil {
		panic("internal error: a step in a pure place")
	}
	s := b.scope.at(id)
	n := &Node{
		ID: id, Path: s.path, Frame: s.frame, Pos: b.pos(at.Place()), Op: op, Binds: binds,
		Effect: effectOfOp(op), Uses: uses(op), Exits: returns(op),
	}
	if let, ok := op.(*Let); ok {
		n.Inline = small(let.X)
	}
	b.facts[n] = b.factsOf(n)
	b.out.Nodes = append(b.out.Nodes, n)
	return n
}

// returns tells whether an operation holds a return.
func returns(op Op) bool {
	if _, ok := op.(*Return); ok {
		return true
	}
	for _, b := range Blocks(op) {
		for _, n := range b.Nodes {
			if n.Exits {
				return true
			}
		}
	}
	return false
}
