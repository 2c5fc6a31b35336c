package execute

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	goruntime "runtime"
	"slices"
	"strings"

	"github.com/wfgen/wfgen/internal/files"
)

// A goCommand calls the go command.
type goCommand struct {
	ctx  context.Context
	path string
	temp string // a directory for what it reads and writes

	overlays int // how many have been written
}

func newGo(ctx context.Context, temp string) (*goCommand, error) {
	path, err := exec.LookPath("go")
	if err != nil {
		return nil, errors.New("no go on the PATH: a workflow is run as a Go program, and Go builds it (https://go.dev/dl)")
	}
	return &goCommand{ctx: ctx, path: path, temp: temp}, nil
}

// env gives the value of one of go's variables in a directory.
func (g *goCommand) env(dir, name string) (string, error) {
	cmd := exec.CommandContext(g.ctx, g.path, "env", name)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go env %s: %w", name, err)
	}
	return strings.TrimSpace(string(out)), nil
}

// A BuildError is what Go says against a program.
type BuildError struct{ Text string }

func (e *BuildError) Error() string { return e.Text }

// build builds the site's main program and gives its path.
//
// It has go run do that where it can, and not go build: go run keeps in its cache what it has
// linked, and links without what only debuggers read. What it has built it gives to cp,
// instead of starting it: a workflow needs more of its parent than go run passes on.
func (g *goCommand) build(s *site) (string, error) {
	overlay, err := g.writeOverlay(s)
	if err != nil {
		return "", err
	}
	binary := filepath.Join(g.temp, "workflow")
	if goruntime.GOOS == "windows" {
		binary += ".exe"
	}
	rel, err := filepath.Rel(s.root, s.mainDir)
	if err != nil {
		return "", err
	}
	flags := append([]string{"-buildvcs=false", "-overlay=" + overlay}, s.flags...)
	main := "./" + filepath.ToSlash(rel)
	args := slices.Concat([]string{"build", "-o", binary}, flags, []string{main})
	if _, err := exec.LookPath("cp"); err == nil {
		args = slices.Concat([]string{"run", "-exec=cp"}, flags, []string{main, binary})
	}
	cmd := exec.CommandContext(g.ctx, g.path, args...)
	cmd.Dir = s.root
	cmd.Env = append(cmd.Environ(), s.env...)
	out, err := cmd.CombinedOutput()
	switch {
	case g.ctx.Err() != nil:
		return "", errors.New("interrupted")
	case err != nil && len(out) == 0:
		return "", fmt.Errorf("go %s: %w", args[0], err)
	case err != nil:
		return "", &BuildError{string(bytes.TrimSpace(out))}
	}
	return binary, nil
}

// writeOverlay writes the overlay as it is now, in the form that the go command takes.
func (g *goCommand) writeOverlay(s *site) (string, error) {
	g.overlays++
	dir := filepath.Join(g.temp, fmt.Sprint("overlay", g.overlays))
	if err := files.MakeDir(dir, 0o700); err != nil {
		return "", err
	}
	var paths []string
	for path := range s.overlay {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	replace := map[string]string{}
	for i, path := range paths {
		file := filepath.Join(dir, fmt.Sprintf("%d%s", i, filepath.Ext(path)))
		if err := files.Create(file, s.overlay[path], 0o600); err != nil {
			return "", err
		}
		replace[path] = file
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "overlay.json")
	return file, files.Create(file, text, 0o600)
}
