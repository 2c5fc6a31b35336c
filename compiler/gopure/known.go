package gopure

import (
	"go/ast"
	"go/types"
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

// comparing are those of them that sort as they are told to.
var comparing = words("SortFunc SortStableFunc SortedFunc SortedStableFunc Slice SliceStable Sort Stable")

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
	fate := known[f.Pkg().Path()+"."+f.Name()]
	if comparing[f.Name()] && (fate == ordered || fate == free) && !r.tellsApart(x) {
		return through
	}
	return fate
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
