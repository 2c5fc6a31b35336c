package checker

import (
	"slices"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// A rank tells how much an expression's type depends on where it stands. Of
// expressions that share a type, those of the lowest rank are looked at first, and
// the others take the type from them.
type rank int

const (
	settled rank = iota // has a type of its own
	float               // an untyped constant with a fraction
	number              // an untyped whole number
	open                // none, or an empty list
)

// rankOf finds the rank of an expression by its form alone.
func (c *checker) rankOf(x dsl.Expr) rank {
	if r, known := c.ranks[x]; known {
		return r
	}
	r := c.computeRank(x)
	c.ranks[x] = r
	return r
}

func (c *checker) computeRank(x dsl.Expr) rank {
	switch x := x.(type) {
	case *dsl.BasicLit:
		return map[dsl.LitKind]rank{dsl.FloatLit: float, dsl.IntLit: number, dsl.NoneLit: open}[x.Kind]
	case *dsl.ParenExpr:
		return c.rankOf(x.X)
	case *dsl.UnaryExpr:
		if x.Op == dsl.Neg {
			return c.rankOf(x.X)
		}
	case *dsl.BinaryExpr:
		if _, ok := foldable[x.Op]; ok || x.Op == dsl.Coalesce {
			return min(c.rankOf(x.X), c.rankOf(x.Y))
		}
	case *dsl.ListLit:
		return c.lowest(x.Elems)
	case *dsl.CallExpr:
		if x.Fun != nil && len(x.Args) > 0 && (x.Fun.Name == "min" || x.Fun.Name == "max" || x.Fun.Name == "abs") {
			return c.lowest(x.Args)
		}
	case *dsl.IfExpr:
		return c.lowest([]dsl.Expr{lastExpr(x.Then), lastExpr(x.Else)})
	case *dsl.MatchExpr:
		var values []dsl.Expr
		for _, a := range x.Arms {
			values = append(values, lastExpr(a.Body))
		}
		return c.lowest(values)
	case *dsl.ForExpr:
		return c.lowest([]dsl.Expr{lastExpr(x.Body)})
	case *dsl.ParallelExpr:
		return c.lowest([]dsl.Expr{lastExpr(x.Body)})
	case *dsl.TryExpr:
		return c.lowest([]dsl.Expr{lastExpr(x.Body), lastExpr(x.Else)})
	case *dsl.RaceExpr:
		var values []dsl.Expr
		for _, a := range x.Arms {
			values = append(values, armValue(a))
		}
		return c.lowest(values)
	case *dsl.Ident:
		return c.constRank(x)
	}
	return settled
}

// lowest is the lowest rank of several expressions; nil ones don't count.
func (c *checker) lowest(xs []dsl.Expr) rank {
	r := open
	for _, x := range xs {
		if x != nil {
			r = min(r, c.rankOf(x))
		}
	}
	return r
}

// lastExpr is the expression on the last line of a block; nil where there is none.
func lastExpr(b *dsl.Block) dsl.Expr {
	if b == nil || len(b.Stmts) == 0 {
		return nil
	}
	s := b.Stmts[len(b.Stmts)-1]
	if l, ok := s.(*dsl.LabeledStmt); ok {
		s = l.Stmt
	}
	if e, ok := s.(*dsl.ExprStmt); ok {
		return e.X
	}
	return nil
}

// byRank gives two operands in the order in which to look at them.
func (c *checker) byRank(x, y dsl.Expr) (first, second dsl.Expr) {
	if c.rankOf(y) < c.rankOf(x) {
		return y, x
	}
	return x, y
}

// An alternative is one of several expressions that stand for each other: the
// elements of a list, the values of branches.
type alternative struct {
	x      dsl.Expr
	within func(func()) // calls a function where the expression stands
}

// join finds the one type of expressions that stand for each other, and fits all
// to it. hint is the type that is wanted of them, nil where none is.
func (c *checker) join(alts []alternative, hint types.Type, what string) types.Type {
	if hint != nil {
		for _, a := range alts {
			a.within(func() { c.want(a.x, hint, what) })
		}
		return hint
	}
	alts = slices.Clone(alts)
	slices.SortStableFunc(alts, func(a, b alternative) int { return int(c.rankOf(a.x)) - int(c.rankOf(b.x)) })
	j := joining{c: c, what: what}
	for _, a := range alts {
		if !isNone(a.x) {
			a.within(func() { j.add(a.x) })
		}
	}
	for _, a := range alts {
		if isNone(a.x) {
			a.within(func() { j.addNone(a.x) })
		}
	}
	return j.settle(alts)
}

// A joining is a join in the making.
type joining struct {
	c        *checker
	what     string
	elem     types.Type // what all have in common, without ?; nil at first
	from     dsl.Expr   // the expression that said so
	optional bool
	unsound  bool
}

func (j *joining) add(x dsl.Expr) {
	t := j.c.value(x, hintFor(x, j.elem))
	switch {
	case isInvalid(t):
		j.unsound = true
		return
	case j.elem == nil, j.c.isMember(j.elem, elemOf(t)):
		j.elem, j.from = elemOf(t), x
	case j.c.isMember(elemOf(t), j.elem) && !isOptional(t):
	case !types.Identical(elemOf(t), j.elem):
		d := j.c.report(diag.WrongType, x, "%s is %s, expected %s like the others", j.what, t, j.elem)
		label(d, j.c.file, j.from, "this is %s", j.elem)
		j.unsound = true
		return
	}
	j.optional = j.optional || isOptional(t)
}

func (j *joining) addNone(x dsl.Expr) {
	hint := j.elem
	switch {
	case hint != nil:
		j.optional = true
		hint = optionalOf(hint)
	case j.unsound:
		hint = invalid
	}
	j.c.infer(x, hint)
}

// settle makes optionals of all where one is, and values of a union where one is.
func (j *joining) settle(alts []alternative) types.Type {
	if j.elem == nil || j.unsound {
		return invalid
	}
	t := j.elem
	if j.optional {
		t = optionalOf(t)
	}
	for _, a := range alts {
		got := j.c.info.Types[a.x]
		if got != nil && !types.Identical(got, t) && (types.Identical(got, j.elem) || j.c.isMember(got, j.elem)) {
			j.c.info.Wanted[a.x] = t
		}
	}
	return t
}
