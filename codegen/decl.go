package codegen

import (
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/plan/schema"
	"github.com/wfgen/wfgen/runtime/foreign"
	"github.com/wfgen/wfgen/types"
)

// doc makes a comment of a text from the source: line by line, so that nothing in
// it can end the comment, without directives to Go's tools, and with what would turn the
// order of the text around, or hide in it, as escapes.
func doc(text string) *jen.Statement {
	if text == "" {
		return jen.Null()
	}
	code := jen.Null()
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			code.Line()
		}
		code.Add(jen.Comment(strings.TrimRight("// "+foreign.Lines(strings.TrimRight(line, "\r")), " \t")))
	}
	return code
}

// documented is a declaration under its comment.
func documented(text string, decl jen.Code) jen.Code {
	if text == "" {
		return decl
	}
	return doc(text).Line().Add(decl)
}

func (g *generator) structType(s *plan.Struct) []jen.Code {
	var members []jen.Code
	for i, f := range s.Type.Fields {
		if f.Doc != "" {
			members = append(members, doc(f.Doc))
		}
		members = append(members, jen.Id(f.GoName).Add(goType(f.Type)).Op(tags(f, s.Defaults[i])))
	}
	code := []jen.Code{documented(s.Type.Doc, jen.Type().Id(s.Type.GoName).Struct(members...))}
	if s.Type.Rest() != nil {
		code = append(code, jen.Func().Id("init").Params().Block(jen.Qual(purePath, "DeclareOpen").Index(jen.Id(s.Type.GoName)).Call()))
	}
	if s.Type.Error {
		code = append(code, g.errorMethod(s))
	}
	if g.checks[s.Type] != "" {
		code = append(code, g.structCheck(s))
	}
	return code
}

// tags are a field's struct tags: its name in JSON, and its default as the runtime
// reads it. That of the field for all other keys is as encoding/json/v2 has it.
func tags(f *types.Field, value plan.Expr) string {
	if f.Rest {
		return "`json:\",inline\"`"
	}
	name := f.Key()
	if _, optional := f.Type.(*types.Optional); optional {
		name += ",omitempty"
	}
	text := "json:" + strconv.Quote(name)
	if value != nil && !isNone(value) {
		text += " default:" + strconv.Quote(schema.DefaultText(value))
	}
	if strings.Contains(text, "`") {
		return strconv.Quote(text)
	}
	return "`" + text + "`"
}

func (g *generator) enumType(e *plan.Enum) []jen.Code {
	t := e.Type
	var members, names []jen.Code
	for _, m := range t.Members {
		members = append(members, jen.Id(t.GoMember(m)).Id(t.GoName).Op("=").Lit(m))
		names = append(names, jen.Id(t.GoMember(m)))
	}
	code := []jen.Code{
		documented(t.Doc, jen.Type().Id(t.GoName).String()),
		documented("The values of "+t.GoName+".", jen.Const().Defs(members...)),
	}
	if g.checks[t] == "" {
		return code
	}
	return append(code,
		jen.Func().Id(g.checks[t]).Params(checkParams(t)...).Id(t.GoName).Block(
			jen.Qual(purePath, "CheckEnum").Call(append([]jen.Code{jen.Id("c"), jen.Lit(""), jen.Id("v")}, names...)...),
			jen.Return(jen.Id("v"))))
}

func checkParams(t types.Type) []jen.Code {
	return []jen.Code{jen.Id("c").Op("*").Qual(purePath, "Check"), jen.Id("v").Add(goType(t))}
}

// structCheck writes the function that looks at a value of the type before a
// workflow sees it.
func (g *generator) structCheck(s *plan.Struct) jen.Code {
	name := g.checks[s.Type]
	b := g.newBody(nil, owner{name: lowerFirst(s.Type.GoName)}, leave{pure: true})
	b.looks = true
	b.scope.take("c")
	b.scope.take("v")
	for i, v := range s.Vars {
		b.vars[v] = "v." + s.Type.Fields[i].GoName
	}
	for _, f := range s.Type.Fields {
		if needsCheck(f.Type) {
			value := jen.Id("v").Dot(f.GoName)
			b.add(value.Clone().Op("=").Add(g.checkField(jen.Id("c"), f.Key(), f.Type, value)))
		}
	}
	if f := s.Type.Rest(); f != nil {
		args := []jen.Code{jen.Id("c"), jen.Id("v").Dot(f.GoName)}
		for _, key := range s.Type.Reserved() {
			args = append(args, jen.Lit(key))
		}
		b.add(jen.Qual(purePath, "CheckRest").Call(args...))
	}
	for _, w := range s.Wheres {
		if plan.TakesLong(w.Cond) {
			b.mayStop()
		}
		in := b.inner()
		in.add(jen.Id("c").Dot("Violation").Call(
			jen.Lit(w.Field.Key()), jen.Lit(w.Text), jen.Id("v").Dot(w.Field.GoName)))
		b.add(jen.If(b.not(w.Cond)).Block(in.stmts...))
	}
	b.add(jen.Return(jen.Id("v")))
	return doc(name + " reports to c what breaks the constraints of " + s.Type.GoName + ".").Line().
		Func().Id(name).Params(checkParams(s.Type)...).Id(s.Type.GoName).Block(b.stmts...)
}

