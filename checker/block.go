package checker

import (
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// A branch is a block whose value stands for that of a larger expression. Its
// statements are checked; the value is checked when it is known what its siblings
// give.
type branch struct {
	block *dsl.Block
	scope *scope
	in    place
	value dsl.Expr // nil where the block has none
	exits bool
}

// open checks a block but for its value.
func (c *checker) open(b *dsl.Block, facts []path, in place) *branch {
	br := &branch{block: b, scope: newScope(c.scope), in: in}
	br.scope.narrow(facts)
	c.with(in, func() { c.inThis(br.scope, func() { br.value, br.exits = c.stmts(b, true) }) })
	return br
}

// in checks something where a branch ends.
func (c *checker) inBranch(br *branch, do func()) {
	c.with(br.in, func() { c.inThis(br.scope, do) })
}

// joinBranches finds the type of blocks that stand for each other: what join does
// for expressions.
func (c *checker) joinBranches(brs []*branch, hint types.Type, whole dsl.Node, what string) types.Type {
	joined, optional, some := hint, false, false
	var open []*branch
	for _, br := range brs {
		if br.value == nil {
			if !br.exits {
				c.noValue(br, whole, what)
			}
			continue
		}
		some = true
		_, isConst := fold(br.value)
		if isNone(br.value) || isConst && joined == nil || bare(br.value) && joined == nil {
			optional = optional || isNone(br.value)
			open = append(open, br)
			continue
		}
		c.inBranch(br, func() { c.joinOne(&joined, br.value, what) })
	}
	for _, br := range open {
		if v, ok := fold(br.value); ok && joined == nil {
			joined = c.constType(v, nil)
		}
	}
	if _, already := joined.(*types.Optional); optional && joined != nil && !isInvalid(joined) && !already {
		joined = &types.Optional{Elem: joined}
	}
	for _, br := range brs {
		if br.value != nil {
			c.inBranch(br, func() { c.settle(br.value, joined, what) })
		}
		c.unused(br.scope)
	}
	if !some || joined == nil {
		return invalid
	}
	return joined
}

func (c *checker) noValue(br *branch, whole dsl.Node, what string) {
	var at dsl.Node = whole
	if br.block != nil {
		at = br.block
	}
	c.report(diag.WrongType, at, "%s has no value", what).Help = "its last line gives the value"
}

// closed checks blocks whose values nobody wants.
func (c *checker) closed(brs []*branch) {
	for _, br := range brs {
		if br.value != nil {
			c.inBranch(br, func() { br.exits = c.dropped(br.value) })
		}
		c.unused(br.scope)
	}
}

// branching checks if and match as expressions.
func (c *checker) branching(x dsl.Expr, hint types.Type) types.Type {
	in := c.in
	in.value, in.parallel = true, false
	brs, total := c.branches(x, in)
	if i, ok := x.(*dsl.IfExpr); ok && !total {
		c.report(diag.WrongType, i, "an if without else has no value where its condition is false").Help = "add an else"
	}
	if isInvalid(hint) {
		hint = nil
	}
	return c.joinBranches(brs, hint, x, "the branch")
}

// branchingStmt checks if and match as statements. It tells whether all ways
// through them end the workflow.
func (c *checker) branchingStmt(x dsl.Expr) (exits bool) {
	in := c.in
	in.parallel = false
	brs, total := c.branches(x, in)
	c.info.Types[x] = nothing
	c.closed(brs)
	exits = total && len(brs) > 0
	for _, br := range brs {
		exits = exits && br.exits
	}
	if i, ok := x.(*dsl.IfExpr); ok && len(brs) > 0 {
		c.afterIf(i, brs)
	}
	return exits
}

// afterIf takes note of what an if that ends the workflow says for what follows.
func (c *checker) afterIf(x *dsl.IfExpr, brs []*branch) {
	switch {
	case brs[0].exits:
		c.scope.narrow(c.known(x.Cond, false))
	case len(brs) > 1 && brs[1].exits:
		c.scope.narrow(c.known(x.Cond, true))
	}
}

// branches opens the blocks of an if or match. total tells that one of them is
// always taken.
func (c *checker) branches(x dsl.Expr, in place) (brs []*branch, total bool) {
	if m, ok := x.(*dsl.MatchExpr); ok {
		return c.arms(m, in), true
	}
	i := x.(*dsl.IfExpr)
	c.want(i.Cond, basic(types.Bool), "the condition")
	before := c.owed
	brs = append(brs, c.open(i.Then, c.known(i.Cond, true), in))
	owed := c.owed
	c.owed = before
	if i.Else != nil {
		brs = append(brs, c.open(i.Else, c.known(i.Cond, false), in))
	}
	if owed != nil && !brs[0].exits {
		c.owed = owed
	}
	return brs, i.Else != nil
}

func (c *checker) arms(x *dsl.MatchExpr, in place) []*branch {
	t := c.value(x.X, nil)
	cover := newCover(t)
	var brs []*branch
	before, after := c.owed, c.owed
	for _, a := range x.Arms {
		c.pattern2(a.Pattern, t, cover)
		c.owed = before
		br := c.open(a.Body, c.armFacts(x.X, a.Pattern, t), in)
		brs = append(brs, br)
		if c.owed != nil && !br.exits {
			after = c.owed
		}
	}
	c.owed = after
	cover.check(c, x)
	return brs
}

// armFacts says what a pattern other than none tells of an optional.
func (c *checker) armFacts(x, pattern dsl.Expr, t types.Type) []path {
	if _, ok := t.(*types.Optional); !ok || isNone(pattern) {
		return nil
	}
	if id, ok := pattern.(*dsl.Ident); ok && id.Name == "_" {
		return nil
	}
	if p, ok := c.pathOf(x); ok {
		return []path{p}
	}
	return nil
}

// forExpr checks for. Where a value is wanted it is a list of the rounds' values.
func (c *checker) forExpr(x *dsl.ForExpr, hint types.Type, value bool) types.Type {
	key, elem := c.loopTypes(x)
	s := newScope(c.scope)
	var result types.Type = nothing
	c.inThis(s, func() {
		if x.Key != nil {
			c.bind(x.Key, key, false)
		}
		c.bind(x.Value, elem, false)
		if x.Where != nil {
			c.pureIn("a for's where", func() { c.want(x.Where, basic(types.Bool), "the condition") })
			s.narrow(c.known(x.Where, true))
		}
		result = c.rounds(x, hint, value)
	})
	return result
}

func (c *checker) rounds(x *dsl.ForExpr, hint types.Type, value bool) types.Type {
	in := c.in
	in.parallel, in.tail = false, false
	in.value = in.value || value || x.Parallel
	in.beside = in.beside || x.Parallel
	br := c.open(x.Body, nil, in)
	if !value {
		c.closed([]*branch{br})
		return nothing
	}
	var elem types.Type
	if l, ok := listHint(unwrap(hint)).(*types.List); ok {
		elem = l.Elem
	}
	return wrap(c.joinBranches([]*branch{br}, elem, x, "the body of for"), listOf)
}

func unwrap(t types.Type) types.Type {
	if o, ok := t.(*types.Optional); ok {
		return o.Elem
	}
	return t
}

// loopTypes checks a loop's head, and gives the types of its names.
func (c *checker) loopTypes(x *dsl.ForExpr) (key, elem types.Type) {
	t := c.plain(x.X, "what for goes over")
	if x.Limit != nil {
		c.pureIn("a for's limit", func() { c.limit(x.Limit) })
	}
	switch t := t.(type) {
	case *types.List:
		return basic(types.Int), t.Elem
	case *types.Map:
		if x.Key == nil && x.Value != nil {
			c.report(diag.WrongType, x.Value, "a map has keys and values, found one name").
				Help = "write for k, v in …, or go over keys(…) or values(…)"
			return invalid, invalid
		}
		return t.Key, t.Elem
	}
	if !isInvalid(t) {
		d := c.report(diag.WrongType, x.X, "for goes over a list or a map, found %s", t)
		if types.IsInteger(t) {
			d.Help = "write range(" + c.text(x.X) + ")"
		}
	}
	return invalid, invalid
}

func (c *checker) limit(x dsl.Expr) {
	c.want(x, basic(types.Int), "the number of rounds at once")
	if v, ok := fold(x); ok && !v.duration && v.v.ExactString() != "" {
		if n := c.info.Consts[x]; n != nil && sign(n) < 1 {
			c.report(diag.BadConstant, x, "parallel needs a number of at least 1, found %s", c.text(x))
		}
	}
}

// parallel checks a parallel block. What it binds is visible after it, so that it
// has the scope around it.
func (c *checker) parallel(x *dsl.ParallelExpr, hint types.Type, value bool) types.Type {
	in := c.in
	in.value, in.parallel, in.beside, in.tail = true, true, true, false
	var last dsl.Expr
	c.with(in, func() { last, _ = c.stmts(x.Body, true) })
	c.besideEffects(x.Body)
	switch {
	case !value:
		if last != nil {
			c.with(in, func() { c.dropped(last) })
		}
		return nothing
	case last == nil:
		c.report(diag.WrongType, x, "the parallel block has no value").Help = "its last line gives the value"
		return invalid
	}
	var t types.Type
	c.with(in, func() { t = c.value(last, hint) })
	return t
}
