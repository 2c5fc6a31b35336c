package campaign

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"github.com/wfgen/wfgen/runtime"
)

// A world is what the tools change: a file that outlives the processes, with a line
// for each call.
type world struct {
	file    *os.File
	process int // which of the processes this is, from 0
	// takes is how long a call takes at most.
	takes time.Duration
}

// openWorld opens the file of a path, and notes that a process begins.
func openWorld(path string, process int) (*world, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	w := &world{file: file, process: process}
	return w, w.write(effect{tool: begins})
}

// begins stands for the tool where a process begins.
const begins = "-"

// An effect is a call of a tool, as the world has it.
type effect struct {
	at      time.Time
	process int
	tool    string
	attempt int
	key     string // of the step
}

// write adds a line at once, so that a kill leaves the whole of it or nothing.
func (w *world) write(e effect) error {
	_, err := fmt.Fprintf(w.file, "%d %d %s %d %s\n", time.Now().UnixMicro(), w.process, e.tool, e.attempt, e.key)
	return err
}

// effects reads the file of a path.
func effects(path string) ([]effect, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var list []effect
	for line := range strings.Lines(string(data)) {
		var e effect
		var micros int64
		// The key of a process is empty.
		if n, err := fmt.Sscan(line, &micros, &e.process, &e.tool, &e.attempt, &e.key); n < 4 {
			return nil, fmt.Errorf("%q: %w", line, err)
		}
		e.at = time.UnixMicro(micros)
		list = append(list, e)
	}
	return list, nil
}

// call notes the call of a tool that has an effect.
func (w *world) call(ctx context.Context, tool string) error {
	err := w.write(effect{tool: tool, attempt: runtime.AttemptOf(ctx), key: runtime.StepKey(ctx)})
	if err != nil || w.takes == 0 {
		return err
	}
	select {
	case <-time.After(rand.N(w.takes)):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// tools are the tools of a process.
type tools struct{ *world }

func (t tools) Look(ctx context.Context, id string, n int) (int, error) {
	step, _ := runtime.StepOf(ctx)
	return n * 3, t.write(effect{tool: "Look", attempt: runtime.AttemptOf(ctx), key: id + "/" + step.ID})
}

func (t tools) Put(ctx context.Context, n int) (int, error) {
	if err := t.call(ctx, "Put"); err != nil {
		return 0, err
	}
	if n%4 == 0 && runtime.AttemptOf(ctx) == 1 {
		return 0, errors.New("not yet")
	}
	return n + 1, nil
}

func (t tools) Take(ctx context.Context, n int) (int, error) { return n + 2, t.call(ctx, "Take") }

func (t tools) Give(ctx context.Context, n int) error { return t.call(ctx, "Give") }

func (t tools) Refuse(ctx context.Context, n int) (int, error) {
	if err := t.call(ctx, "Refuse"); err != nil {
		return 0, err
	}
	return 0, Bad{N: n}
}

func (t tools) Tell(ctx context.Context, n int) error { return t.call(ctx, "Tell") }
