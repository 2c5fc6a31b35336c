package sqlite_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/sqlite"
)

// The test binary is also the other process that a test needs.
func TestMain(m *testing.M) {
	if path := os.Getenv("JOURNAL_CHILD"); path != "" {
		child(path)
	}
	os.Exit(m.Run())
}

// child opens a journal and, for each line that it gets, or without end, stores two
// records and then says so. It doesn't close the journal. With JOURNAL_LOCK it only locks the
// file.
func child(path string) {
	if os.Getenv("JOURNAL_LOCK") != "" {
		err := sqlite.Lock(path, func() {
			fmt.Println("open")
			_, _ = io.ReadAll(os.Stdin)
		})
		fmt.Println(err)
		os.Exit(1)
	}
	level, _ := strconv.Atoi(os.Getenv("JOURNAL_LEVEL"))
	j, err := sqlite.Open(path, sqlite.WithDurability(sqlite.Durability(level)))
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("open")
	for n := 1; ; n += 2 {
		if os.Getenv("JOURNAL_HOLD") != "" {
			_, _ = io.ReadAll(os.Stdin)
			os.Exit(0)
		}
		if err := j.Update(context.Background(), twoRecords(n)); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(n + 1)
	}
}

// twoRecords stores the records n and n+1, and n+1 in the state.
func twoRecords(n int) func(journal.Tx) error {
	return func(tx journal.Tx) error {
		if n == 1 {
			if err := tx.Create(&journal.Execution{ID: "a"}); err != nil {
				return err
			}
		}
		data := []byte(`"` + strings.Repeat("x", n*37%5000) + `"`)
		return errors.Join(
			tx.Append("a", []journal.Record{{N: n, Data: data}}),
			tx.Append("a", []journal.Record{{N: n + 1, Data: data}}),
			tx.SetState("a", journal.State{Status: journal.StatusRunning, Generation: n + 1}),
		)
	}
}

// start starts the other process, and gives what it says after it has opened the
// journal.
func start(t *testing.T, path string, env ...string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(append(os.Environ(), "JOURNAL_CHILD="+path), env...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cmd.StdinPipe(); err != nil { // stays open as long as we do
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(out)
	if !lines.Scan() || lines.Text() != "open" {
		t.Fatalf("the other process said %q", lines.Text())
	}
	return cmd, lines
}

func TestOneOwner(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	cmd, _ := start(t, path, "JOURNAL_HOLD=1")
	for range 2 {
		_, err := sqlite.Open(path)
		want := fmt.Sprintf("journal %s is in use by process %d: end that, or look at the journal with OpenReadOnly", path, cmd.Process.Pid)
		if err == nil || err.Error() != want {
			t.Errorf("got %v\nwant %s", err, want)
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	j := open(t, path) // at once
	if _, err := sqlite.Open(path); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("process %d:", os.Getpid())) {
		t.Errorf("this process opened it twice: %v", err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(path, link); err == nil {
		if _, err := sqlite.Open(link); err == nil {
			t.Error("by a link it could be opened twice")
		}
	}
	if err := errors.Join(j.Close(), j.Close()); err != nil {
		t.Fatal(err)
	}
	open(t, path)
}

// What a process said that it had stored is there after kill -9, nothing is there by
// half, and the file is sound.
func TestKill(t *testing.T) {
	for _, level := range []sqlite.Durability{sqlite.PowerLoss, sqlite.ProcessCrash} {
		for _, commits := range []int{1, 2, 17, 150, 700} {
			t.Run(fmt.Sprint(level, "/", commits), func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "journal")
				cmd, lines := start(t, path, fmt.Sprint("JOURNAL_LEVEL=", int(level)))
				for range commits {
					if !lines.Scan() {
						t.Fatal("the other process ended")
					}
				}
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
				said := lines.Text()
				for lines.Scan() { // what it said before it ended; a last line may be cut
					if text := lines.Text(); len(text) >= len(said) {
						said = text
					}
				}
				_ = cmd.Wait()
				last, err := strconv.Atoi(said)
				if err != nil {
					t.Fatal(err)
				}
				looker, err := sqlite.OpenReadOnly(path)
				if err != nil {
					t.Fatal(err)
				}
				holds(t, looker, last)
				if err := looker.Close(); err != nil {
					t.Error(err)
				}
				j := open(t, path)
				holds(t, j, last)
				if err := j.Check(context.Background()); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// holds checks that a journal holds what twoRecords has stored, up to last at least.
func holds(t *testing.T, j *sqlite.Journal, last int) {
	t.Helper()
	err := j.View(context.Background(), func(tx journal.Tx) error {
		e, err := tx.Execution("a")
		if err != nil {
			return err
		}
		records, err := tx.Records("a", 0, 0)
		if err != nil {
			return err
		}
		if e == nil || e.Generation < last || e.Generation != len(records) || len(records)%2 != 0 {
			t.Errorf("%d records were stored; there are %d, and the state %+v", last, len(records), e)
		}
		for i, r := range records {
			if n := i + 1 - i%2; r.N != i+1 || len(r.Data) != n*37%5000+2 {
				t.Errorf("record %d isn't what was stored", i)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// Another process's journal can be looked at while it is being written.
func TestReadBesideAWriter(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	_, lines := start(t, path)
	lines.Scan()
	looker, err := sqlite.OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := looker.Close(); err != nil {
			t.Error(err)
		}
	}()
	for range 50 {
		for range 5 {
			if !lines.Scan() {
				t.Fatal("the other process ended")
			}
		}
		last, err := strconv.Atoi(lines.Text())
		if err != nil {
			t.Fatalf("the other process said %q", lines.Text())
		}
		holds(t, looker, last)
	}
	if err := looker.Update(context.Background(), func(journal.Tx) error { return nil }); err == nil {
		t.Error("what was opened to read could be written")
	}
}

// TestOwner: who has a journal is known from outside, to the one who has it too, and looking
// keeps nobody from having it.
func TestOwner(t *testing.T) {
	path := filepath.Join(t.TempDir(), "j.db")
	is := func(want string) {
		t.Helper()
		if got, err := sqlite.Owner(path); err != nil || got != want {
			t.Errorf("owned by %q, %v, want %q", got, err, want)
		}
	}
	is("")
	for range 2 {
		j, err := sqlite.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		is(strconv.Itoa(os.Getpid()))
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		is("")
	}
	stop, done := make(chan bool), make(chan bool)
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			case <-time.After(time.Millisecond):
				_, _ = sqlite.Owner(path)
			}
		}
	}()
	for range 50 {
		j, err := sqlite.Open(path)
		if err != nil {
			t.Error(err)
			break
		}
		if err := j.Close(); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	<-done
}
