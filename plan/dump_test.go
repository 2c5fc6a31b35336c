package plan_test

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/types"
)

// A dumper prints what a plan computes, expressions as lists in parentheses with
// the operator first. Constants and what changes a type show their types.
type dumper struct{ bytes.Buffer }

func dump(p *plan.Program) []byte {
	d := &dumper{}
	for _, s := range p.Structs {
		for i, x := range s.Defaults {
			if x != nil {
				fmt.Fprintf(d, "type %s: %s = %s\n", s.Type.Name, s.Type.Fields[i].Name, expr(x))
			}
		}
		for _, w := range s.Wheres {
			fmt.Fprintf(d, "type %s: %s where %s (%s)\n", s.Type.Name, w.Field.Name, expr(w.Cond), w.Text)
		}
	}
	for _, f := range p.Funcs {
		fmt.Fprintf(d, "func %s: %s\n", f.Name, pure(f.Body))
	}
	for _, m := range p.Models {
		fmt.Fprintf(d, "model %s %d", m.Name, m.Max)
		if m.Price != nil {
			fmt.Fprintf(d, " %v", *m.Price)
		}
		fmt.Fprintln(d)
	}
	for _, w := range p.Workflows {
		fmt.Fprintf(d, "workflow %s %s", w.Name, w.Effect)
		for _, t := range w.Tools {
			fmt.Fprintf(d, " %s", t.Name)
		}
		for _, m := range w.Models {
			fmt.Fprintf(d, " %s", m.Name)
		}
		fmt.Fprintln(d)
		d.block(w.Body, "  ")
	}
	return d.Bytes()
}

func (d *dumper) block(b *plan.Block, indent string) {
	for _, n := range b.Nodes {
		fmt.Fprintf(d, "%s%s", indent, n.Frame)
		if n.Binds != nil {
			fmt.Fprintf(d, " [%s %s]", n.Binds.Name, n.Binds.Type)
		}
		if n.Inline {
			fmt.Fprint(d, " inline")
		}
		fmt.Fprintf(d, ": %s", op(n.Op))
		if len(n.Uses) > 0 {
			fmt.Fprintf(d, " uses %s", variables(n.Uses))
		}
		if n.Exits {
			fmt.Fprint(d, " exits")
		}
		fmt.Fprintln(d)
		for _, inner := range plan.Blocks(n.Op) {
			d.block(inner, indent+"  ")
		}
	}
	var ends []string
	if b.Value != nil {
		ends = append(ends, "value "+expr(b.Value))
	}
	if b.Exits {
		ends = append(ends, "exits")
	}
	if b.Schedule.Width > 1 {
		ends = append(ends, fmt.Sprint(b.Schedule.Width, " chains"))
	}
	if len(ends) > 0 {
		fmt.Fprintf(d, "%s= %s\n", indent, strings.Join(ends, ", "))
	}
}

func converse(o *plan.Converse) string {
	var parts []any
	for _, c := range o.Models {
		parts = append(parts, fmt.Sprintf("%s*%d", c.Model.Name, c.Retry))
	}
	parts = append(parts, o.System, o.Prompt, fmt.Sprintf("%v", o.Budget), "gives "+o.Result.String())
	for _, t := range o.Offers {
		parts = append(parts, fmt.Sprintf("%s(%s)*%d %s", t.Name(), variables(t.Params), t.Max, t.Effect))
	}
	for _, r := range o.Validate {
		parts = append(parts, form("validate", r.Cond, r.Message, fmt.Sprintf("%q", r.Text)))
	}
	return form("converse", parts...)
}

func variables(vs []*plan.Variable) string {
	var out []string
	for _, v := range vs {
		out = append(out, v.Name)
	}
	return strings.Join(out, " ")
}

func op(o plan.Op) string {
	switch o := o.(type) {
	case *plan.Call:
		return call(o)
	case *plan.Durable:
		return form(o.Kind.String()+" "+o.Played.Name, o.Args, o.Timeout)
	case *plan.Let:
		return expr(o.X)
	case *plan.If:
		return form("if", o.Cond)
	case *plan.Match:
		var arms []string
		for _, a := range o.Arms {
			arms = append(arms, pattern(a.Case))
		}
		return form("match", o.X, strings.Join(arms, "|"))
	case *plan.For:
		if o.Parallel {
			return form("for", names(o.Key, o.Value), o.X, o.Where, "parallel", o.Limit)
		}
		return form("for", names(o.Key, o.Value), o.X, o.Where)
	case *plan.Parallel:
		return "parallel"
	case *plan.Validate:
		return form("validate", o.Cond, o.Message)
	case *plan.Fail:
		return form("fail", o.X)
	case *plan.Return:
		return form("return", o.X)
	case *plan.Wait:
		return form("wait", fmt.Sprint(o.Until), o.X)
	case *plan.Log:
		return form("log", o.Message)
	case *plan.Converse:
		return converse(o)
	}
	return strings.ToLower(strings.TrimPrefix(fmt.Sprintf("%T", o), "*plan."))
}

func call(c *plan.Call) string {
	out := form("call "+callee(c.Tool, c.Workflow), c.Args)
	if c.Retry != nil {
		for _, r := range c.Retry.All() {
			out += fmt.Sprintf(" retry %d %s..%s %v", r.Times, r.Min, r.Max, r.At)
		}
	}
	if c.Timeout > 0 {
		out += fmt.Sprintf(" timeout %s", c.Timeout)
	}
	if u := c.Undo; u != nil {
		out += " undo " + u.Frame + " " + form(callee(u.Tool, u.Workflow), u.Args)
		if u.Result != nil {
			out += " of " + u.Result.Name
		}
	}
	if c.Else != nil && c.Else.Err != nil {
		out += " else err"
	} else if c.Else != nil {
		out += " else"
	}
	return out
}

