package runtime

import "context"

// Generated code calls a tool with n arguments by CallN, or RunN where the tool
// gives no result. The arguments are apart from the function so that the runtime
// sees them: it can record and show what a step was called with. Tools with more
// arguments than these functions take are called by CallMany and RunMany.

// Call0 runs the step t: tool with no arguments, and a result.
func Call0[R any](f *Frame, t *Task[R], tool func(context.Context) (R, error)) (v R, err error) {
	if !f.direct(&t.Step) || t.Check != nil || f.ctx.Err() != nil {
		return call(f, t, func(ctx context.Context) (R, error) { return tool(ctx) }, noArgs)
	}
	ended := false
	defer f.unwound(&t.Step, &ended, &err)
	v, err = tool(f.ctx)
	ended = true
	return v, f.outcome(&t.Step, err)
}

// Call1 runs the step t: tool with one argument, and a result.
func Call1[A, R any](f *Frame, t *Task[R], tool func(context.Context, A) (R, error), a A) (v R, err error) {
	if !f.direct(&t.Step) || t.Check != nil || f.ctx.Err() != nil {
		return call(f, t, func(ctx context.Context) (R, error) { return tool(ctx, a) }, func() []any { return []any{a} })
	}
	ended := false
	defer f.unwound(&t.Step, &ended, &err)
	v, err = tool(f.ctx, a)
	ended = true
	return v, f.outcome(&t.Step, err)
}

// Call2 runs the step t: tool with two arguments, and a result.
func Call2[A, B, R any](f *Frame, t *Task[R], tool func(context.Context, A, B) (R, error), a A, b B) (v R, err error) {
	if !f.direct(&t.Step) || t.Check != nil || f.ctx.Err() != nil {
		return call(f, t, func(ctx context.Context) (R, error) { return tool(ctx, a, b) }, func() []any { return []any{a, b} })
	}
	ended := false
	defer f.unwound(&t.Step, &ended, &err)
	v, err = tool(f.ctx, a, b)
	ended = true
	return v, f.outcome(&t.Step, err)
}

// Call3 runs the step t: tool with three arguments, and a result.
func Call3[A, B, C, R any](f *Frame, t *Task[R], tool func(context.Context, A, B, C) (R, error), a A, b B, c C) (v R, err error) {
	if !f.direct(&t.Step) || t.Check != nil || f.ctx.Err() != nil {
		return call(f, t, func(ctx context.Context) (R, error) { return tool(ctx, a, b, c) }, func() []any { return []any{a, b, c} })
	}
	ended := false
	defer f.unwound(&t.Step, &ended, &err)
	v, err = tool(f.ctx, a, b, c)
	ended = true
	return v, f.outcome(&t.Step, err)
}

// Call4 runs the step t: tool with four arguments, and a result.
func Call4[A, B, C, D, R any](f *Frame, t *Task[R], tool func(context.Context, A, B, C, D) (R, error), a A, b B, c C, d D) (v R, err error) {
	if !f.direct(&t.Step) || t.Check != nil || f.ctx.Err() != nil {
		return call(f, t, func(ctx context.Context) (R, error) { return tool(ctx, a, b, c, d) }, func() []any { return []any{a, b, c, d} })
	}
	ended := false
	defer f.unwound(&t.Step, &ended, &err)
	v, err = tool(f.ctx, a, b, c, d)
	ended = true
	return v, f.outcome(&t.Step, err)
}

// Call5 runs the step t: tool with five arguments, and a result.
func Call5[A, B, C, D, E, R any](f *Frame, t *Task[R], tool func(context.Context, A, B, C, D, E) (R, error), a A, b B, c C, d D, e E) (v R, err error) {
	if !f.direct(&t.Step) || t.Check != nil || f.ctx.Err() != nil {
		return call(f, t, func(ctx context.Context) (R, error) { return tool(ctx, a, b, c, d, e) }, func() []any { return []any{a, b, c, d, e} })
	}
	ended := false
	defer f.unwound(&t.Step, &ended, &err)
	v, err = tool(f.ctx, a, b, c, d, e)
	ended = true
	return v, f.outcome(&t.Step, err)
}

