package mock

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/driver"
)

type fraud struct {
	Score float64 `json:"score"`
}

func tools() []Tool {
	return []Tool{
		Result[fraud]("CheckFraud"), Result[[]string]("Names"), Result[string]("Ship"),
		Result[*int]("Find"), Result[any]("Any"), NoResult("Notify"),
	}
}

func steps() []Step {
	return []Step{
		{ID: "fraud", Tool: "CheckFraud"},
		{ID: "parcels[].Ship", Tool: "Ship", Loop: 1},
		{ID: "outer[].inner[].Ship", Tool: "Ship", Loop: 1},
		{ID: "m[].Ship", Tool: "Ship", Loop: 1},
		{ID: "r.undo", Tool: "Notify"},
	}
}

// inStep calls do as a tool of an observed workflow is called, under the step's id.
func inStep(t *testing.T, id, tool string, do func(context.Context)) {
	t.Helper()
	ctx := runtime.WithObserver(context.Background(), nobody{})
	f := runtime.Start(ctx, &runtime.Workflow{Name: "Test", At: "test.wf:1:1"})
	step := &runtime.Task[runtime.None]{Step: runtime.Step{ID: id, At: "test.wf:2:1", Tool: tool}}
	err := runtime.Run0(f, step, func(ctx context.Context) error {
		do(ctx)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

type nobody struct{}

func (nobody) Observe(runtime.Event) {}

func ships(t *testing.T, m *Tools, ids ...string) string {
	t.Helper()
	var all []string
	for _, id := range ids {
		inStep(t, id, "Ship", func(ctx context.Context) {
			v, err := Call[string](ctx, m, "Ship")
			if err != nil {
				v = "error " + err.Error()
			}
			all = append(all, v)
		})
	}
	return strings.Join(all, " ")
}

func TestAnswers(t *testing.T) {
	tests := []struct {
		name, mocks string
		ids         []string
		want        string
	}{
		{"a value", `{"Ship": "a"}`, []string{"Ship", "Ship#2"}, "a a"},
		{"call by call", `{"Ship": ["a", "b"]}`, []string{"Ship", "Ship", "Ship"}, "a b b"},
		{"by index", `{"Ship": ["a", "b", "c"]}`, []string{"parcels[2].Ship", "parcels[0].Ship", "parcels[7].Ship"}, "c a c"},
		{"by the parallel index", `{"Ship": ["a", "b", "c"]}`, []string{"outer[1].inner[2].Ship"}, "b"},
		{"by key", `{"Ship": ["a", "b"]}`, []string{`m["]x"].Ship`, `m["y"].Ship`}, "a b"},
		{"the step first", `{"Ship": "a", "parcels[].Ship": "b", "parcels[1].Ship": "c"}`,
			[]string{"parcels[1].Ship", "parcels[0].Ship", "x.Ship"}, "c b a"},
		{"a step's attempts", `{"parcels[3].Ship": [{"error": "no"}, "b"]}`, []string{"parcels[3].Ship", "parcels[3].Ship"}, "error no b"},
		{"errors", `{"Ship": [{"error": "no"}, {"sleep": "1ms", "error": "late"}, {"sleep": "1ms", "result": "x"}]}`,
			[]string{"Ship", "Ship", "Ship"}, "error no error late x"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m, err := New([]byte(test.mocks), tools(), steps())
			if err != nil {
				t.Fatal(err)
			}
			if got := ships(t, m, test.ids...); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestResults(t *testing.T) {
	m, err := New([]byte(`{"Names": [["a"], []], "Find": null, "Any": {"error_count": 3}, "fraud": {"score": 0.5}}`), tools(), steps())
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	one, _ := Call[[]string](ctx, m, "Names")
	two, _ := Call[[]string](ctx, m, "Names")
	find, _ := Call[*int](ctx, m, "Find")
	anything, _ := Call[any](ctx, m, "Any")
	got := fmt.Sprint(one, two, find, anything, Run(ctx, m, "Notify"))
	if want := "[a] [] <nil> map[error_count:3] <nil>"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestUnusable(t *testing.T) {
	tests := []struct{ mocks, want string }{
		{`{"Ship": `, "line 1, column 10: expected a value, found the end"},
		{`[1]`, "expected a JSON object"},
		{`null`, "expected a JSON object"},
		{`{"Ship": "a", "Ship": "b"}`, "Ship"},
		{`{"Shop": "a"}`, "Shop: neither a tool of the workflow nor a step that calls one; the tools are Any, CheckFraud"},
		{`{"CheckFraud": {"scores": 1}}`, "CheckFraud.scores: "},
		{`{"fraud": [{"score": 1}, {"score": "high"}]}`, `fraud[1].score: expected a number, found "high"`},
		{`{"Ship": []}`, "Ship: a list gives results call by call, and this one has none; an empty list as result is written [[]]"},
		{`{"Names": ["a", "b"]}`, "Names: a list gives results call by call; a list as result is written [[…]]"},
		{`{"Notify": 1}`, "Notify: Notify gives no result; null succeeds"},
		{`{"Ship": {"error": "a", "panic": "b"}}`, "Ship: only one of result, error and panic can be"},
		{`{"Ship": {"error": {"type": "Declined"}}}`, "Ship.error: Ship declares no errors that it fails with"},
		{`{"Ship": {"sleep": "1x", "result": "a"}}`, "Ship.sleep: "},
		{`{"Ship": {"sleep": "1s"}}`, "Ship.result: missing"},
		{`{"Ship": {"sleep": "1s", "result": 1}}`, "Ship.result: expected "},
		{`{"Ship": 1, "CheckFraud": 2}`, "CheckFraud: expected an object, found 2\n  Ship: "},
	}
	for _, test := range tests {
		_, err := New([]byte(test.mocks), tools(), steps())
		var usage *driver.UsageError
		if !errors.As(err, &usage) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: failed with %v, want %q", test.mocks, err, test.want)
		}
	}
}

func TestMissingMockStopsTheExecution(t *testing.T) {
	m, err := New([]byte(`{}`), tools(), steps())
	if err != nil {
		t.Fatal(err)
	}
	_, err = m.Guard(context.Background(), func(ctx context.Context) (any, error) {
		v, _ := Call[string](ctx, m, "Ship") // as a workflow would that catches it
		if ctx.Err() == nil {
			t.Error("the execution goes on")
		}
		return v, nil
	})
	var usage *driver.UsageError
	if !errors.As(err, &usage) || err.Error() != "no mock for Ship" {
		t.Errorf("failed with %v", err)
	}
}

func TestPanicAndCancel(t *testing.T) {
	m, err := New([]byte(`{"Ship": {"panic": "boom"}, "Notify": {"sleep": "1h"}}`), tools(), steps())
	if err != nil {
		t.Fatal(err)
	}
	func() {
		defer func() {
			if r := recover(); r != "boom" {
				t.Errorf("recovered %v", r)
			}
		}()
		_, _ = Call[string](context.Background(), m, "Ship")
	}()
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	if err := Run(ctx, m, "Notify"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("ended with %v", err)
	}
}

func TestConcurrentCalls(t *testing.T) {
	m, err := New([]byte(`{"Ship": ["a", "b", "c"]}`), tools(), steps())
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	got := map[string]int{}
	for range 30 {
		all.Go(func() {
			v, err := Call[string](context.Background(), m, "Ship")
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			got[v]++
			mu.Unlock()
		})
	}
	all.Wait()
	if got["a"] != 1 || got["b"] != 1 || got["c"] != 28 {
		t.Errorf("got %v", got)
	}
}
