package execute

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wfgen/wfgen/compiler"
	"github.com/wfgen/wfgen/runtime/driver"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
)

const pairSource = `package p
tool Look() int   readonly
tool Make(n int)
workflow Pair() int {
	n := Look()
	Make(n)
	return n + 1
}
`

// kept is a journal that outlives what closes it.
type kept struct{ journal.Journal }

func (kept) Close() error { return nil }

// A durable run tells what happens as it happens, and what is recorded from the first
// event on, also where another run recorded it: built and interpreted.
func TestDurableEvents(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "p.wf"), []byte(pairSource), 0o666); err != nil {
		t.Fatal(err)
	}
	p, err := compiler.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, run := range map[string]func(*compiler.Package, Options) (Outcome, error){"built": Run, "interpreted": Interpret} {
		t.Run(name, func(t *testing.T) {
			j := kept{memory.New()}
			var first string
			for _, wantLive := range []string{"started scheduled attempt done scheduled attempt done ended", ""} {
				var events bytes.Buffer
				var live []string
				out, err := run(p, Options{
					Mock: []byte(`{"Look": 3}`), ID: "x", Stderr: os.Stderr, Events: &events,
					Journal: func() (Journal, error) { return Journal{Journal: j}, nil },
					Observe: func(e driver.Event) { live = append(live, string(e.Kind)) },
				})
				if err != nil || out.Result != "4" {
					t.Fatalf("%+v, %v", out, err)
				}
				if got := strings.Join(live, " "); got != wantLive {
					t.Errorf("live: %s, want %s", got, wantLive)
				}
				if first == "" {
					first = events.String()
				}
				if got := strings.Count(events.String(), "\n"); got != 5 || events.String() != first {
					t.Errorf("%d are recorded:\n%s\nat first\n%s", got, events.String(), first)
				}
			}
			if err := j.View(context.Background(), func(tx journal.Tx) error {
				x, err := tx.Execution("x")
				if err == nil && (x == nil || x.Status != journal.StatusSucceeded) {
					t.Errorf("the journal has %+v", x)
				}
				return err
			}); err != nil {
				t.Error(err)
			}
		})
	}
}
