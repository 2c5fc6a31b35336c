package bench

import (
	"context"
	"fmt"
	"sync"
)

// A crew is a group of goroutines as a careful person writes it: the first failure
// cancels the others, a panic is a failure, and wait returns when all have ended.
type crew struct {
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup
	once   sync.Once
	err    error
}

func newCrew(ctx context.Context) *crew {
	c := &crew{}
	c.ctx, c.cancel = context.WithCancel(ctx)
	return c
}

func (c *crew) fail(err error) {
	c.once.Do(func() {
		c.err = err
		c.cancel()
	})
}

func (c *crew) do(chain func(context.Context) error) {
	defer func() {
		if r := recover(); r != nil {
			c.fail(fmt.Errorf("panic: %v", r))
		}
	}()
	if err := c.ctx.Err(); err != nil {
		c.fail(err)
		return
	}
	if err := chain(c.ctx); err != nil {
		c.fail(err)
	}
}

func (c *crew) start(chain func(context.Context) error) {
	c.wg.Add(1)
	go func() {
		defer c.wg.Done()
		c.do(chain)
	}()
}

func (c *crew) wait() error {
	c.wg.Wait()
	c.cancel()
	return c.err
}

func handChain(ctx context.Context, tools ChainTools, n int) (_ int, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	for range 10 {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		if n, err = tools.Load(ctx, n); err != nil {
			return 0, err
		}
	}
	return n, nil
}

// bareChain is the calls alone, without a guarantee.
func bareChain(ctx context.Context, tools ChainTools, n int) (_ int, err error) {
	for range 10 {
		if n, err = tools.Load(ctx, n); err != nil {
			return 0, err
		}
	}
	return n, nil
}

func handFan10(ctx context.Context, tools Fan10Tools, n int) (int, error) {
	c := newCrew(ctx)
	var loaded [10]int
	load := func(i int) func(context.Context) error {
		return func(ctx context.Context) (err error) {
			loaded[i], err = tools.Load(ctx, n+i)
			return err
		}
	}
	for i := 1; i < 10; i++ {
		c.start(load(i))
	}
	c.do(load(0))
	if err := c.wait(); err != nil {
		return 0, err
	}
	sum := 0
	for _, n := range loaded {
		sum += n
	}
	return sum, nil
}

func handEach(ctx context.Context, tools EachTools, ns []int) ([]int, error) {
	if len(ns) == 0 {
		return nil, nil
	}
	c := newCrew(ctx)
	loaded := make([]int, len(ns))
	load := func(i int) func(context.Context) error {
		return func(ctx context.Context) (err error) {
			loaded[i], err = tools.Load(ctx, ns[i])
			return err
		}
	}
	for i := 1; i < len(ns); i++ {
		c.start(load(i))
	}
	c.do(load(0))
	if err := c.wait(); err != nil {
		return nil, err
	}
	return loaded, nil
}

// signal waits for what another goroutine makes ready.
func signal(ctx context.Context, ready <-chan struct{}) error {
	select {
	case <-ready:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// handGraph runs the twelve steps on four goroutines: a e i l, b f j, c g k, d h.
func handGraph(ctx context.Context, tools GraphTools, n int) (int, error) {
	c := newCrew(ctx)
	var a, b, cc, d, e, f, g, h, i, j, k, l int
	aReady, bReady, cReady := make(chan struct{}), make(chan struct{}), make(chan struct{})
	fReady, gReady, hReady := make(chan struct{}), make(chan struct{}), make(chan struct{})
	jReady, kReady := make(chan struct{}), make(chan struct{})
	c.start(func(ctx context.Context) (err error) {
		if b, err = tools.Load(ctx, n+1); err != nil {
			return err
		}
		close(bReady)
		if err := signal(ctx, aReady); err != nil {
			return err
		}
		if f, err = tools.Join(ctx, a, b); err != nil {
			return err
		}
		close(fReady)
		if err := signal(ctx, gReady); err != nil {
			return err
		}
		if j, err = tools.Join(ctx, f, g); err != nil {
			return err
		}
		close(jReady)
		return nil
	})
	c.start(func(ctx context.Context) (err error) {
		if cc, err = tools.Load(ctx, n+2); err != nil {
			return err
		}
		close(cReady)
		if err := signal(ctx, bReady); err != nil {
			return err
		}
		if g, err = tools.Join(ctx, b, cc); err != nil {
			return err
		}
		close(gReady)
		if err := signal(ctx, hReady); err != nil {
			return err
		}
		if k, err = tools.Join(ctx, g, h); err != nil {
			return err
		}
		close(kReady)
		return nil
	})
	c.start(func(ctx context.Context) (err error) {
		if d, err = tools.Load(ctx, n+3); err != nil {
			return err
		}
		if err := signal(ctx, cReady); err != nil {
			return err
		}
		if h, err = tools.Join(ctx, cc, d); err != nil {
			return err
		}
		close(hReady)
		return nil
	})
	c.do(func(ctx context.Context) (err error) {
		if a, err = tools.Load(ctx, n); err != nil {
			return err
		}
		close(aReady)
		if e, err = tools.Load(ctx, a); err != nil {
			return err
		}
		if err := signal(ctx, fReady); err != nil {
			return err
		}
		if i, err = tools.Join(ctx, e, f); err != nil {
			return err
		}
		if err := signal(ctx, jReady); err != nil {
			return err
		}
		if err := signal(ctx, kReady); err != nil {
			return err
		}
		l, err = tools.Load(ctx, i+j+k)
		return err
	})
	if err := c.wait(); err != nil {
		return 0, err
	}
	return l, nil
}
