package gopkg

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"golang.org/x/mod/modfile"
)

// lacking is how Go says that no module of go.mod has a package. Its group is that.
var lacking = regexp.MustCompile(`(?:no required module provides|cannot find module providing) package ([^\s:;,)]+)`)

// Untidy says in words, of what Go says, that go.mod or go.sum lacks something, and what to
// do then. It is empty where Go says something else.
func Untidy(text string) string {
	switch m := lacking.FindStringSubmatch(text); {
	case m != nil:
		return "go.mod doesn't have a module with " + m[1] + ": run go mod tidy"
	case strings.Contains(text, "missing go.sum entry"):
		return "go.sum doesn't have all that go.mod asks for: run go mod tidy"
	case strings.Contains(text, "updates to go.mod needed"):
		return "go.mod isn't as Go would write it: run go mod tidy"
	}
	return ""
}

// LacksRuntime gives the go.mod of a directory where generated Go wouldn't build, since the
// module doesn't ask for the one that has the runtime. It is empty where it does, where
// there is no module, and in a workspace, which may have it from elsewhere.
func LacksRuntime(dir string) string {
	m, err := moduleOf(dir)
	if err != nil || m == nil || m.path+"/" == ours || inWorkspace(m.dir) {
		return ""
	}
	path := filepath.Join(m.dir, "go.mod")
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	file, err := modfile.ParseLax(path, text, nil)
	if err != nil {
		return ""
	}
	for _, r := range file.Require {
		if r.Mod.Path+"/" == ours {
			return ""
		}
	}
	return relative(path)
}

func inWorkspace(dir string) bool {
	if os.Getenv("GOWORK") == "off" {
		return false
	}
	for at := dir; ; at = filepath.Dir(at) {
		if _, err := os.Stat(filepath.Join(at, "go.work")); err == nil || os.Getenv("GOWORK") != "" {
			return true
		}
		if at == filepath.Dir(at) {
			return false
		}
	}
}
