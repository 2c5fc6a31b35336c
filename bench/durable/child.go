package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"time"
)

// measurements are the names of what is measured, in the order of the table.
var measurements = []string{"chain50", "chain500", "fan", "one", "recover", "park"}

// runChild takes one measurement of one peer and prints its figures as JSON.
func runChild(ctx context.Context) error {
	i := slices.IndexFunc(peers, func(p peer) bool { return p.name == *only })
	if i < 0 {
		return fmt.Errorf("there is no peer %q", *only)
	}
	s := peers[i].make()
	if err := s.Open(ctx, *place); err != nil {
		return err
	}
	f, err := take(ctx, s, *child)
	if err = errors.Join(err, s.Close()); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(f)
}

func take(ctx context.Context, s system, measurement string) (figures, error) {
	switch measurement {
	case "chain50":
		return throughput(ctx, s.Chain, *executions, 50, chainSteps)
	case "chain500":
		return throughput(ctx, s.Chain, *executions, 500, chainSteps)
	case "fan":
		return throughput(ctx, s.Fan, *fans, 50, fanSteps)
	case "one":
		return latency(ctx, s.One)
	case "park":
		return memory(ctx, s)
	case "slow":
		for i := range 20 {
			if err := s.Slow(ctx, "slow-"+strconv.Itoa(i)); err != nil {
				return nil, err
			}
		}
		fmt.Println("started")
		<-ctx.Done()
		return nil, ctx.Err()
	case "recover":
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return nil, fmt.Errorf("there is no measurement %q", measurement)
}

// warmUp has the connections made and the code paged in before the clock starts.
func warmUp(ctx context.Context, run func(context.Context, string) error) error {
	for i := range 5 {
		if err := run(ctx, "warm-"+strconv.Itoa(i)); err != nil {
			return err
		}
	}
	return nil
}

// throughput runs n executions, so many of them at once, and gives steps a second.
func throughput(ctx context.Context, run func(context.Context, string) error, n, atOnce, steps int) (figures, error) {
	if err := warmUp(ctx, run); err != nil {
		return nil, err
	}
	var next, failed = make(chan int), make(chan error, atOnce)
	var wait sync.WaitGroup
	began := time.Now()
	for range atOnce {
		wait.Go(func() {
			for i := range next {
				if err := run(ctx, "run-"+strconv.Itoa(i)); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	var err error
	for i := 0; i < n && err == nil; i++ {
		select {
		case next <- i:
		case err = <-failed:
		}
	}
	close(next)
	wait.Wait()
	took := time.Since(began)
	select {
	case late := <-failed:
		err = errors.Join(err, late)
	default:
	}
	return figures{"steps/s": float64(n*steps) / took.Seconds()}, err
}

// latency is the median of fifty executions of one step, one after the other.
func latency(ctx context.Context, run func(context.Context, string) error) (figures, error) {
	if err := warmUp(ctx, run); err != nil {
		return nil, err
	}
	var all []time.Duration
	for i := range 50 {
		began := time.Now()
		if err := run(ctx, "one-"+strconv.Itoa(i)); err != nil {
			return nil, err
		}
		all = append(all, time.Since(began))
	}
	slices.Sort(all)
	return figures{"ms": all[len(all)/2].Seconds() * 1e3}, nil
}

// memory parks executions, fifty at once, as many as can be started within a time, and
// gives what each costs this process.
func memory(ctx context.Context, s system) (figures, error) {
	if err := warmUp(ctx, s.One); err != nil {
		return nil, err
	}
	before, goroutines := inUse(), runtime.NumGoroutine()
	deadline := time.Now().Add(30 * time.Second)
	var mu sync.Mutex
	var n int
	var failed error
	number := func() (int, bool) {
		mu.Lock()
		defer mu.Unlock()
		if n == *parkedMost || failed != nil || time.Now().After(deadline) {
			return 0, false
		}
		n++
		return n, true
	}
	var wait sync.WaitGroup
	for range 50 {
		wait.Go(func() {
			for i, more := number(); more; i, more = number() {
				if err := s.Park(ctx, "park-"+strconv.Itoa(i)); err != nil {
					mu.Lock()
					failed = errors.Join(failed, err)
					mu.Unlock()
				}
			}
		})
	}
	wait.Wait()
	settle()
	each := float64(inUse()-before) / float64(n)
	return figures{
		"parked": float64(n), "bytes": each,
		"goroutines": float64(runtime.NumGoroutine()-goroutines) / float64(n),
	}, failed
}

// settle waits until the number of goroutines has stayed as it is for ten seconds, but at
// most two minutes: until all that were started have come to their sleep.
func settle() {
	end := time.Now().Add(2 * time.Minute)
	for last, since := -1, time.Now(); time.Since(since) < 10*time.Second && time.Now().Before(end); {
		if n := runtime.NumGoroutine(); n != last {
			last, since = n, time.Now()
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// inUse is the memory in use by the heap and the stacks of this process, in bytes.
func inUse() int64 {
	runtime.GC()
	runtime.GC() // what finalizers and pools held until the first
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}
