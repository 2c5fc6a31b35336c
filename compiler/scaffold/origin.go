package scaffold

import (
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/semver"
)

// noVersion stands where a directory takes the place of a version.
const noVersion = "v0.0.0"

// An origin is where this wfgen comes from, so that a module can ask for the same.
type origin struct {
	version string // latest where it isn't known
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
	return origin{version: "latest"}
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
