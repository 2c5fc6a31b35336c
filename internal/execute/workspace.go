package execute

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/wfgen/wfgen"
)

// A workspace is the go.work file that the user's module is built under.
type workspace struct {
	path string
	file *modfile.WorkFile
}

// workspace finds the workspace that lists the module in dir; nil where none does.
func (g *goCommand) workspace(dir string) (*workspace, error) {
	path, err := g.env(dir, "GOWORK")
	if err != nil || path == "" || path == "off" {
		return nil, err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	file, err := modfile.ParseWork(path, text, nil)
	if err != nil {
		return nil, err
	}
	w := &workspace{path, file}
	if !slices.ContainsFunc(file.Use, func(u *modfile.Use) bool { return w.dir(u) == dir }) {
		return nil, nil
	}
	return w, nil
}

// dir is the directory that a use line means.
func (w *workspace) dir(u *modfile.Use) string {
	path := filepath.FromSlash(u.Path)
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(filepath.Dir(w.path), path)
}

// joinWorkspace adds the runtime to the user's workspace, in the overlay, unless
// its module is there already.
func (s *site) joinWorkspace(m *module, w *workspace) error {
	if w == nil {
		return nil
	}
	for _, u := range w.file.Use {
		if used, err := moduleOf(w.dir(u)); err == nil && used != nil && used.file.Module.Mod.Path == ours {
			return nil
		}
	}
	old := ""
	if w.file.Go != nil {
		old = w.file.Go.Version
	}
	w.file.DropToolchainStmt()
	if err := errors.Join(
		w.file.AddGoStmt(newer(old, wfgen.GoVersion())),
		w.file.AddUse(filepath.ToSlash(s.addRuntime()), ours)); err != nil {
		return err
	}
	w.file.Cleanup()
	s.add(w.path, modfile.Format(w.file.Syntax))
	return nil
}

// withoutMod takes -mod and -modfile out of GOFLAGS: a workspace has neither.
func withoutMod(flags string) string {
	kept := slices.DeleteFunc(strings.Fields(flags), func(f string) bool {
		return strings.HasPrefix(strings.TrimLeft(f, "-"), "mod")
	})
	return strings.Join(kept, " ")
}
