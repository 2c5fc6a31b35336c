package execute

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"

	"github.com/wfgen/wfgen"
)

// ours is the path of the module that the runtime is in.
const ours = "github.com/wfgen/wfgen"

// A module is the user's module.
type module struct {
	dir  string
	file *modfile.File
}

// moduleOf finds the module that a directory is in; nil where it is in none.
func moduleOf(dir string) (*module, error) {
	for at := dir; ; at = filepath.Dir(at) {
		path := filepath.Join(at, "go.mod")
		text, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			if at == filepath.Dir(at) {
				return nil, nil
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		file, err := modfile.Parse(path, text, nil)
		if err != nil {
			return nil, err
		}
		if file.Module == nil {
			return nil, fmt.Errorf("%s names no module", path)
		}
		return &module{at, file}, nil
	}
}

// alone makes the site a module of its own, which needs nothing but the runtime.
func (s *site) alone(importPath string) {
	s.root, s.importPath = s.dir, importPath
	mod := fmt.Sprintf("module %s\n\ngo %s\n\nrequire %s v0.0.0\n\nreplace %[3]s v0.0.0 => %s\n",
		virtualModule, wfgen.GoVersion(), ours, modfile.AutoQuote(s.addRuntime()))
	s.add(filepath.Join(s.root, "go.mod"), []byte(mod))
	s.flags = []string{"-mod=mod"}
	s.env = []string{"GOWORK=off", "GOPROXY=off", "GOFLAGS="}
}

// within makes the site the user's module, with the runtime added to it.
func (s *site) within(g *goCommand, m *module) error {
	rel, err := filepath.Rel(m.dir, s.dir)
	if err != nil {
		return err
	}
	s.root = m.dir
	s.modulePath = m.file.Module.Mod.Path
	s.importPath = path.Join(m.file.Module.Mod.Path, filepath.ToSlash(rel))
	if work, err := g.workspace(m.dir); err != nil || work != nil {
		s.env = []string{"GOFLAGS=" + withoutMod(os.Getenv("GOFLAGS"))}
		return errors.Join(err, s.joinWorkspace(m, work))
	}
	s.env = []string{"GOWORK=off"}
	s.flags = []string{"-mod=mod"}
	if m.file.Module.Mod.Path == ours {
		return nil
	}
	return s.requireRuntime(m)
}

// requireRuntime edits the user's go.mod, in the overlay.
func (s *site) requireRuntime(m *module) error {
	version := "v0.0.0"
	for _, r := range m.file.Require {
		if r.Mod.Path == ours {
			version = r.Mod.Version
		}
	}
	for _, r := range m.file.Replace {
		if r.Old.Path == ours {
			if err := m.file.DropReplace(r.Old.Path, r.Old.Version); err != nil {
				return err
			}
		}
	}
	m.file.DropToolchainStmt()
	old := ""
	if m.file.Go != nil {
		old = m.file.Go.Version
	}
	if err := errors.Join(
		m.file.AddGoStmt(newer(old, wfgen.GoVersion())),
		m.file.AddRequire(ours, version),
		m.file.AddReplace(ours, "", s.addRuntime(), "")); err != nil {
		return err
	}
	m.file.Cleanup()
	text, err := m.file.Format()
	s.add(filepath.Join(m.dir, "go.mod"), text)
	return err
}

// addRuntime puts the runtime's source in a directory of the overlay and gives
// its path: one in the user's own cache directory, where no one else can put
// files, and which is the same in every run.
func (s *site) addRuntime() string {
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = s.mainDir
	}
	dir := filepath.Join(cache, virtualDir+"-runtime")
	sources := []fs.ReadFileFS{wfgen.Source}
	if s.interprets {
		sources = append(sources, wfgen.Interpreter)
	}
	for _, source := range sources {
		err = fs.WalkDir(source, ".", func(name string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || strings.HasSuffix(name, "_test.go") || path.Ext(name) != ".go" {
				return err
			}
			text, err := source.ReadFile(name)
			s.add(filepath.Join(dir, filepath.FromSlash(name)), text)
			return err
		})
		if err != nil {
			panic("internal error: the embedded runtime can't be read: " + err.Error())
		}
	}
	s.add(filepath.Join(dir, "go.mod"), fmt.Appendf(nil, "module %s\n\ngo %s\n", ours, wfgen.GoVersion()))
	return dir
}

// newer gives the later of two versions of Go; empty is the oldest.
func newer(a, b string) string {
	if a != "" && semver.Compare("v"+a, "v"+b) > 0 {
		return a
	}
	return b
}
