package random

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wfgen/wfgen/interp"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
	"github.com/wfgen/wfgen/runtime/stepid"
)

// retries and forks count what the tests have done.
var retries, forks int

// TestRetried has each call of random programs fail in turn, runs them durably, and retries
// those that fail: the result is that of a run without the failure, or the same failure
// where something stood in for it and another one follows. What is recorded and not undone
// isn't done again, also where the process ends after the retry.
func TestRetried(t *testing.T) {
	retries = 0
	for p := range random(t, 2) {
		if !check(retriedEach).hold(t, p) {
			return
		}
	}
	if retries == 0 {
		t.Error("nothing was retried")
	}
	t.Logf("%d retries", retries)
}

// TestForked forks what random programs have recorded at each step: the fork comes to the
// same end, and calls what comes after that.
func TestForked(t *testing.T) {
	forks = 0
	for p := range random(t, 12) {
		if !andSpoilt(forkedEach).hold(t, p) {
			return
		}
	}
	if forks == 0 {
		t.Error("nothing was forked")
	}
	t.Logf("%d forks", forks)
}

// A running program is run durably, by a virtual clock, on an engine that goes on with it.
type running struct {
	tools  *tools
	engine *runtime.Engine
}

func begin(p *program, j journal.Journal, f fault) (*running, error) {
	l := &running{tools: &tools{fault: f}}
	program, err := interp.New(p.plan, l.tools.catalogue())
	if err != nil {
		return nil, err
	}
	clock := runtime.NewVirtualClock(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	l.engine, err = runtime.Open(runtime.WithClock(context.Background(), clock), j, program.Registry())
	return l, err
}

// end waits for the end of an execution, and gives what has been called since the last one.
func (l *running) end(id string) (o outcome, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	run, err := l.engine.Run(ctx, id)
	if err != nil {
		return o, err
	}
	data, err := run.ResultJSON(ctx)
	if ctx.Err() != nil {
		records, _ := l.engine.History(context.Background(), id, 0, 0)
		return o, fmt.Errorf("%s doesn't end:\n%s", id, shown(records))
	}
	if held := new(runtime.HeldError); errors.As(err, &held) {
		records, _ := l.engine.History(context.Background(), id, 0, 0)
		return o, fmt.Errorf("%w\n%s", err, shown(records))
	}
	o, err = ended(l.tools, data, err)
	l.tools.mu.Lock()
	defer l.tools.mu.Unlock()
	l.tools.log = nil
	return o, err
}

// retriedEach retries a program after each call has failed.
func retriedEach(p *program, in input) error {
	sound, err := interpreted(p, in)
	if err != nil {
		return err
	}
	for call := 1; call <= 40; call++ {
		struck, err := retried(p, in, sound, fault{Kind: "fails", Call: call})
		if err != nil {
			return fmt.Errorf("where call %d fails: %w", call, err)
		}
		if !struck {
			break
		}
	}
	return nil
}

// retried runs a program of which a call fails, and retries it where it does. It tells
// whether there was such a call.
func retried(p *program, in input, sound outcome, f fault) (struck bool, err error) {
	j := memory.New()
	defer p.watch(in.json(), func() string { return allShown(j) })()
	l, err := begin(p, j, f)
	if err != nil {
		return false, err
	}
	defer l.engine.Close()
	if _, err := l.engine.Submit(context.Background(), "Main", in.json(), runtime.ID("x")); err != nil {
		return false, err
	}
	failed, err := l.end("x")
	if err != nil || failed.OK {
		return l.tools.struck != "", err
	}
	before, err := recordsOf(j)
	if err != nil {
		return false, err
	}
	l.tools.mu.Lock()
	l.tools.fault = fault{}
	l.tools.mu.Unlock()
	var states []*memory.Journal
	j.OnCommit(func(state *memory.Journal) { states = append(states, state) })
	if err := l.engine.Retry(context.Background(), "x"); err != nil {
		return false, err
	}
	retries++
	again, err := l.end("x")
	if err != nil {
		return false, fmt.Errorf("retried: %w", err)
	}
	l.engine.Close()
	all, err := recordsOf(j)
	if err != nil {
		return false, err
	}
	want, fatal := failed, strings.Contains(failed.Err, "struck")
	if fatal {
		want = sound
	}
	if err := sameEnd(p, withoutGeneration(&again), withoutGenerationOf(want)); err != nil {
		return false, fmt.Errorf("retried: %w\n%s", err, shown(all))
	}
	if err := doneAgain(before, all[len(before):]); err != nil {
		return false, fmt.Errorf("%w\n%s", err, shown(all))
	}
	if n := lasts(before); fatal && !p.overlaps() && n >= 0 && len(again.Log) != len(sound.Log)-n {
		return false, fmt.Errorf("retried: %d calls, want %d: %v of %v\n%s", len(again.Log), len(sound.Log)-n, again.Log, sound.Log, shown(all))
	}
	for n, state := range states {
		records, err := recordsOf(state)
		if err != nil || len(records) == len(before) || pending(records) {
			continue // the first states may be of what was stored late of the generation before
		}
		end, err := resumed(p, state, nil)
		if err == nil && end != nil {
			err = sameEnd(p, withoutGeneration(end), again)
		}
		if err != nil {
			return false, fmt.Errorf("from state %d after the retry: %w\n%s", n, err, shown(all))
		}
	}
	return l.tools.struck != "", nil
}

var (
	generation = regexp.MustCompile(`(^| )@2\.`)
	atAttempt  = regexp.MustCompile(`@\d+\.`)
	attempt    = regexp.MustCompile(` \(attempt \d+\)`)
)

// withoutGeneration is an outcome whose error names steps as the first generation does, and
// tells nothing of attempts: what was struck in the first generation isn't in the next one.
func withoutGeneration(o *outcome) *outcome {
	o.Err = generation.ReplaceAllString(o.Err, "$1")
	o.Err = attempt.ReplaceAllString(atAttempt.ReplaceAllString(o.Err, "."), "")
	return o
}

func withoutGenerationOf(o outcome) outcome { return *withoutGeneration(&o) }

// plainStep is a record's step without the generation of its execution.
func plainStep(r journal.Record) string {
	return strings.TrimPrefix(r.Step, "@2.")
}

// doneAgain looks for what a generation has recorded, and not undone, and the next one has
// done once more.
func doneAgain(before, after []journal.Record) error {
	type key struct {
		step, tool string
		hash       uint64
	}
	done, hashes, undone := map[key]bool{}, map[string]uint64{}, undoneIn(before, 0)
	for _, r := range before {
		if r.Hash != 0 {
			hashes[r.Step] = r.Hash
		}
		if r.Kind == journal.Done && !undone(r.Step) {
			done[key{r.Step, r.Tool, hashes[r.Step]}] = true
		}
	}
	const last = "finally.@failure"
	is := func(r journal.Record) bool { return stepid.WithoutGeneration(r.Step) == last }
	if slices.ContainsFunc(before, is) && !slices.ContainsFunc(after, is) {
		return errors.New("what it runs last isn't run again")
	}
	for _, r := range after {
		switch r.Kind {
		case journal.Done, journal.Attempted, journal.Waiting:
			last := slices.Contains(stepid.Split(r.Step), "finally") // which is run again
			if r.Hash != 0 && !last && done[key{plainStep(r), r.Tool, r.Hash}] {
				return fmt.Errorf("%s was done, wasn't undone, and is done again", plainStep(r))
			}
		}
	}
	return nil
}

// undoneIn tells whether a step is undone behind a record, by itself or as a part.
func undoneIn(records []journal.Record, after int) func(step string) bool {
	var all []string
	for _, r := range records {
		if of, ok := stepid.CutUndo(r.Step); ok && r.N > after && r.Kind == journal.Undoing {
			all = append(all, of)
		}
	}
	return func(step string) bool {
		return slices.ContainsFunc(all, func(of string) bool {
			rest, ok := strings.CutPrefix(step, of)
			inside := ok && (rest == "" || strings.ContainsRune(".[@", rune(rest[0])))
			return inside || strings.HasPrefix(of, step+".") || strings.HasPrefix(of, step+"@")
		})
	}
}

// lasts counts the calls of a generation that a call ended which was meant to fail: those
// that aren't made again. It is -1 where a sub-workflow was tried again, for which there is no
// simple answer.
func lasts(records []journal.Record) (n int) {
	i := slices.IndexFunc(records, func(r journal.Record) bool {
		return r.Kind == journal.Failed && strings.Contains(string(r.Data), "struck")
	})
	if i < 0 || slices.ContainsFunc(records, func(r journal.Record) bool { return strings.Contains(r.Step, "@") }) {
		return -1
	}
	undone := undoneIn(records, records[i].N)
	return noted(slices.DeleteFunc(slices.Clone(records[:i]), func(r journal.Record) bool {
		return r.Step == records[i].Step || undone(r.Step)
	}))
}

// forkedEach forks what a program has recorded at each step.
func forkedEach(p *program, in input) error {
	j := memory.New()
	defer p.watch(in.json(), func() string { return allShown(j) })()
	l, err := begin(p, j, p.fault)
	if err != nil {
		return err
	}
	defer l.engine.Close()
	if _, err := l.engine.Submit(context.Background(), "Main", in.json(), runtime.ID("x")); err != nil {
		return err
	}
	whole, err := l.end("x")
	if err != nil {
		return err
	}
	records, err := recordsOf(j)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for at, r := range records {
		if r.Step == "" || seen[r.Step] {
			continue
		}
		if seen[r.Step] = true; expectsMail(records[:at]) { // a fork is made at the first record
			continue
		}
		id := fmt.Sprint("fork", at)
		if _, err := l.engine.Fork(context.Background(), "x", r.Step, id); err != nil {
			return err
		}
		forks++
		fork, err := l.end(id)
		if err == nil {
			err = sameEnd(p, &fork, whole)
		}
		if rest := len(whole.Log) - noted(records[:at]); err == nil && !p.overlaps() && len(fork.Log) != rest {
			err = fmt.Errorf("%d calls, want %d: %v of %v", len(fork.Log), rest, fork.Log, whole.Log)
		}
		if err != nil {
			return fmt.Errorf("forked at %s: %w\n%s", r.Step, err, allShown(j))
		}
	}
	return nil
}

var sentOrReceived = regexp.MustCompile(`(sent|ping)(\d+)$`)

// expectsMail tells whether a message was sent that the fork would await in vain: the other
// execution has got it.
func expectsMail(records []journal.Record) bool {
	open := map[string]bool{}
	for _, r := range records {
		m := sentOrReceived.FindStringSubmatchIndex(r.Step)
		if m == nil || r.Kind != journal.Done {
			continue
		}
		key := r.Step[:m[2]] + r.Step[m[4]:m[5]]
		if r.Step[m[2]:m[3]] == "sent" {
			open[key] = true
		} else {
			delete(open, key)
		}
	}
	return len(open) > 0
}
