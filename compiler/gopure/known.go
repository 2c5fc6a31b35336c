package gopure

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// A fate is what becomes of a list or sequence without an order where it is given to a
// function, or used otherwise.
type fate int

const (
	shows   fate = iota // the order may show
	free                // the order doesn't matter to what comes of it
	through             // what comes of it is in no order, too
	ordered             // it is in order from there on
)

// known are the functions of the standard library that take what is in no order.
var known = fates(map[fate]string{
	free: "slices.Sorted slices.SortedFunc slices.SortedStableFunc slices.Max slices.Min slices.Contains slices.ContainsFunc " +
		"maps.Collect maps.Insert builtin.len builtin.cap builtin.clear",
	through: "slices.Collect slices.Values slices.Clone slices.AppendSeq slices.Grow slices.Clip slices.Concat builtin.append " +
		"sort.Reverse sort.StringSlice sort.IntSlice sort.Float64Slice",
	ordered: "slices.Sort slices.SortFunc slices.SortStableFunc sort.Strings sort.Ints sort.Float64s sort.Slice sort.SliceStable sort.Sort sort.Stable",
})

func fates(rows map[fate]string) map[string]fate {
	all := map[string]fate{}
	for f, row := range rows {
		for _, name := range strings.Fields(row) {
			all[name] = f
			all["golang.org/x/exp/"+name] = f
		}
	}
	return all
}

// known is what becomes of a list that a call gets.
func (r *reader) known(x *ast.CallExpr) fate {
	switch t := r.info.Types[x.Fun]; {
	case t.IsType():
		return through
	case t.IsBuiltin():
		id, _ := ast.Unparen(x.Fun).(*ast.Ident)
		if id == nil {
			return shows
		}
		return known["builtin."+id.Name]
	}
	f := r.callee(x)
	if f == nil || f.Pkg() == nil || f.Signature().Recv() != nil {
		return shows
	}
	return known[f.Pkg().Path()+"."+f.Name()]
}

// unordered gives which results of a call are in no order: the keys of a map, or what a
// function of the module gives so.
func (r *reader) unordered(x *ast.CallExpr) (results []int) {
	f := r.callee(x)
	switch {
	case f == nil || f.Pkg() == nil:
		return nil
	case isKeys(f), f.FullName() == "(reflect.Value).MapKeys":
		return []int{0}
	case r.c.view.Standard(f.Pkg().Path()):
		return nil
	}
	if n := r.c.node(f); n != nil && !n.steady && n.gives != nil {
		return n.gives.results
	}
	return nil
}

// isKeys tells whether a function gives the keys or values of a map in its order.
func isKeys(f *types.Func) bool {
	if f == nil || f.Pkg() == nil || f.Pkg().Path() != "maps" && f.Pkg().Path() != "golang.org/x/exp/maps" {
		return false
	}
	return f.Name() == "Keys" || f.Name() == "Values" || f.Name() == "All"
}

// An effect is what a function may change besides its own variables.
type effect struct {
	variables bool // those of packages
	arguments bool // what it can reach by its arguments, or by what its method is of
}

// unchanging are the types of the standard library whose methods change nothing, though they
// are of a pointer; other methods of a pointer may.
var unchanging = words("regexp.Regexp strings.Replacer url.URL net.IPNet time.Location big.Int big.Float big.Rat template.Template")

// effectOf is what a function may change, by what it and those that it calls say.
func (c *Checker) effectOf(f *types.Func) effect {
	if f.Pkg() == nil {
		return effect{}
	}
	recv := f.Signature().Recv()
	if recv != nil && types.IsInterface(recv.Type()) {
		return effect{arguments: true}
	}
	if c.view.Standard(f.Pkg().Path()) {
		return standardEffect(f)
	}
	key := keyOf(f)
	if e, ok := c.effects[key]; ok {
		return e
	}
	c.effects[key] = effect{}
	s := c.source(f.Pkg().Path())
	if s == nil || s.decls[key].body == nil {
		return effect{arguments: true}
	}
	e := newReader(c, s, s.decls[key], &node{}).effect()
	c.effects[key] = e
	return e
}

