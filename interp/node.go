package interp

import (
	"reflect"
	"time"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime"
)

// node runs a step on the current goroutine, and sets what it binds.
func (e *env) node(n *plan.Node) (outcome, error) {
	f := e.frame
	//sumtype:exhaustive
	switch op := n.Op.(type) {
	case *plan.Call:
		return e.callNode(n, op)
	case *plan.Durable:
		return e.durableNode(n, op)
	case *plan.Let:
		e.set(n.Binds, e.expr(op.X))
	case *plan.If:
		return e.ifNode(n, op)
	case *plan.Match:
		return e.matchNode(n, op)
	case *plan.For:
		if op.Parallel {
			return outcome{}, e.parallelFor(n, op)
		}
		return e.orderedFor(n, op)
	case *plan.Parallel:
		return e.bound(n)(e.steps(op.Body))
	case *plan.Validate:
		if !e.truth(op.Cond) {
			return outcome{}, f.Fail(e.w.steps[n], e.expr(op.Message).String())
		}
	case *plan.Fail:
		return outcome{}, e.fail(n, op)
	case *plan.Return:
		return e.leave(returns, op.X), nil
	case *plan.Break:
		return e.leave(breaks, op.X), nil
	case *plan.Continue:
		return e.leave(continues, op.X), nil
	case *plan.Try:
		return e.try(n, op)
	case *plan.Finally: // it is run where the workflow ends
		return outcome{}, nil
	case *plan.Race:
		return e.race(n, op)
	case *plan.Loop:
		return e.loop(n, op)
	case *plan.Converse:
		return outcome{}, e.converse(n, op)
	case *plan.Now, *plan.UUID:
		return outcome{}, e.recorded(n)
	case *plan.Wait:
		return outcome{}, e.wait(n, op)
	case *plan.Commit:
		f.Commit()
	case *plan.Rollback:
		return outcome{}, f.Rollback(e.w.steps[n])
	case *plan.Log:
		f.Log(e.w.steps[n], e.expr(op.Message).String())
	default:
		panic("internal error: unknown step")
	}
	return outcome{}, nil
}

// bound sets what a node binds to the value of the block that it has run.
func (e *env) bound(n *plan.Node) func(outcome, error) (outcome, error) {
	return func(out outcome, err error) (outcome, error) {
		if err != nil || out.leaves != end {
			return out, err
		}
		if out.value.IsValid() {
			e.set(n.Binds, out.value)
		}
		return outcome{}, nil
	}
}

func (e *env) ifNode(n *plan.Node, op *plan.If) (outcome, error) {
	switch {
	case e.truth(op.Cond):
		return e.bound(n)(e.block(op.Then))
	case op.Else != nil:
		return e.bound(n)(e.block(op.Else))
	}
	return outcome{}, nil
}

func (e *env) matchNode(n *plan.Node, op *plan.Match) (outcome, error) {
	v := e.matched(op.X, op.Pos)
	for _, arm := range op.Arms {
		if member, ok := e.matches(v, arm.Case); ok {
			return e.bound(n)(e.with(arm.Binds, member).block(arm.Body))
		}
	}
	panic("internal error: a match that isn't exhaustive")
}

// leave ends what is around by an exit, with the value of x, which may be nil.
func (e *env) leave(by exit, x plan.Expr) outcome {
	if x == nil {
		return outcome{leaves: by}
	}
	return outcome{by, e.expr(x)}
}

func (e *env) wait(n *plan.Node, op *plan.Wait) error {
	if op.Until {
		return e.frame.WaitUntil(e.w.steps[n], timeOf(e.expr(op.X)))
	}
	return e.frame.Wait(e.w.steps[n], time.Duration(e.expr(op.X).Int()))
}

// orderedFor runs the rounds of a loop one after the other.
func (e *env) orderedFor(n *plan.Node, op *plan.For) (outcome, error) {
	var values []reflect.Value
	for key, value := range entries(e.expr(op.X)) {
		in := e.with(op.Key, key).with(op.Value, value)
		if op.Where != nil && !in.truth(op.Where) {
			continue
		}
		out, err := in.in(e.round(n, key)).block(op.Body)
		if err != nil || out.leaves != end {
			return out, err
		}
		values = append(values, out.value)
	}
	e.setList(n, values)
	return outcome{}, nil
}

// round is the frame of a round by its index or key.
func (e *env) round(n *plan.Node, key reflect.Value) *runtime.Frame {
	return runtime.RoundAt(e.frame, e.w.steps[n], key.Interface())
}

// setList sets what a loop binds to the values of its rounds.
func (e *env) setList(n *plan.Node, values []reflect.Value) {
	if n.Binds == nil {
		return
	}
	e.set(n.Binds, appended(reflect.MakeSlice(goType(n.Binds.Type), 0, 0), values...))
}

// parallelFor runs the rounds of a loop side by side.
func (e *env) parallelFor(n *plan.Node, op *plan.For) error {
	limit := 0
	if op.Limit != nil {
		limit = runtime.Limit(e.integer(op.Limit), place(n.Pos))
	}
	values, err := runtime.MapSeq(e.frame, e.w.steps[n], limit, e.sequence(op),
		func(f *runtime.Frame, key any, value reflect.Value) (reflect.Value, error) {
			out, err := e.with(op.Key, reflect.ValueOf(key)).with(op.Value, value).in(f).block(op.Body)
			return out.value, err
		})
	if err == nil {
		e.setList(n, values)
	}
	return err
}

// sequence is what a loop goes over, without what its condition leaves out.
func (e *env) sequence(op *plan.For) func(yield func(any, reflect.Value) bool) {
	all := entries(e.expr(op.X))
	return func(yield func(any, reflect.Value) bool) {
		for key, value := range all {
			if op.Where != nil && !e.with(op.Key, key).with(op.Value, value).truth(op.Where) {
				continue
			}
			if !yield(key.Interface(), value) {
				return
			}
		}
	}
}
