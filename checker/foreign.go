package checker

import (
	gotypes "go/types"
	"strings"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// callee finds what a call calls, and reports what there isn't. what says what is
// expected.
func (c *checker) callee(x *dsl.CallExpr, what string) Object {
	if x.Package == nil {
		return c.find(x.Fun, what, isFunction)
	}
	if c.method(x) {
		return nil
	}
	i := c.packageNamed(x.Package)
	if i == nil {
		return nil
	}
	if i.program != nil {
		for _, w := range i.program.Workflows {
			if w.Name == x.Fun.Name {
				return c.use(x.Fun, c.nameable(x.Fun, c.foreign(w, i)))
			}
		}
	}
	if o, ok := i.Go.Scope().Lookup(x.Fun.Name).(*gotypes.TypeName); ok && o.Exported() {
		return c.namedConversion(x, i)
	}
	c.notCallableThere(x, i)
	return nil
}

// method reports a call of what looks like a method of a value, and tells whether it is one.
func (c *checker) method(x *dsl.CallExpr) bool {
	e := c.scope.lookup(x.Package.Name)
	if e == nil || c.imported[c.file][x.Package.Name] != nil {
		return false
	}
	if _, value := e.obj.(*Var); !value {
		return false
	}
	e.used = true
	d := c.report(diag.WrongType, x.Fun, "%s is %s, and values have no methods", x.Package.Name, kindOf(e))
	name := x.Fun.Name
	if other := methods[strings.ToLower(name)]; other != "" {
		name = other
	}
	args := []string{x.Package.Name}
	for _, a := range x.Args {
		args = append(args, c.text(a))
	}
	if f := c.scope.lookup(name); f != nil && isFunction(f.obj) {
		f.used = true
		d.Help = "write " + name + "(" + list(args) + ")"
	} else {
		d.Help = "call a builtin or a func with it"
	}
	return true
}

// methods are what other languages call the builtins, in small letters.
var methods = map[string]string{
	"length": "len", "size": "len", "count": "len", "tostring": "string", "toupper": "upper", "touppercase": "upper", "uppercase": "upper",
	"tolower": "lower", "tolowercase": "lower", "lowercase": "lower", "strip": "trim", "trimspace": "trim", "startswith": "hasPrefix",
	"endswith": "hasSuffix", "includes": "contains", "has": "contains", "push": "append", "add": "append", "tojson": "json", "sorted": "sort",
	"flat": "flatten", "groupby": "group", "chunks": "chunk", "batch": "chunk", "hasprefix": "hasPrefix", "hassuffix": "hasSuffix", "upper": "upper", "lower": "lower", "trim": "trim", "split": "split", "len": "len",
}

// nameable reports a workflow of which a parameter or the result can't be named here.
func (c *checker) nameable(at *dsl.Ident, w *Workflow) *Workflow {
	for _, p := range w.Params {
		if c.closedOffType(at, "the parameter "+p.Name+" of "+w.Name, p.Type) {
			return w
		}
	}
	c.closedOffType(at, "the result of "+w.Name, w.Result)
	return w
}

func (c *checker) use(name *dsl.Ident, o Object) Object {
	c.info.Uses[name] = o
	return o
}

// foreign is a workflow of another package as this one sees it.
func (c *checker) foreign(w *Workflow, i *imported) *Workflow {
	if c.foreigners[w] == nil {
		c.foreigners[w] = c.world.viewWorkflow(w, i)
		c.prog.Foreign = append(c.prog.Foreign, c.foreigners[w])
	}
	return c.foreigners[w]
}

// namedConversion is the conversion to a named number, string or bool of Go: its
// type, or nil where it is none of these.
func (c *checker) namedConversion(x *dsl.CallExpr, i *imported) Object {
	t := c.packageType(x.Package, x.Fun)
	if isInvalid(t) {
		return nil
	}
	if g, ok := t.(*types.Go); ok && g.Under != nil {
		return &TypeName{Type: t}
	}
	d := c.report(diag.WrongType, x.Fun, "%s.%s is a type, expected a workflow to call", x.Package.Name, x.Fun.Name)
	switch t.(type) {
	case *types.Struct, *types.Go:
		d.Help = "a struct is written " + c.text(x.Package) + "." + x.Fun.Name + "{Field: value}"
	}
	return nil
}

// notCallableThere reports the call of something that a package doesn't have, or
// that a workflow can't call by that name.
func (c *checker) notCallableThere(x *dsl.CallExpr, i *imported) {
	name := x.Fun.Name
	if i.program != nil {
		for _, t := range i.program.Tools {
			if t.Name == name {
				d := c.report(diag.UnknownGoName, x.Fun, "%s is a tool of package %s, and only its own workflows call it", name, i.path)
				label(d, t.File, t.Decl.Name, "declared here")
				d.Help = "write a workflow there that calls it, and call that"
				return
			}
		}
	}
	switch o := i.Go.Scope().Lookup(name).(type) {
	case *gotypes.Func:
		d := c.report(diag.UnknownGoName, x.Fun, "%s.%s is a Go function, and isn't called by its Go name", x.Package.Name, name)
		c.goLabel(d, o.Pos(), o.Name(), "declared here")
		d.Help = "declare it: tool " + types.Exported(name) + " = " + x.Package.Name + "." + name + " where it has effects, or func " +
			lowerFirst(name) + " = " + x.Package.Name + "." + name + " where it is pure"
		return
	case nil:
	default:
		c.goLabel(c.report(diag.UnknownGoName, x.Fun, "%s is %s, expected a workflow to call", name, kindOfGo(o)), o.Pos(), o.Name(), "declared here")
		return
	}
	d := c.report(diag.UnknownGoName, x.Fun, "package %s has no workflow %s", i.path, name)
	var names []string
	if i.program != nil {
		for _, w := range i.program.Workflows {
			names = append(names, w.Name)
		}
	}
	switch near := nearest(name, names); {
	case near != "":
		d.Help = "did you mean " + near + "?"
	case len(names) == 0:
		d.Help = "it has no .wf files: bind its functions with tool X = " + x.Package.Name + ".F"
	default:
		d.Help = "its workflows are " + list(names)
	}
}

func lowerFirst(name string) string {
	if name == "" || name[0] < 'A' || name[0] > 'Z' {
		return name
	}
	return string(name[0]|0x20) + name[1:]
}

// enumOfPackage gives the enum that billing.Tier means, with the package imported;
// nil for every other expression.
func (c *checker) enumOfPackage(x dsl.Expr) Object {
	s, ok := x.(*dsl.SelectorExpr)
	if !ok || s.Sel == nil {
		return nil
	}
	id, ok := s.X.(*dsl.Ident)
	if !ok || c.imported[c.file][id.Name] == nil || c.scope.lookup(id.Name) != nil {
		return nil
	}
	i := c.packageNamed(id)
	if i == nil || i.program == nil {
		return nil
	}
	e, ok := i.program.typeDeclared(s.Sel.Name).(*types.Enum)
	if !ok {
		return nil
	}
	return &TypeName{Type: c.world.view(e, i.pkg)}
}

// specialName is the name before the dot of an enum's member or a fact of run.
func specialName(x dsl.Expr) *dsl.Ident {
	if s, ok := x.(*dsl.SelectorExpr); ok {
		return s.Sel
	}
	return x.(*dsl.Ident)
}

// packageIsNoValue reports the name of an imported package where a value is wanted.
func (c *checker) packageIsNoValue(name *dsl.Ident) bool {
	i := c.imported[c.file][name.Name]
	if i == nil {
		return false
	}
	i.used = true
	if i.Go != nil {
		d := c.report(diag.WrongType, name, "%s is an imported package: a workflow uses its types, calls its workflows, and binds its functions", name.Name)
		d.Help = "declare a function of it as a tool or func: func name = " + name.Name + ".F"
	}
	return true
}

// foreignPattern checks a pattern of another package's union: its members go by their
// own names.
func (c *checker) foreignPattern(name *dsl.Ident, u *types.Union) string {
	for _, m := range u.Members {
		if m.Name == name.Name {
			c.info.Uses[name] = &TypeName{Type: m}
			c.info.Types[name] = m
			return m.Name
		}
	}
	c.wrongPattern(name, u)
	return ""
}

// accessors reports methods of Tools that would have one name: those that give the tools
// of the packages whose workflows are called, and tools.
func (c *checker) accessors() {
	taken := map[string]*imported{}
	for _, f := range c.prog.Files {
		c.file = f
		for _, d := range f.Decls {
			i := c.importedBy(d)
			if i == nil || !c.callsInto(i) {
				continue
			}
			name := types.Exported(i.pkg.Name)
			if old := taken[name]; old != nil && old.path != i.path {
				d := c.report(diag.GoNameClash, i.decl, "the tools of %q are %s() in Go, and so are those of %q", i.path, name, old.path)
				d.Help = "call the workflows of one of them through a workflow of a third package"
				continue
			}
			taken[name] = i
			for _, m := range c.prog.Models {
				if m.GoName == name {
					d := c.report(diag.GoNameClash, i.decl, "the tools of package %s are %s() in Go, and so is the model %s", i.pkg.Name, name, m.Name)
					label(d, m.File, m.Decl.Name, "the other one")
					d.Help = "choose another name for the model"
				}
			}
			for _, t := range c.prog.Tools {
				if t.GoName == name && t.Go == nil {
					d := c.report(diag.GoNameClash, i.decl, "the tools of package %s are %s() in Go, and so is the tool %s", i.pkg.Name, name, t.Name)
					label(d, t.File, t.Decl.Name, "the other one")
					d.Help = "choose another name for the tool"
				}
			}
		}
	}
}

func (c *checker) importedBy(d dsl.Decl) *imported {
	for _, i := range c.imported[c.file] {
		if dsl.Decl(i.decl) == d {
			return i
		}
	}
	return nil
}

// callsInto tells whether workflows of an imported package are called, and that package
// has tools or calls into others itself.
func (c *checker) callsInto(i *imported) bool {
	if i.program == nil || len(i.program.Tools) == 0 && len(i.program.Models) == 0 && len(i.program.Foreign) == 0 {
		return false
	}
	for _, w := range c.prog.Foreign {
		if w.Package == i.pkg {
			return true
		}
	}
	return false
}
