package random

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	goruntime "runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wfgen/wfgen/interp"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/sqlite"
)

// envDir names the folder of a process that is killed, and envMoment the moment at which it
// kills itself.
const envDir, envMoment = "RANDOM_DIR", "RANDOM_MOMENT"

// The test binary is also the process that is killed, and that which doesn't end.
func TestMain(m *testing.M) {
	var err error
	switch dir := os.Getenv(envDir); {
	case dir != "":
		err = killableUntil(dir, os.Getenv(envMoment))
	case os.Getenv(envEndless) != "":
		err = endless()
	default:
		os.Exit(m.Run())
	}
	if err != nil {
		log.Fatal(err)
	}
}

func killableUntil(dir, moment string) error {
	last, err := strconv.Atoi(moment)
	if err != nil {
		return err
	}
	return killable(dir, &countdown{last: int64(last)})
}

// TestKilled kills processes that run random programs durably, at any moment, and starts
// them again until the program has ended: the same result as in memory, and nothing is
// called again of which the end is recorded. Some kill themselves at a moment that is
// counted, so that each program is killed in the middle on any machine; others are killed
// after some time, whatever they do then.
func TestKilled(t *testing.T) {
	if goruntime.GOOS == "windows" {
		t.Skip("there is no SIGKILL")
	}
	moments := rand.New(rand.NewPCG(*seed, 2))
	kills, wentOn := 0, 0
	killing := andSpoilt(func(p *program, in input) error {
		// With tools that may be called twice no crash changes the result.
		often, err := read(p.name, hasty.Replace(idempotent.Replace(p.source)))
		if err != nil {
			return err
		}
		often.fault = p.fault
		times, again, err := killedLike(t, often, in, moments)
		kills += times
		wentOn += again
		return err
	})
	for p := range random(t, 3) {
		if !killing.hold(t, p) {
			return
		}
	}
	if wentOn == 0 {
		t.Error("no execution was killed in the middle")
	}
	t.Logf("%d kills; %d processes went on with what was recorded", kills, wentOn)
}

// idempotent makes all tools that change something ones that may be called twice.
var idempotent = strings.NewReplacer("tool W(a int) int", "tool W(a int) int idempotent", "tool X(a int)", "tool X(a int) idempotent")

// killedLike runs a program in processes that are killed, and holds it against a run in
// memory. wentOn counts the processes that found something recorded.
func killedLike(t *testing.T, p *program, in input, moments *rand.Rand) (kills, wentOn int, err error) {
	want, err := interpreted(p, in)
	if err != nil {
		return 0, 0, err
	}
	dir := t.TempDir()
	defer os.RemoveAll(dir)
	task, err := json.Marshal(task{p.source, in, p.fault})
	if err != nil {
		return 0, 0, err
	}
	if err := os.WriteFile(filepath.Join(dir, "task"), task, 0o644); err != nil {
		return 0, 0, err
	}
	for lives := 0; ; lives++ {
		killed, err := kill(dir, another(lives, moments))
		if err != nil {
			return kills, wentOn, err
		}
		if !killed {
			break
		}
		kills++
	}
	data, err := os.ReadFile(filepath.Join(dir, "outcome"))
	if err != nil {
		return kills, wentOn, err
	}
	var got outcome
	if err := json.Unmarshal(data, &got); err != nil {
		return kills, wentOn, err
	}
	if err := sameEnd(p, &got, want); err != nil {
		return kills, wentOn, fmt.Errorf("killed %d times: %w", kills, err)
	}
	calls, wentOn, err := calledAgain(dir)
	if err != nil {
		return kills, wentOn, fmt.Errorf("killed %d times: %w", kills, err)
	}
	if diff := cmp.Diff(want.Log, calls, emptyLogs); diff != "" && !p.overlaps() {
		return kills, wentOn, fmt.Errorf("killed %d times: effects, each counted once (-in memory +durably):\n%s", kills, diff)
	}
	return kills, wentOn, nil
}

// A task is what a process that is killed has to do.
type task struct {
	Source string
	Input  input
	Fault  fault
}

// A life is when a process is killed: at a moment that it counts, or after some time. The other
// is 0.
type life struct {
	moment int
	time   time.Duration
}

// another gives one after so many lives. They grow, so that the program ends at some time.
func another(lives int, r *rand.Rand) life {
	longest := 1 << (lives / 4)
	if lives%3 < 2 {
		return life{moment: 2 + r.IntN(8*longest+lives)}
	}
	return life{time: 1 + time.Duration(r.Int64N(int64(5*longest)*int64(time.Millisecond)))}
}

// kill runs a process for its life, and tells whether it was killed.
func kill(dir string, l life) (killed bool, err error) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), envDir+"="+dir, envMoment+"="+strconv.Itoa(l.moment))
	var printed strings.Builder
	cmd.Stdout, cmd.Stderr = &printed, &printed
	if err := cmd.Start(); err != nil {
		return false, err
	}
	if l.time > 0 {
		timer := time.AfterFunc(l.time, func() { cmd.Process.Kill() })
		defer timer.Stop()
	}
	if err := cmd.Wait(); !cmd.ProcessState.Exited() {
		return true, nil
	} else if err != nil {
		return false, fmt.Errorf("a process ended by itself: %w\n%s", err, printed.String())
	}
	return false, nil
}

