package runtime

import (
	"context"
	"errors"
	goruntime "runtime"
	"slices"
	"sync"
)

// An interception is a way through interceptors, on a goroutine of their own. What they
// are around stays on the goroutine that takes it, which waits for their
// calls of next. So the functions that make a step's attempt never leave the stack
// of their caller, and a step costs no memory where nobody intercepts.
type interception struct {
	asked   chan context.Context
	replies chan reply
	over    chan struct{} // closed when the interceptors have returned
	gone    chan struct{} // closed when nobody answers calls of next any more
	mu      sync.Mutex    // calls of next are made one at a time
	asking  bool          // a call of next waits for its reply
	left    error         // what later calls of next give, once gone is closed

	// What the interceptors returned, once they are over.
	value any
	err   error
}

type reply struct {
	value any
	err   error
	// never tells that next isn't to return: the execution leaves the memory, which
	// interceptors don't see.
	never bool
}

var (
	errLateNext       = errors.New("next was called after its interceptor had returned")
	errSecondNext     = errors.New("next runs a workflow once, and was called again")
	errInterceptorEnd = errors.New("an interceptor called runtime.Goexit")
)

// intercept starts the interceptors, the first of them outermost.
func intercept[C any, I ~func(context.Context, C, Next) (any, error)](ctx context.Context, around []I, call C) *interception {
	d := &interception{
		asked: make(chan context.Context), replies: make(chan reply, 1),
		over: make(chan struct{}), gone: make(chan struct{}),
	}
	next := d.next
	for _, one := range slices.Backward(around) {
		inner := next
		next = func(ctx context.Context) (any, error) { return one(ctx, call, inner) }
	}
	go d.run(ctx, next)
	return d
}

func (d *interception) run(ctx context.Context, through Next) {
	ended := false
	defer close(d.over)
	defer func() {
		if !ended {
			d.err = errInterceptorEnd
			if r := recover(); r != nil {
				d.err = panicked(r)
			}
		}
	}()
	d.value, d.err = through(ctx)
	ended = true
}

// next has what the interceptors are around done.
func (d *interception) next(ctx context.Context) (any, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	select {
	case d.asked <- ctx:
	case <-d.gone:
		return nil, d.left
	}
	select {
	case r := <-d.replies:
		if r.never {
			goruntime.Goexit()
		}
		return r.value, r.err
	case <-d.gone:
		return nil, d.left
	}
}

// await waits for a call of next; ok is false when the interceptors are over.
func (d *interception) await() (ctx context.Context, ok bool) {
	select {
	case ctx = <-d.asked:
		d.asking = true
		return ctx, true
	case <-d.over:
		return nil, false
	}
}

// reply answers the call of next that await gave.
func (d *interception) reply(f *Frame, value any, err error) {
	d.asking = false
	d.replies <- reply{value, err, err != nil && f.suspended()}
}

// end ends the interception. Where runtime.Goexit ends what the interceptors are around
// before they return, it waits for them.
func (d *interception) end() {
	d.left = errLateNext
	select {
	case <-d.over:
	default:
		d.left = errGoexit
	}
	close(d.gone)
	<-d.over
}
