package random

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wfgen/wfgen/interp"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
)

// TestDurable runs random programs durably, and then again from each point at which their
// journal can be cut: the same results, and nothing that is recorded is called again.
func TestDurable(t *testing.T) {
	for p := range random(t, 30) {
		if !andSpoilt(durably).hold(t, p) {
			return
		}
	}
}

// andSpoilt is a check of a program and, where it succeeds, also of one that fails late, so
// that undos run.
func andSpoilt(c check) check {
	return func(p *program, in input) error {
		if err := c(p, in); err != nil {
			return err
		}
		o, err := interpreted(p, in)
		if err != nil || !o.OK {
			return err
		}
		for _, call := range slices.Backward(o.Calls) {
			// One that may be called again fails alike in each life of an execution.
			if call.OK && strings.Contains("VDZ", call.Text[:1]) {
				spoilt := *p
				spoilt.fault = fault{Kind: "fails", Text: call.Text}
				if err := c(&spoilt, in); err != nil {
					return fmt.Errorf("where %s fails: %w", call.Text, err)
				}
				break
			}
		}
		return nil
	}
}

// durably runs a program durably and from each cut.
func durably(p *program, in input) error {
	want, err := interpreted(p, in)
	if err != nil {
		return err
	}
	j := memory.New()
	var states []*memory.Journal
	j.OnCommit(func(state *memory.Journal) { states = append(states, state) })
	whole, err := resumed(p, j, in.json())
	if err != nil {
		return err
	}
	if err := sameEnd(p, whole, want); err != nil {
		return fmt.Errorf("durably, and in memory: %w", err)
	}
	if diff := cmp.Diff(want.Log, whole.Log, emptyLogs); diff != "" && !p.overlaps() {
		return fmt.Errorf("effects (-in memory +durably):\n%s", diff)
	}
	for n, state := range states {
		if err := resumedLike(p, whole, state); err != nil {
			return fmt.Errorf("from state %d: %w", n, err)
		}
	}
	return nil
}

// resumedLike resumes a program from a state of its journal, and holds it against the
// whole run.
func resumedLike(p *program, whole *outcome, state *memory.Journal) error {
	records, err := recordsOf(state)
	if err != nil || pending(records) {
		return err
	}
	again, err := resumed(p, state, nil)
	if err != nil || again == nil {
		return err
	}
	if err := sameEnd(p, again, *whole); err != nil {
		return fmt.Errorf("resumed, and whole: %w\n%s", err, shown(records))
	}
	if rest := len(whole.Log) - noted(records); len(again.Log) != rest && !p.overlaps() {
		return fmt.Errorf("%d calls, want %d: %v of %v\n%s", len(again.Log), rest, again.Log, whole.Log, shown(records))
	}
	return nil
}

// sameEnd holds results against each other, and errors where no time decides which it is.
func sameEnd(p *program, got *outcome, want outcome) error {
	if got.Value != want.Value || got.OK != want.OK || !p.overlaps() && got.Err != want.Err {
		return fmt.Errorf("%d %t %s, want %d %t %s", got.Value, got.OK, got.Err, want.Value, want.OK, want.Err)
	}
	return nil
}

// TestSuspended runs random programs durably on engines that are closed at any moment:
// the same results, and each effect that succeeds happens once.
func TestSuspended(t *testing.T) {
	moments := rand.New(rand.NewPCG(*seed, 1))
	closed, ran := 0, 0
	closing := andSpoilt(func(p *program, in input) error {
		soon, err := read(p.name, hasty.Replace(p.source))
		if err != nil {
			return err
		}
		soon.fault = p.fault
		times, err := suspendedLike(soon, in, moments, (*runtime.Engine).Close, infallible)
		closed += times
		return err
	})
	for p := range random(t, 30) {
		ran++
		if !closing.hold(t, p) {
			return
		}
	}
	if closed < ran {
		t.Errorf("executions were suspended %d times: too few to tell", closed)
	}
	t.Logf("closed %d times", closed)
}

// TestDrained is TestSuspended for engines that are drained: no attempt at a tool is lost,
// so that each is made as often as without.
func TestDrained(t *testing.T) {
	moments := rand.New(rand.NewPCG(*seed, 2))
	drained, ran := 0, 0
	draining := andSpoilt(func(p *program, in input) error {
		soon, err := read(p.name, hasty.Replace(p.source))
		if err != nil {
			return err
		}
		soon.fault = p.fault
		drain := func(e *runtime.Engine) error { return e.Drain(context.Background()) }
		times, err := suspendedLike(soon, in, moments, drain, func(log []string) []string { return log })
		drained += times
		return err
	})
	for p := range random(t, 30) {
		ran++
		if !draining.hold(t, p) {
			return
		}
	}
	if drained < ran {
		t.Errorf("executions were suspended %d times: too few to tell", drained)
	}
	t.Logf("drained %d times", drained)
}

// hasty has programs wait in vain for a moment alone, where no clock is virtual, and their
// calls for each other: what stands in line has begun nothing, wherever its process ends.
var hasty = strings.NewReplacer("timeout 24h", "timeout 1ms", "limit 50 at once", "limit 1 at once")

// suspendedLike runs a program on engines that end, and holds it against a run in memory:
// the end, and of its calls those that are to be the same.
func suspendedLike(p *program, in input, moments *rand.Rand, end func(*runtime.Engine) error, same func(log []string) []string) (closed int, err error) {
	want, err := interpreted(p, in)
	if err != nil {
		return 0, err
	}
	got, closed, err := suspended(p, in.json(), moments, end)
	if err != nil {
		return closed, err
	}
	if err := sameEnd(p, &got, want); err != nil {
		return closed, fmt.Errorf("closed %d times: %w", closed, err)
	}
	if a, b := same(got.Log), same(want.Log); !p.overlaps() && !slices.Equal(a, b) {
		return closed, fmt.Errorf("closed %d times: effects %v, want %v", closed, a, b)
	}
	return closed, nil
}

