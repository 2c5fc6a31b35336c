package compiler

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const us = "github.com/wfgen/wfgen"

// mayImport says which of our packages each of them may import: the pipeline goes
// one way. What isn't here stands at its end and may import all.
var mayImport = map[string][]string{
	"dsl":                 {},
	"dsl/build":           {"dsl"},
	"types":               {},
	"diag":                {"dsl", "runtime/foreign"},
	"diag/explain":        {"diag"},
	"parser":              {"dsl", "diag", "runtime/foreign"},
	"checker":             {"dsl", "diag", "types", "runtime"}, // for how it reads durations
	"plan":                {"dsl", "types", "checker"},
	"plan/serial":         {"types", "plan"},
	"compat":              {"types", "plan"},
	"codegen":             {"dsl", "types", "plan", "compat", "runtime"},   // for how it writes durations
	"graph":               {"types", "plan", "runtime", "runtime/foreign"}, // for how it writes durations
	"interp":              {"dsl", "types", "plan", "compat", "runtime"},
	"format":              {"dsl", "diag", "parser"},
	"compiler/gopkg":      {"dsl", "types"},
	"compiler/gopure":     {"compiler/gopkg"},
	"compiler/watch":      {"compiler"},
	"internal/revision":   {"internal/files"},
	"internal/wftest":     {"dsl", "types", "plan", "interp", "runtime", "runtime/journal", "runtime/memory", "runtime/mock"},
	"runtime":             {"runtime/journal", "runtime/foreign"},
	"runtime/foreign":     {},
	"runtime/journal":     {},
	"runtime/memory":      {"runtime/journal"},
	"runtime/journaltest": {"runtime/journal"},
	"runtime/sqlite":      {"runtime/journal"},
	"runtime/remote":      {"runtime/journal"},
	"runtime/control":     {"runtime"},
	"runtime/driver":      {"runtime", "runtime/foreign", "runtime/journal", "runtime/remote", "runtime/control"},
	"internal/history":    {"runtime/journal"},
	"interp/linked":       {"internal/history", "internal/replay", "internal/wftest", "plan", "plan/serial", "runtime/driver", "runtime/foreign"},
	"internal/replay":     {"compat", "internal/history", "interp", "plan", "runtime", "runtime/journal", "runtime/memory", "types"},
	"internal/journals":   {"internal/files", "runtime/journal", "runtime/sqlite"},
	"runtime/mock":        {"runtime", "runtime/driver"},
	"internal/again":      {"runtime"},
	"internal/campaign":   {"runtime"},
	"internal/files":      {},
}

// owners says which of our packages alone may import a library.
var owners = map[string][]string{
	"github.com/alecthomas/participle": {"parser"},
	"github.com/dave/jennifer":         {"codegen"},
	"github.com/alecthomas/kong":       {"cmd/wfgen"},
	"github.com/mattn/go-runewidth":    {"diag", "internal/progress", "graph"},
	"modernc.org/":                     {"runtime/sqlite"},
	"golang.org/x/tools/go/packages":   {"compiler/gopkg", "internal/execute"},
}

type listed struct {
	ImportPath string
	Imports    []string
}

func ourPackages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-e", "-json=ImportPath,Imports", us+"/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func TestImportsGoOneWay(t *testing.T) {
	for _, p := range ourPackages(t) {
		name := strings.TrimPrefix(p.ImportPath, us+"/")
		for _, imported := range p.Imports {
			if problem := refuse(name, imported); problem != "" {
				t.Errorf("%s imports %s: %s", name, imported, problem)
			}
		}
	}
}

// refuse says why one of our packages may not import another one.
func refuse(name, imported string) string {
	allowed, bound := mayImport[name]
	if local, ok := strings.CutPrefix(imported, us+"/"); ok {
		if bound && !slices.Contains(allowed, local) {
			return "it may import " + strings.Join(allowed, ", ") + " of ours"
		}
		return ""
	}
	standard := !strings.Contains(strings.Split(imported, "/")[0], ".")
	if !standard && name != "runtime/sqlite" && (name == "runtime" || strings.HasPrefix(name, "runtime/")) {
		return "the runtime imports the standard library alone"
	}
	for library, by := range owners {
		if strings.HasPrefix(imported, library) && !slices.Contains(by, name) {
			return "only " + strings.Join(by, ", ") + " may"
		}
	}
	return ""
}
