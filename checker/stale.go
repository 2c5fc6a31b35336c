package checker

import (
	"cmp"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
)

// staleReads warns of a cached read below an effect of the same workflow: what it gives may
// have been kept from before the effect.
func (c *checker) staleReads(w *Workflow, r *reach) {
	s := &staleness{c: c, r: r}
	s.walk(w.Decl.Body)
}

// A staleness goes through a workflow for the effects that each read may follow. Where ways
// meet, that is what any of them has changed.
type staleness struct {
	c *checker
	r *reach
	// effect is one that the pass has come by; nil where there is none.
	effect *dsl.CallExpr
	// ended tells that nothing follows where the pass stands.
	ended bool
	// left is the effect of where a round of the nearest loop is left by break or continue.
	left *dsl.CallExpr
}

func (s *staleness) walk(n dsl.Node) {
	dsl.Inspect(n, func(n dsl.Node) bool {
		switch n := n.(type) {
		case *dsl.IfExpr:
			s.walk(n.Cond)
			s.ways(n.Then, n.Else)
		case *dsl.MatchExpr:
			s.walk(n.X)
			s.ways(blocksOf(n)...)
		case *dsl.RaceExpr:
			s.race(n)
		case *dsl.TryExpr:
			s.try(n)
		case *dsl.ForExpr:
			s.walk(n.X)
			s.walk(n.Where)
			s.rounds(n.Body)
		case *dsl.LoopExpr:
			s.loop(n)
		case *dsl.CallExpr:
			s.call(n)
		case *dsl.UndoClause: // it follows a failure
		default:
			return !s.leaves(n)
		}
		return false
	})
}

// leaves goes through a statement below which nothing follows in its block. It tells whether
// it is one.
func (s *staleness) leaves(n dsl.Node) bool {
	switch n := n.(type) {
	case *dsl.ReturnStmt:
		s.walk(n.Value)
	case *dsl.FailStmt:
		s.walk(n.X)
	case *dsl.BreakStmt:
		s.walk(n.Value)
		s.left = cmp.Or(s.left, s.effect)
	case *dsl.ContinueStmt:
		s.walk(n.State)
		s.left = cmp.Or(s.left, s.effect)
	default:
		return false
	}
	s.ended = true
	return true
}

// ways goes through blocks of which one is taken; nil is a way past all.
func (s *staleness) ways(blocks ...*dsl.Block) {
	before, after, ended := s.effect, (*dsl.CallExpr)(nil), true
	for _, b := range blocks {
		s.effect, s.ended = before, false
		s.walk(b)
		if !s.ended {
			after, ended = cmp.Or(after, s.effect), false
		}
	}
	s.effect, s.ended = after, ended
}

// race goes through arms that begin together. Each may have happened, also one that fails.
func (s *staleness) race(x *dsl.RaceExpr) {
	before, after := s.effect, s.effect
	for _, b := range blocksOf(x) {
		s.effect = before
		s.walk(b)
		after = cmp.Or(after, s.effect)
	}
	s.effect, s.ended = after, false
}

// try goes through a block, which may fail below its effects and may be tried again then, and
// what stands in for it.
func (s *staleness) try(x *dsl.TryExpr) {
	if len(x.Retries) > 0 {
		s.rounds(x.Body)
	} else {
		s.walk(x.Body)
	}
	ended := s.ended
	s.ended = false
	s.walk(x.Else)
	s.ended = s.ended && ended
}

func (s *staleness) loop(x *dsl.LoopExpr) {
	for _, head := range []dsl.Expr{x.Init, x.Max, x.X, x.Where} {
		s.walk(head)
	}
	s.rounds(x.Body)
	if x.Else != nil {
		s.ways(nil, x.Else)
	}
}

// rounds goes through a loop's body, and once more where a round changes something before the
// next. Only the last time counts, so that nothing is reported twice.
func (s *staleness) rounds(b *dsl.Block) {
	before, around, found := s.effect, s.left, len(s.c.diags)
	after := s.round(b)
	if before == nil && after != nil {
		s.c.diags = s.c.diags[:found]
		s.effect = after
		s.round(b)
	}
	s.effect, s.left, s.ended = cmp.Or(before, after), around, false
}

// round goes through a loop's body once, and gives an effect that may be followed by the next
// round; nil where there is none.
func (s *staleness) round(b *dsl.Block) (after *dsl.CallExpr) {
	s.left, s.ended = nil, false
	s.walk(b)
	if s.ended {
		return s.left
	}
	return cmp.Or(s.left, s.effect)
}

func (s *staleness) call(x *dsl.CallExpr) {
	for _, a := range x.Args {
		s.walk(a)
	}
	for _, f := range x.Fields {
		s.walk(f.Value)
	}
	if x.Fun != nil && x.Verb == dsl.Call {
		s.look(x)
	}
	for _, cl := range x.Clauses {
		if other, ok := cl.(*dsl.ElseClause); ok {
			s.ways(nil, other.Body)
		}
	}
}

func (s *staleness) look(x *dsl.CallExpr) {
	switch o := s.c.info.Uses[x.Fun].(type) {
	case *Tool:
		if o.Guard != nil && o.Guard.Cache > 0 && s.effect != nil {
			s.warn(x, o)
		}
		if s.effect == nil && !o.Readonly {
			s.effect = x
		}
	case *Workflow:
		if s.effect == nil && s.r.effects[o] {
			s.effect = x
		}
	}
}

func (s *staleness) warn(x *dsl.CallExpr, t *Tool) {
	d := s.c.warn(diag.StaleRead, x.Fun, "%s may give what it has kept from before an effect of this workflow", t.Name)
	label(d, s.c.file, s.effect.Fun, "the effect")
	d.Help = "read above the effect, or by a tool without cache"
	if s.c.offered[x.Fun] {
		d.Help = "let the model read by a tool without cache"
	}
}