// infallible keeps the calls of tools that never fail: others may be called again.
func infallible(log []string) []string {
	return slices.DeleteFunc(slices.Clone(log), func(s string) bool { return s[0] != 'W' && s[0] != 'X' })
}

// suspended runs a program on engines of which each ends after a moment. The moments
// grow ever faster: on a busy machine it takes long before anything new is done.
func suspended(p *program, input []byte, moments *rand.Rand, end func(*runtime.Engine) error) (o outcome, closed int, err error) {
	tools := &tools{fault: p.fault}
	program, err := interp.New(p.plan, tools.catalogue())
	if err != nil {
		return o, 0, err
	}
	j, ctx := memory.New(), context.Background()
	defer p.watch(input, func() string { return allShown(j) })()
	for patience := time.Duration(0); ; patience += 20*time.Microsecond + patience/20 {
		e, err := runtime.Open(ctx, j, program.Registry())
		if err != nil {
			return o, closed, err
		}
		timer := time.AfterFunc(time.Duration(moments.Int64N(int64(patience)+1)), func() { _ = end(e) })
		run, err := e.Submit(ctx, "Main", input, runtime.ID("x"))
		var data []byte
		if err == nil {
			data, err = run.ResultJSON(ctx)
		}
		timer.Stop()
		_ = end(e)
		if errors.Is(err, runtime.ErrClosed) {
			closed++
			continue
		}
		o, err = ended(tools, data, err)
		return o, closed, err
	}
}

// ended is what an execution came to that gave data or failed.
func ended(tools *tools, data []byte, failure error) (outcome, error) {
	o := outcome{OK: failure == nil, Log: tools.log}
	if failure != nil {
		o.Err = failure.Error()
		return o, nil
	}
	return o, json.Unmarshal(data, &o.Value)
}

// resumed runs what is unfinished in a journal, or a program with an input; nil where
// there is nothing.
func resumed(p *program, j journal.Journal, input []byte) (*outcome, error) {
	defer p.watch(input, func() string { return allShown(j) })()
	tools := &tools{fault: p.fault, slow: p.slow}
	program, err := interp.New(p.plan, tools.catalogue())
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	ctx = runtime.WithHeldLog(ctx, func(*runtime.HeldError) {}) // that is what the outcome tells
	clock := runtime.NewVirtualClock(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	e, err := runtime.Open(runtime.WithClock(context.Background(), clock), j, program.Registry())
	if err != nil {
		return nil, err
	}
	defer e.Close()
	var run *runtime.Run[any]
	if input != nil {
		run, err = e.Submit(ctx, "Main", input, runtime.ID("x"))
	} else if run, err = e.Run(ctx, "x"); err != nil && errors.As(err, new(*runtime.UnknownError)) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	data, err := run.ResultJSON(ctx)
	if ctx.Err() != nil {
		records, _ := e.History(context.Background(), "x", 0, 0)
		return nil, fmt.Errorf("it doesn't end:\n%s", shown(records))
	}
	o, err := ended(tools, data, err)
	return &o, err
}

func recordsOf(j journal.Journal) (records []journal.Record, err error) {
	err = j.View(context.Background(), func(tx journal.Tx) (err error) {
		records, err = tx.Records("x", 0, 0)
		return err
	})
	return records, err
}

// pending tells whether an attempt of a tool that mustn't be called twice has begun, and
// no more is known: it counts as failed then, so that the result is another one.
func pending(records []journal.Record) bool {
	open := map[string]bool{}
	for _, r := range records {
		switch r.Kind {
		case journal.Attempted, journal.Undoing:
			if r.Tool == "W" || r.Tool == "X" {
				open[r.Step] = true
			}
		case journal.Done, journal.Failed, journal.Undone:
			delete(open, r.Step)
		}
	}
	return len(open) > 0
}

// noted counts the calls that are recorded of tools that note them.
func noted(records []journal.Record) (n int) {
	for _, r := range records {
		switch r.Kind {
		case journal.Done, journal.Failed, journal.Undone:
			if slices.Contains([]string{"W", "V", "X", "Y", "B", "D", "Z", "C", "H"}, r.Tool) {
				n++
			}
		}
	}
	return n
}

func shown(records []journal.Record) string {
	var b strings.Builder
	for _, r := range records {
		fmt.Fprintf(&b, "%d %s %s %s %d %s\n", r.N, r.Kind, r.Step, r.Tool, r.Attempt, r.Data)
	}
	return b.String()
}

// allShown is what a journal has of all executions, and what they await.
func allShown(j journal.Journal) string {
	var b strings.Builder
	err := j.View(context.Background(), func(tx journal.Tx) error {
		all, err := tx.Executions(journal.Query{})
		if err != nil {
			return err
		}
		for _, x := range all {
			records, err := tx.Records(x.ID, 0, 0)
			if err != nil {
				return err
			}
			fmt.Fprintf(&b, "execution %s: %s %s, %s %s\n%s", x.ID, x.Workflow, x.Input, x.Status, x.Error, shown(records))
		}
		awaits, err := tx.Awaits("")
		fmt.Fprintf(&b, "awaits: %+v\n", awaits)
		return err
	})
	if err != nil {
		fmt.Fprintln(&b, err)
	}
	return b.String()
}
