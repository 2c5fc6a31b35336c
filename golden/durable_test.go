package golden

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/interp"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"

	"golang.org/x/tools/txtar"
)

var durablePrograms = flag.Int("durable", 30, "how many random programs run durably")

// TestDurablePrograms runs random programs durably, and then again from each point at
// which their journal can be cut: the same results, and nothing that is recorded is
// called again.
func TestDurablePrograms(t *testing.T) {
	for i := range *durablePrograms {
		number := *seed + uint64(i)
		source := randomProgram(number)
		pl := planned(t, source)
		for _, in := range inputs {
			data, err := json.Marshal(in)
			if err != nil {
				t.Fatal(err)
			}
			if !durably(t, pl, data, interpreted(t, pl, in)) {
				t.Fatalf("program %d with %s:\n%s", number, data, source)
			}
		}
	}
}

func planned(t *testing.T, source string) *plan.Program {
	t.Helper()
	prog, ds := check([]txtar.File{{Name: "p.wf", Data: []byte(source)}})
	if diag.HasErrors(ds) {
		t.Fatalf("%v\n%s", ds, source)
	}
	return plan.Make(prog)
}

// durably runs a program durably and from each cut, and tells whether all is as it was
// in memory.
func durably(t *testing.T, pl *plan.Program, input []byte, want outcome) bool {
	t.Helper()
	j := memory.New()
	var states []*memory.Journal
	j.OnCommit(func(state *memory.Journal) { states = append(states, state) })
	whole := resumed(t, pl, j, input)
	if whole.Value != want.Value || whole.OK != want.OK || !overlaps(pl) && whole.Err != want.Err {
		t.Errorf("durably: %d %t %s\nin memory: %d %t %s", whole.Value, whole.OK, whole.Err, want.Value, want.OK, want.Err)
		return false
	}
	if diff := cmp.Diff(want.Log, whole.Log, emptyLogs); diff != "" && !overlaps(pl) {
		t.Errorf("effects (-in memory +durably):\n%s", diff)
		return false
	}
	for n, state := range states {
		records := recordsOf(t, state)
		if pending(records) {
			continue
		}
		again := resumed(t, pl, state, nil)
		if again == nil {
			continue
		}
		if again.Value != whole.Value || again.OK != whole.OK || !overlaps(pl) && again.Err != whole.Err {
			t.Errorf("from state %d: %d %t %s\nwhole: %d %t %s\n%s", n, again.Value, again.OK, again.Err, whole.Value, whole.OK, whole.Err, shown(records))
			return false
		}
		if rest := len(whole.Log) - noted(records); len(again.Log) != rest && !overlaps(pl) {
			t.Errorf("from state %d: %d calls, want %d: %v of %v\n%s", n, len(again.Log), rest, again.Log, whole.Log, shown(records))
			return false
		}
	}
	return true
}

// TestSuspendedPrograms runs random programs durably on engines that are closed at any
// moment: the same results, and each effect that succeeds happens once.
func TestSuspendedPrograms(t *testing.T) {
	random := rand.New(rand.NewPCG(*seed, 1))
	closed := 0
	for i := range *durablePrograms {
		number := *seed + uint64(i)
		source := randomProgram(number)
		pl := planned(t, source)
		for _, in := range inputs {
			data, err := json.Marshal(in)
			if err != nil {
				t.Fatal(err)
			}
			want := interpreted(t, pl, in)
			got, times := suspended(t, pl, data, random)
			closed += times
			if got.Value != want.Value || got.OK != want.OK || !overlaps(pl) && got.Err != want.Err {
				t.Fatalf("program %d with %s, closed %d times: %d %t %s, want %d %t %s\n%s",
					number, data, times, got.Value, got.OK, got.Err, want.Value, want.OK, want.Err, source)
			}
			if a, b := infallible(got.Log), infallible(want.Log); !overlaps(pl) && !slices.Equal(a, b) {
				t.Fatalf("program %d with %s, closed %d times: effects %v, want %v\n%s", number, data, times, a, b, source)
			}
		}
	}
	if closed < *durablePrograms {
		t.Errorf("executions were suspended %d times: too few to tell", closed)
	}
}

// infallible keeps the calls of tools that never fail: others may be called again.
func infallible(log []string) []string {
	return slices.DeleteFunc(slices.Clone(log), func(s string) bool { return s[0] != 'W' && s[0] != 'X' })
}

// suspended runs a program on engines of which each is closed after a moment.
func suspended(t *testing.T, pl *plan.Program, input []byte, random *rand.Rand) (o outcome, closed int) {
	t.Helper()
	tools := &tools{}
	program, err := interp.New(pl, tools.catalogue())
	if err != nil {
		t.Fatal(err)
	}
	j := memory.New()
	for patience := time.Duration(0); ; patience += 20 * time.Microsecond {
		e, err := runtime.Open(t.Context(), j, program.Registry())
		if err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(time.Duration(random.Int64N(int64(patience)+1)), func() { e.Close() })
		run, err := e.Submit(t.Context(), "Main", input, runtime.ID("x"))
		var data []byte
		if err == nil {
			data, err = run.ResultJSON(t.Context())
		}
		timer.Stop()
		e.Close()
		if errors.Is(err, runtime.ErrClosed) {
			closed++
			continue
		}
		o = outcome{OK: err == nil, Log: tools.log}
		if err != nil {
			o.Err = err.Error()
			if strings.Contains(o.Err, "is held") {
				t.Log(shown(recordsOf(t, j)))
			}
		} else if err := json.Unmarshal(data, &o.Value); err != nil {
			t.Fatal(err)
		}
		return o, closed
	}
}

// resumed runs what is unfinished in a journal, or a program with an input; nil where
// there is nothing.
func resumed(t *testing.T, pl *plan.Program, j journal.Journal, input []byte) *outcome {
	t.Helper()
	tools := &tools{}
	program, err := interp.New(pl, tools.catalogue())
	if err != nil {
		t.Fatal(err)
	}
	clock := runtime.NewVirtualClock(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	e, err := runtime.Open(runtime.WithClock(t.Context(), clock), j, program.Registry())
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var run *runtime.Run[any]
	if input != nil {
		run, err = e.Submit(ctx, "Main", input, runtime.ID("x"))
	} else if run, err = e.Run(ctx, "x"); err != nil && errors.As(err, new(*runtime.UnknownError)) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	data, err := run.ResultJSON(ctx)
	if ctx.Err() != nil {
		records, _ := e.History(t.Context(), "x", 0, 0)
		t.Fatalf("it doesn't end:\n%s", shown(records))
	}
	o := &outcome{OK: err == nil, Log: tools.log}
	if err != nil {
		o.Err = err.Error()
	} else if err := json.Unmarshal(data, &o.Value); err != nil {
		t.Fatal(err)
	}
	return o
}

func recordsOf(t *testing.T, j journal.Journal) (records []journal.Record) {
	t.Helper()
	err := j.View(t.Context(), func(tx journal.Tx) (err error) {
		records, err = tx.Records("x", 0, 0)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return records
}

// pending tells whether an attempt of a tool that mustn't be called twice has begun, and
// no more is known: it counts as failed then, so that the result is another one.
func pending(records []journal.Record) bool {
	open := map[string]bool{}
	for _, r := range records {
		switch r.Kind {
		case journal.Started, journal.Undoing:
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
			if slices.Contains([]string{"W", "V", "X", "Y", "D"}, r.Tool) {
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
