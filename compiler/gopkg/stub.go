package gopkg

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// StubImports are the paths that a stub may import beside those of its source.
var StubImports = []string{"time"}

// Stub gives what the generated Go of .wf files declares, as far as a signature in
// Go can name it: their types. It is made of the trees alone, sound or not, so that
// Go beside the .wf files can be read before they are checked.
func Stub(name string, files []*dsl.File) File {
	w := &stubWriter{}
	for _, f := range files {
		w.imports = map[string]string{}
		for _, d := range f.Decls {
			if i, ok := d.(*dsl.ImportDecl); ok {
				w.importDecl(i)
			}
		}
		for _, d := range f.Decls {
			w.decl(d)
		}
	}
	w.printf("type Tools interface{}\n")
	if w.time {
		w.head.WriteString("import wftime \"time\"\n")
	}
	return File{"wf.go", []byte("package " + name + "\n\n" + w.head.String() + w.body.String())}
}

// A stubWriter writes the stub of a package.
type stubWriter struct {
	head, body strings.Builder
	// imports holds, by what the file calls them, the stub's names of packages.
	imports map[string]string
	count   int
	time    bool
}

func (w *stubWriter) printf(format string, args ...any) { fmt.Fprintf(&w.body, format, args...) }

func (w *stubWriter) importDecl(d *dsl.ImportDecl) {
	path := d.PackagePath()
	if path == "" || special(path) {
		return
	}
	w.count++
	local := "wf" + strconv.Itoa(w.count)
	fmt.Fprintf(&w.head, "import %s %q\n", local, path)
	w.imports[path] = local
	if d.Alias != nil {
		w.imports[d.Alias.Name] = local
		return
	}
	// The package's own name isn't known here: it ends the path, or stands before a
	// version.
	for _, part := range strings.FieldsFunc(path, func(r rune) bool { return strings.ContainsRune("/.-", r) }) {
		if w.imports[part] == "" {
			w.imports[part] = local
		}
	}
}

func (w *stubWriter) decl(d dsl.Decl) {
	switch d := d.(type) {
	case *dsl.TypeDecl:
		w.structType(d.Name, d.Fields)
	case *dsl.ErrorDecl:
		if w.structType(d.Name, d.Fields) {
			w.printf("func (%s) Error() string { return \"\" }\n", types.Exported(d.Name.Name))
		}
	case *dsl.EventDecl:
		w.structType(d.Name, slices.Concat(d.Keys, d.Fields))
	case *dsl.McpDecl:
		w.printf("type %sServer struct{ Server any }\n", types.Exported(d.Name.Name))
	case *dsl.EnumDecl:
		if !usable(d.Name) {
			return
		}
		e := &types.Enum{GoName: types.Exported(d.Name.Name)}
		w.printf("type %s string\n", e.GoName)
		for _, m := range d.Members {
			if usable(m) {
				w.printf("const %s %s = %q\n", e.GoMember(m.Name), e.GoName, m.Name)
			}
		}
	case *dsl.UnionDecl:
		w.union(d)
	case *dsl.WorkflowDecl:
		w.toolsOf(d.Name)
	case *dsl.AgentDecl:
		w.toolsOf(d.Name)
	}
}

// toolsOf writes the interface of a workflow's tools.
func (w *stubWriter) toolsOf(name *dsl.Ident) {
	if usable(name) {
		w.printf("type %sTools interface{}\n", types.Exported(name.Name))
	}
}

func usable(name *dsl.Ident) bool { return name != nil && name.Name != "" && name.Name != "_" }

func (w *stubWriter) structType(name *dsl.Ident, fields []*dsl.Field) bool {
	if !usable(name) {
		return false
	}
	w.printf("type %s struct {\n", types.Exported(name.Name))
	for _, f := range fields {
		if f != nil && usable(f.Name) {
			w.printf("%s %s\n", types.Exported(f.Name.Name), w.typeText(f.Type))
		}
	}
	w.printf("}\n")
	return true
}

func (w *stubWriter) union(d *dsl.UnionDecl) {
	if !usable(d.Name) {
		return
	}
	name := types.Exported(d.Name.Name)
	w.printf("type %s interface { is%[1]s() }\n", name)
	for _, m := range d.Members {
		if usable(m) {
			w.printf("func (%s) is%s() {}\n", types.Exported(m.Name), name)
		}
	}
}

// typeText is a type in Go; any where the source is unsound.
func (w *stubWriter) typeText(x dsl.TypeExpr) string {
	switch x := x.(type) {
	case *dsl.ListType:
		return "[]" + w.typeText(x.Elem)
	case *dsl.MapType:
		return "map[" + w.typeText(x.Key) + "]" + w.typeText(x.Elem)
	case *dsl.OptionalType:
		return "*" + w.typeText(x.Elem)
	case *dsl.NamedType:
		return w.named(x)
	}
	return "any"
}

func (w *stubWriter) named(x *dsl.NamedType) string {
	switch {
	case !usable(x.Name):
		return "any"
	case x.Package != nil:
		if local := w.imports[x.Package.Name]; local != "" {
			return local + "." + types.Exported(x.Name.Name)
		}
		return "any"
	}
	switch b := types.Lookup(x.Name.Name); {
	case b == nil:
		return types.Exported(x.Name.Name)
	case b.Kind == types.Time || b.Kind == types.Duration:
		w.time = true
		return "wftime." + types.Exported(b.String())
	default:
		return b.String()
	}
}
