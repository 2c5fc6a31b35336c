package plan

import (
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/wfgen/wfgen/dsl"
)

// A unit is the declaration that is being lowered.
type unit struct {
	source   *dsl.Source
	comments []dsl.Comment // of its file; of workflows alone
	// taken holds the paths of the steps so far, each with the last number by
	// which it was told apart from others.
	taken map[string]int
}

func (u *unit) pos(s dsl.Span) Pos {
	p := u.source.Position(s.Start)
	return Pos{File: fileName(u.source.Path), Line: p.Line, Col: p.Col}
}

// fileName is the name of a file without its directory, as it can stand in a comment, a
// text or a picture: what can't be printed, and quotes, are written as in a string of Go.
func fileName(path string) string {
	quoted := strconv.Quote(filepath.Base(path))
	return quoted[1 : len(quoted)-1]
}

// text is a part of the source with its white space folded.
func (u *unit) text(n dsl.Node) string {
	s := n.Place()
	return strings.Join(strings.Fields(u.source.Text[s.Start:s.End]), " ")
}

// lineOf is the line that a node begins on, without comments, its white space folded.
func (u *unit) lineOf(n dsl.Node) string {
	number := u.source.Position(n.Place().Start).Line
	line, start := u.source.Line(number), u.source.LineStart(number)
	var kept strings.Builder
	from := 0
	first := sort.Search(len(u.comments), func(i int) bool { return u.comments[i].End > start })
	for _, c := range u.comments[first:] {
		if c.Start >= start+len(line) {
			break
		}
		kept.WriteString(line[from:max(c.Start-start, from)])
		from = min(c.End-start, len(line))
	}
	kept.WriteString(line[from:])
	return strings.Join(strings.Fields(kept.String()), " ")
}

// A builder lowers the lines of one block.
type builder struct {
	*lowerer
	*unit
	// out is nil in a pure place, where a step can't stand.
	out    *Block
	scope  scope
	naming naming
	// binding is the variable of the line that is being lowered, where that binds
	// one; nil elsewhere.
	binding *Variable
	// last adds what comes behind the last line; nil for nothing.
	last func()
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
	return (&builder{lowerer: l, unit: u, out: out, scope: s}).fill(src, wanted)
}

// fill lowers the lines of a block to b.out, and schedules that.
func (b *builder) fill(src *dsl.Block, wanted bool) *Block {
	out := b.out
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
	if b.last != nil {
		b.naming = naming{}
		b.last()
	}
	out.Exits = exits(out)
	b.schedule(out)
	return out
}

// exits tells whether a block ends in return, fail, break or continue on every
// path.
func exits(b *Block) bool {
	return slices.ContainsFunc(b.Nodes, func(n *Node) bool { return Ends(n.Op) })
}

// add appends a node for a place in the source.
func (b *builder) add(at dsl.Node, id string, op Op, binds *Variable) *Node {
	if b.out == nil {
		panic("internal error: a step in a pure place")
	}
	s := b.scope.at(id)
	n := &Node{
		ID: id, Path: s.path, Frame: s.frame, Pos: b.pos(at.Place()), Text: b.lineOf(at), Op: op, Binds: binds,
		Effect: effectOfOp(op), Uses: uses(op), Exits: leavesByReturn(op) || leavesByBreak(op),
	}
	if let, ok := op.(*Let); ok {
		n.Inline = small(let.X)
	}
	b.facts[n] = b.factsOf(n)
	b.out.Nodes = append(b.out.Nodes, n)
	return n
}

// leavesByReturn tells whether an operation holds a return.
func leavesByReturn(op Op) bool {
	if _, ok := op.(*Return); ok {
		return true
	}
	return anyNode(Blocks(op), leavesByReturn)
}

// leavesByBreak tells whether an operation holds a break or continue for a loop
// around it.
func leavesByBreak(op Op) bool {
	switch op := op.(type) {
	case *Break, *Continue:
		return true
	case *Loop:
		return op.Else != nil && anyNode([]*Block{op.Else}, leavesByBreak)
	}
	return anyNode(Blocks(op), leavesByBreak)
}

// anyNode tells whether a node of the blocks holds for what it does. Only a node
// that exits is asked: what is looked for makes it one.
func anyNode(blocks []*Block, holds func(Op) bool) bool {
	for _, b := range blocks {
		for _, n := range b.Nodes {
			if n.Exits && holds(n.Op) {
				return true
			}
		}
	}
	return false
}
