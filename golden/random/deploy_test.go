package random

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/wfgen/wfgen/compat"
	"github.com/wfgen/wfgen/internal/replay"
	"github.com/wfgen/wfgen/interp"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
)

// deployed is a package of which executions are in flight when it is deployed anew.
const deployed = `package p

type Item { sku string, qty int = 1 }
type Order { id string, items []Item, by map[string]Item }
type Thing = Item | Order
event Paid(id string) { sum int }
tool Make(o Order) Item
tool Look(i Item, t Thing) string
tool Tell(text string)  idempotent

workflow Main(o Order) string {
	i := Make(o)
	paid := await Paid(o.id)
	x := Look(Item{sku: "s"}, i)
	Tell(x)
	return "${x} ${paid.sum}"
}
`

// TestDeploys deploys one version of a package after another, with an execution in flight
// in a slow tool that must not happen twice: the old engine is drained, so that the tool's
// end is recorded, and the new one goes on, or holds the execution, as compat says.
func TestDeploys(t *testing.T) {
	for _, c := range []struct {
		name  string
		edits []string // old and new
		want  string   // the result, or a part of why it is held
		says  compat.Verdict
	}{
		{"nothing", nil, "look 5", compat.Yes},
		{"a field with a default", []string{"qty int = 1 }", `qty int = 1, color string = "red" }`}, "look 5", compat.Yes},
		{"one before others", []string{"sku string,", "tags []string = [\"a\"], sku string,"}, "look 5", compat.Yes},
		{"an optional field", []string{"qty int = 1 }", "qty int = 1, note string? }"}, "look 5", compat.Yes},
		{"in what holds others", []string{"id string, items", "id string, gift bool = false, items"}, "look 5", compat.Yes},
		{"a field of the event", []string{"sum int }", "sum int, currency string = \"EUR\" }"}, "look 5", compat.Yes},
		{"a step that comes later", []string{"Tell(x)\n", "Tell(x)\n\tTell(\"more\")\n"}, "look 5", compat.Yes},
		{"a later step's input", []string{`sku: "s"`, `sku: "t"`}, "look 5", compat.Yes},
		{"a field without a default", []string{"qty int = 1 }", "qty int = 1, color string }", `sku: "s"`, `sku: "s", color: "red"`}, "doesn't fit", compat.Depends},
		{"another default", []string{"qty int = 1", "qty int = 2"}, "step i is recorded with other inputs", compat.Depends},
		{"a new field that is set", []string{"qty int = 1 }", "qty int = 1, color string = \"red\" }", "Make(o)", "Make(Order{...o, items: [Item{sku: \"a\", color: \"blue\"}]})"}, "step i is recorded with other inputs", compat.No},
		{"an input", []string{"Make(o)", "Make(Order{...o, id: \"other\"})"}, "step i is recorded with other inputs", compat.No},
		{"a step before", []string{"i := Make(o)", "Tell(\"before\")\n\ti := Make(o)"}, "", compat.No},
		{"a step that is gone", []string{"i := Make(o)", "i := o.items[0]"}, "doesn't come to it", compat.No},
		{"a version", []string{"Main(o Order) string {", "Main(o Order) string version 2 {"}, "is version 2 now", compat.No},
	} {
		t.Run(c.name, func(t *testing.T) {
			source := strings.NewReplacer(c.edits...).Replace(deployed)
			if source == deployed && c.edits != nil {
				t.Fatal("nothing is edited")
			}
			old, now := planned(t, deployed), planned(t, source)
			says := compat.Compare(compat.Source{Program: old}, compat.Source{Program: now})[0]
			at := says.Verdict
			for _, p := range says.Positions {
				if p.Step == "paid" {
					at = p.Verdict
				}
			}
			if at != c.says {
				t.Errorf("compat says %s, want %s: %+v", at, c.says, says)
			}
			got, made, prospect := deploy(t, old, now)
			if c.want != "" && !strings.Contains(got, c.want) {
				t.Errorf("got %s, want %s", got, c.want)
			}
			if held := "execution x is held: " + prospect; (prospect != "") != strings.Contains(got, "is held") || prospect != "" && got != held {
				t.Errorf("got %s, forecast was %q", got, prospect)
			}
			if made != 1 || strings.Contains(got, "interrupted") {
				t.Errorf("it was made %d times: %s", made, got)
			}
		})
	}
}

