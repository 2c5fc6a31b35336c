package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// A row is what was measured of a peer. Values are by the name of the measurement; what
// could not be measured has a note instead.
type row struct {
	peer   peer
	values map[string]figures
	notes  []string
}

// figures are what a measurement gives, by unit: per second, seconds, bytes each and
// so on.
type figures map[string]float64

// timeLimit bounds one measurement.
const timeLimit = 10 * time.Minute

func measure(ctx context.Context, p peer, dir string) row {
	r := row{peer: p, values: map[string]figures{}}
	for _, m := range measurements {
		if ctx.Err() != nil {
			break
		}
		began := time.Now()
		f, err := measureOne(ctx, p, m, dir)
		fmt.Fprintf(os.Stderr, "%s, %s: %v %v (%.0f s)\n", p.name, m, f, err, time.Since(began).Seconds())
		if missing := unavailable(""); errors.As(err, &missing) {
			r.notes = append(r.notes, missing.Error())
			break
		}
		if err != nil {
			r.notes = append(r.notes, m+": "+err.Error())
			continue
		}
		r.values[m] = f
	}
	return r
}

// measureOne takes a measurement in a process of its own, on a new store.
func measureOne(ctx context.Context, p peer, m, dir string) (f figures, err error) {
	ctx, cancel := context.WithTimeout(ctx, timeLimit)
	defer cancel()
	if dir, err = os.MkdirTemp(dir, "store"); err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	where, stop, err := p.start(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, stop()) }()
	if m == "recover" {
		return measureRecovery(ctx, p, where)
	}
	var stderr bytes.Buffer
	cmd, err := self(ctx, p, m, where)
	if err != nil {
		return nil, err
	}
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, bytes.TrimSpace(stderr.Bytes()))
	}
	return f, json.Unmarshal(out, &f)
}

// self is this program as a child with a measurement.
func self(ctx context.Context, p peer, m, where string) (*exec.Cmd, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return exec.CommandContext(ctx, program, "-child", m, "-only", p.name, "-place", where,
		fmt.Sprint("-executions=", *executions), fmt.Sprint("-fans=", *fans), fmt.Sprint("-parked=", *parkedMost)), nil
}

// measureRecovery has a child start executions, kills it in the middle of their second
// step or so, and tells how long after the start of the next one a step runs again.
func measureRecovery(ctx context.Context, p peer, where string) (figures, error) {
	cmd, err := self(ctx, p, "slow", where)
	if err != nil {
		return nil, err
	}
	if _, err := until(cmd, "started", 3*nap/2); err != nil {
		return nil, err
	}
	if cmd, err = self(ctx, p, "recover", where); err != nil {
		return nil, err
	}
	took, err := until(cmd, "step", 0)
	return figures{"s": took.Seconds()}, err
}

// until starts a child, tells how long it takes to print a line, and kills it after
// another while.
func until(cmd *exec.Cmd, line string, more time.Duration) (took time.Duration, err error) {
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	defer func() {
		cmd.Process.Kill()
		cmd.Wait() // it was killed, which is an error
	}()
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if lines.Text() == line {
			took = time.Since(began)
			time.Sleep(more)
			return took, nil
		}
	}
	return 0, fmt.Errorf("%s ended before it printed %q", filepath.Base(cmd.Path), line)
}
