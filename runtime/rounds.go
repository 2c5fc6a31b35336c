package runtime

import "iter"

// Each runs body for each element of seq, at most limit of them at once (0: all),
// and returns when all have ended. The first to fail cancels the others; those
// that haven't begun don't begin. loop is the loop's step, whose id and the key
// begin the ids of the round's steps.
func Each[K comparable, V any](f *Frame, loop *Step, limit int, seq iter.Seq2[K, V], body func(*Frame, K, V) error) error {
	_, err := Map(f, loop, limit, seq, func(f *Frame, k K, v V) (struct{}, error) {
		return struct{}{}, body(f, k, v)
	})
	return err
}

// Map is Each for a body with a value: it gives the values in the order of seq,
// never a nil list unless it fails.
func Map[K comparable, V, R any](f *Frame, loop *Step, limit int, seq iter.Seq2[K, V], body func(*Frame, K, V) (R, error)) ([]R, error) {
	elements := make([]element[K, V], 0, 16)
	for k, v := range seq {
		elements = append(elements, element[K, V]{k, v})
	}
	n := len(elements)
	if n == 0 {
		return []R{}, nil
	}
	if limit <= 0 || limit > n {
		limit = n
	}
	rs := &rounds[K, V, R]{
		loop: loop, body: body, elements: elements, frames: make([]Frame, n), results: make([]R, n),
	}
	rs.form(f, rs, n, limit)
	if err := rs.lead(); err != nil {
		return nil, err
	}
	return rs.results, nil
}

// rounds are the jobs of Map.
type rounds[K comparable, V, R any] struct {
	group
	loop     *Step
	body     func(*Frame, K, V) (R, error)
	elements []element[K, V]
	frames   []Frame
	results  []R
}

type element[K comparable, V any] struct {
	key   K
	value V
}

func (rs *rounds[K, V, R]) job(f *Frame, i int) error {
	if f.suspended() || f.ctx.Err() != nil && !f.replaying() {
		return errStopped
	}
	e, r := &rs.elements[i], &rs.frames[i]
	*r = Frame{ctx: f.ctx, workflow: f.workflow, run: f.run, parent: f, loop: rs.loop, index: i, group: f.group, keys: rs}
	v, err := rs.body(r, e.key, e.value)
	if err != nil {
		return err
	}
	rs.results[i] = v
	return nil
}

func (rs *rounds[K, V, R]) pathText(i int) string { return pathText(rs.elements[i].key) }

// keys give the keys of a loop's rounds as a step's id shows them.
type keys interface{ pathText(i int) string }

// oneKey is the key of a round by itself.
type oneKey[K comparable] struct{ key K }

func (k oneKey[K]) pathText(int) string { return pathText(k.key) }

// Round is the frame of round i of a loop that runs in order.
func (f *Frame) Round(loop *Step, i int) *Frame {
	return &Frame{ctx: f.ctx, workflow: f.workflow, run: f.run, parent: f, loop: loop, index: i, group: f.group}
}

// RoundAt is the frame of the round of a loop over a map that runs in order.
func RoundAt[K comparable](f *Frame, loop *Step, key K) *Frame {
	r := f.Round(loop, 0)
	r.keys = oneKey[K]{key}
	return r
}

// Limit is the number of rounds at once that a workflow computed; it fails where
// that isn't at least 1.
func Limit(n int, at string) int {
	if n < 1 {
		panic(&Fault{At: at, Text: "parallel needs a number of at least 1, is " + Text(n)})
	}
	return n
}
