package compat

import "math/big"

// An order says which steps of a block come before which others.
type order struct {
	before []*big.Int // the steps before one, by their indexes in the block
}

func (c *comparison) order(b *block) *order {
	if known := c.orders[b]; known != nil {
		return known
	}
	o := &order{}
	for _, s := range b.steps {
		before := new(big.Int)
		for _, a := range s.after { // they are above it
			before.SetBit(before.Or(before, o.before[a.index]), a.index, 1)
		}
		o.before = append(o.before, before)
	}
	c.orders[b] = o
	return o
}

// less tells whether x is done before y begins.
func (o *order) less(x, y *step) bool { return o.before[y.index].Bit(x.index) == 1 }
