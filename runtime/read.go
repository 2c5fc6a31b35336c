package runtime

import "context"

// Where a step is nothing but the call of its tool, generated code makes it by ReadN: the
// tool only reads, is tried once, its result is any R, and its failure is that of the
// workflow, of which nothing is kept. f is the frame that Start gave. If nobody observes,
// a panic of the tool is left to End, which costs a step less than to recover itself.
// Otherwise ReadN is CallN.

// Read0 runs the step t: tool with no arguments.
func Read0[R any](f *Frame, t *Task[R], tool func(context.Context) (R, error)) (v R, err error) {
	if f.invocation != nil || f.ctx.Err() != nil {
		return Call0(f, t, tool)
	}
	f.reading = &t.Step
	v, err = tool(f.ctx)
	f.reading = nil
	return v, f.outcome(&t.Step, err)
}

// Read1 runs the step t: tool with one argument.
func Read1[A, R any](f *Frame, t *Task[R], tool func(context.Context, A) (R, error), a A) (v R, err error) {
	if f.invocation != nil || f.ctx.Err() != nil {
		return Call1(f, t, tool, a)
	}
	f.reading = &t.Step
	v, err = tool(f.ctx, a)
	f.reading = nil
	return v, f.outcome(&t.Step, err)
}

// Read2 runs the step t: tool with two arguments.
func Read2[A, B, R any](f *Frame, t *Task[R], tool func(context.Context, A, B) (R, error), a A, b B) (v R, err error) {
	if f.invocation != nil || f.ctx.Err() != nil {
		return Call2(f, t, tool, a, b)
	}
	f.reading = &t.Step
	v, err = tool(f.ctx, a, b)
	f.reading = nil
	return v, f.outcome(&t.Step, err)
}

// Read3 runs the step t: tool with three arguments.
func Read3[A, B, C, R any](f *Frame, t *Task[R], tool func(context.Context, A, B, C) (R, error), a A, b B, c C) (v R, err error) {
	if f.invocation != nil || f.ctx.Err() != nil {
		return Call3(f, t, tool, a, b, c)
	}
	f.reading = &t.Step
	v, err = tool(f.ctx, a, b, c)
	f.reading = nil
	return v, f.outcome(&t.Step, err)
}

// Read4 runs the step t: tool with four arguments.
func Read4[A, B, C, D, R any](f *Frame, t *Task[R], tool func(context.Context, A, B, C, D) (R, error), a A, b B, c C, d D) (v R, err error) {
	if f.invocation != nil || f.ctx.Err() != nil {
		return Call4(f, t, tool, a, b, c, d)
	}
	f.reading = &t.Step
	v, err = tool(f.ctx, a, b, c, d)
	f.reading = nil
	return v, f.outcome(&t.Step, err)
}

// Read5 runs the step t: tool with five arguments.
func Read5[A, B, C, D, E, R any](f *Frame, t *Task[R], tool func(context.Context, A, B, C, D, E) (R, error), a A, b B, c C, d D, e E) (v R, err error) {
	if f.invocation != nil || f.ctx.Err() != nil {
		return Call5(f, t, tool, a, b, c, d, e)
	}
	f.reading = &t.Step
	v, err = tool(f.ctx, a, b, c, d, e)
	f.reading = nil
	return v, f.outcome(&t.Step, err)
}

// Read6 runs the step t: tool with six arguments.
func Read6[A, B, C, D, E, G, R any](f *Frame, t *Task[R], tool func(context.Context, A, B, C, D, E, G) (R, error), a A, b B, c C, d D, e E, g G) (v R, err error) {
	if f.invocation != nil || f.ctx.Err() != nil {
		return Call6(f, t, tool, a, b, c, d, e, g)
	}
	f.reading = &t.Step
	v, err = tool(f.ctx, a, b, c, d, e, g)
	f.reading = nil
	return v, f.outcome(&t.Step, err)
}
