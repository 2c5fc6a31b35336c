package checker

import (
	"fmt"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// pureFunc is why a func's body is pure.
const pureFunc = "a func"

// call checks the call of a tool, workflow, func, builtin or conversion.
func (c *checker) call(x *dsl.CallExpr, hint types.Type) types.Type {
	if x.Fun == nil {
		return invalid
	}
	switch o := c.find(x.Fun, "function").(type) {
	case *Tool:
		return c.stepCall(x, o, o.Params, o.Result)
	case *Workflow:
		c.callFrom(o, x.Fun)
		return c.stepCall(x, o, o.Params, o.Result)
	case *Func:
		c.callFrom(o, x.Fun)
		c.noClauses(x, "a func")
		c.args(x, o.Params)
		return o.Result
	case *Builtin:
		c.noClauses(x, "a builtin function")
		return c.builtin(x, hint)
	case *TypeName:
		c.noClauses(x, "a conversion")
		return c.conversion(x, o.Type)
	case nil:
	default:
		c.report(diag.WrongType, x.Fun, "%s isn't a function", x.Fun.Name)
	}
	c.looseArgs(x)
	return invalid
}

func (c *checker) looseArgs(x *dsl.CallExpr) {
	for _, a := range x.Args {
		c.infer(a, invalid)
	}
	for _, cl := range x.Clauses {
		if e, ok := cl.(*dsl.ElseClause); ok {
			c.elseClause(e, invalid)
		}
	}
}

// callFrom notes who calls whom.
func (c *checker) callFrom(callee Object, name *dsl.Ident) {
	if c.in.decl != nil {
		if c.calls == nil {
			c.calls = map[Object][]callSite{}
		}
		c.calls[c.in.decl] = append(c.calls[c.in.decl], callSite{callee, c.file, name})
	}
}

// stepCall checks the call of a tool or workflow, with its clauses.
func (c *checker) stepCall(x *dsl.CallExpr, callee Object, params []*Var, result types.Type) types.Type {
	if c.in.pure != "" {
		d := c.report(diag.ImpureHere, x.Fun, "%s is a step, and can't stand in %s", x.Fun.Name, c.in.pure)
		d.Help = "bind its result to a name first"
		if c.in.pure == pureFunc {
			d.Help = "call it in the workflow, and pass its result"
		}
	}
	c.args(x, params)
	return c.stepClauses(x, callee, result)
}

func (c *checker) args(x *dsl.CallExpr, params []*Var) {
	for i, a := range x.Args {
		if i >= len(params) {
			c.infer(a, invalid)
			continue
		}
		c.want(a, params[i].Type, "the argument "+params[i].Name)
	}
	if len(x.Args) == len(params) {
		return
	}
	list := ""
	for i, p := range params {
		if i > 0 {
			list += ", "
		}
		list += p.Name + " " + p.Type.String()
	}
	c.report(diag.WrongArity, x.Fun, "%s takes %s, found %d", x.Fun.Name, count(len(params), "argument"), len(x.Args)).
		Help = fmt.Sprintf("its arguments are (%s)", list)
}

func count(n int, what string) string {
	switch n {
	case 0:
		return "no " + what + "s"
	case 1:
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func (c *checker) noClauses(x *dsl.CallExpr, what string) {
	for _, cl := range x.Clauses {
		c.report(diag.MisplacedClause, cl, "a clause on %s: %s", what, x.Fun.Name).
			Help = "clauses go with calls of tools and workflows"
		if e, ok := cl.(*dsl.ElseClause); ok {
			c.elseClause(e, invalid)
		}
	}
}

// conversion checks T(x).
func (c *checker) conversion(x *dsl.CallExpr, to types.Type) types.Type {
	if len(x.Args) != 1 {
		c.looseArgs(x)
		c.report(diag.WrongArity, x.Fun, "a conversion takes 1 argument, found %d", len(x.Args))
		return to
	}
	arg := x.Args[0]
	if v, ok := fold(arg); ok && !v.duration && types.IsNumeric(to) {
		c.constant(arg, v, to)
		return to
	}
	from := c.plain(arg, "what is converted")
	if isInvalid(from) || convertible(from, to) {
		return to
	}
	d := c.report(diag.WrongType, arg, "%s can't be converted to %s", from, to)
	if e, ok := to.(*types.Enum); ok {
		d.Help = "take it apart with match, and give the members as " + e.Name + "." + e.Members[0]
	}
	return to
}

func convertible(from, to types.Type) bool {
	_, enum := from.(*types.Enum)
	switch {
	case types.Identical(from, to):
		return true
	case types.IsNumeric(from) && types.IsNumeric(to):
		return true
	case types.Is(to, types.String):
		return enum || types.IsNumeric(from) || types.Is(from, types.Bool) ||
			types.Is(from, types.Time) || types.Is(from, types.Duration)
	case types.Is(from, types.String):
		return types.Is(to, types.Int) || types.Is(to, types.Float64)
	}
	return false
}
