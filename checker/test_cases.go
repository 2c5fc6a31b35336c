package checker

import (
	"go/constant"
	"strconv"
	"time"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/runtime/pure"
	"github.com/wfgen/wfgen/types"
)

// A Case is one of those that a test is run for: a test with a name of its own.
type Case struct {
	Name string
	X    dsl.Expr // its element of the list
}

// cases checks what the test is run for, binds the names by which its lines know the
// case, and finds the cases' own. The list is written out, so that these are known before
// anything runs.
func (t *tester) cases(d *dsl.TestDecl, seen map[string]testName) {
	of := t.value(d.Cases, nil)
	list, ok := of.(*types.List)
	lit, written := unparen(d.Cases).(*dsl.ListLit)
	elem := invalid
	var rows []dsl.Expr
	switch {
	case ok && !written, !ok && !isInvalid(of):
		t.report(diag.BadTest, d.Cases, "the cases of a test are a list that is written out, found %s", t.text(d.Cases)).
			Help = "name them here, so that each is a test by its own name: for c in [\"a\", \"b\"]"
	case ok && len(lit.Elems) == 0:
		t.report(diag.BadTest, d.Cases, "the test has no case")
	case ok:
		elem, rows = list.Elem, lit.Elems
	}
	t.bind(d.Key, basic(types.Int), "the number of a case")
	t.bind(d.Value, elem, "a case")
	t.want(d.Name, basic(types.String), "the name")
	for i, x := range rows {
		name, ok := t.caseName(d, i, x)
		if !ok || !t.claim(name, x, seen) {
			return
		}
		t.of.Cases = append(t.of.Cases, Case{name, x})
	}
}

// caseName is the name of the i-th case, row. It reports what isn't known of it.
func (t *tester) caseName(d *dsl.TestDecl, i int, row dsl.Expr) (name string, ok bool) {
	for _, p := range d.Name.Parts {
		text := p.Text
		if p.X != nil {
			if text, ok = t.writtenIn(p.X, d, i, row); !ok {
				if !isInvalid(t.info.Types[p.X]) {
					t.report(diag.NotConstant, p.X, "the cases don't say by constants what ${%s} is", t.text(p.X)).
						Help = "tests are known by their names before any runs: use the case, a field that each writes out, or its number in for i, c"
				}
				return "", false
			}
		}
		name += text
	}
	return name, true
}

// writtenIn is what a part of a test's name prints for a case, where the case or its
// fields say that by constants.
func (t *tester) writtenIn(x dsl.Expr, d *dsl.TestDecl, i int, row dsl.Expr) (text string, ok bool) {
	if id, is := unparen(x).(*dsl.Ident); is && d.Key != nil && t.info.Uses[id] == t.info.Defs[d.Key] {
		return strconv.Itoa(i), true
	}
	from := unparen(t.sourceOf(x, d, row))
	if v := t.info.Consts[from]; v != nil {
		return constText(v, t.info.Types[from]), true
	}
	if member, is := from.(*dsl.SelectorExpr); is {
		if m, is := t.info.Uses[member.Sel].(*Member); is {
			return m.Name, true
		}
	}
	return "", false
}

// sourceOf is the expression that a part of a test's name has its value from: the case
// itself, a field that it is written with, or the part.
func (t *tester) sourceOf(x dsl.Expr, d *dsl.TestDecl, row dsl.Expr) dsl.Expr {
	switch x := unparen(x).(type) {
	case *dsl.Ident:
		if t.info.Uses[x] == t.info.Defs[d.Value] {
			return row
		}
	case *dsl.SelectorExpr:
		if of, ok := unparen(t.sourceOf(x.X, d, row)).(*dsl.StructLit); ok {
			for _, f := range of.Fields {
				if f.Name.Name == x.Sel.Name {
					return f.Value
				}
			}
		}
	}
	return x
}

// constText is a constant of type t as a substitution prints it.
func constText(v constant.Value, t types.Type) string {
	switch {
	case v.Kind() == constant.String:
		return constant.StringVal(v)
	case types.Is(t, types.Duration):
		n, _ := constant.Int64Val(v)
		return pure.DurationText(time.Duration(n))
	case types.IsFloat(t):
		f, _ := constant.Float64Val(v)
		return pure.Text(f)
	}
	return v.ExactString()
}

// A testName is where a test has its name from.
type testName struct {
	file *dsl.File
	at   dsl.Node
}

// claim gives a name to the test, or to the case at a place. It tells whether it is free.
func (t *tester) claim(name string, at dsl.Node, seen map[string]testName) bool {
	old, taken := seen[name]
	switch {
	case name == "":
		t.report(diag.BadTest, at, "the test has no name").Help = "say what it shows: test \"a declined card releases the goods\" { … }"
		return false
	case taken:
		d := t.report(diag.DuplicateName, at, "two tests are called %s", strconv.Quote(name))
		label(d, old.file, old.at, "the other one")
		if t.of.Decl.Cases != nil {
			d.Help = "tell the cases apart in the name: test \"… ${" + t.of.Decl.Value.Name + "}\""
		}
		return false
	}
	seen[name] = testName{t.file, at}
	return true
}
