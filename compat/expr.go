package compat

import (
	"fmt"
	"strconv"

	"github.com/wfgen/wfgen/plan"
)

// A printer writes expressions as text that is the same where, and only where, they
// compute the same in the same way: as lists in parentheses, with their types, and with
// each name as what it stands for.
type printer struct {
	d       *describer
	refs    map[*plan.Variable]value
	text    []byte
	touches map[string]bool
	locals  int
	// Of a struct's declaration: its fields, and what else it says.
	fields []declField
	rest   string
}

// A value is the text of what a variable holds, with the declared types and funcs that
// it takes to compute it.
type value struct {
	text    string
	touches map[string]bool
}

func (d *describer) printer(refs map[*plan.Variable]value) *printer {
	return &printer{d: d, refs: refs, touches: map[string]bool{}}
}

func (p *printer) done() value { return value{string(p.text), p.touches} }

func (p *printer) put(s string) { p.text = append(p.text, s...) }

// list writes a list: strings as they are, expressions, and _ for those that are nil.
func (p *printer) list(head string, parts ...any) {
	p.put("(" + head)
	for _, part := range parts {
		p.put(" ")
		switch part := part.(type) {
		case nil:
			p.put("_")
		case string:
			p.put(part)
		case *plan.Pure:
			if part == nil {
				p.put("_")
				break
			}
			p.pure(part)
		case plan.Expr:
			p.expr(part)
		case []plan.Expr:
			for i, x := range part {
				if i > 0 {
					p.put(" ")
				}
				p.expr(x)
			}
		default:
			panic(fmt.Sprintf("internal error: %T in a text", part))
		}
	}
	p.put(")")
}

// local names a variable that an expression binds for itself, by how many it has bound
// before: what it is called in the source is nothing to what it computes.
func (p *printer) local(v *plan.Variable) string {
	if v == nil {
		return "_"
	}
	name := "%" + strconv.Itoa(p.locals)
	p.locals++
	p.refs[v] = value{text: name}
	return name + ":" + p.typ(v.Type)
}

func (p *printer) variable(v *plan.Variable) {
	ref, ok := p.refs[v]
	if !ok {
		panic("internal error: nothing is known of the variable " + v.Name)
	}
	p.put(ref.text)
	for t := range ref.touches {
		p.touches[t] = true
	}
}

func (p *printer) pure(b *plan.Pure) {
	p.put("{")
	for _, l := range b.Lets {
		p.expr(l.X) // before its name is bound
		p.put(" -> " + p.local(l.V) + "; ")
	}
	p.opt(b.Value)
	p.put("}")
}

func (p *printer) opt(x plan.Expr) {
	if x == nil {
		p.put("_")
		return
	}
	p.expr(x)
}

func (p *printer) expr(x plan.Expr) {
	t := p.typ(x.Type())
	switch x := x.(type) {
	case *plan.Const:
		p.list("const", t, x.Value.ExactString())
	case *plan.Member:
		p.list("member", t, x.Name)
	case *plan.None:
		p.list("none", t)
	case *plan.Some:
		p.list("some", t, x.X)
	case *plan.Deref:
		p.list("deref", t, x.X)
	case *plan.Var:
		p.variable(x.V)
	case *plan.Field:
		p.list("field", t, x.X, x.Field.Name)
	case *plan.FailureField:
		p.list("failure", x.X, x.Name)
	case *plan.RunField:
		p.list("run", x.Name)
	case *plan.Path:
		p.list("path", t, x.X, p.local(x.V), x.Then)
	case *plan.Index:
		p.list("index", t, x.X, x.I)
	case *plan.Lookup:
		p.list("lookup", t, x.X, x.Key)
	case *plan.Slice:
		p.list("slice", t, x.X, x.Lo, x.Hi)
	case *plan.Unary:
		p.list(string(x.Op), t, x.X)
	case *plan.Binary:
		p.list(string(x.Op), t, x.X, x.Y)
	case *plan.Interp:
		p.list("text", x.Parts)
	default:
		p.larger(t, x)
	}
}

func (p *printer) larger(t string, x plan.Expr) {
	switch x := x.(type) {
	case *plan.ListLit:
		p.list("list", t, x.Elems)
	case *plan.MapLit:
		p.list("keys", t, x.Keys)
		p.list("values", x.Values)
	case *plan.StructLit:
		p.list("struct", t, x.Spread)
		for _, f := range x.Fields {
			p.field(x, f)
		}
	case *plan.Convert:
		p.list("convert", t, x.X)
	case *plan.Widen:
		p.list("widen", t, x.X)
	case *plan.Decode:
		p.list("decode", t, x.X)
	case *plan.Raise: // in mocks alone, which nobody compares
		p.list("raise", x.X)
	case *plan.Builtin:
		p.list("builtin", t, x.Name, x.Args)
	case *plan.FuncCall:
		p.list("func", t, p.function(x.Func), x.Args)
	case *plan.Keyed:
		p.list(x.Name, t, x.X, p.local(x.V), x.Key)
	case *plan.PureIf:
		p.list("if", t, x.Cond, x.Then, x.Else)
	case *plan.PureMatch:
		p.list("match", t, x.X)
		for _, a := range x.Arms {
			p.list("arm", p.matched(a.Case), p.local(a.Binds), a.Body)
		}
	case *plan.PureFor:
		p.put("(for " + t + " ")
		p.expr(x.X)
		p.put(" " + p.local(x.Key) + " " + p.local(x.Value) + " ")
		p.opt(x.Where)
		p.put(" ")
		p.pure(x.Body)
		p.put(")")
	case *plan.PureLoop:
		p.loop(t, x)
	case *plan.Leave:
		if x.Breaks {
			p.list("break", x.X)
			return
		}
		p.list("continue", x.X)
	default:
		panic(fmt.Sprintf("internal error: no text for a %T", x))
	}
}

// loop writes a loop without steps.
func (p *printer) loop(t string, x *plan.PureLoop) {
	p.list("loop "+t, x.Init, x.Max, x.X)
	p.list("rounds", p.local(x.State), p.local(x.Key), p.local(x.Value), x.Where, x.Body)
	p.list("else", x.Else)
}

// matched is what an arm of a match matches.
func (p *printer) matched(c plan.Case) string {
	switch {
	case c.Type() != nil:
		return p.typ(c.Type())
	case c.Pattern != nil:
		q := p.d.printer(p.refs)
		q.expr(c.Pattern)
		return string(q.text)
	}
	return "_"
}
