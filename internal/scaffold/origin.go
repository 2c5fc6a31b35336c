package scaffold

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"

	"github.com/wfgen/wfgen"
	"github.com/wfgen/wfgen/internal/files"
)

// noVersion stands where a directory takes the place of a version.
const noVersion = "v0.0.0"

// latest stands where the version isn't known, as with the go command.
const latest = "latest"

// An origin is where this wfgen comes from, so that a module can ask for the same.
type origin struct {
	version string // or latest
	dir     string // of a checkout that it was built from; empty where it is a release
}

func self() origin {
	if dir := checkout(); dir != "" {
		return origin{noVersion, dir}
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range append(info.Deps, &info.Main) {
			if m.Path == ours && semver.IsValid(m.Version) && !strings.Contains(m.Version, "+") {
				return origin{version: m.Version}
			}
		}
	}
	return origin{version: latest}
}

// checkout is the directory of the source that this program was built from, where
// that is neither a module in Go's cache nor gone.
func checkout() string {
	_, file, _, ok := runtime.Caller(0)
	if !ok || !filepath.IsAbs(file) {
		return ""
	}
	dir := filepath.Dir(filepath.Dir(filepath.Dir(file)))
	if strings.Contains(filepath.Base(filepath.Dir(dir))+"/"+filepath.Base(dir), "@") {
		return ""
	}
	if text, err := os.ReadFile(filepath.Join(dir, "go.mod")); err != nil || modfile.ModulePath(text) != ours {
		return ""
	}
	return dir
}

// require makes a go.mod ask for this wfgen, whose version is known, and for its command.
func (o origin) require(f *modfile.File) error {
	if err := errors.Join(f.AddRequire(ours, o.version), f.AddTool(tool)); err != nil || o.dir == "" {
		return err
	}
	return f.AddReplace(ours, "", o.dir, "")
}

// addSums adds to the module's go.sum what this wfgen's own says of its dependencies. They
// are the same for both, and no checksum database has to be asked then.
func (r *Result) addSums() error {
	needed := map[string]bool{}
	for _, d := range wfgen.Module().Require {
		needed[d.Mod.Path+" "+d.Mod.Version] = true
	}
	path := filepath.Join(r.Module, "go.sum")
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	all := map[string]bool{}
	for line := range strings.Lines(string(old)) {
		all[strings.TrimSpace(line)] = true
	}
	for line := range strings.Lines(string(wfgen.Sums)) {
		if of, _, ok := strings.Cut(strings.Replace(line, "/go.mod ", " ", 1), " h1:"); ok && needed[of] {
			all[strings.TrimSpace(line)] = true
		}
	}
	delete(all, "")
	text := strings.Join(slices.Sorted(maps.Keys(all)), "\n") + "\n"
	return files.Replace(path, []byte(text), 0o666)
}
