package runtime

import (
	"context"
	"sync/atomic"
)

// A cancellable is a context that can be cancelled, as those of context.WithCancel are.
// It becomes one of those when somebody asks for its channel, or cancels it: most groups
// of steps end before, and deriving a context costs as much as starting a goroutine.
type cancellable struct {
	context.Context                         // what it is derived from
	derived         atomic.Pointer[derived] // nil until it is needed
}

type derived struct {
	context.Context
	cancel context.CancelFunc
}

// released is what cancellables become that nobody has needed until they were released.
var released = func() *derived {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return &derived{ctx, cancel}
}()

func (c *cancellable) derive() *derived {
	if d := c.derived.Load(); d != nil {
		return d
	}
	d := new(derived)
	d.Context, d.cancel = context.WithCancel(c.Context)
	if !c.derived.CompareAndSwap(nil, d) {
		d.cancel() // somebody else was first
	}
	return c.derived.Load()
}

func (c *cancellable) cancel() { c.derive().cancel() }

// release cancels c when all that was done under it has ended.
func (c *cancellable) release() {
	if !c.derived.CompareAndSwap(nil, released) {
		c.derived.Load().cancel()
	}
}

// Done gives the channel of a context of package context, which knows that as its own.
func (c *cancellable) Done() <-chan struct{} { return c.derive().Done() }

// Err is cheap until somebody asks for the channel.
func (c *cancellable) Err() error {
	if d := c.derived.Load(); d != nil {
		return d.Err()
	}
	return c.Context.Err()
}

// Value has package context find the context that Done is of.
func (c *cancellable) Value(key any) any {
	if d := c.derived.Load(); d != nil && d != released {
		return d.Value(key)
	}
	return c.Context.Value(key)
}
