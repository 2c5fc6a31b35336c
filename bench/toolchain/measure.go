package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"
)

// build builds the tool, in the version that this module asks for.
func (t *tool) build() error {
	return described(exec.Command("go", "build", "-o", t.program, t.pkg))
}

// clean removes what the tool has generated.
func (t *tool) clean() error {
	names, err := filepath.Glob(filepath.Join(t.root, t.generated))
	for _, name := range names {
		err = cmp.Or(err, os.Remove(name))
	}
	return err
}

// A cost is what a run took: of the clock, and of all processors together.
type cost struct{ clock, processor time.Duration }

// run runs the tool as a process.
func (t *tool) run() (cost, error) {
	cmd := exec.Command(t.program, t.args...)
	cmd.Dir = t.root
	began := time.Now()
	if err := described(cmd); err != nil {
		return cost{}, err
	}
	return cost{time.Since(began), cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}, nil
}

// described runs a command; an error has what it said.
func described(cmd *exec.Cmd) error {
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("run %s: %w\n%s", cmd, err, out)
	}
	return nil
}

// Costs are what a tool took, run by run: cold with nothing generated, unchanged right after
// that.
type costs struct{ cold, unchanged []cost }

// measure runs the tools in rotation, so that what else the machine does falls on all. The
// first round, which reads programs and sources from the disk, doesn't count.
func measure(tools []*tool, rounds int) ([]costs, error) {
	all := make([]costs, len(tools))
	for round := range rounds + 1 {
		for k := range tools {
			i := (k + round) % len(tools)
			if err := tools[i].clean(); err != nil {
				return nil, err
			}
			cold, err := tools[i].run()
			if err != nil {
				return nil, err
			}
			unchanged, err := tools[i].run()
			if err != nil {
				return nil, err
			}
			if round > 0 {
				all[i].cold, all[i].unchanged = append(all[i].cold, cold), append(all[i].unchanged, unchanged)
			}
		}
	}
	return all, nil
}

// median is that of each of both, written as clock (processor).
func median(of []cost) string {
	middle := func(part func(cost) time.Duration) time.Duration {
		var all []time.Duration
		for _, c := range of {
			all = append(all, part(c))
		}
		slices.Sort(all)
		return all[len(all)/2].Round(time.Millisecond)
	}
	return fmt.Sprintf("%v (%v)", middle(func(c cost) time.Duration { return c.clock }),
		middle(func(c cost) time.Duration { return c.processor }))
}

// table prints the medians, and how many lines each tool has written.
func table(to io.Writer, tools []*tool, all []costs) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%d files of %d lines\tcold (processor)\tunchanged (processor)\tlines of Go\n", files, linesPerFile)
	for i, t := range tools {
		lines, err := t.lines()
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\n", t.name, median(all[i].cold), median(all[i].unchanged), lines)
	}
	return w.Flush()
}

// lines counts the lines that a tool has generated.
func (t *tool) lines() (int, error) {
	names, err := filepath.Glob(filepath.Join(t.root, t.generated))
	lines := 0
	for _, name := range names {
		text, readErr := os.ReadFile(name)
		err = cmp.Or(err, readErr)
		lines += bytes.Count(text, []byte("\n"))
	}
	return lines, err
}
