package codegen

import (
	"go/constant"
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/plan/schema"
	"github.com/wfgen/wfgen/types"
)

// This file writes what an agent does: one call of the runtime, with all that a model is told
// and may do in the place where a reviewer looks for it. The schemas stand at the end.

const agentPath = runtimePath + "/agent"

// An offered is what is declared for a tool that a model may have called: the type of the
// arguments that the model chooses, the function that looks at them, which is empty where
// there is nothing to look at, and the constant with their schema.
type offered struct{ args, check, schema string }

// nameAgent names what is declared for an agent.
func (g *generator) nameAgent(w *plan.Workflow, c *plan.Converse) {
	g.nameChecks(c.Result)
	g.answers[c] = g.names.take(lowerFirst(w.GoName) + "Answer")
	for _, o := range c.Offers {
		name := lowerFirst(w.GoName) + types.Exported(o.Name())
		of := offered{args: g.names.take(name), schema: g.names.take(name + "Arguments")}
		for _, v := range o.Params {
			g.nameChecks(v.Type)
			if of.check == "" && reports(v.Type) && needsCheck(v.Type) {
				of.check = g.names.take("check" + types.Exported(of.args))
			}
		}
		g.offered[o] = of
	}
}

// modelMethods are the methods by which tools give models.
func modelMethods(models []*plan.Model, docs bool) []jen.Code {
	var code []jen.Code
	for _, m := range models {
		if docs {
			text := m.Doc
			if text == "" {
				text = m.GoName + " gives the model " + m.Name + "."
			}
			code = append(code, doc(text))
		}
		code = append(code, jen.Id(m.GoName).Params().Qual(agentPath, "Model"))
	}
	return code
}

// converseNode writes what an agent does, where it isn't the last that its function does.
func (b *body) converseNode(n *plan.Node, op *plan.Converse) {
	call := b.converse(n, op)
	if n.Read {
		b.setBoth(n, call)
	} else {
		*b.namedErr = true
		b.add(jen.List(jen.Id("_"), jen.Id("err")).Op("=").Add(call))
	}
	b.orFail()
}

// converse writes the call of the runtime.
func (b *body) converse(n *plan.Node, op *plan.Converse) *jen.Statement {
	about := []jen.Code{entry("Models", b.models(op))}
	if op.System != nil {
		about = append(about, entry("System", b.prose(op.System)))
	}
	about = append(about, entry("Prompt", b.prose(op.Prompt)))
	if len(op.Offers) > 0 {
		var offers []jen.Code
		for _, o := range op.Offers {
			offers = append(offers, jen.Line().Add(b.offer(o)))
		}
		about = append(about, entry("Tools", jen.Index().Qual(agentPath, "Tool").Values(append(offers, jen.Line())...)))
	}
	about = append(about, b.answer(op)...)
	if len(op.Validate) > 0 {
		about = append(about, entry("Validate", b.validation(op)))
	}
	if op.Budget != (plan.Budget{}) {
		about = append(about, entry("Budget", budget(op.Budget)))
	}
	about = append(about, jen.Line())
	conversation := jen.Op("&").Qual(agentPath, "Conversation").Index(goType(op.Result)).Values(about...)
	return jen.Qual(agentPath, "Converse").Call(b.f(), b.step(n), conversation)
}

func (b *body) models(op *plan.Converse) jen.Code {
	var list []jen.Code
	for _, c := range op.Models {
		about := []jen.Code{
			field("Name", jen.Lit(c.Model.Name)),
			field("Model", jen.Id("tools").Dot(c.Model.GoName).Call()),
		}
		if c.Model.Max > 0 {
			about = append(about, field("Max", jen.Lit(c.Model.Max)))
		}
		if p := c.Model.Price; p != nil {
			price := []jen.Code{field("In", floatLit(p.In)), field("Out", floatLit(p.Out)), field("Cached", floatLit(p.Cached))}
			about = append(about, field("Price", jen.Op("&").Qual(agentPath, "Price").Add(fields(price...))))
		}
		if c.Retry > 0 {
			about = append(about, field("Retry", jen.Lit(c.Retry)))
		}
		list = append(list, jen.Line().Add(fields(about...)))
	}
	return jen.Index().Qual(agentPath, "Choice").Values(append(list, jen.Line())...)
}

