package interp

import (
	"reflect"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/pure"
	"github.com/wfgen/wfgen/types"
)

// literal is a block as the runtime calls it.
func (e *env) literal(b *plan.Block) func(*runtime.Frame) (reflect.Value, error) {
	return func(f *runtime.Frame) (reflect.Value, error) {
		out, err := e.in(f).block(b)
		return out.value, err
	}
}

func (e *env) try(n *plan.Node, op *plan.Try) (outcome, error) {
	v, err := e.attempted(n, op)
	switch {
	case err == nil:
		return e.bound(n)(outcome{value: v}, nil)
	case op.Else == nil:
		return outcome{}, err
	}
	return e.standIn(n, op.Else, err)
}

// attempted runs the block of a try, once or as often as it may be.
func (e *env) attempted(n *plan.Node, op *plan.Try) (reflect.Value, error) {
	if op.Retry == nil {
		return runtime.Try(e.frame, e.literal(op.Body))
	}
	body := e.literal(op.Body)
	v, err := runtime.TryAgain(e.frame, e.w.tries[op], func(f *runtime.Frame) (any, error) {
		v, err := body(f)
		if err != nil || !n.Read || !v.IsValid() {
			return nil, err
		}
		return v.Interface(), nil
	})
	if err != nil || !n.Read {
		return reflect.Value{}, err
	}
	return value(v, n.Binds.Type), nil
}

// lastly is the block that a workflow runs last.
func (e *env) lastly(op *plan.Finally) func(*runtime.Frame, *error) error {
	return func(f *runtime.Frame, failure *error) error {
		_, err := e.in(f).with(op.Err, reflect.ValueOf(failure)).block(op.Body)
		return err
	}
}

func (e *env) race(n *plan.Node, op *plan.Race) (outcome, error) {
	var arms []func(*runtime.Frame) (reflect.Value, error)
	for _, arm := range op.Arms {
		arms = append(arms, e.literal(arm))
	}
	v, err := runtime.Race(e.frame, e.w.steps[n], arms...)
	return e.bound(n)(outcome{value: v}, err)
}

// loop runs rounds one after the other until one breaks.
func (e *env) loop(n *plan.Node, op *plan.Loop) (outcome, error) {
	var state reflect.Value
	if op.State != nil {
		state = e.expr(op.Init)
	}
	t := e.turns(op)
	i, state := e.firstRound(n, op, state)
	looks := op.Looks()
	for ; t.most < 0 || i < t.most; i++ {
		if looks {
			e.checkStopped()
		}
		in := t.at(i, e.with(op.State, state))
		if op.Where != nil && !in.truth(op.Where) {
			continue
		}
		out, err := in.in(e.nextRound(n, op, i, state)).block(op.Body)
		switch {
		case err != nil || out.leaves == returns:
			return out, err
		case out.leaves == breaks:
			return e.bound(n)(outcome{value: out.value}, nil)
		}
		state = out.value
	}
	if op.Else == nil {
		return outcome{}, e.frame.Exhausted(e.w.steps[n], i)
	}
	return e.bound(n)(e.with(op.State, state).block(op.Else))
}

// A turns says how many rounds a loop has at most, -1 for no bound, and what they go over.
type turns struct {
	op           *plan.Loop
	most         int
	keys, values []reflect.Value
}

func (e *env) turns(op *plan.Loop) turns {
	t := turns{op: op, most: -1}
	switch {
	case op.Max != nil:
		t.most = e.integer(op.Max)
	case op.X != nil:
		for key, value := range entries(e.expr(op.X)) {
			t.keys, t.values = append(t.keys, key), append(t.values, value)
		}
		t.most = len(t.keys)
	}
	return t
}

// at is e in round i.
func (t *turns) at(i int, e *env) *env {
	if t.op.X == nil {
		return e
	}
	return e.with(t.op.Key, t.keys[i]).with(t.op.Value, t.values[i])
}

// firstRound is where a loop begins, and its state there, if it has one. It has been given the
// state that the first of all rounds begins with.
func (e *env) firstRound(n *plan.Node, op *plan.Loop, first reflect.Value) (int, reflect.Value) {
	if op.State == nil {
		return e.frame.FirstRound(e.w.steps[n]), reflect.Value{}
	}
	i, from := runtime.FirstRoundBy(e.frame, e.w.steps[n], first.Interface(), e.p.decoder(op.State.Type))
	return i, value(from, op.State.Type)
}

func (e *env) nextRound(n *plan.Node, op *plan.Loop, i int, state reflect.Value) *runtime.Frame {
	if op.State == nil {
		return e.frame.NextRound(e.w.steps[n], i)
	}
	return e.frame.NextRoundOf(e.w.steps[n], i, state.Interface(), types.IsExact(op.State.Type))
}

// recorded runs a read of the clock, or makes a UUID.
func (e *env) recorded(n *plan.Node) error {
	var v any
	var err error
	if _, clock := n.Op.(*plan.Now); clock {
		v, err = e.frame.Now(e.w.steps[n])
	} else {
		v, err = e.frame.UUID(e.w.steps[n])
	}
	if err == nil {
		e.set(n.Binds, reflect.ValueOf(v))
	}
	return err
}

// decode gives decode(T, x): x is JSON text or, as an any, a value that has a JSON.
func (e *env) decode(x *plan.Decode) reflect.Value {
	from := e.expr(x.X)
	text, err := []byte(nil), error(nil)
	if from.Kind() == reflect.String {
		text = []byte(from.String())
	} else {
		text, err = pure.EncodeMade(from.Interface())
	}
	v := reflect.Zero(goType(x.Typ))
	if err == nil {
		v, err = e.p.shape(x.Typ).DecodeMade(text)
	}
	if err == nil {
		c := pure.NewCheck("")
		e.p.check(c, x.Typ, v)
		err = c.Err()
	}
	if err != nil {
		panic(&pure.Fault{At: place(x.Pos), Text: "can't be decoded: " + err.Error()})
	}
	return v
}
