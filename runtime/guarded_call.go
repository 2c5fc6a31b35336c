package runtime

import (
	"context"
	"errors"
	"time"

	"github.com/wfgen/wfgen/runtime/guard"
)

// CallGuarded runs the step t as CallMany does, where its tool has a Guarded. Attempts come to
// that after all else that they wait for, and before they begin: a timeout doesn't run while
// they wait for a place, and a durable execution has recorded nothing of an attempt. It is a
// function of its own so that a program without such tools is linked without all of it.
func CallGuarded[R any](f *Frame, g *Guarded, t *Task[R], do func(context.Context) (R, error), args func() []any) (v R, err error) {
	var p passage
	if g.letsBy(f, &t.Step, args, &p) {
		return callBy(f, t, do, &p)
	}
	return callGuarded(f, g, t, do, args)
}

// letsBy lets a call in where there is nothing but the call: nobody is told of it, no other
// follows, nothing is kept, and it hasn't to wait.
func (g *Guarded) letsBy(f *Frame, s *Step, args func() []any, p *passage) bool {
	if !f.plain() || f.ctx.Err() != nil || s.Retry != nil || s.Timeout > 0 || g.Cache > 0 {
		return false
	}
	p.watched = g.of(f)
	if p.breaker != nil && !p.breaker.Closed() {
		return false
	}
	var in []any
	if g.AtOnce.By > 0 || g.Rate.By > 0 {
		in = args()
	}
	if p.atOnce != nil {
		key := g.AtOnce.key(in)
		if !p.atOnce.Enter(key, time.Time{}) {
			return false
		}
		p.stand(p.atOnce, key)
	}
	if p.rate != nil && !p.rate.Enter(g.Rate.key(in), f.now()) {
		p.giveBack()
		return false
	}
	return true
}

// callBy is call for a step that was let in.
func callBy[R any](f *Frame, t *Task[R], do func(context.Context) (R, error), p *passage) (v R, err error) {
	ended, failure := false, errGoexit
	defer f.unwound(&t.Step, &ended, &err)
	defer func() { p.leave(f, &t.Step, failure) }()
	v, err = do(f.inStep(&t.Step, 1))
	if err == nil && t.Check != nil {
		v, err = t.Check(f.ctx, v)
	}
	ended, failure = true, err
	return v, f.outcome(&t.Step, err)
}

// callGuarded is CallGuarded for what may have to wait.
func callGuarded[R any](f *Frame, g *Guarded, t *Task[R], do func(context.Context) (R, error), args func() []any) (v R, err error) {
	own := f.apart()
	in := args()
	c := &guardedCall{g: g, frame: own, step: &t.Step, args: in}
	same := func() []any { return in }
	if own.durable() != nil {
		return recordedGuarded(c, t, do, same)
	}
	if err := own.stopped(&t.Step); err != nil {
		return v, err
	}
	own.emitStep(Scheduled, &t.Step, 0, nil)
	n, err := c.attempts(func(n int) error {
		kept, ok, err := c.attempt(n, func() (err error) {
			own.emitStep(Attempt, &t.Step, n, nil)
			if v, err = try(own, t, n, do, same); err == nil {
				keepResult(c, v)
			}
			return err
		})
		if ok {
			v, _ = kept.(R) // of a nil interface the zero R
		}
		return err
	})
	if err == nil {
		emitDone(own, &t.Step, n, v)
	}
	return v, c.ended(err)
}

// RunGuarded is CallGuarded for a tool that gives nothing.
func RunGuarded(f *Frame, g *Guarded, t *Task[None], do func(context.Context) error, args func() []any) error {
	_, err := CallGuarded(f, g, t, func(ctx context.Context) (None, error) { return None{}, do(ctx) }, args)
	return err
}

