package wfgen

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the table of rooms into docs/architecture.md")

const us = "github.com/wfgen/wfgen"

// A room is a folder, and what it may know of the others.
type room struct {
	path, holds string
	// imports are our packages that it imports, tests aside: these and no others. It is nil
	// where no Go is in the folder itself, or a module of its own.
	imports []string
}

// rooms are all folders with packages. What a room imports stands above it, but for the
// runtime, which the stages know as users' programs do. docs/architecture.md has this table.
var rooms = []room{
	{"dsl", "the syntax tree with byte-offset spans; sources and their lines; trees as text", []string{}},
	{"dsl/build", "trees made from Go, so that a program can write workflows", []string{"dsl"}},
	{"diag", "diagnostics, the table of codes, the renderer", []string{"dsl", "runtime/foreign"}},
	{"diag/explain", "what each code means, with examples that a test compiles; `docs/diagnostics.md` comes from it", []string{"diag"}},
	{"types", "the types of the language, and the Go names they get", []string{}},
	{"parser", "text to tree, over participle; recovers at statements and declarations", []string{"diag", "dsl", "runtime/foreign"}},
	{"checker", "names, types, constants, narrowing, clauses; facts in side tables", []string{"diag", "dsl", "runtime/pure", "runtime/stepid", "types"}},
	{"plan", "lowering, dependencies, reduction, chains, the schedule of each block, step ids", []string{"checker", "dsl", "runtime/stepid", "types"}},
	{"plan/serial", "a plan as JSON, for another process", []string{"plan", "types"}},
	{"plan/schema", "the types of a plan as JSON Schemas: as values come in, and as language models are held to them", []string{"dsl", "plan", "runtime/foreign", "runtime/pure", "types"}},
	{"compat", "what the records of durable executions mean: fingerprints, and whether an execution can go on under another source", []string{"plan", "plan/schema", "runtime/stepid", "types"}},
	{"codegen", "plan to Go, over jennifer", []string{"compat", "dsl", "plan", "plan/schema", "runtime/foreign", "types"}},
	{"interp", "runs a plan without Go being generated, over tools given by name, and types of Go that are linked", []string{"compat", "dsl", "plan", "plan/schema", "runtime", "runtime/agent", "runtime/mcp", "runtime/pure", "runtime/sha256", "types"}},
	{"graph", "the plan as text, JSON, Mermaid, DOT and SVG", []string{"plan", "runtime/foreign", "runtime/pure", "types"}},
	{"format", "the one style of `.wf` files, on tokens", []string{"diag", "dsl", "parser"}},
	{"internal/files", "the one room that the command writes files from: whole, under random names until then, through no link", []string{}},
	{"compiler/gopkg", "the Go packages around `.wf` files, over go/packages: where they are, what they declare, with stubs for what is to be generated", []string{".", "dsl", "types"}},
	{"compiler/gopure", "whether a Go function that a func is bound to gives the same each time, and the way to what doesn't", []string{"compiler/gopkg"}},
	{"compiler/mcptypes", "what pinned tools of servers take and give, as declarations of the language", []string{"diag", "dsl", "parser", "runtime/foreign", "runtime/mcppin", "types"}},
	{"compiler", "directories of `.wf` files to diagnostics, plan and files; staleness", []string{"checker", "codegen", "compat", "compiler/gopkg", "compiler/gopure", "compiler/mcptypes", "diag", "dsl", "format", "internal/files", "parser", "plan", "runtime/mcppin", "runtime/pure", "types"}},
	{"compiler/watch", "when the sources have changed, by polling", []string{"compiler", "compiler/mcptypes"}},
	{"runtime/pure", "what expressions are made of: numbers, texts, lists, maps, unions, durations, their JSON both ways, and the look at values that come from outside", []string{}},
	{"runtime/sha256", "the builtin of that name, apart since not every program is to link FIPS 140", []string{}},
	{"runtime/stepid", "builds and reads the ids of steps", []string{}},
	{"runtime/foreign", "what others have written as it may reach a terminal, or a program that reads JSON: with escapes for what acts", []string{}},
	{"runtime/repair", "the JSON in what a language model has written, where only one value can have been meant", []string{}},
	{"runtime/model", "asks language models for one reply, over the wires of three providers, with the standard library alone", []string{}},
	{"runtime/mcppin", "what the tools of a server of the Model Context Protocol were when somebody pinned them: the file, hashes, and what a change means", []string{"runtime/foreign"}},
	{"runtime/agenttest", "a provider of language models that is none, on 127.0.0.1: speaks the three wires as strictly as they do, and replies what a test says", []string{"runtime/model"}},
	{"runtime/journal", "what durable executions are kept in: the interface, and what it holds", []string{}},
	{"runtime/guard", "what stands before the calls of a tool, as rules that are given the time: lines in which they wait, breakers, caches", []string{}},
	{"runtime/provider", "which provider's model one is, said without its key; its client, with limits that all who ask it share", []string{"runtime/guard", "runtime/model"}},
	{"runtime", "what generated code calls: steps, side by side, undos, executions, and the engine; the standard library alone", []string{"runtime/foreign", "runtime/guard", "runtime/journal", "runtime/pure", "runtime/stepid"}},
	{"runtime/agent", "conversations with language models as steps of a workflow: what is asked, what a reply has called, which model is next, what the budgets allow", []string{"runtime", "runtime/model", "runtime/pure", "runtime/repair", "runtime/stepid"}},
	{"runtime/mcp", "how generated code calls the tools of servers of the Model Context Protocol: values to JSON and back, and nothing called that has drifted", []string{"runtime/foreign", "runtime/mcppin", "runtime/pure"}},
	{"runtime/memory", "a journal in memory: trees whose copies cost nothing", []string{"runtime/journal"}},
	{"runtime/journaltest", "the tests that hold any journal to the interface; mutants hold the tests to it", []string{"runtime/journal"}},
	{"runtime/sqlite", "a journal in a SQLite file; the one room of the runtime with a library", []string{"runtime/journal"}},
	{"runtime/remote", "a journal that another process has, over a pair of pipes", []string{"runtime/journal"}},
	{"runtime/control", "reaches the engine of the process that owns a journal, over a socket beside its file", []string{"runtime", "runtime/pure"}},
	{"runtime/driver", "the inside of a program that `wfgen run` builds", []string{"runtime", "runtime/control", "runtime/foreign", "runtime/journal", "runtime/pure", "runtime/remote", "runtime/stepid"}},
	{"runtime/mock", "tools made of JSON", []string{"runtime", "runtime/driver", "runtime/pure", "runtime/stepid"}},
	{"internal/history", "what people ask about the records of an execution: steps, times, the critical path; an execution as one document", []string{"runtime/journal", "runtime/stepid"}},
	{"internal/wftest", "what `wfgen test` does: runs tests, with mocks and a virtual clock, and has them crash", []string{"dsl", "interp", "plan", "runtime", "runtime/foreign", "runtime/journal", "runtime/memory", "runtime/mock", "runtime/model", "runtime/pure", "runtime/stepid", "types"}},
	{"internal/replay", "what `wfgen replay` does: runs an exported execution again with what is recorded, or writes it as a test. What `wfgen compat -journal` does: tries which executions go on", []string{"compat", "internal/history", "interp", "plan", "runtime", "runtime/journal", "runtime/memory", "runtime/model", "runtime/stepid", "types"}},
	{"interp/linked", "the inside of a program that tests or replays a package whose `.wf` files name Go", []string{"internal/history", "internal/replay", "internal/wftest", "plan", "plan/serial", "runtime/driver", "runtime/foreign"}},
	{"internal/models", "where the command has models from: `wfgen.toml`, the environment, flags", []string{"runtime/provider"}},
	{"internal/execute", "what `wfgen run` does: builds a package with its tools or mocks and starts it, or interprets it; lends it the journal. Links Go to what tests and replays", []string{".", "compiler", "internal/files", "internal/history", "internal/models", "internal/replay", "internal/wftest", "interp", "interp/linked", "plan", "plan/serial", "runtime", "runtime/driver", "runtime/foreign", "runtime/journal", "runtime/mock", "runtime/provider", "runtime/remote", "runtime/stepid", "types"}},
	{"internal/journals", "where the journals of the command are, and which has an execution", []string{"internal/files", "runtime/journal", "runtime/sqlite"}},
	{"internal/progress", "the plan and events as a live tree of steps on a terminal", []string{"plan", "runtime", "runtime/driver", "runtime/foreign", "runtime/stepid"}},
	{"internal/revision", "the files that a git repository had at a revision", []string{"internal/files"}},
	{"internal/scaffold", "what `wfgen init` makes, and the templates that it makes it of", []string{".", "compiler", "dsl", "internal/files", "parser"}},
	{"internal/assist", "wfgen as a server of the Model Context Protocol, over its SDK: verbs of the command as tools, documents and templates as resources", []string{".", "internal/files", "runtime/journal"}},
	{"mcpclient", "reaches servers of the Model Context Protocol, over its SDK: lists their tools and calls them, bounded in time and size", []string{"runtime/foreign", "runtime/mcp", "runtime/mcppin"}},
	{"cmd/wfgen", "the command: a file for each verb", []string{"compat", "compiler", "compiler/gopkg", "compiler/watch", "diag", "diag/explain", "format", "graph", "internal/assist", "internal/execute", "internal/files", "internal/history", "internal/journals", "internal/models", "internal/progress", "internal/replay", "internal/revision", "internal/scaffold", "internal/wftest", "mcpclient", "plan", "runtime", "runtime/control", "runtime/driver", "runtime/foreign", "runtime/journal", "runtime/mcppin", "runtime/memory", "runtime/pure", "runtime/stepid"}},
	{"mcpserve", "the workflows of an engine as tools of the Model Context Protocol, over its SDK: executions are tasks, approvals what a task asks", []string{"runtime", "runtime/foreign", "runtime/journal"}},
	{".", "the source that the command carries with it, for the programs that it builds", []string{}},
	{"docs", "the documents; tests compile their examples", []string{}},
	{"examples", "small packages to copy, each run by the tests; `examples/templates` are those that `wfgen init -template` makes, `examples/inproject` is a module of its own", []string{}},
	{"golden", "archives: source in; diagnostics, plan and Go out", []string{}},
	{"golden/archive", "compares what any test gets with its testdata", []string{}},
	{"golden/random", "programs written at random, and the tests that run them in every way", []string{}},
	{"internal/again", "retries and forks compiled workflows that have received, drawn, started and owed things", []string{"runtime", "runtime/pure"}},
	{"internal/campaign", "kills processes that run durable executions, and looks at what is left", []string{"runtime", "runtime/pure"}},
	{"internal/sdks", "has the providers' own libraries ask the provider of `runtime/agenttest`; a module of its own, so that they are nobody's", nil},
	{"internal/lint", "staticcheck, actionlint and what checks types for other systems; a module of its own, so that their libraries are nobody's", nil},
	{"action", "the GitHub action: a script that runs the command, and shows what is wrong at its place; a script of `cmd/wfgen` tests it, and the hooks for pre-commit", nil},
	{"bench", "the same graphs as generated code, by hand and by libraries; a module of its own", nil},
	{"bench/durable", "durable executions against DBOS and Temporal; a module of its own, as is the Temporal server in it", nil},
	{"bench/toolchain", "`wfgen compile` beside `templ generate` and `sqlc generate`, as processes; a module of its own", nil},
	{"bench/versus", "two workflows in six systems, and sixteen mistakes that are made in them and looked for; a module of its own", nil},
}

