// Command byhand does what plain does, with goroutines.
package main

import (
	"context"
	"fmt"
	"os"
	"sync"
)

func load(_ context.Context, n int) (int, error) { return n + 1, nil }

func join(_ context.Context, a, b int) (int, error) { return a + b, nil }

func plain(ctx context.Context, n int) (int, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var once sync.Once
	var failure error
	read := func(into *int, n int) {
		defer func() {
			if r := recover(); r != nil {
				once.Do(func() { failure = fmt.Errorf("panic: %v", r); cancel() })
			}
		}()
		err := ctx.Err()
		if err == nil {
			*into, err = load(ctx, n)
		}
		if err != nil {
			once.Do(func() { failure = err; cancel() })
		}
	}
	var a, b int
	var wait sync.WaitGroup
	wait.Go(func() { read(&b, n+1) })
	read(&a, n)
	wait.Wait()
	if failure != nil {
		return 0, failure
	}
	return join(ctx, a, b)
}

func main() {
	v, err := plain(context.Background(), 1)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(v)
}