// Call6 runs the step t: tool with six arguments, and a result.
func Call6[A, B, C, D, E, G, R any](f *Frame, t *Task[R], tool func(context.Context, A, B, C, D, E, G) (R, error), a A, b B, c C, d D, e E, g G) (v R, err error) {
	if !f.direct(&t.Step) || t.Check != nil || f.ctx.Err() != nil {
		return call(f, t, func(ctx context.Context) (R, error) { return tool(ctx, a, b, c, d, e, g) }, func() []any { return []any{a, b, c, d, e, g} })
	}
	ended := false
	defer f.unwound(&t.Step, &ended, &err)
	v, err = tool(f.ctx, a, b, c, d, e, g)
	ended = true
	return v, f.outcome(&t.Step, err)
}

// CallMany runs the step t: do with a result. It has its arguments already, and args
// gives them.
func CallMany[R any](f *Frame, t *Task[R], do func(context.Context) (R, error), args func() []any) (R, error) {
	return call(f, t, do, args)
}

// Run0 runs the step t: tool with no arguments, and no result.
func Run0(f *Frame, t *Task[None], tool func(context.Context) error) error {
	_, err := Call0(f, t, func(ctx context.Context) (None, error) { return None{}, tool(ctx) })
	return err
}

// Run1 runs the step t: tool with one argument, and no result.
func Run1[A any](f *Frame, t *Task[None], tool func(context.Context, A) error, a A) error {
	_, err := Call1(f, t, func(ctx context.Context, a A) (None, error) { return None{}, tool(ctx, a) }, a)
	return err
}

// Run2 runs the step t: tool with two arguments, and no result.
func Run2[A, B any](f *Frame, t *Task[None], tool func(context.Context, A, B) error, a A, b B) error {
	_, err := Call2(f, t, func(ctx context.Context, a A, b B) (None, error) { return None{}, tool(ctx, a, b) }, a, b)
	return err
}

// Run3 runs the step t: tool with three arguments, and no result.
func Run3[A, B, C any](f *Frame, t *Task[None], tool func(context.Context, A, B, C) error, a A, b B, c C) error {
	_, err := Call3(f, t, func(ctx context.Context, a A, b B, c C) (None, error) { return None{}, tool(ctx, a, b, c) }, a, b, c)
	return err
}

// Run4 runs the step t: tool with four arguments, and no result.
func Run4[A, B, C, D any](f *Frame, t *Task[None], tool func(context.Context, A, B, C, D) error, a A, b B, c C, d D) error {
	_, err := Call4(f, t, func(ctx context.Context, a A, b B, c C, d D) (None, error) { return None{}, tool(ctx, a, b, c, d) }, a, b, c, d)
	return err
}

// Run5 runs the step t: tool with five arguments, and no result.
func Run5[A, B, C, D, E any](f *Frame, t *Task[None], tool func(context.Context, A, B, C, D, E) error, a A, b B, c C, d D, e E) error {
	_, err := Call5(f, t, func(ctx context.Context, a A, b B, c C, d D, e E) (None, error) {
		return None{}, tool(ctx, a, b, c, d, e)
	}, a, b, c, d, e)
	return err
}

// Run6 runs the step t: tool with six arguments, and no result.
func Run6[A, B, C, D, E, G any](f *Frame, t *Task[None], tool func(context.Context, A, B, C, D, E, G) error, a A, b B, c C, d D, e E, g G) error {
	_, err := Call6(f, t, func(ctx context.Context, a A, b B, c C, d D, e E, g G) (None, error) {
		return None{}, tool(ctx, a, b, c, d, e, g)
	}, a, b, c, d, e, g)
	return err
}

// RunMany runs the step t: do without a result. It has its arguments already, and
// args gives them.
func RunMany(f *Frame, t *Task[None], do func(context.Context) error, args func() []any) error {
	_, err := call(f, t, func(ctx context.Context) (None, error) { return None{}, do(ctx) }, args)
	return err
}

func noArgs() []any { return nil }
