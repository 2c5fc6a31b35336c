package build

import "github.com/wfgen/wfgen/dsl"

// If is if cond { … }, to which Else adds a block.
func If(cond any, lines ...Stmt) Branching {
	x := &dsl.IfExpr{Cond: header(cond), Then: block(lines)}
	return Branching{Expr{x}, x, x}
}

// A Branching is an if; it is an expression like any other.
type Branching struct {
	Expr
	whole, last *dsl.IfExpr
}

// ElseIf adds another condition.
func (b Branching) ElseIf(cond any, lines ...Stmt) Branching {
	next := &dsl.IfExpr{Cond: header(cond), Then: block(lines)}
	b.last.Else = bare(Do(Expr{next}))
	return Branching{b.Expr, b.whole, next}
}

// Else adds what is done where no condition holds.
func (b Branching) Else(lines ...Stmt) Expr {
	b.last.Else = block(lines)
	return b.Expr
}

// Match takes a value apart.
func Match(value any, arms ...Arm) Expr {
	x := &dsl.MatchExpr{X: header(value)}
	for _, a := range arms {
		x.Arms = append(x.Arms, a.arm)
	}
	return Expr{x}
}

// An Arm is one case of a Match.
type Arm struct{ arm *dsl.Arm }

// Case is the arm for a pattern: a literal, Name of an enum's member, a union's member
// or a declared error, or Name("_").
func Case(pattern any, line Stmt) Arm {
	return Arm{&dsl.Arm{Pattern: expr(pattern), Body: bare(line)}}
}

// CaseDo is Case with a block.
func CaseDo(pattern any, lines ...Stmt) Arm {
	return Arm{&dsl.Arm{Pattern: expr(pattern), Body: block(lines)}}
}

// As names what the pattern matches.
func (a Arm) As(name string) Arm {
	a.arm.Name = id(name)
	return a
}

// For is for name in list { … }, to which its methods add what stands in its head.
func For(name string, list any, lines ...Stmt) Looping {
	x := &dsl.ForExpr{Value: id(name), X: header(list), Body: block(lines)}
	return Looping{Expr{x}, x}
}

// A Looping is a for; it is an expression like any other.
type Looping struct {
	Expr
	loop *dsl.ForExpr
}

// Key names the index or key.
func (l Looping) Key(name string) Looping {
	l.loop.Key = id(name)
	return l
}

// Where leaves rounds out.
func (l Looping) Where(cond any) Looping {
	l.loop.Where = header(cond)
	return l
}

// Parallel runs the rounds side by side, all of them.
func (l Looping) Parallel() Looping {
	l.loop.Parallel = true
	return l
}

// ParallelBy runs up to n rounds side by side.
func (l Looping) ParallelBy(n any) Looping {
	l.loop.Parallel, l.loop.Limit = true, header(n)
	return l
}

// Parallel is parallel { … }.
func Parallel(lines ...Stmt) Expr { return Expr{&dsl.ParallelExpr{Body: block(lines)}} }

// Try is try { … }, whose Else has to follow unless it has a Retry.
func Try(lines ...Stmt) Trying { return Trying{&dsl.TryExpr{Body: block(lines)}} }

// A Trying is a try without its else.
type Trying struct{ try *dsl.TryExpr }

// Retry has the block tried up to n more times where it fails.
func (t Trying) Retry(n any, more ...RetryOption) Trying {
	return t.again(&dsl.RetryClause{N: expr(n)}, more)
}

// RetryAt has the block tried again at times that count from the first failure.
func (t Trying) RetryAt(times []any, more ...RetryOption) Trying {
	return t.again(&dsl.RetryClause{At: exprs(times)}, more)
}

func (t Trying) again(c *dsl.RetryClause, more []RetryOption) Trying {
	retry(c, more)
	t.try.Retries = append(t.try.Retries, c)
	return t
}

// Alone is a try that is tried again, and for whose failure nothing stands in.
func (t Trying) Alone() Expr { return Expr{t.try} }

// Else is what is done where the block fails.
func (t Trying) Else(lines ...Stmt) Expr {
	t.try.Else = block(lines)
	return Expr{t.try}
}

// Race is race { … }.
func Race(arms ...RaceArm) Expr {
	x := &dsl.RaceExpr{}
	for _, a := range arms {
		x.Arms = append(x.Arms, a.arm)
	}
	return Expr{x}
}

// A RaceArm is an arm of a Race.
type RaceArm struct{ arm *dsl.RaceArm }

// OneArm is an arm of one line; label may be empty.
func OneArm(label string, line Stmt) RaceArm { return raceArm(label, bare(line)) }

// ArmDo is an arm of several lines; label may be empty.
func ArmDo(label string, lines ...Stmt) RaceArm { return raceArm(label, block(lines)) }

func raceArm(label string, body *dsl.Block) RaceArm {
	a := &dsl.RaceArm{Body: body}
	if label != "" {
		a.Label = id(label)
	}
	return RaceArm{a}
}

// Loop is loop state := first max most { … }, to which Else may add a block.
func Loop(state string, first, most any, lines ...Stmt) Rounds {
	x := &dsl.LoopExpr{State: id(state), Init: header(first), Max: header(most), Body: block(lines)}
	return Rounds{Expr{x}, x}
}

// LoopMax is loop max most { … }, without a state; a most of nil is none, for no bound.
func LoopMax(most any, lines ...Stmt) Rounds {
	x := &dsl.LoopExpr{Max: header(most), Body: block(lines)}
	return Rounds{Expr{x}, x}
}

// LoopFor is loop for name in list { … }, to which the methods add what stands in its head.
func LoopFor(name string, list any, lines ...Stmt) Rounds {
	x := &dsl.LoopExpr{Value: id(name), X: header(list), Body: block(lines)}
	return Rounds{Expr{x}, x}
}

// A Rounds is a loop; it is an expression like any other.
type Rounds struct {
	Expr
	loop *dsl.LoopExpr
}

// State names the state, and gives the first.
func (r Rounds) State(name string, first any) Rounds {
	r.loop.State, r.loop.Init = id(name), header(first)
	return r
}

// Key names the index or key.
func (r Rounds) Key(name string) Rounds {
	r.loop.Key = id(name)
	return r
}

// Where leaves rounds out.
func (r Rounds) Where(cond any) Rounds {
	r.loop.Where = header(cond)
	return r
}

// Else is what is done where no round broke.
func (r Rounds) Else(lines ...Stmt) Expr {
	r.loop.Else = block(lines)
	return r.Expr
}

// header puts into parentheses what has braces of its own and stands in a block's head.
func header(v any) dsl.Expr {
	x := expr(v)
	switch x.(type) {
	case *dsl.StructLit, *dsl.MapLit, *dsl.IfExpr, *dsl.MatchExpr, *dsl.ForExpr, *dsl.ParallelExpr, *dsl.RaceExpr, *dsl.TryExpr, *dsl.LoopExpr:
		return &dsl.ParenExpr{X: x}
	}
	return x
}
