package again

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
)

// tools note what is called. What the step s calls goes as how says.
type tools struct {
	mu  sync.Mutex
	how string // fails, hangs, or is empty
	log []string
	at  chan bool // gets a value where s hangs
	n   int       // how often count is called
}

func (t *tools) call(ctx context.Context, name string) (int, error) {
	t.mu.Lock()
	t.log = append(t.log, name)
	if name == "count" {
		t.n++
	}
	n := t.n
	how := t.how
	t.mu.Unlock()
	switch {
	case name == "count":
		return n, nil
	case name == "fails", name == "s" && how == "fails":
		return 0, errors.New("out of order")
	case name == "s" && how == "hangs":
		t.at <- true
		<-ctx.Done()
		return 0, ctx.Err()
	}
	return 1, nil
}

func (t *tools) Effect(ctx context.Context, name string) (int, error) { return t.call(ctx, name) }
func (t *tools) Make(ctx context.Context, name string) (int, error)   { return t.call(ctx, name) }
func (t *tools) Undo(ctx context.Context, name string) error {
	_, err := t.call(ctx, "undo "+name)
	return err
}

// become has calls go in another way from here on, and gives those that were made.
func (t *tools) become(how string) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	made := strings.Join(t.log, ", ")
	t.how, t.log = how, nil
	return made
}

// cases are the workflows. For each there is the result with n = 3, in which id stands for
// what is drawn; what is called in all; and what once more in the next generation.
var cases = []struct{ workflow, result, calls, again string }{
	{"Started", `8`, "child, s", "s"},
	{"StartedID", `"x/id 1"`, "child, s", "s"},
	{"Approved", `"boss fine 4"`, "s", "s"},
	{"Awaited", `6`, "s", "s"},
	{"Waited", `4`, "s", "s"},
	{"Drawn", `"drawn 4"`, "s", "s"},
	{"Emitted", `4`, "s", "s"},
	{"Raced", `6`, "s", "s"},
	{"Owed", `6`, "a, b, s", "a, s"},
	{"Tried", `11`, "x, fails, undo x, s", "s"},
	{"Leased", `10`, "c.m, c.i, undo c.m, Look.k, undo Look.k, s", "c.m, c.i, undo c.m, s"},
	{"Fed", `4`, "count, Look.k, undo Look.k, s", "count, Look.k, undo Look.k, s"},
}

// A life is an engine with an execution x.
type life struct {
	*testing.T
	engine *runtime.Engine
	tools  *tools
}

// begin has an execution of a workflow come to its step s, and so to its end or where it hangs.
func begin(t *testing.T, workflow, how string) *life {
	t.Helper()
	l := &life{T: t, tools: &tools{how: how, at: make(chan bool, 1)}}
	var err error
	l.engine, err = runtime.Open(t.Context(), memory.New(), Workflows(l.tools))
	l.must(err)
	t.Cleanup(func() { l.engine.Close() })
	for _, key := range []string{"raced", "awaited"} {
		l.must(SendPaid(t.Context(), l.engine, Paid{Key: key, N: 5}))
	}
	_, err = l.engine.Submit(t.Context(), workflow, []byte(`{"n": 3}`), runtime.ID("x"))
	l.must(err)
	if workflow == "Approved" {
		for l.engine.Answer(t.Context(), "x", "a", runtime.Answer{By: "boss", Note: "fine"}) != nil {
			time.Sleep(time.Millisecond)
		}
	}
	return l
}

func (l *life) must(err error) {
	l.Helper()
	if err != nil {
		l.Fatal(err)
	}
}

// end waits for the end of an execution.
func (l *life) end(id string) (result string, err error) {
	l.Helper()
	ctx, cancel := context.WithTimeout(l.Context(), 20*time.Second)
	defer cancel()
	run, err := l.engine.Run(ctx, id)
	l.must(err)
	data, err := run.ResultJSON(ctx)
	if ctx.Err() != nil {
		l.Fatalf("%s doesn't end: %v", id, l.records(id, 0))
	}
	return string(data), err
}

// started waits for the end of what nobody in the workflow waits for.
func (l *life) started(workflow string) {
	if workflow == "StartedID" {
		_, err := l.end("x/id")
		l.must(err)
	}
}

