package scaffold

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/wfgen/wfgen"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/parser"
)

// A Template is a whole package to begin with, by what it is for.
type Template struct {
	Name string `json:"name"`
	// About says in a sentence or two what it does.
	About string `json:"about"`
	// Workflow is the name of the workflow that others of it serve.
	Workflow string `json:"workflow"`
	// Workflows, Tools and Events are their declarations' heads, in the order of the source.
	Workflows []string `json:"workflows"`
	Tools     []string `json:"tools"`
	Events    []string `json:"events,omitempty"`
}

// templatesIn is where the templates are in the source of wfgen, each in the folder of its
// name: packages that are compiled and tested there.
const templatesIn = "examples/templates"

// Templates gives all templates, by their names.
func Templates() []Template {
	entries, err := wfgen.Templates.ReadDir(templatesIn)
	if err != nil {
		panic("internal error: " + err.Error())
	}
	var all []Template
	for _, e := range entries {
		if e.IsDir() {
			all = append(all, templateOf(e.Name()))
		}
	}
	return all
}

func templateOf(name string) Template {
	text, err := wfgen.Templates.ReadFile(path.Join(templatesIn, name, name+".wf"))
	if err != nil {
		panic("internal error: " + err.Error())
	}
	f, _ := parser.Parse(name+".wf", text)
	t := Template{Name: name, About: about(string(text))}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *dsl.WorkflowDecl:
			t.Workflow = d.Name.Name
			t.Workflows = append(t.Workflows, head(&dsl.WorkflowDecl{Name: d.Name, Params: d.Params, Result: d.Result, Clauses: d.Clauses, Body: &dsl.Block{}}))
		case *dsl.ToolDecl:
			t.Tools = append(t.Tools, head(&dsl.ToolDecl{Name: d.Name, Params: d.Params, Result: d.Result, Clauses: d.Clauses}))
		case *dsl.EventDecl:
			t.Events = append(t.Events, head(&dsl.EventDecl{Name: d.Name, Keys: d.Keys, Fields: d.Fields, Clauses: d.Clauses}))
		}
	}
	return t
}

// about is the first paragraph of the comment that a file begins with, on one line.
func about(text string) string {
	var words []string
	for line := range strings.Lines(text) {
		line, ok := strings.CutPrefix(strings.TrimSpace(line), "//")
		if !ok || line == "" {
			break
		}
		words = append(words, strings.TrimSpace(line))
	}
	return strings.Join(words, " ")
}

// head is a declaration without comments on one line.
func head(d dsl.Decl) string {
	text := strings.Join(strings.Fields(dsl.Text(&dsl.File{Decls: []dsl.Decl{d}})), " ")
	return strings.TrimSuffix(strings.TrimSuffix(text, "}"), " {")
}

// unknownTemplate says which templates there are.
func unknownTemplate(name string) error {
	var names []string
	for _, t := range Templates() {
		names = append(names, t.Name)
	}
	return fmt.Errorf("there is no template %s; there are %s", name, strings.Join(names, ", "))
}

// known tells whether there is a template of a name.
func known(name string) bool {
	return slices.ContainsFunc(Templates(), func(t Template) bool { return t.Name == name })
}

// copyTemplate writes the files of a template but those that are generated.
func (r *Result) copyTemplate(dir, name string) error {
	return fs.WalkDir(wfgen.Templates, path.Join(templatesIn, name), func(file string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := wfgen.Templates.ReadFile(file)
		if err != nil || bytes.HasPrefix(text, []byte("// Code generated ")) {
			return err
		}
		text = bytes.ReplaceAll(text, []byte("package "+name+"\n"), []byte("package "+r.Package+"\n"))
		text = bytes.ReplaceAll(text, []byte("// Package "+name+" "), []byte("// Package "+r.Package+" "))
		text = bytes.ReplaceAll(text, []byte("go run "+tool+" compile"), []byte("go tool wfgen compile"))
		return r.write(dir, path.Base(file), text)
	})
}
