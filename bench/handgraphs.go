package main

import (
	"context"
	"sync"
)

// The graphs by hand whose chains wait for each other. A WaitGroup of one is what a
// value's reader waits for; it is a part of the run's struct and allocates nothing.

// handTwelveRun has four chains: a e i, b f, c g j and d h k.
type handTwelveRun struct {
	crew
	a, b, c, f, g, i, j, k int

	hasA, hasB, hasC, hasF, hasG sync.WaitGroup
}

func (r *handTwelveRun) first() {
	r.a = r.load(input)
	r.hasA.Done()
	e := r.load(r.a)
	r.hasF.Wait()
	r.i = r.join2(e, r.f)
}

func (r *handTwelveRun) second() {
	defer r.wg.Done()
	r.b = r.load(input + 1)
	r.hasB.Done()
	r.hasA.Wait()
	r.f = r.join2(r.a, r.b)
	r.hasF.Done()
}

func (r *handTwelveRun) third() {
	defer r.wg.Done()
	r.c = r.load(input + 2)
	r.hasC.Done()
	r.hasB.Wait()
	r.g = r.join2(r.b, r.c)
	r.hasG.Done()
	r.hasF.Wait()
	r.j = r.join2(r.f, r.g)
}

func (r *handTwelveRun) fourth() {
	defer r.wg.Done()
	d := r.load(input + 3)
	r.hasC.Wait()
	h := r.join2(r.c, d)
	r.hasG.Wait()
	r.k = r.join2(r.g, h)
}

func handTwelve(ctx context.Context, tools Tools) (int, error) {
	r := &handTwelveRun{}
	r.begin(ctx, tools)
	r.hasA.Add(1)
	r.hasB.Add(1)
	r.hasC.Add(1)
	r.hasF.Add(1)
	r.hasG.Add(1)
	r.wg.Add(3)
	go r.second()
	go r.third()
	go r.fourth()
	r.first()
	r.wg.Wait()
	l := r.load(r.i + r.j + r.k)
	if err := r.join(); err != nil {
		return 0, err
	}
	return l, nil
}

// handLayeredRun has a chain for each of the ten places of a layer. Each step needs the
// one before of its own chain and of the next.
type handLayeredRun struct {
	crew
	values [10][10]int
	has    [9][10]sync.WaitGroup // the last layer is read after the join
}

func (r *handLayeredRun) place(i int) {
	next := (i + 1) % 10
	r.values[0][i] = r.load(input + i)
	r.has[0][i].Done()
	for layer := 1; layer < 10; layer++ {
		r.has[layer-1][next].Wait()
		r.values[layer][i] = r.join2(r.values[layer-1][i], r.values[layer-1][next])
		if layer < 9 {
			r.has[layer][i].Done()
		}
	}
}

func (r *handLayeredRun) other(i int) {
	defer r.wg.Done()
	r.place(i)
}

func handLayered(ctx context.Context, tools Tools) (sum int, err error) {
	r := &handLayeredRun{}
	r.begin(ctx, tools)
	for layer := range r.has {
		for i := range r.has[layer] {
			r.has[layer][i].Add(1)
		}
	}
	r.wg.Add(9)
	for i := 1; i < 10; i++ {
		go r.other(i)
	}
	r.place(0)
	if err := r.join(); err != nil {
		return 0, err
	}
	for _, n := range r.values[9] {
		sum += n
	}
	return sum, nil
}
