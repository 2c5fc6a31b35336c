package campaign

import (
	"context"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
	"github.com/wfgen/wfgen/runtime/sqlite"
)

var (
	kills    = flag.Int("kills", 20, "how many processes are killed")
	longest  = flag.Duration("longest", 250*time.Millisecond, "how long a process lives at most")
	randomly = flag.Uint64("seed", 0, "of the moments of the kills; 0 for another one each time")
)

// The environment of a process that is killed.
const (
	envDir    = "CAMPAIGN_DIR"
	envNumber = "CAMPAIGN_PROCESS"
	envLast   = "CAMPAIGN_LAST"
	envDrains = "CAMPAIGN_DRAINS"
)

// The test binary is also the process that is killed.
func TestMain(m *testing.M) {
	dir := os.Getenv(envDir)
	if dir == "" {
		os.Exit(m.Run())
	}
	number, err := strconv.Atoi(os.Getenv(envNumber))
	if err == nil {
		err = work(context.Background(), files{dir}, number, os.Getenv(envLast) != "", os.Getenv(envDrains) != "")
	}
	if err != nil {
		log.Fatal(err)
	}
}

// TestKills kills processes at random moments: no execution is lost, nothing that is
// recorded is done again, what is owed is undone in its order, and the results are
// those of a run without kills.
func TestKills(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no SIGKILL")
	}
	f, seed := files{t.TempDir()}, *randomly
	if seed == 0 {
		seed = rand.Uint64()
	}
	t.Logf("-seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	began := time.Now()
	for number := range *kills {
		life := time.Duration(random.Int64N(int64(*longest)))
		if number%50 == 49 { // those that wait for longer go on, too
			life += 2 * time.Second
		}
		if err := kill(f, number, life); err != nil {
			t.Fatal(err)
		}
	}
	c := atLast(t, f, *kills)
	t.Logf("%d kills in %v; %s", *kills, time.Since(began).Round(time.Millisecond), c)
}

// atLast has the last process bring all to its end, and holds what is left then against a
// run without harm.
func atLast(t *testing.T, f files, number int) *comparison {
	t.Helper()
	last := another(f, number, envLast+"=1")
	if out, err := last.CombinedOutput(); err != nil {
		t.Fatalf("the last process: %v\n%s", err, out)
	}
	got, err := gather(f, nil)
	if err != nil {
		t.Fatal(err)
	}
	started, err := f.startedUntil()
	if err != nil {
		t.Fatal(err)
	}
	c := &comparison{T: t, got: got, want: unharmed(t, got.works())}
	c.all(started)
	return c
}

func another(f files, number int, env ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), append(env, envDir+"="+f.dir, fmt.Sprintf("%s=%d", envNumber, number))...)
	return cmd
}

// kill runs a process for so long. It is an error where it ends by itself.
func kill(f files, number int, life time.Duration) error {
	cmd := another(f, number)
	out, err := os.CreateTemp(f.dir, "out")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name())
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		return err
	}
	time.Sleep(life)
	if err := cmd.Process.Kill(); err != nil {
		return fmt.Errorf("process %d can't be killed: %w", number, err)
	}
	if err := cmd.Wait(); cmd.ProcessState.Exited() {
		text, _ := os.ReadFile(out.Name())
		return fmt.Errorf("process %d ended by itself: %v\n%s", number, err, text)
	}
	return nil
}

// unharmed runs as many executions in this process, on a journal in memory.
func unharmed(t *testing.T, works int) *history {
	t.Helper()
	f, j := files{t.TempDir()}, memory.New()
	p, err := begin(t.Context(), f, j, 0, 200, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer p.engine.Close()
	for seed := range works {
		if err := p.start(t.Context(), seed); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.wait(); err != nil {
		t.Fatal(err)
	}
	h, err := gather(f, j)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// gather reads what came of a run; j is nil for the journal in the file.
func gather(f files, j journal.Journal) (*history, error) {
	if j == nil {
		file, err := sqlite.Open(f.journal())
		if err != nil {
			return nil, err
		}
		defer file.Close()
		if err := file.Check(context.Background()); err != nil {
			return nil, err
		}
		j = file
	}
	h := &history{executions: map[string]*journal.Execution{}, records: map[string][]journal.Record{}}
	err := j.View(context.Background(), h.read)
	if err != nil {
		return nil, err
	}
	h.effects, err = effects(f.world())
	return h, err
}
