package execute

import (
	"errors"
	"fmt"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/wfgen/wfgen/plan"
)

// A constructor is a function of the user's package that makes the tools.
type constructor struct {
	name  string
	fails bool // has an error as its second result
	all   bool // its result will do for all workflows of the package

	result types.Type
	pkg    *types.Package
}

// able are those of the workflows that the tools will do for, with models that the program
// makes; of no tools, where c is nil, those that need none.
func (c *constructor) able(workflows []*plan.Workflow) []*plan.Workflow {
	return slices.DeleteFunc(slices.Clone(workflows), func(w *plan.Workflow) bool {
		if c == nil {
			return len(w.Tools)+len(w.Needs) > 0
		}
		return w.HasTools() && !types.Implements(c.result, without(toolsInterface(c.pkg, w), goNames(w.Models)))
	})
}

// toolsInterface is the interface of a workflow's tools.
func toolsInterface(pkg *types.Package, w *plan.Workflow) *types.Interface {
	t, ok := pkg.Scope().Lookup(w.GoName + "Tools").Type().Underlying().(*types.Interface)
	if !ok {
		panic("internal error: " + w.GoName + "Tools isn't an interface")
	}
	return t
}

// allTools is the interface of the tools of a package.
func allTools(pkg *types.Package) *types.Interface {
	all, _ := pkg.Scope().Lookup("Tools").Type().Underlying().(*types.Interface)
	return all
}

// findConstructor finds the exported function without parameters whose result has
// the methods that the workflow needs: the one of that name, or the only one. Where that
// needs none, it is that for the first that it starts and that does, if there is one. The
// methods that give models may be missing, unless they are there with another signature. It
// is nil where no tools are needed, or models alone and nothing has a method for one.
func findConstructor(g *goCommand, s *site, c company, models []*plan.Model, name string) (*constructor, error) {
	w := c.workflow
	if !w.HasTools() {
		i := slices.IndexFunc(c.started, (*plan.Workflow).HasTools)
		if i < 0 {
			return nil, nil
		}
		found, err := constructorFor(g, s, c.started[i], models, name)
		if name == "" && err != nil {
			return nil, nil // the workflow may do without
		}
		return found, err
	}
	return constructorFor(g, s, w, models, name)
}

func constructorFor(g *goCommand, s *site, w *plan.Workflow, models []*plan.Model, name string) (*constructor, error) {
	pkg, err := loadPackage(g, s)
	if err != nil {
		return nil, err
	}
	scope := pkg.Scope()
	wanted, all := toolsInterface(pkg, w), allTools(pkg)
	needed := without(wanted, goNames(w.Models))
	var found []*constructor
	var near []string
	for _, candidate := range scope.Names() {
		c, result := constructorOf(scope.Lookup(candidate))
		switch {
		case c == nil:
		case !types.Implements(result, needed):
			near = append(near, lacking(c, pkg, result, needed)...)
		case mistaken(pkg, result, wanted).NumMethods() > 0:
			near = append(near, lacking(c, pkg, result, mistaken(pkg, result, wanted))...)
		case needed.NumMethods() > 0 || has(pkg, result, wanted):
			c.all, c.result, c.pkg = types.Implements(result, without(all, goNames(models))), result, pkg
			found = append(found, c)
		}
	}
	if len(found)+len(near) == 0 && name == "" && needed.NumMethods() == 0 {
		return nil, nil
	}
	return pick(found, near, w, name)
}

func pick(found []*constructor, near []string, w *plan.Workflow, name string) (*constructor, error) {
	var names []string
	for _, c := range found {
		if c.name == name || name == "" && len(found) == 1 {
			return c, nil
		}
		names = append(names, c.name)
	}
	if len(found) > 0 && name == "" {
		return nil, fmt.Errorf("several functions make the tools of %s: pick one with -tools %s", w.Name, strings.Join(names, " or -tools "))
	}
	var b strings.Builder
	if name != "" {
		fmt.Fprintf(&b, "%s doesn't make the tools of %s", name, w.Name)
	} else {
		fmt.Fprintf(&b, "no function makes the tools of %s", w.Name)
	}
	if len(names) > 0 {
		fmt.Fprintf(&b, "; there is %s", strings.Join(names, ", "))
	}
	for _, n := range near {
		b.WriteString("\n  " + n)
	}
	fmt.Fprintf(&b, "\nwrite one beside the .wf file whose result has the methods of %[1]sTools, as\n"+
		"  func NewTools() *MyTools\n  func NewTools() (*MyTools, error)\nor let mocks stand in for the tools with -mock", w.GoName)
	return nil, errors.New(b.String())
}

