package main

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"
)

// TestMeasured measures a graph, as shortly as can be, with all systems.
func TestMeasured(t *testing.T) {
	*rounds, *length = 1, time.Nanosecond
	r, err := measureRow(context.Background(), "diamond, together", graphNamed("diamond"), true)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range systems {
		if c, ok := r.cells[s.name]; ok != (s.name != sequentialSystem.name) || ok && c.ns <= 0 {
			t.Errorf("%s: %+v, %v", s.name, c, ok)
		}
	}
}

func TestTables(t *testing.T) {
	rows := []row{{"diamond", map[string]cell{
		baseline:              {100, 16, 1, 1},
		goTaskflowSystem.name: {1000, 160, 10, 4},
		einoSystem.name:       {2000, 160, 10, 4},
		wfgenSystem.name:      {125, 32, 2, 1},
	}}}
	for _, c := range []struct {
		markdown bool
		want     []string
	}{
		{false, []string{
			"diamond  hand-written goroutines   100     16       1         1.0    1.00×              10×",
			"diamond                    wfgen   125     32       2         1.0    1.25×            8.00×",
		}},
		{true, []string{
			"| graph | hand-written goroutines | go-taskflow | eino | wfgen | wfgen of hand | best library of wfgen |",
			"| diamond | 100 | 1000 | 2000 | 125 | 1.25× | 8.00× |",
			"| diamond | 16, 1, 1.0 | 160, 10, 4.0 | 160, 10, 4.0 | 32, 2, 1.0 |",
		}},
	} {
		var b bytes.Buffer
		*markdown = c.markdown
		if err := printRows(&b, rows); err != nil {
			t.Fatal(err)
		}
		for _, want := range c.want {
			if !strings.Contains(b.String(), want) {
				t.Errorf("no line %q in\n%s", want, b.String())
			}
		}
	}
	*markdown = false
}
