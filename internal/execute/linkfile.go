package execute

import (
	"bytes"
	"fmt"
	"go/format"
	"go/token"
	"path/filepath"
	"slices"

	"github.com/wfgen/wfgen/compiler"
	"github.com/wfgen/wfgen/interp"
	"github.com/wfgen/wfgen/plan"
)

// link writes the main program that links what the .wf files name of Go. What a package
// has of its own needn't be exported: a file in it names that.
func link(s *site, p *compiler.Package, program *plan.Program) {
	main := &linkFile{}
	for _, i := range withImported(program) {
		dir, prefix := s.dir, ""
		if i.path == "" {
			i.path = s.importPath
		} else {
			dir, prefix = s.dirOf(p, i.path), i.Package+"."
		}
		own := &linkFile{home: i.path}
		if dir == "" { // another module's: what is exported has to do
			own = main
		}
		own.program(i, main, prefix)
		if own != main && !own.empty() {
			s.add(filepath.Join(dir, "wfgen_linked.go"), importable(own.source(i.Package, "WfgenLinked() map[string]any", "return ", "")))
			main.more += ", " + main.named(i.path, "WfgenLinked") + "()"
		}
	}
	s.add(filepath.Join(s.mainDir, "main.go"), main.source("main", "main()", "linked.Main(", main.more+")"))
}

// A linkFile is a Go file that links types and functions.
type linkFile struct {
	home  string   // the path of its own package; empty for main
	paths []string // of what it imports, by the numbers in their names
	types bytes.Buffer
	funcs bytes.Buffer
	more  string // arguments after the functions
}

func (f *linkFile) empty() bool { return f.types.Len()+f.funcs.Len() == 0 }

// program adds what a program names: its package's own here, all else to main.
func (f *linkFile) program(i imported, main *linkFile, prefix string) {
	reaches := func(name string) bool { return f != main || token.IsExported(name) }
	for _, t := range interp.GoTypes(i.Program) {
		switch g := t.Type; {
		case g.Package == nil && reaches(g.Name):
			f.link(g.Path, i.path, g.Name)
		case g.Package != nil && token.IsExported(g.Name): // else its own package links it
			main.link(g.Path, g.Package.Path, g.Name)
		}
	}
	for _, fn := range i.Funcs {
		if fn.Go == nil {
			continue
		}
		if p := fn.Go.Package; p != nil {
			fmt.Fprintf(&main.funcs, "%q: %s,\n", prefix+fn.Name, main.named(p.Path, fn.Go.Name))
		} else if reaches(fn.Go.Name) {
			fmt.Fprintf(&f.funcs, "%q: %s,\n", prefix+fn.Name, f.named(i.path, fn.Go.Name))
		}
	}
}

// link links a type by the path that plans have for its package.
func (f *linkFile) link(known, path, name string) {
	fmt.Fprintf(&f.types, "wfinterp.LinkGo[%s](%q)\n", f.named(path, name), known)
}

// named is what the file calls something of a package.
func (f *linkFile) named(path, name string) string {
	if path == f.home {
		return name
	}
	if !slices.Contains(f.paths, path) {
		f.paths = append(f.paths, path)
	}
	return fmt.Sprintf("wf%d.%s", slices.Index(f.paths, path)+1, name)
}

// source is the file, with a function that links the types and uses the functions between
// two pieces of text.
func (f *linkFile) source(pkg, signature, before, after string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "package %s\n\nimport (\n", pkg)
	if f.types.Len() > 0 {
		fmt.Fprintf(&b, "wfinterp %q\n", ours+"/interp")
	}
	if f.home == "" {
		fmt.Fprintf(&b, "%q\n", ours+"/interp/linked")
	}
	for i, path := range f.paths {
		fmt.Fprintf(&b, "wf%d %q\n", i+1, path)
	}
	fmt.Fprintf(&b, ")\n\nfunc %s {\n%s%smap[string]any{\n%s}%s\n}\n", signature, f.types.Bytes(), before, f.funcs.Bytes(), after)
	source, err := format.Source(b.Bytes())
	if err != nil {
		panic("internal error: what links Go isn't Go: " + err.Error() + "\n" + b.String())
	}
	return source
}
