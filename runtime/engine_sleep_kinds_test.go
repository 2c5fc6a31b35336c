package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/wfgen/wfgen/runtime"
)

// What TestNothingSleeps runs: workflows that wait for two things side by side, or for one
// while somebody pauses them, and who brings these.

// A load is a workflow, and what has to come for each of its executions.
type load struct {
	*runtime.Definition
	children int // how many others each of them starts
	come     []func(s *stressed, id string) error
}

// An order is an execution's input: which it is.
type order struct {
	ID string `json:"id"`
}

// ordered defines a workflow of orders.
func ordered(name string, body func(f *runtime.Frame, id string) error) *runtime.Definition {
	w := workflow(name)
	return runtime.Define(runtime.Definition{Workflow: w}, func(ctx context.Context, in order) (v runtime.None, err error) {
		f := runtime.Start(ctx, w)
		defer runtime.End(f, &v, &err)
		return v, body(f, in.ID)
	})
}

// limited bounds how many executions go on at once.
func limited(limit *runtime.AtOnce, d *runtime.Definition) *runtime.Definition {
	d.AtOnce = limit
	return d
}

var launched = ordered("Launched", func(f *runtime.Frame, id string) error {
	_, err := await(f, "p", id)
	return err
})

var stressing = []load{
	{ordered("Both", func(f *runtime.Frame, id string) error {
		return runtime.Parallel(f, 2, func(f *runtime.Frame, i int) error {
			_, err := await(f, fmt.Sprint("p", i), fmt.Sprint(id, "/", i))
			return err
		})
	}), 0, come(pays("/0"), pays("/1"))},
	{ordered("Asks", func(f *runtime.Frame, id string) error {
		return runtime.Parallel(f, 2, func(f *runtime.Frame, i int) error { return approve(f, fmt.Sprint("ok", i)) })
	}), 0, come(answers("ok0"), answers("ok1"))},
	{ordered("Then", func(f *runtime.Frame, id string) error {
		if _, err := await(f, "p", id+"/0"); err != nil {
			return err
		}
		return approve(f, "ok")
	}), 0, come(answers("ok"), pays("/0"), pauses)},
	{ordered("One", func(f *runtime.Frame, id string) error {
		_, err := await(f, "p", id+"/0")
		return err
	}), 0, come(pays("/0"), pauses)},
	{limited(&runtime.AtOnce{N: 2}, ordered("Queues", func(f *runtime.Frame, id string) error {
		_, err := await(f, "p", id+"/0")
		return err
	})), 0, come(pays("/0"), pauses)},
	{limited(&runtime.AtOnce{N: 2, Full: runtime.Replaces}, ordered("Replaces", func(f *runtime.Frame, id string) error {
		_, err := await(f, "p", id+"/0")
		return err
	})), 0, come(pays("/0"), pauses)},
	{ordered("Runs", func(f *runtime.Frame, id string) error {
		return runtime.Parallel(f, 2, func(f *runtime.Frame, i int) error {
			launch, key := step(fmt.Sprint("start", i)), fmt.Sprint(id, "/", i)
			child, err := f.Launch(&launch, launched.Workflow, order{key})
			if err != nil {
				return err
			}
			_, err = runtime.AwaitRun(f, &runtime.Task[runtime.None]{Step: runtime.Step{ID: fmt.Sprint("end", i), At: "test.wf:2:3"}}, child, 0)
			return err
		})
	}), 2, come(pays("/0"), pays("/1"))},
}

// napping are workflows that wait for a time as well: under a virtual clock, which comes to
// it when nothing else is to be done.
var napping = []load{
	{ordered("Meanwhile", func(f *runtime.Frame, id string) error {
		return runtime.Parallel(f, 2, func(f *runtime.Frame, i int) error {
			if i == 0 {
				return nap(f, "nap", id)
			}
			_, err := await(f, "p", id+"/0")
			return err
		})
	}), 0, come(pays("/0"), pauses)},
	{ordered("Later", func(f *runtime.Frame, id string) error {
		return errors.Join(nap(f, "before", id), approve(f, "ok"), nap(f, "after", id))
	}), 0, come(answers("ok"), pauses)},
	{ordered("InTime", func(f *runtime.Frame, id string) error {
		_, err := runtime.Await(f, &runtime.Task[payment]{Step: runtime.Step{ID: "p", At: "test.wf:2:3"}}, &paid, napOf(id), id+"/0")
		if late := new(runtime.TimeoutError); errors.As(err, &late) {
			return nil
		}
		return err
	}), 0, come(pays("/0"), pauses)},
}

func approve(f *runtime.Frame, id string) error {
	ask := step(id)
	_, err := f.Approve(&ask, "Well?", "", 0)
	return err
}

func nap(f *runtime.Frame, named, id string) error {
	st := step(named)
	return f.Wait(&st, napOf(id))
}

// napOf is how long an execution waits: some leave the memory for it, and some don't.
func napOf(id string) time.Duration {
	return time.Duration(len(id)+int(id[len(id)-1])%5) * 200 * time.Millisecond
}

func come(list ...func(*stressed, string) error) []func(*stressed, string) error { return list }

func pays(key string) func(*stressed, string) error {
	return func(s *stressed, id string) error {
		return runtime.Send(s.Context(), s.current(), &paid, payment{id + key, 1}, runtime.MessageID(id+key))
	}
}

func answers(step string) func(*stressed, string) error {
	return func(s *stressed, id string) error {
		err := s.current().Answer(s.Context(), id, step, runtime.Answer{By: "ann"})
		if errors.Is(err, runtime.ErrAnswered) {
			return nil
		}
		return err
	}
}

func pauses(s *stressed, id string) error {
	_ = s.current().Pause(s.Context(), id) // it may have ended
	err := s.current().Resume(s.Context(), id)
	if store := new(runtime.StoreError); errors.Is(err, runtime.ErrClosed) || errors.As(err, &store) {
		return err
	}
	return nil
}
