package gopure

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// A node is what one function, or the value that a variable of a package begins with,
// does by itself.
type node struct {
	object     types.Object
	steady     bool           // a comment says that it gives the same each time, and why
	unreasoned token.Pos      // of a comment that says so without a reason
	fault      *fault         // the first thing that may differ
	edges      []types.Object // functions and variables that are named
	dynamics   []dynamic
	types      []*types.Named
}

// A fault is something that may differ, and where.
type fault struct {
	what string
	at   token.Pos
}

// A dynamic leads to methods of whatever type has all those that it needs.
type dynamic struct{ needs, calls []string }

// keyOf names a function or variable, whichever way its package was read; it is empty
// where there is nothing to follow.
func keyOf(o types.Object) string {
	switch o := o.(type) {
	case *types.Func:
		return o.Origin().FullName()
	case *types.Var:
		return "var " + o.Pkg().Path() + "." + o.Name()
	}
	return ""
}

// name is how the package of another function would name it.
func (n *node) name(in *types.Package) string {
	if p := n.object.Pkg(); p.Path() != in.Path() {
		return p.Name() + "." + ownName(n.object)
	}
	return ownName(n.object)
}

// ownName is how a package names what it declares, with its type before a method.
func ownName(o types.Object) string {
	if f, ok := o.(*types.Func); ok {
		if t := receiver(f); t != nil {
			return t.Obj().Name() + "." + f.Name()
		}
	}
	return o.Name()
}

// receiver is the type that a method is of; nil for other functions.
func receiver(f *types.Func) *types.Named {
	r := f.Signature().Recv()
	if r == nil {
		return nil
	}
	return named(r.Type())
}

// named is the type by its name, of a pointer to it too; nil where it has none.
func named(t types.Type) *types.Named {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	n, _ := t.(*types.Named)
	return n
}

// node gives what a function or variable does; nil where its source isn't at hand.
func (c *Checker) node(o types.Object) *node {
	key := keyOf(o)
	if n, ok := c.nodes[key]; ok {
		return n
	}
	c.nodes[key] = nil
	s := c.source(o.Pkg().Path())
	if s == nil {
		return nil
	}
	d, ok := s.decls[key]
	if !ok {
		return nil
	}
	n := &node{object: o}
	n.declared(d.docs)
	if !n.steady && d.body != nil {
		(&reader{c: c, info: s.info, n: n, body: d.body}).read()
	}
	c.nodes[key] = n
	return n
}

// directive is how a comment declares a Go function to give the same each time.
const directive = "//wfgen:deterministic"

// declared reads what the comments of a declaration say.
func (n *node) declared(docs []*ast.CommentGroup) {
	for _, group := range docs {
		if group == nil {
			continue
		}
		for _, comment := range group.List {
			text, ok := strings.CutPrefix(comment.Text, directive)
			if !ok {
				continue
			}
			if words := strings.Fields(text); len(words) > 1 && words[0] == "because" {
				n.steady = true
			} else {
				n.unreasoned = comment.Pos()
			}
		}
	}
}

// A source is a package's declarations by key.
type source struct {
	info  *types.Info
	decls map[string]decl
}

type decl struct {
	body ast.Node // nil for a function in assembly
	docs []*ast.CommentGroup
}

func (c *Checker) source(path string) *source {
	if s, ok := c.packages[path]; ok {
		return s
	}
	c.packages[path] = nil
	typed := c.view.Typed(path)
	if typed == nil {
		return nil
	}
	s := &source{info: typed.Info, decls: map[string]decl{}}
	for _, f := range typed.Files {
		for _, d := range f.Decls {
			s.declare(d)
		}
	}
	c.packages[path] = s
	return s
}

func (s *source) declare(d ast.Decl) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if f, ok := s.info.Defs[d.Name].(*types.Func); ok {
			var body ast.Node
			if d.Body != nil {
				body = d.Body
			}
			s.decls[keyOf(f)] = decl{body, []*ast.CommentGroup{d.Doc}}
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			if v, ok := spec.(*ast.ValueSpec); ok && d.Tok == token.VAR {
				s.variables(v, d.Doc)
			}
		}
	}
}

// variables declares the variables of one line: each has its own value, or all have the
// results of one call.
func (s *source) variables(v *ast.ValueSpec, doc *ast.CommentGroup) {
	for i, name := range v.Names {
		o, ok := s.info.Defs[name].(*types.Var)
		if !ok || name.Name == "_" || len(v.Values) == 0 {
			continue
		}
		s.decls[keyOf(o)] = decl{v.Values[min(i, len(v.Values)-1)], []*ast.CommentGroup{doc, v.Doc}}
	}
}

