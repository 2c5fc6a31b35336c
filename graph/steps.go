package graph

import (
	"fmt"
	"go/constant"
	"strings"
	"time"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime/pure"
	"github.com/wfgen/wfgen/types"
)

// steps are the nodes of a block that have a place in its order.
func steps(b *plan.Block) []*plan.Node {
	var out []*plan.Node
	for _, n := range b.Nodes {
		if !n.Inline {
			out = append(out, n)
		}
	}
	return out
}

// kind is what a step does, in a word.
func kind(n *plan.Node) string {
	//sumtype:exhaustive
	switch op := n.Op.(type) {
	case *plan.Call:
		if op.Workflow != nil {
			return "workflow"
		}
		return "tool"
	case *plan.Durable:
		return op.Kind.String()
	case *plan.Let:
		return "pure"
	case *plan.If:
		return "if"
	case *plan.Match:
		return "match"
	case *plan.For:
		return "for"
	case *plan.Parallel:
		return "parallel"
	case *plan.Try:
		return "try"
	case *plan.Finally:
		return "finally"
	case *plan.Race:
		return "race"
	case *plan.Loop:
		return "loop"
	case *plan.Break:
		return "break"
	case *plan.Continue:
		return "continue"
	case *plan.Converse:
		return "agent"
	case *plan.Now:
		return "now"
	case *plan.UUID:
		return "uuid"
	case *plan.Validate:
		return "validate"
	case *plan.Fail:
		return "fail"
	case *plan.Return:
		return "return"
	case *plan.Wait:
		return "wait"
	case *plan.Commit:
		return "commit"
	case *plan.Rollback:
		return "rollback"
	case *plan.Log:
		return "log"
	}
	panic(fmt.Sprintf("internal error: unknown step %T", n.Op))
}

// name is the tool or workflow that a step calls or starts, or the event that it sends
// or awaits; empty where there is none.
func name(n *plan.Node) string {
	switch op := n.Op.(type) {
	case *plan.Call:
		return called(op.Tool, op.Workflow)
	case *plan.Durable:
		switch {
		case op.Event != nil:
			return op.Event.Name
		case op.Workflow != nil:
			return op.Workflow.Name
		}
	}
	return ""
}

func called(t *plan.Tool, w *plan.Workflow) string {
	if t != nil {
		return t.Name
	}
	return w.Name
}

// does says in a few words what a step does: the call and what belongs to it, or
// the kind.
func does(n *plan.Node) string {
	switch op := n.Op.(type) {
	case *plan.Call:
		return doesCall(op)
	case *plan.Durable:
		return doesDurable(n, op)
	case *plan.Converse:
		return doesConverse(op)
	case *plan.Loop:
		if op.Unbounded() {
			return "loop, unbounded"
		}
	case *plan.Try:
		return strings.Join(append([]string{"try"}, retries(op.Retry)...), ", ")
	case *plan.For:
		if c, ok := op.Limit.(*plan.Const); ok {
			return "for, parallel " + c.Value.String()
		} else if op.Parallel {
			return "for, parallel"
		}
	}
	return kind(n)
}

func doesDurable(n *plan.Node, op *plan.Durable) string {
	text := kind(n)
	switch name := name(n); {
	case name != "":
		text += " " + name
	case op.Kind == plan.AwaitRun:
		text += " run"
	}
	if c, ok := op.Timeout.(*plan.Const); ok {
		word := "timeout"
		if op.Until {
			word = "until"
		}
		text += ", " + word + " " + pattern(c)
	}
	if op.Filter != nil {
		text += ", where " + brief(op.Filter.Cond, 0)
	}
	return text
}

// doesConverse says which models an agent asks.
func doesConverse(op *plan.Converse) string {
	names := models(op)
	for i, c := range op.Models {
		if c.Retry > 0 {
			names[i] += fmt.Sprintf(" retry %d", c.Retry)
		}
	}
	return "ask " + strings.Join(names, ", else ")
}

// models are the names of the models that an agent asks.
func models(op *plan.Converse) []string {
	var names []string
	for _, c := range op.Models {
		names = append(names, c.Model.Name)
	}
	return names
}

// offer says what a model may have called, and how often.
func offer(o *plan.Offer) string {
	if o.Max == 0 {
		return "tool " + o.Name()
	}
	return fmt.Sprintf("tool %s, max %d", o.Name(), o.Max)
}

func retries(r *plan.Retry) (words []string) {
	if r == nil {
		return nil
	}
	for _, one := range r.All() {
		words = append(words, fmt.Sprintf("retry %d", one.Times))
	}
	return words
}

func doesCall(c *plan.Call) string {
	words := []string{called(c.Tool, c.Workflow)}
	words = append(words, retries(c.Retry)...)
	if c.Timeout > 0 {
		words = append(words, "timeout "+pure.DurationText(c.Timeout))
	}
	if c.Undo != nil {
		word := "undo "
		if c.Undo.Finally {
			word = "finally "
		}
		if c.Undo.Early {
			word += "early "
		}
		words = append(words, word+called(c.Undo.Tool, c.Undo.Workflow))
	}
	return strings.Join(words, ", ")
}

// A branch is a block inside a step.
type branch struct {
	label string // empty where the step has only one block
	block *plan.Block
}

// branches are the blocks inside a step that hold steps.
func branches(n *plan.Node) []branch {
	var all []branch
	switch op := n.Op.(type) {
	case *plan.Call:
		if op.Else != nil {
			all = append(all, branch{"else", op.Else.Body})
		}
	case *plan.Durable:
		if op.Else != nil {
			all = append(all, branch{"else", op.Else.Body})
		}
	case *plan.If:
		all = append(all, branch{"then", op.Then})
		if op.Else != nil {
			all = append(all, branch{"else", op.Else})
		}
	case *plan.Match:
		for _, a := range op.Arms {
			all = append(all, branch{matched(a.Case), a.Body})
		}
	case *plan.Try:
		all = append(all, branch{"try", op.Body})
		if op.Else != nil {
			all = append(all, branch{"else", op.Else.Body})
		}
	case *plan.Race:
		for i, arm := range op.Arms {
			all = append(all, branch{op.IDs[i], arm})
		}
	case *plan.Converse:
		for _, o := range op.Offers {
			all = append(all, branch{offer(o), o.Body})
		}
	case *plan.Loop:
		if op.Else == nil {
			all = append(all, branch{"", op.Body})
		} else {
			all = append(all, branch{"round", op.Body}, branch{"else", op.Else})
		}
	default:
		for _, b := range plan.Blocks(op) {
			all = append(all, branch{"", b})
		}
	}
	var out []branch
	for _, b := range all {
		if len(steps(b.block)) > 0 {
			out = append(out, b)
		}
	}
	return out
}

func matched(c plan.Case) string {
	if t := c.Kind; t != nil {
		return t.String()
	}
	return pattern(c.Pattern)
}

func pattern(x plan.Expr) string {
	switch x := x.(type) {
	case nil:
		return "_"
	case *plan.Member:
		return x.Name
	case *plan.Some:
		return pattern(x.X)
	case *plan.Const:
		if types.Is(x.Typ, types.Duration) {
			n, _ := constant.Int64Val(constant.ToInt(x.Value))
			return pure.DurationText(time.Duration(n))
		}
		if types.Is(x.Typ, types.Time) {
			return constant.StringVal(x.Value)
		}
		return x.Value.String()
	}
	return "none"
}

// paths are the ids of the steps that a step waits for.
func paths(nodes []*plan.Node) []string {
	var out []string
	for _, n := range nodes {
		out = append(out, n.Path)
	}
	return out
}