// recordedGuarded is CallGuarded in a durable execution.
func recordedGuarded[R any](c *guardedCall, t *Task[R], do func(context.Context) (R, error), args func() []any) (v R, err error) {
	f := c.frame
	if c.history, err = f.durable().history(f, &t.Step, c.args); err != nil {
		return v, err
	}
	c.recall()
	var made R
	fresh := false
	v, _, err = recordedAttempts(f, t, c.history, do, args, func(n int) error {
		fresh = true
		kept, ok, err := c.attempt(n, func() (err error) {
			if made, err = newAttempt(f, t, c.history, n, do, args); err == nil {
				keepResult(c, made)
			}
			return err
		})
		if ok {
			made, _ = kept.(R)
			err = recordKept(c, made)
		}
		return err
	})
	if fresh {
		v = made
	}
	return v, c.ended(err)
}

// recordKept records a result that no attempt has given.
func recordKept[R any](c *guardedCall, v R) error {
	data, _, err := c.history.storable(encodable(v))
	if err == nil {
		c.history.succeeded(0, time.Time{}, data)
		emitDone(c.frame, c.step, 0, v)
	}
	return err
}

func keepResult[R any](c *guardedCall, v R) {
	if c.g.Cache > 0 {
		result, _ := boxed(v, nil)
		c.keep(result, encodable(v))
	}
}

// A guardedCall is a step on its way through the Guarded of its tool.
type guardedCall struct {
	g       *Guarded
	frame   *Frame
	step    *Step
	args    []any
	kept    keptUnder
	history history // nil where the execution isn't durable
	// unsure tells that the last attempt which wasn't refused may have happened.
	unsure bool
}

// errGivenUp says that an attempt which has waited has something else to wait for first.
var errGivenUp = errors.New("given up")

// attempts is the function attempts for attempts of which one may never begin: once gives
// errStopped then. It gives the number of the last.
func (c *guardedCall) attempts(once func(n int) error) (n int, err error) {
	var failures retrying
	for n = 1; ; n++ {
		switch err = once(n); err {
		case nil:
			return n, nil
		case errStopped:
			c.frame.emitStep(Skipped, c.step, 0, nil)
			return n, c.frame.failed(c.step, n-1, c.frame.cause())
		}
		failures.add(c.step, err, c.frame.now())
		c.frame.emitStep(Failed, c.step, n, err)
		if !c.frame.again(c.step, &failures, err) {
			return n, c.frame.callFailed(c.step, n, err)
		}
	}
}

// attempt makes one attempt, once it may begin; or gives what is kept in its place.
func (c *guardedCall) attempt(n int, make func() error) (kept any, ok bool, err error) {
	defer func() { c.note(n, err) }()
	if c.history != nil && c.history.(queueing).begun() {
		return nil, false, make() // it says that it was interrupted, and calls nothing
	}
	p, err := c.admitted(n)
	switch {
	case err != nil:
		return nil, false, c.refused(n, err)
	case p.hit:
		return p.kept, true, nil
	}
	err = errGoexit // where make never returns
	defer func() { p.leave(c.frame, c.step, err) }()
	err = make()
	return nil, false, err
}

// admitted waits until an attempt may begin. It gives CircuitOpen where it is refused.
func (c *guardedCall) admitted(n int) (p *passage, err error) {
	for err = errGivenUp; err == errGivenUp; {
		if c.history == nil && !c.frame.hold() || c.history != nil && !c.history.admit(c.frame) {
			return nil, errStopped
		}
		if c.history != nil {
			c.history.(queueing).schedule(c.frame, n)
		}
		p = &passage{watched: c.g.of(c.frame)}
		if err = c.enter(p); err != nil {
			p.giveBack()
		}
	}
	return p, err
}

// refused tells of an attempt that doesn't begin. It gives errStopped where the execution
// has been stopped.
func (c *guardedCall) refused(n int, err error) error {
	if c.history != nil {
		return c.history.(queueing).refused(c.frame, n, err)
	}
	if c.frame.ctx.Err() != nil {
		return errStopped
	}
	c.frame.emitStep(Attempt, c.step, n, nil)
	return err
}

// A queueing is what a history is beside; see guarding.
type queueing interface {
	// begun tells of a call that a process before this one has begun, and that must not
	// happen twice.
	begun() bool
	// schedule tells, once, that the step is due, where its first attempt is.
	schedule(f *Frame, attempt int)
	// refused records that an attempt was refused before it began, where err says that. It
	// gives errStopped where the execution has been stopped.
	refused(f *Frame, attempt int, err error) error
}