// A reader finds what a body does.
type reader struct {
	c    *Checker
	info *types.Info
	n    *node
	body ast.Node
}

func (r *reader) read() {
	ast.PreorderStack(r.body, nil, func(x ast.Node, above []ast.Node) bool {
		switch x := x.(type) {
		case *ast.GoStmt:
			r.differs("a goroutine", x.Pos())
		case *ast.SelectStmt:
			if len(x.Body.List) > 1 {
				r.differs("select", x.Pos())
			}
		case *ast.RangeStmt:
			if at := r.orderOf(x); at.IsValid() {
				r.differs("the order of a map", at)
			}
		case *ast.CallExpr:
			r.call(x, above)
		case *ast.Ident:
			r.names(x)
		}
		if x, ok := x.(ast.Expr); ok {
			r.meets(r.info.Types[x].Type)
		}
		return true
	})
}

func (r *reader) differs(what string, at token.Pos) {
	if r.n.fault == nil {
		r.n.fault = &fault{what, at}
	}
}

// names follows a name to its function or variable.
func (r *reader) names(id *ast.Ident) {
	switch o := r.info.Uses[id].(type) {
	case *types.Func:
		r.function(id, o)
	case *types.Var:
		if o.Pkg() == nil || o.IsField() || o.Parent() != o.Pkg().Scope() {
			return
		}
		r.object(id, o)
	}
}

// function follows a function that is called, or passed on to be called.
func (r *reader) function(id *ast.Ident, f *types.Func) {
	if recv := f.Signature().Recv(); recv != nil {
		if i, ok := recv.Type().Underlying().(*types.Interface); ok {
			r.n.dynamics = append(r.n.dynamics, dynamic{methodNames(i), []string{f.Name()}})
		}
	}
	if f.Pkg() != nil && !isKeys(f) { // error's Error is of no package; maps.Keys is seen to where it is called
		r.object(id, f)
	}
}

func (r *reader) object(id *ast.Ident, o types.Object) {
	switch {
	case !r.c.view.Standard(o.Pkg().Path()):
		r.n.edges = append(r.n.edges, o)
	case differs(o):
		r.differs(o.Pkg().Name()+"."+ownName(o), id.Pos())
	}
}

func methodNames(i *types.Interface) (names []string) {
	for m := range i.Methods() {
		names = append(names, m.Name())
	}
	return names
}

// meets notes a type that has methods, and isn't of the standard library.
func (r *reader) meets(t types.Type) {
	if t == nil {
		return
	}
	n := named(t)
	if n == nil || n.Obj().Pkg() == nil || types.IsInterface(n) || r.c.view.Standard(n.Obj().Pkg().Path()) {
		return
	}
	if !slices.ContainsFunc(r.n.types, func(other *types.Named) bool { return other.Origin() == n.Origin() }) {
		r.n.types = append(r.n.types, n)
	}
}

// written are the methods by which the standard library writes or reads a value that it is
// given as any.
var written = []string{"String", "GoString", "Error", "Format", "MarshalJSON", "MarshalText", "UnmarshalJSON", "UnmarshalText"}

// call looks at what a call passes on: where the standard library gets a value as an
// interface, it calls its methods.
func (r *reader) call(x *ast.CallExpr, above []ast.Node) {
	f := r.callee(x)
	if f == nil || f.Pkg() == nil {
		return
	}
	if at := r.keysOf(x, f, above); at.IsValid() {
		r.differs("the order of a map", at)
	}
	if !r.c.view.Standard(f.Pkg().Path()) {
		return
	}
	for p := range f.Signature().Params().Variables() {
		t := p.Type()
		if s, ok := t.(*types.Slice); ok && f.Signature().Variadic() {
			t = s.Elem()
		}
		i, ok := t.Underlying().(*types.Interface)
		switch {
		case !ok:
		case i.NumMethods() > 0:
			r.n.dynamics = append(r.n.dynamics, dynamic{methodNames(i), methodNames(i)})
		default:
			r.n.dynamics = append(r.n.dynamics, dynamic{nil, written})
		}
	}
}

// callee is the function that a call names; nil where it calls a value.
func (r *reader) callee(x *ast.CallExpr) *types.Func {
	var id *ast.Ident
	switch f := ast.Unparen(x.Fun).(type) {
	case *ast.Ident:
		id = f
	case *ast.SelectorExpr:
		id = f.Sel
	case *ast.IndexExpr:
		return r.callee(&ast.CallExpr{Fun: f.X})
	case *ast.IndexListExpr:
		return r.callee(&ast.CallExpr{Fun: f.X})
	default:
		return nil
	}
	f, _ := r.info.Uses[id].(*types.Func)
	return f
}