func floatLit(f float64) jen.Code { return jen.Op(floatText(constant.MakeFloat64(f))) }

func budget(budget plan.Budget) jen.Code {
	var about []jen.Code
	if budget.Turns > 0 {
		about = append(about, field("Turns", jen.Lit(budget.Turns)))
	}
	if budget.Tokens > 0 {
		about = append(about, field("Tokens", jen.Lit(budget.Tokens)))
	}
	if budget.Dollars > 0 {
		about = append(about, field("Dollars", floatLit(budget.Dollars)))
	}
	return jen.Qual(agentPath, "Budget").Add(fields(about...))
}

// answer writes the form of the result, and how it is read.
func (b *body) answer(op *plan.Converse) []jen.Code {
	if types.Is(op.Result, types.String) {
		return nil
	}
	about := []jen.Code{entry("Answer", jen.Id(b.g.answers[op]))}
	if _, wrapped := schema.Answer(b.g.program, op.Result); wrapped {
		about = append(about, entry("Wrapped", jen.True()))
	}
	if needsCheck(op.Result) && reports(op.Result) {
		about = append(about, entry("Decode", jen.Qual(agentPath, "Checked").Call(b.g.each(op.Result))))
	}
	return about
}

// validation writes the function that says what is wrong with a result.
func (b *body) validation(op *plan.Converse) jen.Code {
	in := b.literal(leave{pure: true})
	result := in.declare(op.Value)
	if !validates(op) {
		result = "_"
	}
	faults := in.temp("faults")
	in.add(jen.Var().Id(faults).Index().String())
	for _, r := range op.Validate {
		then := in.inner()
		message := then.expr(r.Message)
		then.add(jen.Id(faults).Op("=").Append(jen.Id(faults), message))
		in.add(jen.If(in.not(r.Cond)).Block(then.stmts...))
	}
	in.add(jen.Return(jen.Id(faults)))
	return jen.Func().Params(jen.Id(result).Add(goType(op.Result))).Index().String().Block(in.stmts...)
}

// validates tells whether a rule of an agent reads the result.
func validates(op *plan.Converse) bool {
	for _, r := range op.Validate {
		if reads(r.Cond, op.Value) || reads(r.Message, op.Value) {
			return true
		}
	}
	return false
}

// offer writes a tool that a model may have called, with what a call does.
func (b *body) offer(o *plan.Offer) jen.Code {
	of := b.g.offered[o]
	about := []part{quoted("Name", o.Name())}
	if o.Doc() != "" {
		about = append(about, quoted("Doc", o.Doc()))
	}
	about = append(about, part{field("Parameters", jen.Id(of.schema)), len("Parameters: ") + len(of.schema)})
	if o.Max > 0 {
		about = append(about, part{field("Max", jen.Lit(o.Max)), len("Max: ") + len(strconv.Itoa(o.Max))})
	}
	if o.Effect <= plan.Readonly {
		about = append(about, set("Reads"))
	}
	check := jen.Nil()
	if of.check != "" {
		check = jen.Id(of.check)
	}
	line := "agent.Offer(agent.Tool{}, " + of.check + ", func(f *runtime.Frame, in " + of.args + ") (any, error) {"
	return jen.Qual(agentPath, "Offer").Call(jen.Qual(agentPath, "Tool").Add(literal(line, about)), check, b.offeredCall(o))
}

// offeredCall writes the function that makes a call, and gives what the model is told.
func (b *body) offeredCall(o *plan.Offer) jen.Code {
	in := b.literal(leave{result: types.Basics[types.Any]}).framed()
	args := in.scope.take("in")
	names, read := argNames(o), false
	for i, v := range o.Params {
		in.vars[v] = args + "." + names[i]
		read = read || roundReads(nil, o.Body, v)
	}
	if !read {
		args = "_"
	}
	if o.Body.Value != nil {
		in.steps(o.Body, sink{kind: give, typ: o.Body.Value.Type(), dynamic: true})
	} else {
		in.steps(o.Body, sink{})
		if !o.Body.Exits {
			in.add(jen.Return(jen.Nil(), jen.Nil()))
		}
	}
	return in.framedLiteral(jen.Id(args).Id(b.g.offered[o].args))
}

