package checker

import (
	"go/token"
	gotypes "go/types"
	"strconv"
	"strings"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// A binding is what a Go function makes of the tool or func that is bound to it.
type binding struct {
	Go     *GoFunc
	params []*Var
	result types.Type
}

// bound reads the signature of the Go function that a tool or func is bound to. Where
// it is unsound what it takes and gives is unknown; ok is false then.
func (c *checker) bound(n *dsl.GoName, pure bool) (b binding, ok bool) {
	b.result = invalid
	f := c.goFunc(n)
	if f == nil {
		return b, false
	}
	b.Go = &GoFunc{Name: f.Name(), Exact: true}
	if n.Package != nil {
		b.Go.Package = c.world.pkg(f.Pkg().Path(), f.Pkg().Name())
	}
	s := &goSignature{c: c, name: n, f: f, sig: f.Signature(), pure: pure}
	if why := s.unbindable(); why != "" {
		s.refuse(f.Pos(), why)
		return b, false
	}
	ok = s.params(&b) && s.results(&b)
	if ok && pure {
		s.deterministic()
	}
	return b, ok
}

// goFunc finds the function, and reports what is none.
func (c *checker) goFunc(n *dsl.GoName) *gotypes.Func {
	if n == nil || n.Name == nil || n.Name.Name == "" {
		return nil
	}
	pkg, where := c.around.Own, "the Go beside it"
	if n.Package != nil {
		i := c.packageNamed(n.Package)
		if i == nil {
			return nil
		}
		pkg, where = i.Go, "package "+i.path
	}
	if pkg == nil {
		c.report(diag.UnknownGoName, n, "there is no Go beside this file that could have a function %s", n.Name.Name).
			Help = "write the function in a .go file of the same directory, or declare the tool without = and its Go name"
		return nil
	}
	o := pkg.Scope().Lookup(n.Name.Name)
	f, ok := o.(*gotypes.Func)
	switch {
	case ok && (n.Package == nil || f.Exported()):
		return f
	case n.Package != nil && !token.IsExported(n.Name.Name):
		c.report(diag.UnknownGoName, n.Name, "%s isn't exported by %s", n.Name.Name, where).Help = "Go exports names that begin with a capital"
	case o != nil:
		d := c.report(diag.BadGoFunc, n.Name, "%s is %s, expected a function", n.Name.Name, kindOfGo(o))
		c.goLabel(d, o.Pos(), o.Name(), "declared here")
	default:
		c.noGoFunc(n, pkg, where)
	}
	return nil
}

// noGoFunc reports a function that there isn't: a method of that name, one that is
// called nearly so, or nothing.
func (c *checker) noGoFunc(n *dsl.GoName, pkg *gotypes.Package, where string) {
	if m := methodNamed(pkg, n.Name.Name); m != nil {
		d := c.report(diag.BadGoFunc, n.Name, "%s is a method, expected a function", n.Name.Name)
		c.goLabel(d, m.Pos(), m.Name(), "declared here")
		d.Help = "declare the tool without = and its Go name: it is a method of the interface Tools then"
		return
	}
	d := c.report(diag.UnknownGoName, n.Name, "%s has no function %s", where, n.Name.Name)
	c.goSuggestion(d, pkg, n.Name.Name, func(o gotypes.Object) bool {
		_, ok := o.(*gotypes.Func)
		return ok && (n.Package == nil || o.Exported())
	})
}

func methodNamed(pkg *gotypes.Package, name string) *gotypes.Func {
	for _, n := range pkg.Scope().Names() {
		t, ok := pkg.Scope().Lookup(n).(*gotypes.TypeName)
		if !ok {
			continue
		}
		if named, ok := t.Type().(*gotypes.Named); ok {
			for m := range named.Methods() {
				if m.Name() == name {
					return m
				}
			}
		}
	}
	return nil
}

// toolSignature finds what a tool takes and gives: from its declaration, or from the
// Go function that it is bound to.
func (c *checker) toolSignature(t *Tool) {
	if t.Decl.Go == nil {
		t.Params, t.Result = c.params(t.Decl.Params), c.result(t.Decl.Result)
		t.unsound = t.Decl.Remote != nil && t.Decl.Remote.Tool == ""
		return
	}
	b, ok := c.bound(t.Decl.Go, false)
	t.Go, t.Params, t.Result, t.unsound = b.Go, b.params, b.result, !ok
}

// funcSignature is toolSignature for a func.
func (c *checker) funcSignature(f *Func) {
	if f.Decl.Go == nil {
		f.Params, f.Result = c.params(f.Decl.Params), c.typeOf(f.Decl.Result)
		return
	}
	b, ok := c.bound(f.Decl.Go, true)
	f.Go, f.Params, f.Result, f.unsound = b.Go, b.params, b.result, !ok
}

// A goSignature is that of a Go function which is about to be bound.
type goSignature struct {
	c    *checker
	name *dsl.GoName
	f    *gotypes.Func
	sig  *gotypes.Signature
	pure bool // it is a func's
}

// refuse reports why the function can't be bound, with both places.
func (s *goSignature) refuse(at token.Pos, why string) {
	d := s.c.report(diag.BadGoFunc, s.name, "%s can't be bound: %s", s.c.text(s.name), why)
	s.c.goLabel(d, at, s.f.Name(), "func "+s.f.Name()+s.c.translate.text(s.sig)[len("func"):])
	d.Help = "write a Go function around it that fits"
}

func (s *goSignature) unbindable() string {
	results := s.sig.Results()
	switch {
	case s.sig.TypeParams().Len() > 0:
		return "it is generic"
	case s.sig.Variadic():
		return "it is variadic"
	case results.Len() > 2:
		return "it gives " + strconv.Itoa(results.Len()) + " results, and a result and an error are the most it may"
	case results.Len() == 2 && !isError(results.At(1).Type()):
		return "its second result is " + s.c.translate.text(results.At(1).Type()) + ", expected error"
	case s.pure && (results.Len() == 0 || results.Len() == 1 && isError(results.At(0).Type())):
		return "a func gives a value, and this gives none"
	case s.pure && s.sig.Params().Len() > 0 && isContext(s.sig.Params().At(0).Type()):
		return "it takes a context, and a func is pure: declare it as a tool"
	}
	return ""
}

// deterministic refuses a func's function that may give something else when an execution
// comes to it again: what is recorded behind it wouldn't fit any more.
func (s *goSignature) deterministic() {
	if s.c.world.Differs == nil {
		return
	}
	r := s.c.world.Differs(s.f)
	if r == nil {
		return
	}
	d := s.c.report(diag.ImpureFunc, s.name, "%s isn't deterministic: %s", s.c.text(s.name), strings.Join(r.Way, " -> "))
	s.c.goLabel(d, r.At, "", r.Way[len(r.Way)-1]+" is here")
	s.c.goLabel(d, r.Unreasoned, "", "this gives no reason")
	d.Help = "give it what differs as a parameter, or declare it as a tool; if it gives the same each time all the same, say so above the Go function: //wfgen:deterministic because …"
}

func isError(t gotypes.Type) bool {
	return gotypes.Identical(t, gotypes.Universe.Lookup("error").Type())
}

func isContext(t gotypes.Type) bool {
	n, ok := gotypes.Unalias(t).(*gotypes.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "context" && n.Obj().Name() == "Context"
}

// params makes variables of the parameters, the context aside.
func (s *goSignature) params(b *binding) bool {
	for i := range s.sig.Params().Len() {
		p := s.sig.Params().At(i)
		if i == 0 && isContext(p.Type()) {
			b.Go.Context = true
			continue
		}
		t, err := s.c.translate.of(p.Type())
		if err != nil {
			s.refuse(p.Pos(), "its parameter "+s.paramName(p, i)+" can't come from a workflow: "+err.Error())
			return false
		}
		if g := s.c.closedOff(t); g != nil {
			s.refuse(p.Pos(), "its parameter "+s.paramName(p, i)+" can't be named here: "+internalOf(g))
			return false
		}
		b.Go.Exact = b.Go.Exact && isExact(p.Type())
		b.params = append(b.params, &Var{Name: s.paramName(p, i), Type: t})
	}
	return true
}

func (s *goSignature) paramName(p *gotypes.Var, i int) string {
	if p.Name() == "" || p.Name() == "_" {
		return "arg" + strconv.Itoa(i+1)
	}
	return p.Name()
}

// results finds what the function gives. (*T, error) is T: the pointer is nil where
// there is an error.
func (s *goSignature) results(b *binding) bool {
	b.result = nothing
	results := s.sig.Results()
	n := results.Len()
	if n > 0 && isError(results.At(n-1).Type()) {
		b.Go.Error = true
		n--
	}
	if n == 0 {
		return true
	}
	r := results.At(0).Type()
	if p, ok := gotypes.Unalias(r).(*gotypes.Pointer); ok && b.Go.Error {
		b.Go.Pointer, r = true, p.Elem()
	}
	t, err := s.c.translate.of(r)
	if err != nil {
		b.result = invalid
		s.refuse(results.At(0).Pos(), "its result can't be used in a workflow: "+err.Error())
		return false
	}
	if g := s.c.closedOff(t); g != nil {
		b.result = invalid
		s.refuse(results.At(0).Pos(), "its result can't be named here: "+internalOf(g))
		return false
	}
	b.result = t
	b.Go.Exact = b.Go.Exact && isExact(r)
	return true
}

// isExact tells whether a Go type is, in Go, the type that generated code writes for
// it: not where a list or map has a name of its own.
func isExact(t gotypes.Type) bool {
	switch t := gotypes.Unalias(t).(type) {
	case *gotypes.Slice:
		return isExact(t.Elem())
	case *gotypes.Map:
		return isExact(t.Key()) && isExact(t.Elem())
	case *gotypes.Pointer:
		return isExact(t.Elem())
	case *gotypes.Interface:
		return true
	case *gotypes.Named:
		switch t.Underlying().(type) {
		case *gotypes.Slice, *gotypes.Map:
			return ownJSON(t)
		case *gotypes.Interface:
			return false
		}
	}
	return true
}
