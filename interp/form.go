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
	v, err := runtime.Try(e.frame, e.literal(op.Body))
	if err != nil {
		return e.standIn(n, op.Else, err)
	}
	return e.bound(n)(outcome{value: v}, nil)
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
	most := e.integer(op.Max)
	i, from := runtime.FirstRoundBy(e.frame, e.w.steps[n], e.expr(op.Init).Interface(), e.p.decoder(op.State.Type))
	state, exact := value(from, op.State.Type), types.IsExact(op.State.Type)
	for ; i < most; i++ {
		round := e.frame.NextRoundOf(e.w.steps[n], i, state.Interface(), exact)
		out, err := e.with(op.State, state).in(round).block(op.Body)
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