// constructorOf gives the constructor that a declaration could be, and the type
// it makes; nil where it isn't an exported function without parameters.
func constructorOf(o types.Object) (*constructor, types.Type) {
	f, ok := o.(*types.Func)
	if !ok || !f.Exported() {
		return nil, nil
	}
	sig := f.Signature()
	results := sig.Results()
	if sig.TypeParams().Len() > 0 || sig.Params().Len() > 0 || results.Len() < 1 || results.Len() > 2 {
		return nil, nil
	}
	c := &constructor{name: f.Name(), fails: results.Len() == 2}
	if c.fails && !types.Identical(results.At(1).Type(), types.Universe.Lookup("error").Type()) {
		return nil, nil
	}
	return c, results.At(0).Type()
}

// has tells whether a type has a method of one of the names that an interface has.
func has(pkg *types.Package, t types.Type, i *types.Interface) bool {
	methods := types.NewMethodSet(t)
	for k := range i.NumMethods() {
		if methods.Lookup(pkg, i.Method(k).Name()) != nil {
			return true
		}
	}
	return false
}

// mistaken are the methods of an interface that a type has with another signature.
func mistaken(pkg *types.Package, t types.Type, i *types.Interface) *types.Interface {
	methods := types.NewMethodSet(t)
	var fine []string
	for k := range i.NumMethods() {
		m := i.Method(k)
		if own := methods.Lookup(pkg, m.Name()); own == nil || types.Identical(own.Type(), m.Type()) {
			fine = append(fine, m.Name())
		}
	}
	return without(i, fine)
}

// lacking says what keeps a constructor's result from being the tools, where it
// has at least one of their methods.
func lacking(c *constructor, pkg *types.Package, result types.Type, wanted *types.Interface) []string {
	if !has(pkg, result, wanted) {
		return nil
	}
	short := types.RelativeTo(pkg)
	m, wrongType := types.MissingMethod(result, wanted, true)
	sig := m.Name() + strings.TrimPrefix(types.TypeString(m.Type(), short), "func")
	what := "lacks"
	if wrongType {
		what = "has another signature than"
	}
	return []string{fmt.Sprintf("%s gives %s, which %s %s", c.name, types.TypeString(result, short), what, sig)}
}

// loadPackage gives the types of the user's package under the overlay: as Go has compiled
// it, which the program needs anyway. Where it doesn't compile, that is said.
func loadPackage(g *goCommand, s *site) (*types.Package, error) {
	overlay, err := g.writeOverlay(s)
	if err != nil {
		return nil, err
	}
	p, err := loadOne(&packages.Config{
		Context:    g.ctx,
		Mode:       packages.LoadTypes &^ packages.NeedTypesSizes,
		Dir:        s.root,
		Env:        append(os.Environ(), append(s.env, "PWD="+s.root)...),
		BuildFlags: append([]string{"-overlay=" + overlay}, s.flags...),
	}, s.importPath)
	if err != nil {
		return nil, err
	}
	if len(p.Errors) > 0 || p.IllTyped {
		return checkPackage(g, s)
	}
	return p.Types, nil
}

// checkPackage gives the types of the user's package from its source, or what is wrong with
// that. With an overlay of its own, go/packages checks all that is imported from source, too.
func checkPackage(g *goCommand, s *site) (*types.Package, error) {
	p, err := loadOne(&packages.Config{
		Context:    g.ctx,
		Mode:       packages.LoadSyntax,
		Dir:        s.root,
		Env:        append(os.Environ(), append(s.env, "PWD="+s.root)...),
		BuildFlags: s.flags,
		Overlay:    s.overlay,
	}, s.importPath)
	if err != nil {
		return nil, err
	}
	if len(p.Errors) > 0 {
		return nil, goErrors(p)
	}
	return p.Types, nil
}

// loadOne loads one package.
func loadOne(c *packages.Config, importPath string) (*packages.Package, error) {
	loaded, err := packages.Load(c, importPath)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", importPath, err)
	}
	if len(loaded) != 1 {
		return nil, fmt.Errorf("load %s: found %d packages", importPath, len(loaded))
	}
	return loaded[0], nil
}

// goErrors shows what is wrong with the user's Go as go build would: the packages
// it imports that can't be had or, where there are none, its own errors.
func goErrors(p *packages.Package) error {
	var missing, own []string
	for _, path := range slices.Sorted(maps.Keys(p.Imports)) {
		for _, e := range p.Imports[path].Errors {
			missing = append(missing, fmt.Sprintf("%s: import %s: %s", relative(e.Pos), path, e.Msg))
		}
	}
	for _, e := range p.Errors {
		if !strings.HasPrefix(e.Msg, "# ") { // what follows is all of them once more
			own = append(own, relative(e.Pos)+": "+e.Msg)
		}
	}
	if len(missing) > 0 {
		own = missing
	}
	return &BuildError{strings.Join(own, "\n")}
}

// relative makes a path relative to the current directory, where it is below it.
func relative(path string) string {
	dir, err := os.Getwd()
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(dir, path); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return path
}
