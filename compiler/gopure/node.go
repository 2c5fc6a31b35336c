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
	steady     bool      // a comment says that it gives the same each time, and why
	unreasoned token.Pos // of a comment that says so without a reason
	fault      *fault    // the first thing that may differ
	gives      *given    // what it gives that is in no order; nil for nothing
	edges      []edge
	dynamics   []dynamic
	types      []*types.Named
}

// An edge leads to a function or variable that is named.
type edge struct {
	to types.Object
	// called tells that it is a function that is called there, and no more: what it gives is
	// followed where it is called.
	called bool
}

// A fault is something that may differ, and where.
type fault struct {
	what string
	at   token.Pos
}

// A dynamic leads to methods of whatever type has all those that it needs.
type dynamic struct {
	needs, calls []string
	at           token.Pos
}

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
	return c.nodes.of(keyOf(o), func() *node { return c.find(o) }, func(before, now *node) bool { return now.given() > before.given() })
}

// given is how many of its results are in no order.
func (n *node) given() int {
	if n == nil || n.gives == nil {
		return 0
	}
	return len(n.gives.results)
}

func (c *Checker) find(o types.Object) *node {
	s := c.source(o.Pkg().Path())
	if s == nil {
		return nil
	}
	d, ok := s.decls[keyOf(o)]
	if !ok {
		return nil
	}
	n := &node{object: o}
	n.declared(d.docs)
	if !n.steady && d.body != nil {
		newReader(c, s, d, n).read()
	}
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
	body ast.Node         // nil for a function in assembly
	sig  *types.Signature // nil for a variable
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
			s.decls[keyOf(f)] = decl{body, f.Signature(), []*ast.CommentGroup{d.Doc}}
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
		s.decls[keyOf(o)] = decl{v.Values[min(i, len(v.Values)-1)], nil, []*ast.CommentGroup{doc, v.Doc}}
	}
}

// A reader finds what a body does.
type reader struct {
	c        *Checker
	info     *types.Info
	n        *node
	body     ast.Node
	sig      *types.Signature // nil for the value of a variable
	indexed  *index           // nil until it is asked for
	followed map[types.Object]bool
	called   map[*ast.Ident]bool
	met      map[*types.Named]bool
}

func newReader(c *Checker, s *source, d decl, n *node) *reader {
	return &reader{
		c: c, info: s.info, n: n, body: d.body, sig: d.sig,
		followed: map[types.Object]bool{}, called: map[*ast.Ident]bool{}, met: map[*types.Named]bool{},
	}
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
			if r.isMap(x.X) {
				r.walk(x, above, true)
			}
		case *ast.CallExpr:
			r.call(x, above)
		case *ast.Ident:
			r.name(x)
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

// name follows a name to its function or variable.
func (r *reader) name(id *ast.Ident) {
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
			r.n.dynamics = append(r.n.dynamics, dynamic{methodNames(i), []string{f.Name()}, id.Pos()})
		}
	}
	if f.Pkg() != nil && !isKeys(f) { // error's Error is of no package; maps.Keys is seen to where it is called
		r.object(id, f)
	}
}

func (r *reader) object(id *ast.Ident, o types.Object) {
	switch {
	case !r.c.view.Standard(o.Pkg().Path()):
		r.n.edges = append(r.n.edges, edge{o, r.called[id]})
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

// counts tells whether a type's methods have to be known: not those of the standard library's
// types that give the same each time.
func (r *reader) counts(n *types.Named) bool {
	path := n.Obj().Pkg().Path()
	return !r.c.view.Standard(path) || standard[path].types[n.Obj().Name()]
}

// meets notes a type whose methods a call of an interface's may lead to.
func (r *reader) meets(t types.Type) {
	if t == nil {
		return
	}
	n := named(t)
	if n == nil || n.Obj().Pkg() == nil || types.IsInterface(n) || r.met[n.Origin()] || !r.counts(n) {
		return
	}
	r.met[n.Origin()] = true
	r.n.types = append(r.n.types, n)
}

// written are the methods by which the standard library writes or reads a value that it is
// given as any.
var written = []string{"String", "GoString", "Error", "Format", "MarshalJSON", "MarshalText", "UnmarshalJSON", "UnmarshalText"}

// call looks at what a call gives and passes on: where the standard library gets a value as
// an interface, it calls its methods.
func (r *reader) call(x *ast.CallExpr, above []ast.Node) {
	if r.isAddress(x) {
		r.differs("an address in memory", x.Pos())
	}
	f := r.callee(x)
	if f == nil || f.Pkg() == nil {
		return
	}
	r.called[nameOf(x.Fun)] = true
	for _, result := range r.unordered(x) {
		r.comes(x, result, above)
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
			r.n.dynamics = append(r.n.dynamics, dynamic{methodNames(i), methodNames(i), x.Pos()})
		default:
			r.n.dynamics = append(r.n.dynamics, dynamic{nil, written, x.Pos()})
		}
	}
}

// isAddress tells whether a call makes a number or text of where something is in memory.
func (r *reader) isAddress(x *ast.CallExpr) bool {
	if len(x.Args) == 0 {
		return false
	}
	if r.info.Types[x.Fun].IsType() {
		return types.Identical(r.info.TypeOf(x.Fun), types.Typ[types.Uintptr]) && types.Identical(r.info.TypeOf(x.Args[0]), types.Typ[types.UnsafePointer])
	}
	if f := r.callee(x); f == nil || f.Pkg() == nil || f.Pkg().Path() != "fmt" {
		return false
	}
	return slices.ContainsFunc(x.Args, func(a ast.Expr) bool {
		v := r.info.Types[a].Value
		return v != nil && strings.Contains(v.ExactString(), "%p")
	})
}

// callee is the function that a call names; nil where it calls a value.
func (r *reader) callee(x *ast.CallExpr) *types.Func {
	f, _ := r.info.Uses[nameOf(x.Fun)].(*types.Func)
	return f
}

// nameOf is the name by which something is called; nil where it has none.
func nameOf(fun ast.Expr) *ast.Ident {
	switch f := ast.Unparen(fun).(type) {
	case *ast.Ident:
		return f
	case *ast.SelectorExpr:
		return f.Sel
	case *ast.IndexExpr:
		return nameOf(f.X)
	case *ast.IndexListExpr:
		return nameOf(f.X)
	}
	return nil
}