// argNames are the fields of the arguments that a model chooses.
func argNames(o *plan.Offer) []string {
	var out []string
	names := newScope(nil)
	for _, v := range o.Params {
		out = append(out, names.take(fieldName(v.Name)))
	}
	return out
}

// prose writes a text for a model: each of its lines on one of its own.
func (b *body) prose(x plan.Expr) *jen.Statement {
	in, ok := x.(*plan.Interp)
	if !ok {
		in = &plan.Interp{Parts: []plan.Expr{x}}
	}
	var parts []*jen.Statement
	ended := false
	put := func(part *jen.Statement) {
		if ended {
			part = jen.Line().Add(part)
		}
		parts, ended = append(parts, part), false
	}
	for _, p := range in.Parts {
		c, ok := p.(*plan.Const)
		if !ok || c.Value.Kind() != constant.String {
			put(b.part(in, p))
			continue
		}
		for line := range strings.Lines(constant.StringVal(c.Value)) {
			put(jen.Lit(line))
			ended = strings.HasSuffix(line, "\n")
		}
	}
	switch {
	case len(parts) == 0:
		return jen.Lit("")
	case len(parts) > 1 && in.Multiplies():
		return b.compute("ConcatText", append([]jen.Code{b.at(in.Pos)}, codeOf(parts)...)...)
	}
	code := jen.Add(parts[0])
	for _, p := range parts[1:] {
		code.Op("+").Add(p)
	}
	return code
}

func codeOf(parts []*jen.Statement) []jen.Code {
	var out []jen.Code
	for _, p := range parts {
		out = append(out, p)
	}
	return out
}

// agentDecls writes what is declared for an agent beside its function; nothing for a workflow
// that is none.
func (g *generator) agentDecls(w *plan.Workflow) []jen.Code {
	c := w.Agent()
	if c == nil {
		return nil
	}
	var code []jen.Code
	for _, o := range c.Offers {
		code = append(code, g.offeredArgs(w, o), g.offeredCheck(o))
	}
	for _, o := range c.Offers {
		of := g.offered[o]
		code = append(code, documented(of.schema+" is the form of "+of.args+", for the models.",
			jen.Const().Id(of.schema).Op("=").Op(rawString(schema.Arguments(g.program, o.Params).Text()))))
	}
	if types.Is(c.Result, types.String) {
		return code
	}
	answer, _ := schema.Answer(g.program, c.Result)
	return append(code, documented(g.answers[c]+" is the form of "+w.GoName+"'s result, for the models.",
		jen.Const().Id(g.answers[c]).Op("=").Op(rawString(answer.Text()))))
}

// offeredArgs writes the type of what a model chooses for a call.
func (g *generator) offeredArgs(w *plan.Workflow, o *plan.Offer) jen.Code {
	var members []jen.Code
	for i, name := range argNames(o) {
		v := o.Params[i]
		members = append(members, jen.Id(name).Add(goType(v.Type)).Op(tags(&types.Field{Name: v.Name, Type: v.Type}, nil)))
	}
	name := g.offered[o].args
	return documented(name+" is what a model of "+w.GoName+" chooses for "+o.Name()+".", jen.Type().Id(name).Struct(members...))
}

// offeredCheck writes the function that looks at what a model has chosen; nothing where
// anything of the types will do.
func (g *generator) offeredCheck(o *plan.Offer) jen.Code {
	of := g.offered[o]
	if of.check == "" {
		return jen.Null()
	}
	var looks []jen.Code
	for i, name := range argNames(o) {
		if v := o.Params[i]; reports(v.Type) && needsCheck(v.Type) {
			looks = append(looks, g.checkField(jen.Id("c"), v.Name, v.Type, jen.Id("in").Dot(name)))
		}
	}
	return documented(of.check+" reports to c what breaks the constraints of "+of.args+".",
		jen.Func().Id(of.check).Params(jen.Id("c").Op("*").Qual(purePath, "Check"), jen.Id("in").Id(of.args)).Block(looks...))
}
