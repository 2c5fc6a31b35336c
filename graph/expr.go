package graph

import (
	"strings"

	"github.com/wfgen/wfgen/plan"
)

// unsaid stands for what is too long to be said in a drawing.
const unsaid = "…"

// shows is what a drawing says that a step does: what decides about its blocks, too.
func shows(n *plan.Node) string {
	switch op := n.Op.(type) {
	case *plan.If:
		return "if " + brief(op.Cond, 0)
	case *plan.Match:
		return "match " + brief(op.X, 0)
	case *plan.For:
		text := "for " + op.Value.Name + " in " + brief(op.X, 0)
		if op.Where != nil {
			text += " where " + brief(op.Where, 0)
		}
		return text + strings.TrimPrefix(does(n), "for")
	}
	return does(n)
}

// brief is an expression as its source has it, where that is short; least is the precedence of
// what it stands in.
func brief(x plan.Expr, least int) string {
	switch x := x.(type) {
	case *plan.Const, *plan.Member:
		return pattern(x)
	case *plan.None:
		return "none"
	case *plan.Some:
		return brief(x.X, least)
	case *plan.Deref:
		return brief(x.X, least)
	case *plan.Widen:
		return brief(x.X, least)
	case *plan.Var:
		return x.V.Name
	case *plan.Field:
		return brief(x.X, operand) + "." + x.Field.Name
	case *plan.FailureField:
		return brief(x.X, operand) + "." + x.Name
	case *plan.RunField:
		return "run." + x.Name
	case *plan.Path:
		return brief(x.X, operand) + "?" + strings.TrimPrefix(brief(x.Then, operand), x.V.Name)
	case *plan.Index:
		return brief(x.X, operand) + "[" + brief(x.I, 0) + "]"
	case *plan.Lookup:
		return brief(x.X, operand) + "[" + brief(x.Key, 0) + "]"
	case *plan.Unary:
		return string(x.Op) + brief(x.X, operand)
	case *plan.Binary:
		text := brief(x.X, x.Op.Precedence()) + " " + string(x.Op) + " " + brief(x.Y, x.Op.Precedence()+1)
		if x.Op.Precedence() < least {
			return "(" + text + ")"
		}
		return text
	case *plan.Builtin:
		return x.Name + "(" + briefs(x.Args) + ")"
	case *plan.FuncCall:
		return x.Func.Name + "(" + briefs(x.Args) + ")"
	}
	return unsaid
}

// operand is the precedence of what stands before an access or behind a sign.
const operand = 8

func briefs(all []plan.Expr) string {
	var texts []string
	for _, x := range all {
		texts = append(texts, brief(x, 0))
	}
	return strings.Join(texts, ", ")
}
