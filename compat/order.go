package compat

import "math/big"

// An order says which steps of a block come before which others.
type order struct {
	index  map[*step]int
	before []*big.Int // the steps before one as a set of their indexes
}

func (c *comparison) order(b *block) *order {
	if known := c.orders[b]; known != nil {
		return known
	}
	o := &order{index: map[*step]int{}}
	for i, s := range b.steps {
		before := new(big.Int)
		for _, a := range s.after { // they are above it
			j := o.index[a]
			before.SetBit(before.Or(before, o.before[j]), j, 1)
		}
		o.index[s] = i
		o.before = append(o.before, before)
	}
	c.orders[b] = o
	return o
}

// less tells whether x is done before y begins.
func (o *order) less(x, y *step) bool { return o.before[o.index[y]].Bit(o.index[x]) == 1 }