// deploy begins an execution under one program, and gives its result or error under
// another, how often Make was called, and why the journal, before, has let it be expected
// that the execution is held.
func deploy(t *testing.T, old, now *plan.Program) (got string, made int, prospect string) {
	t.Helper()
	began, end := make(chan bool, 2), make(chan bool)
	open := func(p *plan.Program, j *memory.Journal) *runtime.Engine {
		var program *interp.Program
		gives := func(name, data string) interp.Tool {
			return func(ctx context.Context, _ []interp.Value) (v interp.Value, err error) {
				if name == "Make" {
					made++
					began <- true
					select {
					case <-end:
					case <-ctx.Done():
						return v, ctx.Err()
					}
				}
				for _, tool := range p.Tools {
					if tool.Name == name && data != "" {
						return program.Decode(tool.Result, []byte(data), "")
					}
				}
				return v, nil
			}
		}
		program, err := interp.New(p, interp.Tools{
			"Make": gives("Make", `{"sku": "m"}`), "Look": gives("Look", `"look"`), "Tell": gives("Tell", ""),
		})
		if err != nil {
			t.Fatal(err)
		}
		ctx := runtime.WithHeldLog(t.Context(), func(*runtime.HeldError) {})
		e, err := runtime.Open(ctx, j, program.Registry())
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	input := []byte(`{"o": {"id": "a", "items": [{"sku": "x"}, {"sku": "y", "qty": 3}], "by": {"k": {"sku": "z"}}}}`)
	j := memory.New()
	e := open(old, j)
	if _, err := e.Submit(t.Context(), "Main", input, runtime.ID("x")); err != nil {
		t.Fatal(err)
	}
	<-began
	drained := make(chan error)
	go func() { drained <- e.Drain(t.Context()) }()
	time.Sleep(5 * time.Millisecond)
	close(end)
	if err := <-drained; err != nil {
		t.Fatal(err)
	}

	prospect = forecast(t, now, j)
	e = open(now, j)
	defer e.Close()
	if err := e.Signal(t.Context(), "Paid", []byte(`{"id": "a", "sum": 5}`)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	run, err := e.Run(ctx, "x")
	if err != nil {
		t.Fatal(err)
	}
	data, err := run.ResultJSON(ctx)
	if err != nil {
		if held := new(runtime.HeldError); !errors.As(err, &held) {
			t.Errorf("it failed: %v", err)
		}
		return err.Error(), made, prospect
	}
	if _, err := e.Submit(ctx, "Main", input, runtime.ID("x")); err != nil {
		t.Errorf("submitted once more: %v", err)
	}
	return string(data), made, prospect
}

// forecast says why the execution of a journal would be held under a program; empty where it
// wouldn't.
func forecast(t *testing.T, p *plan.Program, j journal.Journal) string {
	t.Helper()
	var x *journal.Execution
	if err := j.View(t.Context(), func(tx journal.Tx) (err error) {
		x, err = tx.Execution("x")
		return err
	}); err != nil || x == nil {
		t.Fatal(x, err)
	}
	records, err := recordsOf(j)
	if err != nil {
		t.Fatal(err)
	}
	v, err := replay.NewForecast(p, nil).Of(t.Context(), replay.Pending{Execution: x, Records: records})
	if err != nil || (v.Prospect == replay.Held) != (v.Reason != "") || v.Prospect != replay.Held && v.Prospect != replay.GoesOn {
		t.Fatalf("the forecast is %s, %s, %v", v.Prospect, v.Reason, err)
	}
	return v.Reason
}
