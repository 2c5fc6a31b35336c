package gopkg

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/gcexportdata"
	"golang.org/x/tools/go/packages"
)

// A File is a Go file that isn't read from the disk.
type File struct {
	Name    string // without the directory
	Content []byte
}

// A Layout is the Go of a directory that holds .wf files.
type Layout struct {
	// Written are the names of the files that a person wrote, without the directory.
	Written []string
	// Generated stand in the place of what wfgen generates.
	Generated []File
}

// A View is what the packages of a set look like with certain files in the place of
// generated ones.
type View struct {
	set *Set
	// layout gives the Go of a directory with .wf files, ok false for any other.
	layout func(dir string) (l Layout, ok bool)
	bodies bool
	done   map[string]*Checked
	source map[string]bool
}

// Checked is a package that was checked from source, with all that is wrong with it.
type Checked struct {
	Package *types.Package
	Files   []*ast.File // in the order of the layout, the generated ones last
	Errors  []types.Error
}

// View looks at the set. layout tells which directories hold .wf files, with what
// stands for their generated Go. Without bodies only declarations are looked at.
func (s *Set) View(layout func(dir string) (Layout, bool), bodies bool) *View {
	return &View{set: s, layout: layout, bodies: bodies, done: map[string]*Checked{}, source: map[string]bool{}}
}

// Import gives an imported package. It is nil where there is a problem.
func (v *View) Import(path string) (*types.Package, *Problem) {
	if path == "unsafe" || path == "C" {
		return nil, &Problem{Text: "package " + path + " has nothing that a workflow could use"}
	}
	meta := v.set.metas[path]
	if v.hasWorkflows(v.set.Dir(path)) {
		return v.check(path).Package, nil
	}
	if meta == nil {
		return nil, &Problem{Text: "there is no such package"}
	}
	if p := problemOf(meta); p != nil {
		if dir := v.set.localDir(path); dir != "" && meta.Name == "" {
			return nil, &Problem{Text: "there is no Go package in " + relative(dir)}
		}
		return nil, p
	}
	if meta.Name == "main" {
		return nil, &Problem{Text: "it is a program, package main, which can't be imported"}
	}
	if !v.fromSource(path) {
		p, err := v.set.exports.read(v.set, meta)
		if err != nil {
			return nil, &Problem{Text: err.Error()}
		}
		return p, nil
	}
	c := v.check(path)
	if len(c.Errors) > 0 && !v.leansOnWorkflows(path, map[string]bool{}) {
		return nil, &Problem{Text: "it doesn't build: " + c.Errors[0].Msg, At: c.Errors[0].Pos}
	}
	return c.Package, nil
}

// Check gives the package of a directory with .wf files, checked from source.
func (v *View) Check(dir string) *Checked { return v.check(v.set.PathOf(dir)) }

func (v *View) hasWorkflows(dir string) bool {
	if dir == "" {
		return false
	}
	_, ok := v.layout(dir)
	return ok
}

// fromSource tells whether a package is checked from source: it holds .wf files,
// hasn't been compiled, or imports such a package.
func (v *View) fromSource(path string) bool {
	if known, ok := v.source[path]; ok {
		return known
	}
	v.source[path] = false // a ring of imports ends here; go complains about it
	meta := v.set.metas[path]
	own := meta == nil || meta.ExportFile == "" || meta.Module != nil && v.hasWorkflows(meta.Dir)
	if path == "unsafe" {
		own = false
	} else if !own && meta.Module != nil {
		for _, p := range meta.Imports {
			own = v.fromSource(p.PkgPath) || own
		}
	}
	v.source[path] = own
	return own
}

// leansOnWorkflows tells whether a package imports one with .wf files, itself or
// through others: what is wrong with it may be that one's generated code.
func (v *View) leansOnWorkflows(path string, seen map[string]bool) bool {
	meta := v.set.metas[path]
	if meta == nil || seen[path] {
		return false
	}
	seen[path] = true
	for _, p := range meta.Imports {
		if !v.Standard(p.PkgPath) && (v.hasWorkflows(v.set.Dir(p.PkgPath)) || v.leansOnWorkflows(p.PkgPath, seen)) {
			return true
		}
	}
	return false
}