var drawn = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27} [0-9T:.-]+Z`)

// gives ends an execution that has to give what the case says, where it is known by id.
func (l *life) gives(id, want string) (exact string) {
	l.Helper()
	exact, err := l.end(id)
	if got := drawn.ReplaceAllString(exact, "drawn"); err != nil || got != want {
		l.Errorf("%s gives %s, %v; want %s", id, got, err, want)
	}
	return exact
}

// records are those of an execution behind one.
func (l *life) records(id string, after int) []journal.Record {
	l.Helper()
	records, err := l.engine.History(l.Context(), id, after, 0)
	l.must(err)
	return records
}

// onlyDoes holds what is done behind a record to the steps of the calls that are made again,
// which are called as these, and to what they are in.
func (l *life) onlyDoes(id string, after int, calls string) {
	l.Helper()
	for _, r := range l.records(id, after) {
		step := strings.TrimPrefix(r.Step, "@2.")
		begins := r.Kind == journal.Done || r.Kind == journal.Attempted || r.Kind == journal.Waiting
		made := func(call string) bool { return call == step || strings.HasPrefix(call, step+".") }
		if begins && !slices.ContainsFunc(strings.Split(calls, ", "), made) {
			l.Errorf("%s was done before, and %s has it done again: %s", step, id, r.Kind)
		}
	}
}

// TestRetried: after a failure, and after a cancellation, a retry gives what a run without
// them gives, and does again what failed and what was undone.
func TestRetried(t *testing.T) {
	for _, c := range cases {
		for _, how := range []string{"fails", "hangs"} {
			t.Run(c.workflow+"/"+how, func(t *testing.T) {
				t.Parallel()
				l := begin(t, c.workflow, how)
				if how == "hangs" {
					<-l.tools.at
					l.must(l.engine.Cancel(t.Context(), "x", "enough"))
				}
				if result, err := l.end("x"); err == nil {
					t.Fatalf("it gives %s", result)
				}
				l.started(c.workflow)
				l.tools.become("")
				before := l.records("x", 0)
				began := time.Now()
				l.must(l.engine.Retry(t.Context(), "x"))
				l.gives("x", c.result)
				if calls := l.tools.become(""); calls != c.again {
					t.Errorf("called are %s, want %s", calls, c.again)
				}
				l.onlyDoes("x", len(before), c.again)
				if took := time.Since(began); c.workflow == "Waited" && took > 250*time.Millisecond {
					t.Errorf("it has waited again: %v", took)
				}
			})
		}
	}
}

// TestForked: a fork at the last step gives what the other execution has given, to the ids
// that it has drawn, and calls that step's tool alone.
func TestForked(t *testing.T) {
	for _, c := range cases {
		t.Run(c.workflow, func(t *testing.T) {
			t.Parallel()
			l := begin(t, c.workflow, "")
			want := l.gives("x", c.result)
			l.started(c.workflow)
			if calls := l.tools.become(""); calls != c.calls && !(c.workflow == "StartedID" && calls == "s, child") { // the child runs beside
				t.Errorf("called are %s, want %s", calls, c.calls)
			}
			_, err := l.engine.Fork(t.Context(), "x", "s", "f")
			l.must(err)
			if got := l.gives("f", c.result); got != want {
				t.Errorf("the fork gives %s, want %s", got, want)
			}
			if calls := l.tools.become(""); calls != "s" {
				t.Errorf("called are %s, want s", calls)
			}
			at := slices.IndexFunc(l.records("x", 0), func(r journal.Record) bool { return r.Step == "s" })
			l.onlyDoes("f", at, "s")
		})
	}
}

// TestForkedWithoutMessage: a fork from where a message was awaited doesn't have that, which
// is the other execution's: the other arm of the race wins.
func TestForkedWithoutMessage(t *testing.T) {
	t.Parallel()
	l := begin(t, "Raced", "")
	l.gives("x", "6")
	l.tools.become("")
	_, err := l.engine.Fork(t.Context(), "x", "r.arm#2.p", "f")
	l.must(err)
	l.gives("f", "2")
	if calls := l.tools.become(""); calls != "late, s" {
		t.Errorf("called are %s, want late, s", calls)
	}
}
