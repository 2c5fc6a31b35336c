// Command toolchain compares how long three generators of Go take for the same number of
// lines: wfgen compile, templ generate and sqlc generate, each as a process of its own. It
// builds the tools from this module, writes each its source, and runs them in rotation.
// It says nothing of what the tools make of the lines, which isn't the same.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

var (
	rounds = flag.Int("rounds", 9, "how many times each tool runs")
	keep   = flag.String("keep", "", "a directory for tools and sources, which stay there")
)

// A tool is a generator, and the source that it is given.
type tool struct {
	name, pkg string
	args      []string
	source    func(root string) error
	generated string // the pattern of what it writes, below the source

	program, root string // where it is, and its source
}

var tools = []*tool{
	{
		name: "wfgen compile", pkg: "github.com/wfgen/wfgen/cmd/wfgen", args: []string{"compile", "./..."},
		source: writeWorkflows, generated: "*/*.go",
	},
	{
		name: "templ generate", pkg: "github.com/a-h/templ/cmd/templ", args: []string{"generate"},
		source: writeTemplates, generated: "*/*.go",
	},
	{
		name: "sqlc generate", pkg: "github.com/sqlc-dev/sqlc/cmd/sqlc", args: []string{"generate"},
		source: writeQueries, generated: "store/*.go",
	},
}

func main() {
	flag.Parse()
	if err := inDir(*keep, run); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// inDir calls f with a directory, which is removed afterwards if it isn't given.
func inDir(dir string, f func(dir string) error) error {
	if dir != "" {
		return f(dir)
	}
	dir, err := os.MkdirTemp("", "toolchain")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	return f(dir)
}

func run(dir string) error {
	for i, t := range tools {
		t.program = filepath.Join(dir, fmt.Sprint("tool", i))
		t.root = filepath.Join(dir, fmt.Sprint("source", i))
		fmt.Fprintf(os.Stderr, "building %s\n", t.pkg)
		if err := t.build(); err != nil {
			return err
		}
		if err := t.source(t.root); err != nil {
			return err
		}
	}
	times, err := measure(tools, *rounds)
	if err != nil {
		return err
	}
	return table(os.Stdout, tools, times)
}
