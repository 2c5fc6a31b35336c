package checker

import (
	"fmt"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// call checks the call of a tool, workflow, func, builtin or conversion. wanted
// tells that its value is used.
func (c *checker) call(x *dsl.CallExpr, hint types.Type, wanted bool) types.Type {
	if x.Fun == nil {
		c.looseArgs(x)
		return invalid
	}
	if x.Verb != dsl.Call {
		return c.durable(x, hint, wanted)
	}
	switch o := c.callee(x, "function").(type) {
	case *Tool:
		if o.unsound {
			c.looseArgs(x)
			return o.Result
		}
		return c.stepCall(x, o, o.Params, o.Result, wanted)
	case *Workflow:
		c.callFrom(o, x.Fun)
		return c.stepCall(x, o, o.Params, o.Result, wanted)
	case *Func:
		if o.unsound {
			c.looseArgs(x)
			return o.Result
		}
		c.callFrom(o, x.Fun)
		c.inArgs(func() { c.args(x, o.Params) })
		c.noClauses(x, "a func")
		return o.Result
	case *Builtin:
		if recorded[o.Name] != nil {
			return c.recordedRead(x)
		}
		t := invalid
		c.inArgs(func() { t = c.builtin(x, hint) })
		c.noClauses(x, "a builtin function")
		return t
	case *TypeName:
		t := invalid
		c.inArgs(func() { t = c.conversion(x, o.Type) })
		c.noClauses(x, "a conversion")
		return t
	case nil:
	default:
		c.notCallable(x.Fun)
	}
	c.looseArgs(x)
	return invalid
}

func (c *checker) notCallable(name *dsl.Ident) {
	e := c.scope.lookup(name.Name)
	if e == nil {
		return // a type of another package, which calls nothing
	}
	d := c.report(diag.WrongType, name, "%s is %s, expected something to call", name.Name, kindOf(e))
	label(d, e.file, e.at, "declared here")
}

// inArgs checks arguments: what is in them isn't the call that is bound.
func (c *checker) inArgs(do func()) {
	in := c.in
	in.bound = nil
	c.with(in, do)
}

// looseArgs checks the arguments and clauses of what can't be called.
func (c *checker) looseArgs(x *dsl.CallExpr) {
	c.inArgs(func() {
		for _, a := range x.Args {
			c.infer(a, invalid)
		}
	})
	for _, cl := range x.Clauses {
		if e, ok := cl.(*dsl.ElseClause); ok {
			c.elseClause(e, invalid, false, nil)
		}
	}
}

// callFrom notes who calls whom.
func (c *checker) callFrom(callee Object, name *dsl.Ident) {
	if w, ok := callee.(*Workflow); ok {
		c.limitedCall(w, name)
	}
	if c.in.decl != nil {
		c.calls[c.in.decl] = append(c.calls[c.in.decl], callSite{callee, c.file, name})
	}
}

// stepCall checks the call of a tool or workflow, with its clauses.
func (c *checker) stepCall(x *dsl.CallExpr, callee Object, params []*Var, result types.Type, wanted bool) types.Type {
	c.stepHere(x)
	c.inArgs(func() { c.args(x, params) })
	return c.stepClauses(x, callee, result, wanted)
}

// stepHere reports the call of a step in a pure place.
func (c *checker) stepHere(x *dsl.CallExpr) {
	if c.in.pure == "" {
		return
	}
	d := c.report(diag.ImpureHere, x.Fun, "%s is a step, and can't stand in %s", x.Fun.Name, c.in.pure)
	d.Help = "bind its result to a name above"
	if as := map[string]string{"now": "at", "uuid": "id"}[x.Fun.Name]; as != "" {
		d.Help = fmt.Sprintf("bind it above, %s := %s(), and write %s here", as, x.Fun.Name, as)
	}
	if w, ok := c.in.decl.(*Workflow); c.in.pure == pureFunc || c.in.decl == nil || ok && w.Agent != nil {
		d.Help = "call it in a workflow, and pass its result on"
	}
}

// args checks the arguments against the parameters.
func (c *checker) args(x *dsl.CallExpr, params []*Var) {
	for i, a := range x.Args {
		if i < len(params) {
			c.want(a, params[i].Type, "the argument "+params[i].Name)
		} else {
			c.infer(a, invalid)
		}
	}
	if len(x.Args) == len(params) {
		return
	}
	var names []string
	for _, p := range params {
		names = append(names, p.Name+" "+p.Type.String())
	}
	d := c.report(diag.WrongArity, x.Fun, "%s takes %s, found %d", x.Fun.Name, count(len(params), "argument"), len(x.Args))
	if len(names) > 0 {
		d.Help = "it is " + x.Fun.Name + "(" + list(names) + ")"
	}
}

// noClauses reports the first clause on what is no step.
func (c *checker) noClauses(x *dsl.CallExpr, what string) {
	for i, cl := range x.Clauses {
		if i == 0 {
			c.report(diag.MisplacedClause, cl, "%s is %s and can't have clauses", x.Fun.Name, what).
				Help = "clauses stand on calls of tools and workflows"
		}
		if e, ok := cl.(*dsl.ElseClause); ok {
			c.elseClause(e, invalid, false, nil)
		}
	}
}

// conversion checks T(x).
func (c *checker) conversion(x *dsl.CallExpr, to types.Type) types.Type {
	_, isStruct := to.(*types.Struct)
	switch {
	case isStruct:
		c.looseConversion(x)
		c.report(diag.WrongType, x.Fun, "%s is a struct, and can't be called", x.Fun.Name).
			Help = "write " + x.Fun.Name + "{field: value}"
		return to
	case len(x.Args) != 1:
		c.looseConversion(x)
		c.report(diag.WrongArity, x.Fun, "%s(…) takes 1 argument, found %d", x.Fun.Name, len(x.Args))
		return to
	}
	arg := x.Args[0]
	if v, ok := c.fold(arg); ok && !v.isDuration() && types.IsNumeric(to) {
		if v.t == nil {
			c.constant(arg, v, to)
		} else {
			c.constant(arg, v, nil)
			if why := unfit(v.v, to); why != "" {
				c.unfitConstant(arg, v.v, to, why)
			}
		}
		return to
	}
	if g, ok := to.(*types.Go); ok && g.Under != nil {
		c.toNamed(arg, g)
		return to
	}
	if from := c.plain(arg, nil); !isInvalid(from) && !convertible(from, to) {
		c.report(diag.WrongType, arg, "%s can't be converted to %s", from, to).Help = unconvertible(to)
	}
	return to
}

func (c *checker) looseConversion(x *dsl.CallExpr) {
	for _, a := range x.Args {
		c.infer(a, invalid)
	}
}

// unconvertible says what to do where there is no conversion to a type.
func unconvertible(to types.Type) string {
	switch to := to.(type) {
	case *types.Enum:
		return "take it apart with match, and " + memberHelp(to)
	case *types.Union:
		return "write one of its members: " + to.Members[0].Name + "{field: value}"
	case *types.Basic:
		switch to.Kind {
		case types.Duration:
			return "multiply a number with a unit, like n * 1s; duration(x) takes a text, or a float64 of seconds"
		case types.Bool:
			return "compare it"
		case types.Any:
			return "a value stands where any is wanted without a conversion"
		}
	}
	return ""
}

func convertible(from, to types.Type) bool {
	from = types.Under(from)
	_, enum := from.(*types.Enum)
	switch {
	case types.Is(to, types.String):
		return enum || types.IsNumeric(from) || types.Is(from, types.Bool) || types.Is(from, types.String) ||
			types.Is(from, types.Time) || types.Is(from, types.Duration)
	case types.IsNumeric(from):
		return types.IsNumeric(to) || types.Is(from, types.Float64) && types.Is(to, types.Duration)
	case types.Is(from, types.String):
		return types.Is(to, types.Int) || types.Is(to, types.Float64) || types.Is(to, types.Duration)
	}
	return false
}
