package progress

import (
	"bytes"
	"strings"
	"testing"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/driver"
)

// TestSpent: what models have cost stands behind the steps at the end, each reply once.
func TestSpent(t *testing.T) {
	var out bytes.Buffer
	l := New(&out, Options{Size: func() (int, int) { return 100, 20 }, Workflow: &plan.Workflow{Name: "W", Body: &plan.Block{}}})
	reply := driver.Event{Kind: runtime.Done, Step: "v.turn[0].ask[0].fast", Tool: "fast", Attempt: 1, Result: []byte(`{"cost": {"tokens": 30, "dollars": 0.0005}}`)}
	l.Observe(reply)
	l.Recorded(reply)
	reply.Step = "v.turn[1].ask[0].fast"
	l.Observe(reply)
	l.Observe(driver.Event{Kind: runtime.Ended})
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if want := "60 tokens, $0.001"; !strings.Contains(out.String(), want) {
		t.Errorf("the picture says nothing of %s:\n%s", want, &out)
	}
}