// owners says which of our packages alone may import a library.
var owners = map[string][]string{
	"github.com/alecthomas/participle": {"parser"},
	"github.com/dave/jennifer":         {"codegen"},
	"github.com/alecthomas/kong":       {"cmd/wfgen"},
	"github.com/BurntSushi/toml":       {"internal/models"},
	"github.com/modelcontextprotocol/": {"internal/assist", "mcpclient", "mcpserve"},
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

// TestRooms holds every package to what its room may import, and to the libraries that are
// another's. Each room is there.
func TestRooms(t *testing.T) {
	for _, r := range rooms {
		if _, err := os.Stat(r.path); err != nil {
			t.Errorf("the table of rooms has %s: %v", r.path, err)
		}
	}
	for _, p := range ourPackages(t) {
		name := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, us), "/")
		if name == "" {
			name = "."
		}
		for _, imported := range p.Imports {
			if problem := refuse(name, imported); problem != "" {
				t.Errorf("%s imports %s: %s", name, imported, problem)
			}
		}
		if strings.HasPrefix(name, "examples/") {
			continue // what users write
		}
		if r := roomOf(name); r == nil {
			t.Errorf("%s has no row in the table of rooms", name)
		} else if want := ours(p.Imports); !slices.Equal(want, r.imports) {
			t.Errorf("%s imports %q, in the table of rooms %q", name, want, r.imports)
		}
	}
}

