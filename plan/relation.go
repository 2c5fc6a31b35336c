package plan

import (
	"math/bits"
	"slices"
)

// A relation is a transitively closed order of n things: for each, the set of
// those before it, as bits. Who is before whom always has the lower number.
type relation struct {
	n, words int
	bits     []uint64
}

func newRelation(n int) *relation {
	words := (n + 63) / 64
	return &relation{n: n, words: words, bits: make([]uint64, n*words)}
}

// before is the set of those before i.
func (r *relation) before(i int) []uint64 { return r.bits[i*r.words : (i+1)*r.words] }

func (r *relation) has(before, after int) bool {
	return r.before(after)[before/64]&(1<<(before%64)) != 0
}

// put places i behind p and all that are before p. Whatever goes before p must be
// there already.
func (r *relation) put(p, i int) {
	to := r.before(i)
	for w, b := range r.before(p) {
		to[w] |= b
	}
	r.add(p, i)
}

// add places i behind p alone.
func (r *relation) add(p, i int) { r.before(i)[p/64] |= 1 << (p % 64) }

// addAll places i behind all with lower numbers.
func (r *relation) addAll(i int) {
	row := r.before(i)
	for w := range i / 64 {
		row[w] = ^uint64(0)
	}
	row[i/64] |= 1<<(i%64) - 1
}

// reduce gives those of preds, sorted upwards, that are not before another of
// them, and places i behind all.
func (r *relation) reduce(i int, preds []int) []int {
	var direct []int
	for k := len(preds) - 1; k >= 0; k-- {
		if p := preds[k]; !r.has(p, i) {
			direct = append(direct, p)
			r.put(p, i)
		}
	}
	slices.Reverse(direct)
	return direct
}

// leading is how many of the first things, without a gap, are before i.
func (r *relation) leading(i int) int {
	for w, b := range r.before(i) {
		if b != ^uint64(0) {
			return w*64 + bits.TrailingZeros64(^b)
		}
	}
	return r.n
}

// latest gives the last that is both before i and in the set; -1 where none is.
func (r *relation) latest(i int, set []uint64) int {
	row := r.before(i)
	for w := len(row) - 1; w >= 0; w-- {
		if b := row[w] & set[w]; b != 0 {
			return w*64 + 63 - bits.LeadingZeros64(b)
		}
	}
	return -1
}