func callee(t *plan.Tool, w *plan.Workflow) string {
	if t != nil {
		return t.Name
	}
	return w.Name
}

func names(key, value *plan.Variable) string {
	if key == nil {
		return value.Name
	}
	return key.Name + "," + value.Name
}

// boundBy are the names of variables that a loop binds, of which each may be nil.
func boundBy(vs ...*plan.Variable) string {
	var names []string
	for _, v := range vs {
		if v != nil {
			names = append(names, v.Name)
		}
	}
	return strings.Join(names, ",")
}

// form is a list: strings as they are, expressions dumped, nil ones left out.
func form(head string, parts ...any) string {
	out := "(" + head
	for _, p := range parts {
		switch p := p.(type) {
		case nil:
		case string:
			out += " " + p
		case plan.Expr:
			out += " " + expr(p)
		case []plan.Expr:
			for _, x := range p {
				out += " " + expr(x)
			}
		case *plan.Pure:
			if p != nil {
				out += " " + pure(p)
			}
		default:
			panic(fmt.Sprintf("%T", p))
		}
	}
	return out + ")"
}

func pure(p *plan.Pure) string {
	out := "{"
	for _, l := range p.Lets {
		if l.V != nil {
			out += l.V.Name + " := "
		}
		out += expr(l.X) + "; "
	}
	if p.Value != nil {
		out += expr(p.Value)
	}
	return out + "}"
}

func pattern(c plan.Case) string {
	switch {
	case c.Kind != nil:
		return c.Kind.String()
	case c.Pattern == nil:
		return "_"
	}
	return expr(c.Pattern)
}

func expr(x plan.Expr) string {
	switch x := x.(type) {
	case *plan.Const:
		return constant(x)
	case *plan.Member:
		return x.Typ.String() + "." + x.Name
	case *plan.None:
		return "none:" + x.Typ.String()
	case *plan.Some:
		return form("some:"+x.Typ.String(), x.X)
	case *plan.Deref:
		return form("*", x.X)
	case *plan.Var:
		return x.V.Name
	case *plan.Field:
		return expr(x.X) + "." + x.Field.Name
	case *plan.FailureField:
		return expr(x.X) + "." + x.Name
	case *plan.RunField:
		return "run." + x.Name
	case *plan.Path:
		return form("?.:"+x.Typ.String(), x.X, x.V.Name, x.Then)
	case *plan.Index:
		return form("index", x.X, x.I)
	case *plan.Lookup:
		return form("lookup:"+x.Typ.String(), x.X, x.Key)
	case *plan.Slice:
		return form("slice", x.X, bound(x.Lo), bound(x.Hi))
	case *plan.Unary:
		return form(string(x.Op), x.X)
	case *plan.Binary:
		return form(string(x.Op), x.X, x.Y)
	case *plan.Interp:
		return form("text", x.Parts)
	}
	return larger(x)
}

func bound(x plan.Expr) string {
	if x == nil {
		return "_"
	}
	return expr(x)
}

func constant(x *plan.Const) string {
	if types.Is(x.Typ, types.String) {
		return x.Value.ExactString()
	}
	return x.Value.ExactString() + ":" + x.Typ.String()
}

func larger(x plan.Expr) string {
	switch x := x.(type) {
	case *plan.ListLit:
		return form("list:"+x.Typ.String(), x.Elems)
	case *plan.MapLit:
		out := "(" + x.Typ.String()
		for i := range x.Keys {
			out += " " + expr(x.Keys[i]) + ":" + expr(x.Values[i])
		}
		return out + ")"
	case *plan.StructLit:
		out := "(" + x.Typ.String()
		if x.Spread != nil {
			out += " ..." + expr(x.Spread)
		}
		for _, f := range x.Fields {
			out += " " + f.Field.Name + ":" + expr(f.X)
		}
		return out + ")"
	case *plan.Convert:
		return form("to:"+x.Typ.String(), x.X)
	case *plan.Builtin:
		return form(x.Name, x.Args)
	case *plan.FuncCall:
		return form(x.Func.Name, x.Args)
	case *plan.Widen:
		return form("as:"+x.Typ.String(), x.X)
	case *plan.Decode:
		return form("decode:"+x.Typ.String(), x.X)
	case *plan.Keyed:
		return form(x.Name, x.V.Name, x.X, x.Key)
	case *plan.PureIf:
		return form("if", x.Cond, x.Then, x.Else)
	case *plan.PureMatch:
		out := "(match " + expr(x.X)
		for _, a := range x.Arms {
			out += " " + pattern(a.Case) + "=>" + pure(a.Body)
		}
		return out + ")"
	case *plan.Raise:
		return form("raise", x.X)
	case *plan.PureFor:
		return form("for:"+x.Typ.String(), names(x.Key, x.Value), x.X, x.Where, x.Body)
	case *plan.PureLoop:
		return form("loop:"+x.Typ.String(), boundBy(x.State, x.Key, x.Value), x.Init, x.Max, x.X, x.Where, x.Body, x.Else)
	case *plan.Leave:
		return form(map[bool]string{true: "break", false: "continue"}[x.Breaks], x.X)
	}
	panic(fmt.Sprintf("%T", x))
}
