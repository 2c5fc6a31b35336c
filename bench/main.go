// Command bench runs the same graphs as code that people write by hand, as libraries
// run them, and as wfgen compiles them, and prints one table from one run: what a run
// costs in time, memory and goroutines. Every result is held against that of plain calls
// one after the other.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"
)

var (
	only     = flag.String("only", "", "measure only systems, graphs or both whose names begin with one of these, separated by commas")
	rounds   = flag.Int("rounds", 9, "how often each system is measured; the table has the medians")
	length   = flag.Duration("time", 20*time.Millisecond, "about how long a system is measured in a round")
	proofs   = flag.Bool("guarantees", false, "instead: find out what each system guarantees")
	many     = flag.Int("concurrent", 0, "instead: what so many executions take that wait at the same time")
	probing  = flag.String("probe", "", "for the program itself: a system and a guarantee to find out in a process of its own")
	markdown = flag.Bool("markdown", false, "print tables as Markdown")
)

func main() {
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := func() error {
		switch {
		case *probing != "":
			return probeHere(*probing)
		case *many > 0:
			return measureConcurrent(ctx, *many)
		case *proofs:
			return probeAll(ctx)
		}
		return measureAll(ctx)
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func measureAll(ctx context.Context) error {
	var rows []row
	for _, g := range chosen(graphs, func(g graph) string { return g.name }) {
		for _, together := range []bool{false, true} {
			if together && g.width() == 1 {
				continue
			}
			name := g.name
			if together {
				name += ", together"
			}
			r, err := measureRow(ctx, name, g, together)
			if err != nil {
				return err
			}
			rows = append(rows, r)
		}
	}
	fmt.Println(circumstances())
	fmt.Println()
	return printRows(os.Stdout, rows)
}

// chosen gives those whose names -only has, or all if it has none of them.
func chosen[T any](all []T, name func(T) string) []T {
	var some []T
	for _, one := range all {
		for prefix := range strings.SplitSeq(*only, ",") {
			if prefix = strings.TrimSpace(prefix); prefix != "" && strings.HasPrefix(name(one), prefix) {
				some = append(some, one)
				break
			}
		}
	}
	if some == nil {
		return all
	}
	return some
}
