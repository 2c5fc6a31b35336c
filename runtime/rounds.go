package runtime

import (
	"iter"

	"github.com/wfgen/wfgen/runtime/pure"
)

// Each runs body for each element of list, at most limit of them at once (0: all),
// and returns when all have ended. The first to fail cancels the others; those
// that haven't begun don't begin. step is the loop's, whose id and the index begin the
// ids of the round's steps.
func Each[V any](f *Frame, step *Step, limit int, list []V, body func(*Frame, int, V) error) error {
	_, err := Map(f, step, limit, list, func(f *Frame, i int, v V) (None, error) {
		return None{}, body(f, i, v)
	})
	return err
}

// Map is Each for a body with a value: it gives the values in the order of list,
// never a nil list unless it fails.
func Map[V, R any](f *Frame, step *Step, limit int, list []V, body func(*Frame, int, V) (R, error)) ([]R, error) {
	if len(list) == 0 {
		return []R{}, nil
	}
	return newRounds(f, step, limit, list, body).all()
}

// EachSeq is Each for a sequence with keys, which take the place of the index.
func EachSeq[K comparable, V any](f *Frame, step *Step, limit int, seq iter.Seq2[K, V], body func(*Frame, K, V) error) error {
	_, err := MapSeq(f, step, limit, seq, func(f *Frame, k K, v V) (None, error) {
		return None{}, body(f, k, v)
	})
	return err
}

// MapSeq is Map for a sequence with keys, which take the place of the index.
func MapSeq[K comparable, V, R any](f *Frame, step *Step, limit int, seq iter.Seq2[K, V], body func(*Frame, K, V) (R, error)) ([]R, error) {
	var list elements[K, V]
	for k, v := range seq {
		list = append(list, element[K, V]{k, v})
	}
	if len(list) == 0 {
		return []R{}, nil
	}
	rs := newRounds(f, step, limit, list, func(f *Frame, _ int, e element[K, V]) (R, error) {
		return body(f, e.key, e.value)
	})
	rs.loop.keys = list
	return rs.all()
}

// rounds are the rounds of a loop, the jobs of a group. Their scene has a context, a
// workflow, an invocation and a group in common with the group's.
type rounds[V, R any] struct {
	group
	in      scene
	loop    loop
	body    func(*Frame, int, V) (R, error)
	list    []V
	frames  []Frame
	results []R
}

func newRounds[V, R any](f *Frame, step *Step, limit int, list []V, body func(*Frame, int, V) (R, error)) *rounds[V, R] {
	n := len(list)
	if limit <= 0 || limit > n {
		limit = n
	}
	rs := &rounds[V, R]{body: body, list: list, frames: make([]Frame, n), results: make([]R, n)}
	rs.form(f, n, limit)
	rs.loop = loop{around: rs.frame, step: step}
	rs.in = rs.scene
	rs.in.loop = &rs.loop
	rs.job = rs.round
	return rs
}

func (rs *rounds[V, R]) all() ([]R, error) {
	if err := rs.lead(); err != nil {
		return nil, err
	}
	return rs.results, nil
}

func (rs *rounds[V, R]) round(f *Frame, i int) error {
	if f.suspended() || f.ctx.Err() != nil && !f.replaying() {
		return errStopped
	}
	rs.frames[i] = Frame{&rs.in, i}
	v, err := rs.body(&rs.frames[i], i, rs.list[i])
	if err != nil {
		return err
	}
	rs.results[i] = v
	return nil
}

// elements are those of a sequence.
type elements[K comparable, V any] []element[K, V]

type element[K comparable, V any] struct {
	key   K
	value V
}

func (es elements[K, V]) pathText(i int) string { return pathText(es[i].key) }

// keys give the keys of a loop's rounds as a step's id shows them.
type keys interface{ pathText(i int) string }

// oneKey is the key of a round by itself.
type oneKey[K comparable] struct{ key K }

func (k oneKey[K]) pathText(int) string { return pathText(k.key) }

// Round is the frame of round i of a loop that runs in order.
func (f *Frame) Round(step *Step, i int) *Frame {
	in := *f.scene
	in.loop = &loop{around: *f, step: step}
	return &Frame{scene: &in, index: i}
}

// unnumbered is the index of a round that has a key alone.
const unnumbered = -1

// RoundAt is the frame of the round of a loop over a map that runs in order.
func RoundAt[K comparable](f *Frame, step *Step, key K) *Frame {
	r := f.Round(step, unnumbered)
	r.loop.keys = oneKey[K]{key}
	return r
}

// Limit is the number of rounds at once that a workflow computed; it fails where
// that isn't at least 1.
func Limit(n int, at string) int {
	if n < 1 {
		panic(&pure.Fault{At: at, Text: "parallel needs a number of at least 1, is " + pure.Text(n)})
	}
	return n
}
