package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A system is where its two workflows are, and what of it no source shows.
type system struct {
	name, dir            string
	definition, start    string // files; none for start where the service does that
	stubs                string
	fakes                string // what a test needs beside itself: the tools' far end
	references, testSays string
}

var systems = []system{
	{"wfgen", "wfgen", "*.wf", "app.go", "tools.go", "", "0 / 0", ""},
	{"Temporal", "temporal", "workflow.go", "worker.go", "activities.go", "", "4 / 2, and 8 / 7 calls whose arguments nothing checks", ""},
	{"DBOS", "dbos", "workflow.go", "app.go", "tools.go", "rpc.go", "2 / 0", ", 20 s: time can't be skipped"},
	{"eino", "eino", "workflow.go", "app.go", "tools.go", "rpc.go", "36 / 19, looked at when the graph is compiled", ""},
	{"ASL", "asl", ".json", "", "", "", "69 / 67", "none without the service"},
	{"Argo", "argo", ".yaml", "", "", "", "97 / 55", "none"},
}

// lengthTable counts the lines of the sources, those without text left out.
func lengthTable() (string, error) {
	var b strings.Builder
	b.WriteString("| lines, order / incident | definition | and what starts it | and stubs of the tools | references by a string | test of the happy path |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, s := range systems {
		var cells [4][2]string
		for i, workflow := range []string{"order", "incident"} {
			definition, test, err := s.count(workflow)
			if err != nil {
				return "", err
			}
			start, err := lines(filepath.Join(s.dir, workflow, s.start))
			if err != nil {
				return "", err
			}
			stubs, err := lines(filepath.Join(s.dir, workflow, s.stubs))
			if err != nil {
				return "", err
			}
			for n, count := range []int{definition, definition + start, definition + start + stubs, test} {
				cells[n][i] = fmt.Sprint(count)
			}
		}
		if s.start == "" { // the service does it
			cells[1], cells[2] = [2]string{"–"}, [2]string{"–"}
		}
		row := ""
		for _, c := range cells[:3] {
			row += " | " + strings.Trim(c[0]+" / "+c[1], "/ ")
		}
		test := cells[3][0] + " / " + cells[3][1] + s.testSays
		if cells[3][0] == "0" {
			test = s.testSays
		}
		fmt.Fprintf(&b, "| %s%s | %s | %s |\n", s.name, row, s.references, test)
	}
	return b.String(), nil
}

// count gives the lines of a workflow's definition and of its test.
func (s system) count(workflow string) (definition, test int, err error) {
	switch {
	case strings.HasPrefix(s.definition, "."):
		paths, err := filepath.Glob(filepath.Join(s.dir, "*"+s.definition))
		if err != nil {
			return 0, 0, err
		}
		for _, path := range paths { // what isn't of the order is of the incident
			if strings.HasPrefix(filepath.Base(path), "order") == (workflow == "order") {
				n, err := lines(path)
				if err != nil {
					return 0, 0, err
				}
				definition += n
			}
		}
		return definition, 0, nil
	case s.definition == "*.wf":
		text, err := os.ReadFile(filepath.Join(s.dir, workflow, workflow+".wf"))
		if err != nil {
			return 0, 0, err
		}
		before, after, _ := strings.Cut(string(text), "\ntest ")
		return filled(before), filled("test " + after), nil
	}
	if definition, err = lines(filepath.Join(s.dir, workflow, s.definition)); err != nil {
		return 0, 0, err
	}
	text, err := os.ReadFile(filepath.Join(s.dir, workflow, "workflow_test.go"))
	if err != nil {
		return 0, 0, err
	}
	_, after, _ := strings.Cut(string(text), "\nfunc Test")
	fakes, err := lines(filepath.Join(s.dir, workflow, s.fakes))
	return definition, filled("func Test"+after) + fakes, err
}

// lines counts those of a file, none where there is no such file.
func lines(path string) (int, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if info, serr := os.Stat(path); serr == nil && info.IsDir() {
		return 0, nil
	}
	return filled(string(text)), err
}

func filled(text string) (count int) {
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) != "" {
			count++
		}
	}
	return count
}