// A countdown counts what a process does that matters when it is killed: calls of tools that are
// written down, and what it stores, before and after. At the last of them it kills itself.
type countdown struct {
	passed atomic.Int64
	last   int64
}

func (c *countdown) pass() {
	if c.passed.Add(1) != c.last {
		return
	}
	if self, err := os.FindProcess(os.Getpid()); err == nil {
		self.Kill()
	}
	select {} // until that has come
}

// A countedJournal counts what is stored.
type countedJournal struct {
	journal.Journal
	to *countdown
}

func (j countedJournal) Update(ctx context.Context, do func(journal.Tx) error) error {
	j.to.pass()
	err := j.Journal.Update(ctx, do)
	j.to.pass()
	return err
}

// killable is what such a process does: it goes on with the program, and writes what it
// came to.
func killable(dir string, to *countdown) error {
	data, err := os.ReadFile(filepath.Join(dir, "task"))
	if err != nil {
		return err
	}
	var do task
	if err := json.Unmarshal(data, &do); err != nil {
		return err
	}
	p, err := read("a program that is killed", do.Source)
	if err != nil {
		return err
	}
	defer p.watch(do.Input.json(), nil)()
	ctx := context.Background()
	j, err := sqlite.Open(filepath.Join(dir, "journal.db"))
	if err != nil {
		return err
	}
	defer j.Close()
	diary, err := os.OpenFile(filepath.Join(dir, "diary"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer diary.Close()
	if err := tellDone(diary, j); err != nil {
		return err
	}
	tools := &tools{fault: do.Fault, diary: diary, noted: to.pass}
	program, err := interp.New(p.plan, tools.catalogue())
	if err != nil {
		return err
	}
	e, err := runtime.Open(ctx, countedJournal{j, to}, program.Registry())
	if err != nil {
		return err
	}
	defer e.Close()
	run, err := e.Submit(ctx, "Main", do.Input.json(), runtime.ID("x"))
	if err != nil {
		return err
	}
	go resumeStarted(ctx, e)
	result, err := run.ResultJSON(ctx)
	for errors.Is(err, runtime.ErrHeld) && killedThrice(err.Error()) {
		if err = run.Resume(ctx); err == nil {
			result, err = run.ResultJSON(ctx)
		}
	}
	o, err := ended(tools, result, err)
	if err != nil {
		return err
	}
	if data, err = json.Marshal(o); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "outcome"), data, 0o644)
}

// killedThrice tells whether an execution is held because three processes in a row were
// killed as they went through what is recorded of it. It isn't at fault.
func killedThrice(why string) bool { return strings.Contains(why, "processes have ended") }

// resumeStarted resumes what Main has started where that is held for kills, until the
// process ends.
func resumeStarted(ctx context.Context, e *runtime.Engine) {
	for ; ; time.Sleep(5 * time.Millisecond) {
		held, err := e.List(ctx, journal.Query{Status: []journal.Status{journal.StatusHeld}})
		if err != nil {
			return
		}
		for _, x := range held {
			if x.ID != "x" && killedThrice(x.Error) {
				_ = e.Resume(ctx, x.ID) // the engine may be closed by now
			}
		}
	}
}

// tellDone writes down of which steps the end is recorded.
func tellDone(diary *os.File, j journal.Journal) error {
	records, err := recordsOf(j)
	if err != nil {
		return err
	}
	if len(records) == 0 {
		return nil
	}
	var b strings.Builder
	b.WriteString("again\n")
	for _, r := range records {
		if r.Kind == journal.Done || r.Kind == journal.Undone {
			fmt.Fprintf(&b, "done %s\n", r.Step)
		}
	}
	_, err = diary.WriteString(b.String())
	return err
}

// calledAgain reads the diary: nothing may be called of which the end was recorded. It
// gives the calls, of those of one attempt only the first, and how many processes found
// something recorded.
func calledAgain(dir string) (calls []string, wentOn int, err error) {
	file, err := os.Open(filepath.Join(dir, "diary"))
	if err != nil {
		return nil, 0, err
	}
	defer file.Close()
	done, begun := map[string]bool{}, map[string]bool{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		kind, rest, _ := strings.Cut(lines.Text(), " ")
		switch kind {
		case "again":
			wentOn++
			continue
		case "done":
			done[rest] = true
			continue
		}
		step, rest, _ := strings.Cut(rest, " ")
		attempt, call, _ := strings.Cut(rest, " ")
		if done[step] {
			return nil, wentOn, errors.New(step + " is called again")
		}
		if !begun[step+" "+attempt] {
			calls = append(calls, call)
		}
		begun[step+" "+attempt] = true
	}
	return calls, wentOn, lines.Err()
}
