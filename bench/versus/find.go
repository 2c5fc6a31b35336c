package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// When a mistake is found, the earliest first.
const (
	checked = "C" // before anything runs, as an error
	warned  = "W" // before anything runs, as a warning
	tested  = "T" // by the test of the happy path
	never   = "N" // not before it runs, if then
	nowhere = "–" // it can't be made
)

// A finder finds out when the mistakes are found.
type finder struct {
	dir   string // for what it makes; below this module, so that imports of Go are found
	wfgen string
}

// newFinder builds wfgen.
func newFinder(ctx context.Context) (*finder, error) {
	dir, err := os.MkdirTemp(".", ".found-")
	if err != nil {
		return nil, err
	}
	f := &finder{dir: dir, wfgen: filepath.Join(dir, "wfgen")}
	if f.wfgen, err = filepath.Abs(f.wfgen); err != nil {
		return nil, err
	}
	if out, err := run(ctx, "go", "build", "-o", f.wfgen, "github.com/wfgen/wfgen/cmd/wfgen"); err != nil {
		return nil, errors.Join(fmt.Errorf("wfgen can't be built: %w\n%s", err, out), f.close())
	}
	return f, nil
}

func (f *finder) close() error { return os.RemoveAll(f.dir) }

// find gives when a mistake is found that is made in a way, and what is said of it.
func (f *finder) find(ctx context.Context, m mistake, w way) (stage, said string, err error) {
	if len(w.texts) == 0 {
		return nowhere, "", nil
	}
	path := filepath.Join(w.system, w.file)
	source, err := os.ReadFile(path)
	if err != nil {
		return "", "", err
	}
	text := string(source)
	for i := 0; i < len(w.texts); i += 2 {
		if !strings.Contains(text, w.texts[i]) {
			return "", "", fmt.Errorf("%s: mistake %d: there is no %q", path, m.number, w.texts[i])
		}
		text = strings.Replace(text, w.texts[i], w.texts[i+1], 1)
	}
	made := filepath.Join(f.dir, fmt.Sprintf("%d-%d", m.number, time.Now().UnixNano()))
	if err := os.Mkdir(made, 0o777); err != nil {
		return "", "", err
	}
	mistaken, err := filepath.Abs(filepath.Join(made, filepath.Base(w.file)))
	if err != nil {
		return "", "", err
	}
	if err := os.WriteFile(mistaken, []byte(text), 0o666); err != nil {
		return "", "", err
	}
	if w.system == "wfgen" {
		stage, said = f.inWfgen(ctx, m, made, filepath.Dir(path))
		return stage, said, ctx.Err()
	}
	stage, said, err = inGo(ctx, made, path, mistaken, w.system != "dbos")
	return stage, said, errors.Join(err, ctx.Err())
}

// inWfgen is what a writer of workflows does: check, test, and where executions are in flight
// compat.
func (f *finder) inWfgen(ctx context.Context, m mistake, dir, sound string) (stage, said string) {
	out, err := run(ctx, f.wfgen, "check", dir)
	switch text := first(out, "error[", "warning["); {
	case err != nil:
		return checked, text
	case text != "":
		return warned, text
	}
	if m.number == inFlight {
		if out, err := run(ctx, f.wfgen, "compat", sound, dir); err != nil {
			return checked, "compat: " + first(out, "no ")
		}
	}
	if out, err := run(ctx, f.wfgen, "test", dir); err != nil {
		return tested, first(out, ".wf:")
	}
	if out, err := run(ctx, f.wfgen, "test", "-crash", dir); err != nil {
		return tested, "-crash: " + first(out, ".wf:", "held")
	}
	return never, ""
}

// inFlight is the mistake that is about executions that have begun.
const inFlight = 15

// inGo builds, vets and tests a package in which a file stands in the place of another.
func inGo(ctx context.Context, dir, path, mistaken string, test bool) (stage, said string, err error) {
	path, err = filepath.Abs(path)
	if err != nil {
		return "", "", err
	}
	text, err := json.Marshal(map[string]any{"Replace": map[string]string{path: mistaken}})
	if err != nil {
		return "", "", err
	}
	overlay := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(overlay, text, 0o666); err != nil {
		return "", "", err
	}
	pkg := filepath.Dir(path)
	if out, err := run(ctx, "go", "vet", "-overlay", overlay, pkg); err != nil {
		return checked, first(out, ".go:"), nil
	}
	if !test {
		return never, "", nil
	}
	if out, err := run(ctx, "go", "test", "-overlay", overlay, "-timeout", "2m", pkg); err != nil {
		return tested, first(out, "panic:", "rror:", "_test.go:", "--- FAIL"), nil
	}
	return never, "", nil
}

func run(ctx context.Context, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// first is the first line of a text that has one of some words, from that word on where it is a
// diagnostic.
func first(text string, words ...string) string {
	for line := range strings.Lines(text) {
		for _, word := range words {
			if at := strings.Index(line, word); at >= 0 {
				if strings.HasSuffix(word, "[") {
					line = line[at:]
				}
				return strings.TrimSpace(line)
			}
		}
	}
	return ""
}
