package interp

import (
	"reflect"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime/pure"
)

// pureLoop runs the rounds of a loop without steps.
func (e *env) pureLoop(x *plan.PureLoop) reflect.Value {
	t := goType(x.Typ)
	var state reflect.Value
	if x.State != nil {
		state = fit(e.expr(x.Init), goType(x.State.Type))
	}
	turns := e.turns(&plan.Loop{Max: x.Max, X: x.X, Key: x.Key, Value: x.Value})
	looks := x.Looks()
	for i := range max(turns.most, 0) {
		in := turns.at(i, e.with(x.State, state))
		if looks {
			in.checkStopped()
		}
		if x.Where != nil && !in.truth(x.Where) {
			continue
		}
		switch end, value := in.pureRound(x.Body); {
		case end == nil || end.X == nil: // goes on as it is
		case end.Breaks:
			return fit(value, t)
		default:
			state = fit(value, goType(x.State.Type))
		}
	}
	switch {
	case x.Else != nil:
		return fit(e.with(x.State, state).pure(x.Else), t)
	case x.X == nil:
		panic(pure.Exhausted(turns.most, place(x.Pos)))
	}
	return fit(state, t)
}

// pureRound runs a block of a round, and gives what it is left by, with the value; nil where it
// comes to its end.
func (e *env) pureRound(p *plan.Pure) (*plan.Leave, reflect.Value) {
	for _, l := range p.Lets {
		if hasResult(l.X.Type()) {
			e = e.with(l.V, e.expr(l.X))
			continue
		}
		if in, branch := e.taken(l.X); branch != nil {
			if end, value := in.pureRound(branch); end != nil {
				return end, value
			}
		}
	}
	end, leaves := p.Value.(*plan.Leave)
	switch {
	case p.Value == nil:
		return nil, reflect.Value{}
	case !leaves: // it raises
		return nil, e.expr(p.Value)
	case end.X == nil:
		return end, reflect.Value{}
	}
	return end, e.expr(end.X)
}

// taken is the branch of an if or match that gives nothing; nil for none.
func (e *env) taken(x plan.Expr) (*env, *plan.Pure) {
	switch x := x.(type) {
	case *plan.PureIf:
		if e.truth(x.Cond) {
			return e, x.Then
		}
		return e, x.Else
	case *plan.PureMatch:
		return e.arm(x)
	}
	panic("internal error: a line that gives nothing")
}