// A passage is what an attempt has that was let in.
type passage struct {
	*watched
	places [2]stood // those that it has taken are the first
	taken  int
	trial  bool
	hit    bool // no attempt is to be made: kept is the result
	kept   any
}

// A stood is a place that is taken in a line.
type stood struct {
	line *guard.Line
	key  any
}

// enter waits for all that an attempt needs. It gives errGivenUp where the execution is
// paused or drained meanwhile, and the context's error where that ends.
func (c *guardedCall) enter(p *passage) error {
	awaitTurn(c.frame, c.step)
	if hit, err := c.enterCache(p); hit || err != nil {
		return err
	}
	if p.breaker != nil && p.breaker.Refuses(c.frame.now()) {
		return CircuitOpen{}
	}
	if p.atOnce != nil {
		if err := c.take(p, p.atOnce, c.g.AtOnce.key(c.args)); err != nil {
			return err
		}
	}
	if p.rate != nil {
		if err := lineUp(c.frame, c.step, p.rate, c.g.Rate.key(c.args)); err != nil {
			return err
		}
	}
	if p.breaker != nil { // it may have opened meanwhile
		trial, ok := p.breaker.Begin(c.frame.now())
		if p.trial = trial; !ok {
			return CircuitOpen{}
		}
	}
	return nil
}

// enterCache looks for a kept result. Where there is none it waits for who is at making it.
func (c *guardedCall) enterCache(p *passage) (hit bool, err error) {
	c.kept = c.keptUnder()
	key, ok := c.kept.key, c.kept.ok
	if !ok || c.find(p, key) {
		return ok, nil
	}
	if err := c.take(p, p.making, key); err != nil {
		return false, err
	}
	if c.find(p, key) {
		p.giveBack()
	}
	return p.hit, nil
}

func (c *guardedCall) take(p *passage, l *guard.Line, key any) error {
	err := lineUp(c.frame, c.step, l, key)
	if err == nil {
		p.stand(l, key)
	}
	return err
}

// stand takes note of a place that was taken.
func (p *passage) stand(l *guard.Line, key any) {
	p.places[p.taken] = stood{l, key}
	p.taken++
}

// giveBack gives back the places that were taken.
func (p *passage) giveBack() {
	for _, at := range p.places[:p.taken] {
		at.line.Leave(at.key)
	}
	p.taken = 0
}

// leave gives back what an attempt had that has ended with err.
func (p *passage) leave(f *Frame, s *Step, err error) {
	p.giveBack()
	if p.breaker == nil {
		return
	}
	if o := outcomeOf(f, s, err); p.trial || o == guard.Failed {
		p.breaker.End(o, p.trial, f.now())
	}
}

// outcomeOf is what an attempt says of its tool: a declared error is an answer, and a call that
// its own execution has ended says nothing.
func outcomeOf(f *Frame, s *Step, err error) guard.Outcome {
	switch {
	case err == nil:
		return guard.Succeeded
	case f.ctx.Err() != nil || isStopped(err) || err == (Interrupted{}) || f.suspended():
		return guard.Unknown
	case s.declared(err) != nil:
		return guard.Succeeded
	}
	return guard.Failed
}

// note takes note of what an attempt leaves unknown. One that is refused changes nothing of
// that.
func (c *guardedCall) note(n int, err error) {
	if err == nil {
		return
	}
	if e, _ := c.frame.failed(c.step, n, err).(*Error); Declared(e) != (CircuitOpen{}) {
		c.unsure = !saysNothingHappened(e)
	}
}

// recall takes note of the attempts that are recorded.
func (c *guardedCall) recall() {
	for n := 1; ; n++ {
		_, ok, err := c.history.failure(n)
		if !ok {
			return
		}
		c.note(n, err)
	}
}

// ended marks the failure of a step that was refused after an attempt that may have
// happened.
func (c *guardedCall) ended(err error) error {
	if e, ok := err.(*Error); ok && Declared(e) == (CircuitOpen{}) {
		e.unsure = c.unsure
	}
	return err
}