// checkField writes the look at a field or parameter.
func (g *generator) checkField(check jen.Code, name string, t types.Type, value *jen.Statement) *jen.Statement {
	field := []jen.Code{check, jen.Lit(name), value}
	switch t := t.(type) {
	case *types.List:
		if !needsCheck(t.Elem) {
			return jen.Qual(purePath, "List").Call(value)
		}
		return jen.Qual(purePath, "CheckList").Call(append(field, g.each(t.Elem))...)
	case *types.Map:
		return g.checkMap(field, t)
	case *types.Optional:
		return jen.Qual(purePath, "CheckOptional").Call(append(field, g.each(t.Elem))...)
	case *types.Basic:
		return jen.Qual(purePath, "UTC").Call(value)
	}
	return jen.Qual(purePath, "CheckField").Call(append(field, g.each(t))...)
}

// checkMap writes the look at a map: its values', then its keys'.
func (g *generator) checkMap(field []jen.Code, t *types.Map) *jen.Statement {
	checked := jen.Qual(purePath, "MapOf").Call(field[2])
	if needsCheck(t.Elem) {
		checked = jen.Qual(purePath, "CheckMap").Call(append(field, g.each(t.Elem))...)
	}
	if needsCheck(t.Key) {
		checked = jen.Qual(purePath, "CheckKeys").Call(field[0], field[1], checked, g.each(t.Key))
	}
	return checked
}

// each is a function that looks at a value of a type.
func (g *generator) each(t types.Type) jen.Code {
	switch t := t.(type) {
	case *types.Struct, *types.Union, *types.Enum:
		if name, ok := g.checks[t]; ok {
			return jen.Id(name)
		}
		return jen.Qual(purePath, "Finite").Index(goType(t)) // of another package
	case *types.List:
		if !needsCheck(t.Elem) {
			return jen.Qual(purePath, "NonNil").Index(goType(t.Elem))
		}
	case *types.Map:
		if !needsCheck(t.Elem) && !needsCheck(t.Key) {
			return jen.Qual(purePath, "NonNilMap").Index(jen.List(goType(t.Key), goType(t.Elem)))
		}
	case *types.Basic:
		if t.Kind == types.Time {
			return jen.Qual(purePath, "InUTC")
		}
	}
	return jen.Func().Params(checkParams(t)...).Add(goType(t)).
		Block(jen.Return(g.checkField(jen.Id("c"), "", t, jen.Id("v"))))
}

// checked is what a step's description needs to look at the result.
func (g *generator) checked(t types.Type) jen.Code {
	return jen.Qual(runtimePath, "Checked").Call(g.each(t))
}

// checkInputs writes the look at a workflow's parameters. One that the workflow
// doesn't read is looked at all the same, if that can say something.
func (b *body) checkInputs(w *plan.Workflow) {
	read := map[*plan.Variable]bool{}
	plan.Inspect(w.Body, nil, func(x plan.Expr) {
		if v, ok := x.(*plan.Var); ok {
			read[v.V] = true
		}
	})
	var params []*plan.Variable
	fallible := false
	for _, p := range w.Params {
		if needsCheck(p.Type) && (read[p] || reports(p.Type)) {
			params = append(params, p)
			fallible = fallible || reports(p.Type)
		}
	}
	if fallible {
		b.add(jen.Id("check").Op(":=").Add(b.f()).Dot("NewCheck").Call())
	}
	for _, p := range params {
		name := jen.Id(b.vars[p])
		to := name.Clone()
		if !read[p] {
			to = jen.Id("_")
		}
		b.add(to.Op("=").Add(b.g.checkField(jen.Id("check"), p.Name, p.Type, name)))
	}
	if !fallible {
		return
	}
	b.check(b.f().Dot("Invalid").Call(jen.Id("check")))
}

// reports tells whether what checkField writes for a type reports to a Check.
func reports(t types.Type) bool {
	switch t := t.(type) {
	case *types.List:
		return needsCheck(t.Elem)
	case *types.Map:
		return needsCheck(t.Elem) || needsCheck(t.Key)
	case *types.Basic:
		return false
	}
	return true
}

func (g *generator) funcDecl(f *plan.Func) []jen.Code {
	b := g.newBody(nil, owner{name: lowerFirst(g.funcs[f])}, leave{result: f.Result, pure: true})
	var params []jen.Code
	if g.framed(f) {
		b.frameName = b.scope.take(g.frameName(namesOf(f)))
		params = append(params, jen.Id(b.frameName).Qual(purePath, "Stopper"))
	}
	for _, p := range f.Params {
		params = append(params, jen.Id(b.declare(p)).Add(goType(p.Type)))
	}
	b.pureBlock(sink{kind: give, typ: f.Result}, f.Body)
	return []jen.Code{documented(f.Doc,
		jen.Func().Id(b.g.funcs[f]).Params(params...).Add(goType(f.Result)).Block(b.stmts...))}
}

// equalFunc gives the name of the function that compares two values of a struct
// type which Go's == doesn't compare as the language does.
func (b *body) equalFunc(s *types.Struct) string {
	g := b.g
	if name, ok := g.equals[s]; ok {
		return name
	}
	name := b.outside("equal"+s.GoName, "Func")
	g.equals[s] = name
	in := g.newBody(nil, owner{}, leave{pure: true})
	in.unframed = true
	in.scope.locals = b.scope.locals // b may call what it calls
	all := jen.Null()
	for i, f := range s.Fields {
		if i > 0 {
			all.Op("&&")
		}
		all.Add(in.equal(f.Type, jen.Id("a").Dot(f.GoName), jen.Id("b").Dot(f.GoName)))
	}
	g.extra = append(g.extra, documented(name+" compares field by field, times by instant and optionals by value.",
		jen.Func().Id(name).Params(jen.List(jen.Id("a"), jen.Id("b")).Add(goType(s))).Bool().Block(jen.Return(all))))
	return name
}
