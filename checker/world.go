package checker

import (
	"errors"
	"go/token"
	gotypes "go/types"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// A World is the Go that .wf files name. The packages that are checked with one World
// see the same types of it. A World is for one goroutine at a time.
type World struct {
	// Import gives a Go package by its path. What it says in an error is shown; an
	// *ImportError has a place too.
	Import func(path string) (*gotypes.Package, error)
	// Place gives the place of a name in a Go file, or of the word at the position
	// where the name is empty, with nil for a file that can't be shown. It may be nil.
	Place func(at token.Pos, name string) (*dsl.Source, dsl.Span)
	// Differs tells how a Go function comes to something that may differ from one call to
	// the next; nil where nothing of that can be seen. It may be nil itself.
	Differs func(f *gotypes.Func) *Reach

	views    map[types.Type]types.Type
	goTypes  map[*gotypes.TypeName]types.Type
	packages map[string]*types.Package
}

// An ImportError says why a Go package can't be used.
type ImportError struct {
	Code  diag.Code // diag.BadImport where it is empty
	Text  string
	At    token.Pos   // in a Go file; not valid where it is of none
	Label *diag.Label // in a .wf file; nil where it is of none
	Help  string      // may be empty
	// Told tells that somebody has said it already: nothing is reported.
	Told bool
}

func (e *ImportError) Error() string { return e.Text }

// A Reach is how a Go function comes to something that may differ from call to call.
type Reach struct {
	Way        []string  // from the function itself to what differs, by their names
	At         token.Pos // where that is named; not valid where it is the function itself
	Unreasoned token.Pos // of a comment that calls one of them deterministic without a reason
}

// noWorld has no packages: for .wf files that name no Go.
func noWorld() *World {
	return &World{Import: func(string) (*gotypes.Package, error) {
		return nil, errors.New("packages of Go aren't known here")
	}}
}

// Around is what a package of .wf files stands among.
type Around struct {
	// Package is the name of the package of the .go files beside the .wf files; empty
	// where there are none.
	Package string
	// Path is the package's import path; it may be empty where World is nil.
	Path string
	// Own is what those .go files declare; nil where they weren't read.
	Own *gotypes.Package
	// World is the Go beyond the directory; nil where none is known.
	World *World
	// Programs are the packages of .wf files that the package can come to, by import path:
	// those that it imports, and those that lie behind these or behind Go that it names.
	// They are without errors. Packages that share a World have to be given all of theirs.
	Programs map[string]*Program
	// Steps gives, for a program without errors, what tells the steps of its workflows.
	// Where it is nil, as it must be for trees that the parser has found faults in, what
	// tests say of steps isn't checked.
	Steps func(*Program) func(*Workflow) []Step
	// Refused are imported packages that can't be used whatever World has, by path, with
	// the reason: an *ImportError or any other.
	Refused map[string]error
}

// pkg is the one value that stands for an imported package.
func (w *World) pkg(path, name string) *types.Package {
	if w.packages == nil {
		w.packages = map[string]*types.Package{}
	}
	if w.packages[path] == nil {
		w.packages[path] = &types.Package{Path: path, Name: name}
	}
	return w.packages[path]
}

// view gives a type that another package of .wf files declares as those see it that
// import the package: with its package before its name.
func (w *World) view(t types.Type, p *types.Package) types.Type {
	switch t := t.(type) {
	case *types.List:
		return &types.List{Elem: w.view(t.Elem, p)}
	case *types.Map:
		return &types.Map{Key: w.view(t.Key, p), Elem: w.view(t.Elem, p)}
	case *types.Optional:
		return &types.Optional{Elem: w.view(t.Elem, p)}
	}
	if w.views == nil {
		w.views = map[types.Type]types.Type{}
	}
	if seen := w.views[t]; seen != nil {
		return seen
	}
	switch t := t.(type) {
	case *types.Struct:
		if t.Package == nil {
			return w.viewStruct(t, p)
		}
	case *types.Union:
		if t.Package == nil {
			out := &types.Union{Name: t.Name, GoName: t.GoName, Doc: t.Doc, Package: p}
			w.views[t] = out
			for _, m := range t.Members {
				out.Members = append(out.Members, w.view(m, p).(*types.Struct))
			}
			return out
		}
	case *types.Enum:
		if t.Package == nil {
			out := &types.Enum{Name: t.Name, GoName: t.GoName, Doc: t.Doc, Members: t.Members, Package: p}
			w.views[t] = out
			return out
		}
	case *types.Go:
		if t.Package == nil { // of the other package's own Go files
			out := *t
			out.Package, out.Fields = p, nil
			w.views[t] = &out
			out.Fields = w.viewFields(t.Fields, p)
			return &out
		}
	}
	return t
}

func (w *World) viewStruct(t *types.Struct, p *types.Package) types.Type {
	out := &types.Struct{Name: t.Name, GoName: t.GoName, Doc: t.Doc, Error: t.Error, Member: t.Member, Package: p}
	w.views[t] = out
	out.Fields = w.viewFields(t.Fields, p)
	return out
}

func (w *World) viewFields(fields []*types.Field, p *types.Package) []*types.Field {
	var out []*types.Field
	for _, f := range fields {
		g := *f
		g.Type = w.view(f.Type, p)
		out = append(out, &g)
	}
	return out
}

// viewTool gives a tool of another package as those see it that import the package; the
// tool itself where p is nil.
func (w *World) viewTool(of *Tool, p *types.Package) *Tool {
	if p == nil {
		return of
	}
	out := *of
	out.Params, out.Fails = nil, nil
	out.Result = w.view(of.Result, p)
	for _, v := range of.Params {
		out.Params = append(out.Params, &Var{Name: v.Name, Type: w.view(v.Type, p), Ident: v.Ident})
	}
	for _, e := range of.Fails {
		out.Fails = append(out.Fails, w.view(e, p).(*types.Struct))
	}
	return &out
}

// viewWorkflow gives a workflow of another package as those see it that import it.
func (w *World) viewWorkflow(of *Workflow, i *imported) *Workflow {
	p := i.pkg
	out := &Workflow{
		Name: of.Name, GoName: of.GoName, Result: w.view(of.Result, p), Timeout: of.Timeout, Version: of.Version,
		Decl: of.Decl, File: of.File, Package: p, Of: of,
		Program: i.program, Agent: of.Agent,
	}
	for _, v := range of.Params {
		out.Params = append(out.Params, &Var{Name: v.Name, Type: w.view(v.Type, p), Ident: v.Ident})
	}
	return out
}