func standardEffect(f *types.Func) effect {
	name := f.Pkg().Name() + "." + f.Name()
	if recv := f.Signature().Recv(); recv != nil {
		_, pointer := types.Unalias(recv.Type()).(*types.Pointer)
		n := named(recv.Type())
		return effect{arguments: pointer && (n == nil || !unchanging[f.Pkg().Name()+"."+n.Obj().Name()])}
	}
	if known[name] == ordered {
		return effect{arguments: true}
	}
	for p := range f.Signature().Params().Variables() {
		switch t := p.Type().Underlying().(type) {
		case *types.Pointer:
			return effect{arguments: true}
		case *types.Interface:
			if t.NumMethods() > 0 && !types.Identical(p.Type(), types.Universe.Lookup("error").Type()) {
				return effect{arguments: true}
			}
		}
	}
	return effect{arguments: slices.Contains(changing, f.Pkg().Path()+"."+f.Name())}
}

// changing are functions of the standard library that change what they get as any, as a list
// or as a map.
var changing = strings.Fields("encoding/json.Unmarshal encoding/xml.Unmarshal errors.As slices.Reverse slices.Insert slices.Delete " +
	"slices.DeleteFunc slices.Compact slices.CompactFunc slices.Replace maps.Copy maps.DeleteFunc maps.Insert")

// effect is what a body changes.
func (r *reader) effect() (e effect) {
	change := func(x ast.Expr) {
		at, ok := r.slotOf(x)
		switch {
		case !ok || at.of == nil:
			e.arguments = true
		case isGlobal(at.of):
			e.variables = true
		case at.path != "" || isStar(x):
			e.arguments = true
		}
	}
	ast.Inspect(r.body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, x := range n.Lhs {
				if !isBlank(x) {
					change(x)
				}
			}
		case *ast.IncDecStmt:
			change(n.X)
		case *ast.SendStmt:
			e.arguments = true
		case *ast.CallExpr:
			inner := r.effectOfCall(n)
			e.variables, e.arguments = e.variables || inner.variables, e.arguments || inner.arguments
		}
		return true
	})
	return e
}

func isStar(x ast.Expr) bool { _, ok := ast.Unparen(x).(*ast.StarExpr); return ok }

func isGlobal(o types.Object) bool { return o.Pkg() != nil && o.Parent() == o.Pkg().Scope() }

func (r *reader) effectOfCall(x *ast.CallExpr) effect {
	switch t := r.info.Types[x.Fun]; {
	case t.IsType():
		return effect{}
	case t.IsBuiltin():
		id, ok := ast.Unparen(x.Fun).(*ast.Ident)
		return effect{arguments: ok && (id.Name == "delete" || id.Name == "clear" || id.Name == "copy")}
	}
	if f := r.callee(x); f != nil {
		return r.c.effectOf(f)
	}
	_, literal := ast.Unparen(x.Fun).(*ast.FuncLit)
	return effect{arguments: !literal && !r.onlyTells(x.Fun)}
}

// onlyTells tells whether a function's value is a literal that changes nothing but its own:
// called, or bound once to the name by which it is called.
func (r *reader) onlyTells(fun ast.Expr) bool {
	lit, ok := ast.Unparen(fun).(*ast.FuncLit)
	if id, isName := ast.Unparen(fun).(*ast.Ident); isName {
		lit = r.index().literals[r.info.Uses[id]]
		ok = lit != nil
	}
	if !ok {
		return false
	}
	changes := false
	outside := func(x ast.Expr) {
		at, ok := r.slotOf(x)
		changes = changes || !ok || at.of.Pos() < lit.Pos() || at.of.Pos() >= lit.End()
	}
	ast.Inspect(lit.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for _, x := range n.Lhs {
				if !isBlank(x) {
					outside(x)
				}
			}
		case *ast.IncDecStmt:
			outside(n.X)
		case *ast.SendStmt:
			changes = true
		case *ast.CallExpr:
			e := r.effectOfCall(n)
			changes = changes || e.arguments || e.variables
		}
		return !changes
	})
	return !changes
}
