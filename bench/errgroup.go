package main

import (
	"context"

	"golang.org/x/sync/errgroup"
)

// golang.org/x/sync/errgroup as people write it: a group for each level of the graph,
// and a function literal for each step. Siblings are cancelled by the group's context,
// and Wait joins them; a panic ends the process. A chain is never written so.
var errgroupSystem = system{name: "errgroup", module: "golang.org/x/sync", make: func(g graph, tools Tools) run {
	with := func(f func(context.Context, Tools) (int, error)) run {
		return func(ctx context.Context) (int, error) { return f(ctx, tools) }
	}
	switch g.name {
	case "fan of 10":
		return func(ctx context.Context) (int, error) { return errgroupFan(ctx, tools, hundred[:10]) }
	case "fan of 100":
		return func(ctx context.Context) (int, error) { return errgroupFan(ctx, tools, hundred) }
	case "diamond":
		return with(errgroupDiamond)
	case "12 nodes":
		return with(errgroupTwelve)
	case "100 in layers":
		return with(errgroupLayered)
	}
	return nil
}}

func errgroupFan(ctx context.Context, tools Tools, ns []int) (sum int, err error) {
	g, ctx := errgroup.WithContext(ctx)
	loaded := make([]int, len(ns))
	for i, n := range ns {
		g.Go(func() (err error) {
			loaded[i], err = tools.Load(ctx, n)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return 0, err
	}
	for _, n := range loaded {
		sum += n
	}
	return sum, nil
}

func errgroupDiamond(ctx context.Context, tools Tools) (int, error) {
	a, err := tools.Load(ctx, input)
	if err != nil {
		return 0, err
	}
	var b, c int
	g, within := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		b, err = tools.Load(within, a)
		return err
	})
	g.Go(func() (err error) {
		c, err = tools.Load(within, a)
		return err
	})
	if err := g.Wait(); err != nil {
		return 0, err
	}
	return tools.Join(ctx, b, c)
}

func errgroupTwelve(ctx context.Context, tools Tools) (int, error) {
	var a, b, c, d, e, f, g, h, i, j, k int
	first, within := errgroup.WithContext(ctx)
	first.Go(func() (err error) { a, err = tools.Load(within, input); return err })
	first.Go(func() (err error) { b, err = tools.Load(within, input+1); return err })
	first.Go(func() (err error) { c, err = tools.Load(within, input+2); return err })
	first.Go(func() (err error) { d, err = tools.Load(within, input+3); return err })
	if err := first.Wait(); err != nil {
		return 0, err
	}
	second, within := errgroup.WithContext(ctx)
	second.Go(func() (err error) { e, err = tools.Load(within, a); return err })
	second.Go(func() (err error) { f, err = tools.Join(within, a, b); return err })
	second.Go(func() (err error) { g, err = tools.Join(within, b, c); return err })
	second.Go(func() (err error) { h, err = tools.Join(within, c, d); return err })
	if err := second.Wait(); err != nil {
		return 0, err
	}
	third, within := errgroup.WithContext(ctx)
	third.Go(func() (err error) { i, err = tools.Join(within, e, f); return err })
	third.Go(func() (err error) { j, err = tools.Join(within, f, g); return err })
	third.Go(func() (err error) { k, err = tools.Join(within, g, h); return err })
	if err := third.Wait(); err != nil {
		return 0, err
	}
	return tools.Load(ctx, i+j+k)
}

func errgroupLayered(ctx context.Context, tools Tools) (sum int, err error) {
	above := hundred[:10]
	for layer := range 10 {
		values := make([]int, 10)
		g, within := errgroup.WithContext(ctx)
		for i := range values {
			g.Go(func() (err error) {
				if layer == 0 {
					values[i], err = tools.Load(within, above[i])
				} else {
					values[i], err = tools.Join(within, above[i], above[(i+1)%10])
				}
				return err
			})
		}
		if err := g.Wait(); err != nil {
			return 0, err
		}
		above = values
	}
	for _, n := range above {
		sum += n
	}
	return sum, nil
}
