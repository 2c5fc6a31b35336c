package progress

import (
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/driver"
)

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// draw gives the lines for events written as "milliseconds kind step attempt", with a result
// where one follows.
func draw(t *testing.T, width int, events ...string) []string {
	t.Helper()
	root := &node{}
	for _, text := range events {
		var ms, attempt int
		var kind, step, result string
		if n, err := fmt.Sscan(text, &ms, &kind, &step, &attempt, &result); n < 4 {
			t.Fatalf("%s: %v", text, err)
		}
		root.observe(driver.Event{
			Time: noon.Add(time.Duration(ms) * time.Millisecond), Kind: runtime.Kind(kind), Step: step, Attempt: attempt, Result: []byte(result),
		})
	}
	p := &picture{width: width, now: noon.Add(2 * time.Second)}
	p.tree(root)
	return p.lines
}

// TestPartial: a part of what an attempt is to give changes nothing of how its step stands.
func TestPartial(t *testing.T) {
	whole := draw(t, 80, "0 scheduled a 0", "0 attempt a 1")
	if got := draw(t, 80, "0 scheduled a 0", "0 attempt a 1", `1 partial a 1 "x"`); !cmp.Equal(whole, got) {
		t.Errorf("the step is drawn as %q, want %q", got, whole)
	}
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
		{"progress", []string{
			"0 scheduled a 0", "0 attempt a 1", `5 progress a 1 {"part":1}`, "6 attempt b 1", "7 progress b 1 2", "8 failed b 1",
			`9 progress c 3 "half"`, "10 undoing d.undo 1", "11 progress d.undo 1 5",
		}, []string{`● a  2s  {"part":1}`, "✗ b  2ms", `● c  attempt 3  2s  "half"`, "↻ d.undo  2s  5"}},
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
	if diff := cmp.Diff([]string{"… 2 more above", "✓ c  0s"}, p.fit(2)); diff != "" {
		t.Error(diff)
	}
}

// TestReasonKeepsItsEnd: why a step failed is cut in its middle, the cause stands at the end.
func TestReasonKeepsItsEnd(t *testing.T) {
	root := &node{}
	root.observe(driver.Event{Time: noon, Kind: runtime.Failed, Step: "a", Attempt: 1, Error: "b.wf:45:14: Backup: results[2]: the disk is locked"})
	p := &picture{width: 40, now: noon}
	p.tree(root)
	if diff := cmp.Diff([]string{"✗ a  0s  b.wf:45:…]: the disk is locked"}, p.lines); diff != "" {
		t.Error(diff)
	}
}

// screenOf is what a terminal of that size shows after it got text, and how many lines have
// gone out of it at the top.
func screenOf(t *testing.T, text string, width, height int) (shown []string, scrolled int) {
	t.Helper()
	rows := make([][]rune, height)
	row, col := 0, 0
	down := func() {
		if row++; row == height {
			rows, row = append(rows[1:], nil), height-1
			scrolled++
		}
	}
	for text != "" {
		if m := regexp.MustCompile("^\x1b\\[([0-9;]*)([A-Za-z])").FindStringSubmatch(text); m != nil {
			text = text[len(m[0]):]
			switch n, _ := strconv.Atoi(m[1]); m[2] {
			case "A":
				row = max(0, row-n)
			case "K":
				if n == 2 {
					rows[row] = nil
				} else {
					rows[row] = rows[row][:min(col, len(rows[row]))]
				}
			case "m":
			default:
				t.Fatalf("%q clears at once what some terminals keep", m[0])
			}
			continue
		}
		r, size := utf8.DecodeRuneInString(text)
		text = text[size:]
		switch r {
		case '\n':
			down()
			col = 0
		case '\r':
			col = 0
		case '\x1b':
			t.Fatalf("a strange escape before %q", text)
		default:
			if col == width {
				down()
				col = 0
			}
			for len(rows[row]) <= col {
				rows[row] = append(rows[row], ' ')
			}
			rows[row][col] = r
			col++
		}
	}
	for _, r := range rows {
		shown = append(shown, strings.TrimRight(string(r), " "))
	}
	return shown, scrolled
}

var elapsed = regexp.MustCompile(`  [0-9.hms]+(s|ms)\b`)

// withoutTimes are lines as they are however long things took.
func withoutTimes(lines []string) string {
	return elapsed.ReplaceAllString(strings.TrimRight(strings.Join(lines, "\n"), "\n"), "  T")
}

// watched gives a Live on a terminal of that size, a function that has things happen, and
// one that closes it and gives what the terminal shows then.
func watched(t *testing.T, o Options, width, height int) (happen func(events ...string), live *Live, look func() ([]string, int)) {
	var out strings.Builder
	o.Size = func() (int, int) { return width, height }
	live = New(&out, o)
	happen = func(events ...string) {
		for _, text := range events {
			kind, rest, _ := strings.Cut(text, " ")
			step, problem, _ := strings.Cut(rest, ": ")
			live.Observe(driver.Event{Time: time.Now(), Kind: runtime.Kind(kind), Step: step, Attempt: 1, Error: problem})
		}
		live.mu.Lock()
		live.draw("", false)
		live.mu.Unlock()
	}
	look = func() ([]string, int) {
		live.mu.Lock()
		defer live.mu.Unlock()
		return screenOf(t, out.String(), width, height)
	}
	return happen, live, look
}

func TestLive(t *testing.T) {
	happen, l, look := watched(t, Options{Color: true}, 40, 10)
	happen("attempt a")
	fmt.Fprint(l, "printed ")
	fmt.Fprint(l, "by a tool, on a line that is wider than the screen\nand more")
	happen("done a", "attempt b")
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	shown, scrolled := look()
	want := "printed by a tool, on a line that is wid\ner than the screen\nand more\n✓ a  T\n● b  T"
	if got := withoutTimes(shown); got != want || scrolled != 0 {
		t.Errorf("%d lines above\n%s\nwant\n%s", scrolled, got, want)
	}
}

// TestNothingIsLeftAbove: however long a tree is that changes however often, nothing but what
// tools print goes out of the screen at the top.
func TestNothingIsLeftAbove(t *testing.T) {
	for _, height := range []int{1, 2, 5, 24} {
		happen, l, look := watched(t, Options{}, 30, height)
		for i := range 100 {
			happen(fmt.Sprintf("attempt step%d", i))
			if i%3 > 0 {
				happen(fmt.Sprintf("failed step%d: it didn't fit on the screen", i))
			}
		}
		for i := range height {
			fmt.Fprintf(l, "line %d\n", i)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if _, scrolled := look(); scrolled > height {
			t.Errorf("%d lines went out of a screen of %d", scrolled, height)
		}
	}
}

func TestLiveOnAClosedTerminal(t *testing.T) {
	r, w := io.Pipe()
	r.Close()
	l := New(w, Options{Size: func() (int, int) { return 40, 10 }})
	l.Observe(driver.Event{Time: noon, Kind: runtime.Done, Step: "a"})
	if err := l.Close(); err == nil {
		t.Error("no error")
	}
}
