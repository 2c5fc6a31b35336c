package codegen

import (
	"github.com/dave/jennifer/jen"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/types"
)

// unionType writes a union: an interface that its members alone implement, and what
// the runtime is told of it.
func (g *generator) unionType(u *plan.Union) []jen.Code {
	t := u.Type
	mark := "is" + t.GoName
	code := []jen.Code{
		documented(orText(t.Doc, t.GoName+" is "+oneOf(t.Members)+"."), jen.Type().Id(t.GoName).Interface(jen.Id(mark).Params())),
	}
	marks := jen.Null()
	members := []jen.Code{}
	for i, m := range t.Members {
		if i > 0 {
			marks.Line()
		}
		marks.Func().Params(goType(m)).Id(mark).Params().Block()
		members = append(members, jen.Qual(purePath, "MemberOf").Index(goType(m)).Call(jen.Lit(m.Name)))
	}
	code = append(code, marks, jen.Func().Id("init").Params().Block(
		jen.Qual(purePath, "DeclareUnion").Index(jen.Id(t.GoName)).Call(members...)))
	if g.checks[t] != "" {
		code = append(code, g.unionCheck(t))
	}
	return code
}

func orText(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// oneOf lists the members of a union in a comment.
func oneOf(members []*types.Struct) string {
	text := ""
	for i, m := range members {
		switch {
		case i > 0 && i == len(members)-1:
			text += " or "
		case i > 0:
			text += ", "
		}
		text += m.GoName
	}
	return text
}

// unionCheck writes the function that looks at a value of a union: it has to be one
// of the members, which is looked at as such.
func (g *generator) unionCheck(t *types.Union) jen.Code {
	name := g.checks[t]
	var cases []jen.Code
	names := []jen.Code{jen.Id("c"), jen.Id("v")}
	binds := false
	for _, m := range t.Members {
		value := jen.Id("v")
		if check, ok := g.checks[m]; ok {
			value, binds = jen.Id(check).Call(jen.Id("c"), jen.Id("m")), true
		}
		cases = append(cases, jen.Case(goType(m)).Block(jen.Return(value)))
		names = append(names, jen.Lit(m.Name))
	}
	head := jen.Id("v").Assert(jen.Type())
	if binds {
		head = jen.Id("m").Op(":=").Add(head)
	}
	return doc(name+" reports to c what breaks the constraints of "+t.GoName+".").Line().
		Func().Id(name).Params(checkParams(t)...).Id(t.GoName).Block(
		jen.Switch(head).Block(cases...),
		jen.Qual(purePath, "NotMember").Call(names...),
		jen.Return(jen.Id("v")))
}

// errorMethod writes the method by which a declared error is an error in Go.
func (g *generator) errorMethod(s *plan.Struct) jen.Code {
	b := g.newBody(nil, owner{name: lowerFirst(s.Type.GoName)}, leave{pure: true})
	b.unframed = true
	receiver := jen.Id(s.Type.GoName)
	if len(s.Vars) > 0 {
		b.scope.take("e")
		receiver = jen.Id("e").Id(s.Type.GoName)
	}
	for i, v := range s.Vars {
		b.vars[v] = "e." + s.Type.Fields[i].GoName
	}
	b.add(jen.Return(b.expr(s.Text)))
	return jen.Func().Params(receiver).Id("Error").Params().String().Block(b.stmts...)
}
