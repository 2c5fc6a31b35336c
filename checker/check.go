// Package checker works out what a package of .wf files means: what each name
// stands for, which type each expression has, where an optional is known not to
// be none, which clauses apply to a call. It takes the files' trees and returns a
// Program, with the facts in side tables, and a diagnostic for everything that is
// unsound. It never changes a tree, keeps no state between calls, and accepts any
// tree the parser makes: what is unsound has the invalid type, which fits
// everywhere, so that one mistake is reported once.
package checker

import (
	"cmp"
	"fmt"
	"go/constant"
	gotypes "go/types"
	"slices"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// Check checks the files of one package. goPackage is the name of the package of
// the .go files beside them, empty where there are none. The program is never
// nil; it is complete where no diagnostic is an error. The diagnostics are sorted.
func Check(files []*dsl.File, goPackage string) (*Program, []diag.Diagnostic) {
	return CheckIn(files, Around{Package: goPackage})
}

// CheckIn is Check for files that name Go: around tells what there is.
func CheckIn(files []*dsl.File, around Around) (*Program, []diag.Diagnostic) {
	files = slices.Clone(files)
	slices.SortStableFunc(files, func(a, b *dsl.File) int { return cmp.Compare(pathOfFile(a), pathOfFile(b)) })
	c := &checker{
		prog:     &Program{Files: files, Info: newInfo()},
		around:   around,
		world:    around.World,
		imported: map[*dsl.File]map[string]*imported{}, foreigners: map[*Workflow]*Workflow{},
		scope:    newScope(nil),
		goNames:  map[string]goName{},
		calls:    map[Object][]callSite{},
		defaults: map[Object]Clauses{},
		policies: map[*Policy]*policy{},
		failures: map[*Var]*failures{},
		byResult: map[*dsl.CallExpr]bool{},
		fails:    map[*Workflow]bool{},
		consts:   map[*Const]bool{},
		loose:    map[any]bool{},
		events:   map[*types.Struct]*Event{},
		played:   map[string]*Tool{},
		folds:    map[dsl.Expr]folded{},
		ranks:    map[dsl.Expr]rank{},
		offered:  map[*dsl.Ident]bool{},
	}
	c.info = c.prog.Info
	if c.world == nil {
		c.world = noWorld()
	}
	c.translate = &translator{
		world: c.world, programs: around.Programs, own: around.Own, declared: map[string]types.Type{}, known: map[*gotypes.TypeName]types.Type{},
	}
	c.check(around.Package)
	return c.prog, diag.Sorted(c.diags)
}

func pathOfFile(f *dsl.File) string {
	if f.Source == nil {
		return ""
	}
	return f.Source.Path
}

// check goes through the passes. A panic is a bug of the checker: it ends in a
// diagnostic that asks for a report.
func (c *checker) check(goPackage string) {
	defer func() {
		if r := recover(); r != nil {
			d := diag.Diagnostic{Message: fmt.Sprintf("internal error: the checker stopped here: %v", r), Help: "please report this, with the file"}
			if c.file != nil {
				d.Source = c.file.Source
			}
			c.diags = append(c.diags, d)
		}
	}()
	c.packageName(goPackage)
	c.imports()
	c.declare()
	c.resolve()
	c.bodies()
	c.recursion()
	c.prices()
	c.effects()
	c.patience()
	c.busy()
	c.enumChains()
	c.impossible()
	c.owed()
	c.tests()
	c.unusedImports()
	c.uncalled()
	c.accessors()
	c.eraseRuns()
	c.allowed()
}

func newInfo() *Info {
	return &Info{
		Types: map[dsl.Expr]types.Type{}, Wanted: map[dsl.Expr]types.Type{}, Narrowed: map[dsl.Expr]bool{},
		Consts: map[dsl.Expr]constant.Value{}, Uses: map[*dsl.Ident]Object{}, Defs: map[*dsl.Ident]Object{},
		Errs: map[*dsl.Block]*Var{}, Clauses: map[*dsl.CallExpr]*Clauses{}, TypeExprs: map[dsl.TypeExpr]types.Type{},
		Homes: map[*dsl.StructLit]*Program{}, Deep: map[*dsl.BinaryExpr]bool{}, Durables: map[*dsl.CallExpr]*Durable{}, Tries: map[*dsl.TryExpr]*Retry{},
	}
}

// A checker checks one package.
type checker struct {
	prog  *Program
	info  *Info
	diags []diag.Diagnostic
	file  *dsl.File // the one that is checked now
	scope *scope
	top   *scope // that of the package
	in    place

	around   Around
	world    *World
	imported map[*dsl.File]map[string]*imported // by file and name
	// translate finds what Go's types are.
	translate *translator
	// foreigners are the workflows of other packages that are called.
	foreigners map[*Workflow]*Workflow

	goNames map[string]goName
	// calls holds, for each func and workflow, whom it calls and where.
	calls map[Object][]callSite
	// defaults are the retry and timeout of tools' and workflows' declarations.
	defaults map[Object]Clauses
	policies map[*Policy]*policy
	events   map[*types.Struct]*Event
	played   map[string]*Tool // the tools as which tests mock durable steps
	// failures tells of the variable of a failure which errors it may hold.
	failures map[*Var]*failures
	// loose has what was declared with a name that is unknown: unions whose members,
	// and tools whose errors, may be more than those that are known.
	loose map[any]bool
	// consts has the constants that are known, and with true those whose value is
	// being found out.
	consts map[*Const]bool
	// retried are the workflows' calls with a retry, dropped those whose result
	// nobody wants. What they reach is known when all bodies are checked.
	retried []retriedCall
	dropped []droppedCall
	// byResult are the undos that use what the call that they undo gives.
	byResult map[*dsl.CallExpr]bool
	// fails are the workflows of which it is known whether they may fail.
	fails map[*Workflow]bool

	// patterns are those that name errors.
	patterns []errorPattern

	folds map[dsl.Expr]folded
	ranks map[dsl.Expr]rank

	// offered are the names in calls that an agent's model may have made, and in what is
	// asked before them.
	offered map[*dsl.Ident]bool
}

// A place is what the code that is checked now stands in.
type place struct {
	decl     Object     // the Func or Workflow; nil elsewhere
	result   types.Type // what its return wants
	pure     string     // why no step can stand here; empty where one can
	noReturn string     // why no return can stand here; empty where one can
	loop     *rounds    // the nearest loop; nil outside of one
	noBreak  string     // why its break and continue can't stand here; empty where they can
	parallel bool       // directly in a parallel block
	beside   string     // in what runs side by side: where what can't stand there does
	// binding is the name that is bound to the value that is checked now, and bound
	// the expression that is the whole of that value; nil elsewhere.
	binding *entry
	bound   dsl.Expr
	// deep tells that == compares lists, maps and the like as well: in what a test expects.
	deep bool
	// answers tells that a fail is a value: in what a mock gives.
	answers bool
}

// with checks something in another place.
func (c *checker) with(in place, do func()) {
	defer func(was place) { c.in = was }(c.in)
	c.in = in
	do()
}

// pureIn checks something where no step can stand.
func (c *checker) pureIn(why string, do func()) {
	in := c.in
	if in.pure == "" {
		in.pure = why
	}
	in.loop = nil
	c.with(in, do)
}

// valueUsed is a place that a return can leave, and a break can't: the loop around it goes on
// with a value there.
const valueUsed = "a block whose value is used"

// unleavable is a place that neither a return nor a break can leave.
func (in place) unleavable(why string) place {
	in.noReturn = orElse(in.noReturn, why)
	in.noBreak = orElse(in.noBreak, why)
	return in
}

// A callSite is where one declaration calls another.
type callSite struct {
	callee Object
	file   *dsl.File
	name   *dsl.Ident
}

var invalid types.Type = types.Basics[types.Invalid]
var nothing types.Type = types.Basics[types.Nothing]

func isInvalid(t types.Type) bool { return t == nil || t == invalid }

func orInvalid(t types.Type) types.Type {
	if t == nil {
		return invalid
	}
	return t
}

func basic(k types.Kind) types.Type { return types.Basics[k] }

func listOf(t types.Type) types.Type { return &types.List{Elem: t} }

func optionalOf(t types.Type) types.Type { return &types.Optional{Elem: t} }

// elemOf is T for a T?, and any other type itself.
func elemOf(t types.Type) types.Type {
	if o, ok := t.(*types.Optional); ok {
		return o.Elem
	}
	return t
}

func isOptional(t types.Type) bool {
	_, ok := t.(*types.Optional)
	return ok
}

// wrap makes a type of another, which may be invalid.
func wrap(t types.Type, in func(types.Type) types.Type) types.Type {
	if isInvalid(t) {
		return invalid
	}
	return in(t)
}
