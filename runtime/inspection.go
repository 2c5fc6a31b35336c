package runtime

import (
	"context"

	"github.com/wfgen/wfgen/runtime/pure"
)

// An inspection stops the look at a value that comes in.
type inspection struct {
	ctx      context.Context
	workflow *Workflow // whose input the value is, or nil: it is the result of a step
	durable  durable   // the execution that the workflow is of, or nil
}

// CheckStopped panics, for the step or the workflow to end, where that has been stopped.
func (i *inspection) CheckStopped() {
	if i.durable != nil {
		i.durable.yield(i.ctx)
	}
	if i.ctx.Err() != nil {
		(&Frame{scene: &scene{ctx: i.ctx, workflow: i.workflow}}).halt()
	}
}

// NewCheck gives a Check of what comes into the workflow, which is stopped with it: not
// while the workflow goes through what is recorded, since it may owe undos.
func (f *Frame) NewCheck() *pure.Check {
	if f.replaying() {
		return pure.NewCheck("")
	}
	return pure.NewStoppableCheck(&inspection{f.ctx, f.workflow, f.durable()})
}

// Invalid is the error of a workflow whose input breaks the constraints of its
// types; nil where c found nothing. It wraps an *InvalidError.
func (f *Frame) Invalid(c *pure.Check) error {
	if err := c.Err(); err != nil {
		return f.located(err)
	}
	return nil
}

// Checked makes of each, which looks at a value, what a Task needs for its Check.
func Checked[T any](each func(*pure.Check, T) T) func(context.Context, T) (T, error) {
	return func(ctx context.Context, v T) (T, error) {
		c := pure.NewStoppableCheck(&inspection{ctx: ctx})
		v = each(c, v)
		return v, c.Err()
	}
}
