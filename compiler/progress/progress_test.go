package progress

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/driver"
)

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// draw gives the lines for events written as "milliseconds kind step attempt".
func draw(t *testing.T, width int, events ...string) []string {
	t.Helper()
	root := &node{}
	for _, text := range events {
		var ms, attempt int
		var kind, step string
		if _, err := fmt.Sscan(text, &ms, &kind, &step, &attempt); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		root.observe(driver.Event{Time: noon.Add(time.Duration(ms) * time.Millisecond), Kind: runtime.Kind(kind), Step: step, Attempt: attempt})
	}
	p := &picture{width: width, now: noon.Add(2 * time.Second)}
	p.tree(root)
	return p.lines
}

func TestPicture(t *testing.T) {
	tests := []struct {
		name   string
		events []string
		want   []string
	}{
		{"states", []string{
			"0 scheduled a 0", "0 attempt a 1", "12 done a 1",
			"0 scheduled b 0", "0 attempt b 1", "5 failed b 1", "6 retrying b 2",
			"0 scheduled c 0", "1 attempt c 1", "1000 failed c 1",
			"0 skipped d 0", "0 scheduled e 0", "500 waiting e 0", "20 undoing a.undo 0", "30 undone a.undo 1",
		}, []string{"✓ a  12ms", "  ↩ undo  10ms", "↻ b  attempt 2  2s", "✗ c  1s", "- d", "… e  2s"}},
		{"blocks", []string{"0 scheduled if.then.Ship 0", "1 done if.then.Ship 1", "0 scheduled p.x 0", "1 done p.x 1", "1 done p.y 1"},
			[]string{"✓ if.then.Ship  1ms", "✓ p  2 done", "  ✓ x  1ms", "  ✓ y  0s"}},
		{"rounds", []string{"0 scheduled l[0].A 0", "0 attempt l[1].A 1", "3 done l[0].A 1", `0 attempt l["a].b"].c.d 1`},
			[]string{"● l  1 done, 2 going on", "  ✓ [0].A  3ms", "  ● [1].A  2s", `  ● ["a].b"].c.d  2s`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, draw(t, 80, test.events...)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestHugeLoopIsCollapsed(t *testing.T) {
	var events []string
	for i := range 1000 {
		events = append(events, fmt.Sprintf("0 attempt l[%d].A 1", i))
		if i != 500 {
			events = append(events, fmt.Sprintf("1 done l[%d].A 1", i))
		}
	}
	want := []string{"● l  999 done, 1 going on", "  ● [500].A  2s"}
	if diff := cmp.Diff(want, draw(t, 80, events...)); diff != "" {
		t.Error(diff)
	}
}

func TestNarrowAndLowScreens(t *testing.T) {
	lines := draw(t, 12, "0 done 日本語日本語日本語 1", "0 done b 1", "0 done c 1")
	if lines[0] != "✓ 日本語日…" {
		t.Errorf("cut to %q", lines[0])
	}
	p := &picture{lines: lines}
	if diff := cmp.Diff([]string{"… 2 more lines", "✓ c  0s"}, p.fit(2)); diff != "" {
		t.Error(diff)
	}
}

func TestLive(t *testing.T) {
	var out strings.Builder
	l := New(&out, func() (int, int) { return 40, 10 }, true)
	l.Observe(driver.Event{Time: noon, Kind: runtime.Attempt, Step: "a", Attempt: 1})
	fmt.Fprint(l, "printed ")
	fmt.Fprint(l, "by a tool\nand more")
	l.Observe(driver.Event{Time: noon, Kind: runtime.Done, Step: "a", Attempt: 1})
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	last := text[strings.LastIndex(text, "\x1b[J")+3:]
	if want := "and more\n\x1b[32m✓\x1b[0m a  0s\n"; last != want {
		t.Errorf("ends with %q, want %q", last, want)
	}
	if strings.Count(text, "printed by a tool\n") != 1 {
		t.Errorf("drew %q", text)
	}
}

func TestLiveOnAClosedTerminal(t *testing.T) {
	r, w := io.Pipe()
	r.Close()
	l := New(w, func() (int, int) { return 40, 10 }, false)
	l.Observe(driver.Event{Time: noon, Kind: runtime.Done, Step: "a"})
	if err := l.Close(); err == nil {
		t.Error("no error")
	}
}
