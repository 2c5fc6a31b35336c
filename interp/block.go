package interp

import (
	"reflect"

	"github.com/wfgen/wfgen/plan"
)

// An outcome is how a block or a node ended that didn't fail.
type outcome struct {
	leaves exit
	value  reflect.Value // not valid where there is none
}

// An exit is what a block is left by.
type exit int

const (
	end exit = iota // its last line
	returns
	breaks
	continues
)

// block runs a block with variables of its own, and gives its value.
func (e *env) block(b *plan.Block) (outcome, error) {
	return e.enter(b).steps(b)
}

// steps runs a block whose variables are in sight, as its schedule has it.
func (e *env) steps(b *plan.Block) (outcome, error) {
	for _, r := range b.Schedule.Regions {
		e.compute(r.Before)
		n := r.Alone()
		if n == nil {
			if err := e.region(r); err != nil {
				return outcome{}, err
			}
			continue
		}
		if out, err := e.node(n); err != nil || out.leaves != end {
			return out, err
		}
	}
	e.compute(b.Schedule.Last)
	if b.Value == nil {
		return outcome{}, nil
	}
	return outcome{value: e.expr(b.Value)}, nil
}

// compute computes small bindings, but for those that are computed already.
func (e *env) compute(small []*plan.Node) {
	for _, n := range small {
		if n.Binds != nil {
			e.find(n.Binds).get()
		} else {
			e.expr(n.Op.(*plan.Let).X)
		}
	}
}
