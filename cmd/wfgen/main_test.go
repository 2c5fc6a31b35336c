package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"wfgen": main})
}

// TestScripts runs the command from outside, a script for each of its traits.
func TestScripts(t *testing.T) {
	testscript.Run(t, params("testdata"))
}

// params are the commands and the environment of the scripts in a directory.
func params(dir string) testscript.Params {
	return testscript.Params{
		Dir:   dir,
		Setup: setup,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exitcode": exitcode,
			"repeat":   repeat,
			"clean":    clean,
			"contains": contains,
			"waitfor":  waitFor,
			"dead":     dead,
			"provider": provider,
		},
	}
}

// setup lets go find in a script what it has compiled before: a script has a home
// of its own.
func setup(env *testscript.Env) error {
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH"} {
		out, err := exec.Command("go", "env", name).Output()
		if err != nil {
			return err
		}
		env.Setenv(name, strings.TrimSpace(string(out)))
	}
	wfgen, err := exec.LookPath("wfgen")
	if err != nil {
		return err
	}
	env.Setenv("WFGEN", wfgen)
	root, err := filepath.Abs("../..")
	if err != nil {
		return err
	}
	env.Setenv("ROOT", root)
	env.Setenv("ESC", "\x1b")
	// Modules come from the cache, and are not looked up in the checksum database either.
	env.Setenv("GOPROXY", "off")
	env.Setenv("GOSUMDB", "off")
	env.Setenv("GOFLAGS", "")
	env.Setenv("XDG_STATE_HOME", filepath.Join(env.WorkDir, ".state"))
	env.Setenv("TMPDIR", filepath.Join(env.WorkDir, ".tmp"))
	// The runtime is compiled once for all scripts if it is always in one place.
	env.Setenv("XDG_CACHE_HOME", filepath.Join(os.TempDir(), "wfgen-test-cache"))
	return nil
}

// exitcode runs a command that has to end with this exit code: exitcode N CMD ARG….
func exitcode(ts *testscript.TestScript, neg bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	if e := new(exec.ExitError); errors.As(err, &e) {
		code = e.ExitCode()
	} else {
		ts.Check(err)
	}
	if neg || strconv.Itoa(code) != args[0] {
		ts.Fatalf("%s ended with exit code %d, want %s", args[1], code, args[0])
	}
}

// repeat writes a file of a text between a head and a tail, many times over:
// repeat FILE N HEAD TEXT TAIL.
func repeat(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 5 {
		ts.Fatalf("usage: repeat FILE N HEAD TEXT TAIL")
	}
	var n int
	_, err := fmt.Sscan(args[1], &n)
	ts.Check(err)
	unquote := strings.NewReplacer(`\n`, "\n", `\xff`, "\xff").Replace
	text := unquote(args[2]) + strings.Repeat(unquote(args[3]), n) + unquote(args[4])
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o666))
}

// contains tells whether a directory has exactly these entries: contains DIR NAME….
func contains(ts *testscript.TestScript, neg bool, args []string) {
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if got, want := strings.Join(names, " "), strings.Join(args[1:], " "); (got == want) == neg {
		ts.Fatalf("%s holds %q, want %q", args[0], got, want)
	}
}

// clean tells whether nothing of wfgen's is left in a directory for temporary
// files: clean DIR.
func clean(ts *testscript.TestScript, neg bool, args []string) {
	left, err := filepath.Glob(ts.MkAbs(args[0]) + "/wfgen*")
	ts.Check(err)
	if (len(left) == 0) == neg {
		ts.Fatalf("%s are left", left)
	}
}

// waitFor waits until a file has a line that a pattern matches: waitfor FILE PATTERN.
func waitFor(ts *testscript.TestScript, neg bool, args []string) {
	pattern := regexp.MustCompile(args[1])
	for range 2400 {
		if text, err := os.ReadFile(ts.MkAbs(args[0])); err == nil && pattern.Match(text) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("%s never matches %s", args[0], args[1])
}

// dead waits until the process has ended whose number a file has, and nothing of wfgen's is
// left in a directory for temporary files: dead FILE DIR.
func dead(ts *testscript.TestScript, neg bool, args []string) {
	var pid int
	_, err := fmt.Sscan(ts.ReadFile(args[0]), &pid)
	ts.Check(err)
	p, err := os.FindProcess(pid)
	ts.Check(err)
	for range 600 {
		left, err := filepath.Glob(ts.MkAbs(args[1]) + "/wfgen*")
		ts.Check(err)
		if p.Signal(syscall.Signal(0)) != nil && len(left) == 0 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	ts.Fatalf("process %d goes on, or something is left", pid)
}

// panicking is a reader with a defect.
type panicking struct{}

func (panicking) Read([]byte) (int, error) { panic("internal error: the reader is broken") }

func TestRunCatchesDefects(t *testing.T) {
	dir := t.TempDir()
	source := "package p\nworkflow Double(n int) int { return n * 2 }\n"
	if err := os.WriteFile(filepath.Join(dir, "p.wf"), []byte(source), 0o666); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	code := run(panicking{}, &stdout, &stderr, []string{"wfgen", "run", "-input", "-", dir})
	text := stderr.String()
	if code != exitUnusable || stdout.Len() > 0 || !strings.HasPrefix(text, "wfgen: internal error: the reader is broken\n") ||
		!strings.Contains(text, "Please report it") {
		t.Errorf("exit code %d, printed %q, %q", code, stdout.String(), text)
	}
}

func TestDashes(t *testing.T) {
	tests := []struct{ args, want string }{
		{"check -json ./...", "check --json ./..."},
		{"check --json", "check --json"},
		{"fmt -l -w -", "fmt --l --w -"},
		{"run -input - x", "run --input=- x"},
		{"run -input=- x", "run --input=- x"},
		{"run -input {} -h", "run --input {} -h"},
		{"list -- -odd", "list -- -odd"},
	}
	for _, test := range tests {
		if got := strings.Join(doubleDashes(strings.Fields(test.args)), " "); got != test.want {
			t.Errorf("%s: %s, want %s", test.args, got, test.want)
		}
	}
}
