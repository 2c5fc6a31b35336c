package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/wfgen/wfgen/compiler"
	"github.com/wfgen/wfgen/compiler/watch"
	"github.com/wfgen/wfgen/diag"
)

// interval is how often the sources are looked at. A change is compiled once two looks
// agree on it.
const interval = 300 * time.Millisecond

// follow compiles the packages whenever they change, until it is interrupted.
func follow(s *streams, paths []string) error {
	if _, err := compiler.Expand(paths); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	f := &follower{ctx: ctx, s: s, paths: paths}
	watch.New(paths).Run(ctx, ticker.C, f.compile)
	return nil
}

// A follower compiles packages again and again.
type follower struct {
	ctx       context.Context // ends with an interrupt
	s         *streams
	paths     []string
	workspace compiler.Workspace
	said      string // how the packages stood the last time
}

// compile compiles the packages and says how they stand, if that has changed. It gives
// the directories of the Go that they import.
func (f *follower) compile() []string {
	var report strings.Builder
	packages, err := f.update(&report)
	if _, said := errors.AsType[exit](err); err != nil && !said {
		(&streams{err: &report}).complain(err)
	}
	if report.String() != f.said {
		f.said = report.String()
		fmt.Fprint(f.s.err, f.said)
	}
	return compiler.ImportedDirs(packages)
}

// update compiles the packages, and reports what is wrong with them. It writes nothing
// where one has errors.
func (f *follower) update(report io.Writer) ([]*compiler.Package, error) {
	packages, err := f.workspace.Snapshot(nil).PackagesWithGo(f.ctx, f.paths)
	if err != nil && f.ctx.Err() != nil {
		return nil, nil // it was interrupted, and says nothing of that
	}
	if err != nil {
		return packages, err
	}
	if err := diag.Render(report, withoutTests(packages), f.s.color); err != nil || usable(packages) != nil {
		return packages, err
	}
	abandoned, err := compiler.Go.Abandoned(f.paths)
	if err != nil {
		return packages, err
	}
	if err := write(f.s, report, packages, abandoned); err != nil {
		return packages, err
	}
	if n := len(packages); n == 1 {
		fmt.Fprintln(report, "1 package is up to date")
	} else {
		fmt.Fprintf(report, "%d packages are up to date\n", n)
	}
	return packages, nil
}