func roomOf(name string) *room {
	i := slices.IndexFunc(rooms, func(r room) bool { return r.path == name })
	if i < 0 {
		return nil
	}
	return &rooms[i]
}

// ours are those of our packages, sorted, by their folders.
func ours(imports []string) []string {
	var found []string
	for _, path := range imports {
		if path == us {
			found = append(found, ".")
		} else if local, ok := strings.CutPrefix(path, us+"/"); ok {
			found = append(found, local)
		}
	}
	slices.Sort(found)
	return found
}

// TestStagesGoOneWay: in the table, a room stands below all that it imports, and the runtime
// imports nothing but itself.
func TestStagesGoOneWay(t *testing.T) {
	above := map[string]bool{}
	for _, r := range rooms {
		for _, imported := range r.imports {
			if !above[imported] && !strings.HasPrefix(imported, "runtime") && imported != "." {
				t.Errorf("%s imports %s, which stands below it", r.path, imported)
			}
			if strings.HasPrefix(r.path, "runtime") && !strings.HasPrefix(imported, "runtime") {
				t.Errorf("%s imports %s, which isn't of the runtime", r.path, imported)
			}
		}
		above[r.path] = true
	}
}

// refuse says why one of our packages may not import a library.
func refuse(name, imported string) string {
	if imported == us || strings.HasPrefix(imported, us+"/") {
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

// TestTableOfRooms holds docs/architecture.md to the table; -update writes it.
func TestTableOfRooms(t *testing.T) {
	const file, begin, end = "docs/architecture.md", "| folder | holds | imports of ours |\n", "\n\nA test"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s has no table that begins with %q and ends before %q", file, begin, end)
	}
	want := before + begin + table() + end + after
	if want == string(text) {
		return
	}
	t.Error("the table of rooms in docs/architecture.md isn't that of rooms_test.go: go test . -run TableOfRooms -update")
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func table() string {
	rows := []string{"| --- | --- | --- |"}
	for _, r := range rooms {
		rows = append(rows, fmt.Sprintf("| `%s` | %s | %s |", r.path, r.holds, importsText(r.imports)))
	}
	return strings.Join(rows, "\n")
}

func importsText(imports []string) string {
	if imports == nil {
		return ""
	}
	if len(imports) == 0 {
		return "none"
	}
	return "`" + strings.Join(imports, "`, `") + "`"
}
