package interp_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wfgen/wfgen/interp"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/memory"
)

const paidShop = `
event Paid(order string, part int) { amount float64 where amount > 0, mood Mood = Mood.good }
event Done(order string) { note string? }
enum Mood { good, bad }
error Broke { reason string }

tool Charge(amount float64) string  idempotent  fails Broke
tool Back(text string)              idempotent

workflow Part(n int, text string) string { return "${text} ${n}" }

workflow Failing() { fail "no" }

workflow Sell(order string) string {
	p := await Paid(order, 1)
	second := await Paid(order, 2) timeout 3h else match err {
		TimedOut => Paid{...p, mood: Mood.bad}
		_ => fail err
	}
	receipt := Charge(p.amount) undo Back("receipt") else match err {
		Broke b => b.reason
		_ => fail err
	}
	ids := for i in range(2) { start Part(i, "part") }
	parts := for id in ids { await run(id) }
	f := start Failing()
	failed := try {
		await run(f)
		"ok"
	} else { err.message }
	emit Done(order) { note: "n" }
	d := await Done(order)
	ok := approve "Sell ${order}?" by "manager" else match err {
		Rejected r => fail "rejected by ${r.by}: ${r.note}"
		_ => fail err
	}
	return "${p.amount} ${p.mood} ${second.mood} ${receipt} ${join(parts, ",")} ${failed} ${d.note ?? ""} ${ok.by}"
}
`

// A till is what the tools of the shop do.
func till(declined bool) interp.Tools {
	return interp.Tools{
		"Charge": func(context.Context, float64) (string, error) {
			if declined {
				return "", Broke{"poor"}
			}
			return "r", nil
		},
		"Back": func(string) {},
	}
}

// Broke is the declared error as generated code has it.
type Broke struct {
	Reason string `json:"reason"`
}

func (b Broke) Error() string { return b.Reason }

// sell opens an engine on a journal and sees an execution of Sell to its end.
func sell(t *testing.T, j *memory.Journal, declined, reject bool) (string, error) {
	t.Helper()
	p := programOf(t, paidShop, till(declined))
	clock := runtime.NewVirtualClock(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	e, err := runtime.Open(runtime.WithClock(t.Context(), clock), j, p.Registry())
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	run, err := e.Submit(ctx, "Sell", []byte(`{"order": "o"}`), runtime.ID("x"))
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Signal(ctx, "Paid", []byte(`{"order": "o", "part": 1, "amount": 2.5}`), runtime.MessageID("m")); err != nil {
		t.Fatal(err)
	}
	go answer(ctx, e, reject)
	data, err := run.ResultJSON(ctx)
	if ctx.Err() != nil {
		t.Fatal("it doesn't end")
	}
	return string(data), err
}

// answer answers the approval once it is asked for.
func answer(ctx context.Context, e *runtime.Engine, reject bool) {
	for ctx.Err() == nil {
		if e.Answer(ctx, "x", "ok", runtime.Answer{By: "ann", As: []string{"manager"}, Note: "hm", Reject: reject}) == nil {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// TestEventsDurably: what an interpreted workflow exchanges with the world, with the same
// end from each point at which its journal can be cut.
func TestEventsDurably(t *testing.T) {
	for _, c := range []struct {
		declined, reject bool
		want, err        string
	}{
		{false, false, `"2.5 good bad r part 0,part 1 no n ann"`, ""},
		{true, true, "", "p.wf:35:17: Sell: ok.else.match.Rejected.fail: rejected by ann: hm"},
	} {
		j := memory.New()
		var states []*memory.Journal
		j.OnCommit(func(state *memory.Journal) { states = append(states, state) })
		check := func(at string, got string, err error) {
			t.Helper()
			text := ""
			if err != nil {
				text = err.Error()
			}
			if diff := cmp.Diff([]string{c.want, c.err}, []string{got, text}); diff != "" {
				t.Errorf("%s: (-want +got)\n%s", at, diff)
			}
		}
		got, err := sell(t, j, c.declined, c.reject)
		check("whole", got, err)
		all := states
		for i, state := range all {
			got, err := sell(t, state, c.declined, c.reject)
			check(fmt.Sprint("from state ", i), got, err)
		}
	}
}

// TestEventsNotSent: an event that doesn't fit is refused.
func TestEventsNotSent(t *testing.T) {
	p := programOf(t, paidShop, till(false))
	e, err := runtime.Open(t.Context(), memory.New(), p.Registry())
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	for event, want := range map[string]string{
		`{"order": "o", "part": 1, "amount": -1}`: "the event Paid: amount: must satisfy amount > 0, is -1",
		`{"order": "o", "amount": 1}`:             "part: missing",
	} {
		if err := e.Signal(t.Context(), "Paid", []byte(event)); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", event, err, want)
		}
	}
}

// TestLongCondition: a condition that takes too long fails its await, and keeps nobody else of
// the engine waiting.
func TestLongCondition(t *testing.T) {
	p := programOf(t, `
event Hit(k string) { n int }

func burn(n int) int {
	loop s := 0 max n { continue s + 1 } else { s }
}

workflow Watch(k string) int {
	h := await Hit(k) timeout none where burn(h.n) == h.n
	return h.n
}
`, interp.Tools{})
	e, err := runtime.Open(t.Context(), memory.New(), p.Registry())
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	for n, want := range map[string]string{"2": "", "2000000000000": "takes longer than 1s"} {
		run, err := e.Submit(t.Context(), "Watch", []byte(`{"k":"`+n+`"}`))
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Signal(t.Context(), "Hit", []byte(`{"k":"`+n+`","n":`+n+`}`)); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err = run.Result(ctx)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", n, err, want)
		}
	}
}
