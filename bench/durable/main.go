// Command durable gives durable executions of the same work to wfgen and to its peers,
// each with a store of its own that waits for the disk, and prints one table. It runs on
// Linux and macOS.
//
// Each measurement has a new store and a process of its own, this program again, so that
// none has the memory, the goroutines or the leftovers of another.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
)

var (
	only           = flag.String("only", "", "measure those peers alone whose names begin with one of these, separated by commas")
	executions     = flag.Int("executions", 1000, "executions of five steps")
	fans           = flag.Int("fans", 200, "executions of twenty steps side by side")
	parkedMost     = flag.Int("parked", 10000, "how many executions to park at most; there are as many as can be started within 30 s")
	temporalServer = flag.String("temporal", "", "the `program` that bench/durable/temporalserver builds to; without it Temporal is left out")
	largeRun       = flag.Int("large", 0, "instead: park so many executions of wfgen, leave a tenth as many in a step, and open their journal again")
	child          = flag.String("child", "", "for the program itself: the measurement of a process of its own")
	place          = flag.String("place", "", "for the program itself: where the store is")
)

func main() {
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := func() error {
		switch {
		case *child != "":
			return runChild(ctx)
		case *largeRun > 0:
			return runLarge(ctx, *largeRun)
		}
		return runAll(ctx)
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, "durable:", err)
		os.Exit(1)
	}
}

// chosen tells whether -only has a peer.
func chosen(p peer) bool {
	for name := range strings.SplitSeq(*only, ",") {
		if strings.HasPrefix(strings.ToLower(p.name), strings.ToLower(strings.TrimSpace(name))) {
			return true
		}
	}
	return false
}

func runAll(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "durable")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o711); err != nil { // a server that runs as another user passes through
		return err
	}
	disk, err := measureDisk(dir)
	if err != nil {
		return err
	}
	var rows []row
	for _, p := range peers {
		if chosen(p) {
			rows = append(rows, measure(ctx, p, dir))
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	printTable(disk, rows)
	return nil
}