// check checks a package from source, once.
func (v *View) check(path string) *Checked {
	if c := v.done[path]; c != nil {
		return c
	}
	c := &Checked{Package: types.NewPackage(path, "")}
	v.done[path] = c // a ring of imports finds it unfinished
	meta := v.set.metas[path]
	name := v.parse(path, meta, c)
	conf := types.Config{
		Importer:         imports{v, meta},
		FakeImportC:      true,
		IgnoreFuncBodies: !v.bodies && (v.hasWorkflows(v.set.Dir(path)) || v.leansOnWorkflows(path, map[string]bool{})),
		Error: func(err error) {
			if e, ok := errors.AsType[types.Error](err); ok {
				c.Errors = append(c.Errors, e)
			}
		},
	}
	c.Package = types.NewPackage(path, name)
	_ = types.NewChecker(&conf, v.set.fset, c.Package, nil).Files(c.Files) // Error has them all
	c.Package.MarkComplete()
	return c
}

// parse reads the files of a package, and gives the package's name.
func (v *View) parse(path string, meta *packages.Package, c *Checked) (name string) {
	add := func(file string, content any) {
		f, err := parser.ParseFile(v.set.fset, file, content, parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			c.Errors = append(c.Errors, types.Error{Fset: v.set.fset, Pos: startOf(v.set.fset, f), Msg: err.Error()})
		}
		if f == nil || f.Name == nil {
			return
		}
		if name == "" {
			name = f.Name.Name
		}
		c.Files = append(c.Files, f)
	}
	dir := v.set.Dir(path)
	l, ok := v.layout(dir)
	if !ok && meta != nil {
		for _, file := range meta.CompiledGoFiles {
			add(file, nil)
		}
		return name
	}
	for _, file := range l.Written {
		add(filepath.Join(dir, file), nil)
	}
	for _, file := range l.Generated {
		add(filepath.Join(dir, file.Name), file.Content)
	}
	return name
}

func startOf(fset *token.FileSet, f *ast.File) token.Pos {
	if f == nil {
		return token.NoPos
	}
	return f.FileStart
}

// imports resolves what one package imports.
type imports struct {
	view *View
	meta *packages.Package // nil where the go command doesn't know the package
}

func (i imports) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if i.meta != nil && i.meta.Imports[path] != nil {
		path = i.meta.Imports[path].PkgPath // vendored packages have another one
	}
	p, problem := i.view.imported(path)
	if problem != nil {
		return nil, problem
	}
	return p, nil
}

// imported gives a package to one that imports it. The runtime is at hand also where
// the module doesn't ask for it yet.
func (v *View) imported(path string) (*types.Package, *Problem) {
	meta := v.set.metas[path]
	if !v.hasWorkflows(v.set.Dir(path)) && (meta == nil || problemOf(meta) != nil) && strings.HasPrefix(path, runtimePath) {
		return v.runtime(path)
	}
	if c := v.done[path]; c != nil && !c.Package.Complete() {
		return nil, &Problem{Text: "import cycle through " + path}
	}
	p, problem := v.Import(path)
	if problem != nil && v.done[path] != nil {
		return v.done[path].Package, nil // its own errors are reported where they are
	}
	return p, problem
}

// exports are the packages read from export data, by import path.
type exports map[string]*types.Package

// read reads a package's export data.
func (e exports) read(s *Set, meta *packages.Package) (*types.Package, error) {
	if p := e[meta.PkgPath]; p != nil && p.Complete() {
		return p, nil
	}
	f, err := os.Open(meta.ExportFile)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	//lint:ignore SA1019 the go command gives archives up to Go 1.27, and nothing else reads them
	r, err := gcexportdata.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("read what go compiled of %s: %w", meta.PkgPath, err)
	}
	p, err := gcexportdata.Read(r, s.fset, e, meta.PkgPath)
	if err != nil {
		return nil, fmt.Errorf("read what go compiled of %s: %w", meta.PkgPath, err)
	}
	return p, nil
}

// ImportsOf gives the paths that Go files of a directory import, sorted. Files that
// can't be read or parsed are left to whoever checks them.
func ImportsOf(dir string, names []string) []string {
	var paths []string
	for _, name := range names {
		paths = append(paths, ImportsIn(filepath.Join(dir, name), nil)...)
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// ImportsIn gives the paths that a Go file imports; its content is read from the disk
// where it is nil.
func ImportsIn(file string, content []byte) []string {
	var source any
	if content != nil {
		source = content
	}
	f, err := parser.ParseFile(token.NewFileSet(), file, source, parser.ImportsOnly)
	if err != nil {
		return nil
	}
	var paths []string
	for _, i := range f.Imports {
		paths = append(paths, strings.Trim(i.Path.Value, "\"`"))
	}
	return paths
}
