package runtime_test

import (
	"context"
	"errors"
	gort "runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
)

// Those that are retried have their turn by when they were created, whether the engine has seen
// that or finds it in its journal.
func TestRetriedHaveTheirTurn(t *testing.T) {
	w, j := workflow("Deploy"), memory.New()
	limit := &runtime.AtOnce{N: 1, By: "env"}
	e := open(t, t.Context(), j, deploying(w, limit, make(chan string, 10), &world{}))
	ids := []string{"a", "b", "c", "d", "e"}
	for _, id := range ids {
		deploy(t, e, w, "other", "of "+id) // who stands in another lane doesn't count
		deploy(t, e, w, "prod", id)
	}
	for _, id := range []string{"b", "d", "c"} {
		cancelled(t, deploy(t, e, w, "prod", id))
	}
	for _, id := range []string{"d", "b", "c"} {
		if err := e.Retry(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	restarted := j.Clone()
	order := func(e *runtime.Engine) (order []string) {
		for left := slices.Clone(ids); len(left) > 0; {
			at := -1
			for i, id := range left {
				if statusesOf(t, e, id) == id+" running" {
					at = i
				}
			}
			if at < 0 {
				t.Fatalf("none of %v goes on", left)
			}
			order = append(order, left[at])
			letGo(t, e, left[at])
			if v, err := result(t, deploy(t, e, w, "prod", left[at])); v != left[at] || err != nil {
				t.Errorf("%s gives %q, %v", left[at], v, err)
			}
			left = slices.Delete(left, at, at+1)
		}
		return order
	}
	if got := order(e); !slices.Equal(got, ids) {
		t.Errorf("in memory: %v", got)
	}
	e = open(t, t.Context(), restarted, deploying(w, limit, make(chan string, 10), &world{}))
	if got := order(e); !slices.Equal(got, ids) {
		t.Errorf("after a restart: %v", got)
	}
}

func cancelled(t *testing.T, r *runtime.Run[string]) {
	t.Helper()
	if err := r.Cancel(t.Context(), "no more"); err != nil {
		t.Fatal(err)
	}
	if _, err := result(t, r); err == nil {
		t.Fatal("it succeeds")
	}
}

// The oldest that is replaced is what was created first, also where it was retried.
func TestReplacesWhatWasCreatedFirst(t *testing.T) {
	w, j := workflow("Deploy"), memory.New()
	define := func() *runtime.Definition {
		return deploying(w, &runtime.AtOnce{N: 2, Full: runtime.Replaces}, make(chan string, 10), &world{})
	}
	e := open(t, t.Context(), j, define())
	a := deploy(t, e, w, "prod", "a")
	deploy(t, e, w, "prod", "b")
	cancelled(t, a)
	if err := e.Retry(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	for name, e := range map[string]*runtime.Engine{
		"in memory": e, "after a restart": open(t, t.Context(), j.Clone(), define()),
	} {
		deploy(t, e, w, "prod", "c")
		if _, err := result(t, deploy(t, e, w, "prod", "a")); err == nil || !strings.Contains(err.Error(), "execution c has replaced it") {
			t.Errorf("%s: a gives %v", name, err)
		}
		if got := statusesOf(t, e, "b", "c"); got != "b running, c running" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// A refusing journal makes updates and has them fail, while it refuses.
type refusing struct {
	journal.Journal
	refuses atomic.Bool
}

func (j *refusing) Update(ctx context.Context, do func(journal.Tx) error) error {
	return j.Journal.Update(ctx, func(tx journal.Tx) error {
		err := do(tx)
		if err == nil && j.refuses.Load() {
			err = errors.New("the disk is full")
		}
		return err
	})
}

// What isn't stored has changed nothing of who has a place, and who is next.
func TestUnstoredHaveNoPlace(t *testing.T) {
	w, j := workflow("Deploy"), &refusing{Journal: memory.New()}
	began := make(chan string, 10)
	e := open(t, t.Context(), j, deploying(w, &runtime.AtOnce{N: 1}, began, &world{}))
	fails := func(err error) {
		t.Helper()
		if failure := new(runtime.StoreError); !errors.As(err, &failure) {
			t.Errorf("got %v", err)
		}
	}
	submit := func(id string) {
		t.Helper()
		j.refuses.Store(true)
		defer j.refuses.Store(false)
		_, err := runtime.Submit[string](t.Context(), e, w, target{"prod"}, runtime.ID(id))
		fails(err)
	}
	submit("x")
	a := deploy(t, e, w, "prod", "a")
	if got := next(t, began, "begins"); got != "a" {
		t.Errorf("%s begins", got)
	}
	until(t, e, "a", runtime.StatusWaiting)
	b, c := deploy(t, e, w, "prod", "b"), deploy(t, e, w, "prod", "c")
	cancelled(t, b)
	submit("y")
	j.refuses.Store(true)
	fails(e.Retry(t.Context(), "b"))
	fails(c.Cancel(t.Context(), "no more"))
	j.refuses.Store(false)
	deploy(t, e, w, "prod", "d")
	if err := e.Retry(t.Context(), "b"); err != nil {
		t.Fatal(err)
	}
	letGo(t, e, "a")
	if _, err := result(t, a); err != nil {
		t.Error(err)
	}
	for _, id := range []string{"b", "c", "d"} {
		if got := next(t, began, "begins"); got != id {
			t.Errorf("%s begins in the place of %s", got, id)
		}
		letGo(t, e, id)
	}
}

// What it costs to line up, and to leave the line, doesn't grow with the line.
func TestLongQueueCostsNoMore(t *testing.T) {
	w := workflow("Deploy")
	e := open(t, t.Context(), memory.New(), deploying(w, &runtime.AtOnce{N: 1}, make(chan string, 10), &world{}))
	const few, many, each = 200, 6000, 100
	line := func(n int) (last *runtime.Run[string]) {
		for range n {
			r, err := runtime.Submit[string](t.Context(), e, w, target{"prod"})
			if last = r; err != nil {
				t.Fatal(err)
			}
		}
		return last
	}
	cost := func() uint64 {
		var before, after gort.MemStats
		gort.ReadMemStats(&before)
		for range each {
			if err := line(1).Cancel(t.Context(), "no more"); err != nil {
				t.Fatal(err)
			}
		}
		gort.ReadMemStats(&after)
		return (after.TotalAlloc - before.TotalAlloc) / each
	}
	line(few)
	short := cost()
	line(many - few)
	if long := cost(); long > 2*short {
		t.Errorf("in a line of %d it takes %d bytes, in one of %d %d", many, long, few, short)
	} else {
		t.Log(short, long)
	}
}
