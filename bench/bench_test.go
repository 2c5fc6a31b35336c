package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// adder adds; nothing is inlined, so that a call is a call.
type adder struct{}

//go:noinline
func (adder) Load(_ context.Context, n int) (int, error) { return n + 1, nil }

//go:noinline
func (adder) Join(_ context.Context, a, b int) (int, error) { return a + b, nil }

//go:noinline
func (adder) Store(_ context.Context, n int) (int, error) { return n + 1, nil }

//go:noinline
func (adder) Nap(_ context.Context, length time.Duration) (int, error) {
	time.Sleep(length)
	return 1, nil
}

// A gathering is tools whose Load returns when as many calls have begun as the
// graph is wide: no call can end before the others have started, so that each
// needs a goroutine of its own.
type gathering struct {
	adder
	width int
	mu    sync.Mutex
	begun int
	all   chan struct{}
}

func gather(width int) *gathering { return &gathering{width: width, all: make(chan struct{})} }

func (g *gathering) Load(_ context.Context, n int) (int, error) {
	g.mu.Lock()
	all := g.all
	if g.begun++; g.begun == g.width {
		g.begun, g.all = 0, make(chan struct{})
		close(all)
	}
	g.mu.Unlock()
	<-all
	return n + 1, nil
}

func numbers(n int) []int {
	ns := make([]int, n)
	for i := range ns {
		ns[i] = i
	}
	return ns
}

func pair(b *testing.B, name string, hand, wfgen func(context.Context) error) {
	for _, side := range []struct {
		name string
		run  func(context.Context) error
	}{{"hand", hand}, {"wfgen", wfgen}} {
		b.Run(name+"/"+side.name, func(b *testing.B) {
			b.ReportAllocs()
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			for b.Loop() {
				if err := side.run(ctx); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkGraphs(b *testing.B) {
	var tools Tools = adder{}
	b.Run("chain/bare", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			bareChain(context.Background(), tools, 1)
		}
	})
	pair(b, "chain",
		func(ctx context.Context) error { _, err := handChain(ctx, tools, 1); return err },
		func(ctx context.Context) error { _, err := Chain(ctx, tools, 1); return err })
	pair(b, "effects",
		func(ctx context.Context) error { _, err := handChain(ctx, tools, 1); return err },
		func(ctx context.Context) error { _, err := Effects(ctx, tools, 1); return err })
	pair(b, "fan10",
		func(ctx context.Context) error { _, err := handFan10(ctx, tools, 1); return err },
		func(ctx context.Context) error { _, err := Fan10(ctx, tools, 1); return err })
	together := gather(10)
	pair(b, "fan10-together",
		func(ctx context.Context) error { _, err := handFan10(ctx, together, 1); return err },
		func(ctx context.Context) error { _, err := Fan10(ctx, together, 1); return err })
	for _, n := range []int{10, 100} {
		ns, together := numbers(n), gather(n)
		pair(b, fmt.Sprintf("each%d-together", n),
			func(ctx context.Context) error { _, err := handEach(ctx, together, ns); return err },
			func(ctx context.Context) error { _, err := Each(ctx, together, ns); return err })
		pair(b, fmt.Sprint("each", n),
			func(ctx context.Context) error { _, err := handEach(ctx, tools, ns); return err },
			func(ctx context.Context) error { _, err := Each(ctx, tools, ns); return err })
	}
	pair(b, "graph",
		func(ctx context.Context) error { _, err := handGraph(ctx, tools, 1); return err },
		func(ctx context.Context) error { _, err := Graph(ctx, tools, 1); return err })
}

// BenchmarkNaps reports how long sleeping steps take as a share of their critical
// path: 1 is as fast as can be.
func BenchmarkNaps(b *testing.B) {
	const short, long = 20 * time.Millisecond, 60 * time.Millisecond
	for b.Loop() {
		if _, err := Naps(context.Background(), adder{}, short, long); err != nil {
			b.Fatal(err)
		}
	}
	critical := short + long
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/critical.Seconds(), "of-critical-path")
}

func TestSameResults(t *testing.T) {
	ctx, tools := context.Background(), adder{}
	same := func(name string, hand, wfgen any, errs ...error) {
		t.Helper()
		if err := errors.Join(errs...); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(hand, wfgen); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	want, err1 := handChain(ctx, tools, 1)
	got, err2 := Chain(ctx, tools, 1)
	same("chain", want, got, err1, err2)
	want, err1 = handFan10(ctx, tools, 1)
	got, err2 = Fan10(ctx, tools, 1)
	same("fan10", want, got, err1, err2)
	want, err1 = handGraph(ctx, tools, 1)
	got, err2 = Graph(ctx, tools, 1)
	same("graph", want, got, err1, err2)
	all, err1 := handEach(ctx, tools, numbers(10))
	each, err2 := Each(ctx, tools, numbers(10))
	same("each", all, each, err1, err2)
}

// TestChainAllocations holds for the whole execution of a chain that nobody
// observes. A step with an effect has a context of its own, for its key.
func TestChainAllocations(t *testing.T) {
	var tools Tools = adder{}
	ctx := context.Background()
	if n := testing.AllocsPerRun(100, func() { Chain(ctx, tools, 1) }); n != 0 {
		t.Errorf("a chain of ten reads allocates %v times, want 0", n)
	}
	if n := testing.AllocsPerRun(100, func() { Effects(ctx, tools, 1) }); n > 11 {
		t.Errorf("a chain of ten effects allocates %v times, want one for each and one for the execution", n)
	}
}
