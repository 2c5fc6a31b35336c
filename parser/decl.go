package parser

import (
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
)

// file parses everything.
func (p *parser) file(f *dsl.File) {
	p.skipSemis()
	f.Package = p.packageClause()
	for p.skipSemis(); !p.peek().EOF(); p.skipSemis() {
		f.Decls = append(f.Decls, p.declaration())
	}
}

func (p *parser) skipSemis() {
	for isSemi(p.peek()) {
		p.next()
	}
}

func (p *parser) packageClause() *dsl.Ident {
	p.start = spanOf(p.peek()).Start
	if !p.at("package") {
		p.wanted("`package` and a name at the file's start", "")
		p.broken = false
		return nil
	}
	node, ok := production(p, packageGrammar, "`package`", "")
	if !ok {
		p.endStatement()
		return nil
	}
	p.endStatement()
	return ident(&node.Name)
}

func ident(t *lexer.Token) *dsl.Ident { return &dsl.Ident{Span: spanOf(t), Name: t.Value} }

// declaration parses one declaration, or what stands where one should.
func (p *parser) declaration() dsl.Decl {
	p.start = spanOf(p.peek()).Start
	start := p.start
	d := p.declByWord()
	if d != nil && !p.broken && !isSemi(p.peek()) && !p.peek().EOF() {
		p.wanted("the end of the line", "")
	}
	if d == nil || p.broken {
		p.skipToDecl()
	}
	if d == nil {
		d = &dsl.BadDecl{Span: p.from(start)}
	}
	return d
}

func (p *parser) declByWord() dsl.Decl {
	switch t := p.peek(); {
	case p.at("import"):
		return p.importDecl()
	case p.at("type"):
		return p.typeDecl()
	case p.at("error"):
		return p.errorDecl()
	case p.at("const"):
		return p.constDecl()
	case p.at("policy"):
		return p.policyDecl()
	case p.at("event"):
		return p.eventDecl()
	case p.at("test"):
		return p.testDecl()
	case p.at("enum"):
		return p.enumDecl()
	case p.at("tool"):
		return p.toolDecl()
	case p.at("func"):
		return p.funcDecl()
	case p.at("workflow"):
		return p.workflowDecl()
	case p.at("agent"):
		return p.agentDecl()
	case isModel(t, p.ahead(1)):
		return p.modelDecl()
	case isMcp(t, p.ahead(1)):
		return p.mcpDecl()
	case p.at("}"):
		p.fault(diag.Syntax, spanOf(t), "`}` closes nothing", "")
		p.next()
	default:
		p.wanted("a declaration (import, type, enum, error, const, tool, event, func, policy, model, agent, workflow or test)", foreignDecl(t))
		p.next()
	}
	return nil
}

// head parses a declaration's word and name. Without a name there is nothing
// that the rest of the file could mean.
func (p *parser) head() *dsl.Ident {
	node, ok := production(p, declGrammar, "a declaration", "")
	if !ok {
		return nil
	}
	return ident(&node.Name)
}

func (p *parser) typeDecl() dsl.Decl {
	start := p.start
	d := &dsl.TypeDecl{Doc: p.doc(start), Name: p.head()}
	if d.Name == nil {
		return nil
	}
	if p.accept("=") {
		return p.unionDecl(&dsl.UnionDecl{Span: dsl.Span{Start: start}, Doc: d.Doc, Name: d.Name})
	}
	d.Fields = p.fields()
	d.Span = p.from(start)
	return d
}

func (p *parser) fields() []*dsl.Field {
	var fields []*dsl.Field
	p.body(func(open int) {
		p.members(open, func() {
			if f := p.field(); f != nil {
				fields = append(fields, f)
			}
		})
	})
	return fields
}

// unionDecl parses the members of a union. A line that begins with | continues
// the one above.
func (p *parser) unionDecl(d *dsl.UnionDecl) dsl.Decl {
	for {
		m := p.name("a union is made of struct types: type Payment = Card | Transfer")
		if m == nil {
			break
		}
		d.Members = append(d.Members, m)
		if p.lineEnd() && is(p.ahead(1), "|") {
			p.next()
		}
		if !p.accept("|") {
			break
		}
	}
	d.Span = p.from(d.Start)
	return d
}

func (p *parser) errorDecl() dsl.Decl {
	start := p.start
	d := &dsl.ErrorDecl{Doc: p.doc(start), Name: p.head()}
	if d.Name == nil {
		return nil
	}
	d.Fields = p.fields()
	d.Span = p.from(start)
	return d
}

func (p *parser) constDecl() dsl.Decl {
	start := p.start
	d := &dsl.ConstDecl{Doc: p.doc(start), Name: p.head(), Value: p.bad()}
	if d.Name == nil {
		return nil
	}
	if p.expect("=") {
		d.Value = p.expr()
	}
	d.Span = p.from(start)
	return d
}

func (p *parser) policyDecl() dsl.Decl {
	start := p.start
	d := &dsl.PolicyDecl{Doc: p.doc(start), Name: p.head()}
	if d.Name == nil {
		return nil
	}
	d.Clauses = p.clauses()
	if len(d.Clauses) == 0 {
		p.wanted("a clause", "a policy is a name for clauses: policy patient timeout 30s retry 5")
	}
	d.Span = p.from(start)
	return d
}

// importDecl parses import "path", with another name for the package before the
// path where one is wanted.
func (p *parser) importDecl() dsl.Decl {
	const help = `a Go package is imported as in Go: import "example.com/shop", or import s "example.com/shop"`
	start := spanOf(p.next()).Start
	d := &dsl.ImportDecl{}
	if p.at("(") {
		p.wanted("a string", "write an `import` line for each package")
		return nil
	}
	if isName(p.peek()) {
		d.Alias = ident(p.next())
	}
	if p.peek().Type != strOpenToken {
		p.wanted("a string", help)
		return nil
	}
	path, ok := p.stringLit().(*dsl.StringLit)
	if !ok || p.broken {
		return nil
	}
	d.Path = path
	d.Span = p.from(start)
	return d
}

// goName parses the name of a Go function behind the = of a tool or func.
func (p *parser) goName() *dsl.GoName {
	const help = "a Go function is named with its package, tool Charge = payments.Charge, or alone where it is in this package"
	first := p.name(help)
	if first == nil || !p.accept(".") {
		return &dsl.GoName{Name: first}
	}
	return &dsl.GoName{Package: first, Name: p.name(help)}
}

// body parses the braces of a declaration whose content are members.
func (p *parser) body(inside func(open int)) {
	if !p.at("{") {
		help := ""
		if p.peek().Value == "struct" {
			help = "leave `struct` out"
		}
		p.wanted("`{`", help)
		return
	}
	p.nested(inside)
	p.expect("}")
}

// field parses a field. It is nil where there is no name and type.
func (p *parser) field() *dsl.Field {
	start := spanOf(p.peek()).Start
	rest := p.accept("...")
	node, ok := production(p, fieldGrammar, "a name", "a field is a name and a type, one name to a type")
	if !ok {
		return nil
	}
	f := &dsl.Field{Doc: p.doc(start), Rest: rest, Name: ident(&node.Name), Type: p.typeExpr(node.Type)}
	if t := p.peek(); t.Type == identToken && t.Value == "json" && p.ahead(1).Type == strOpenToken {
		p.next()
		f.JSON, _ = p.stringLit().(*dsl.StringLit)
	}
	if p.accept("=") {
		f.Default = p.expr()
	}
	if p.accept("where") {
		f.Where = p.expr()
	}
	f.Span = p.from(start)
	if p.broken {
		f.Default, f.Where = nil, nil
	}
	return f
}

func (p *parser) enumDecl() dsl.Decl {
	start := p.start
	d := &dsl.EnumDecl{Doc: p.doc(start), Name: p.head()}
	if d.Name == nil {
		return nil
	}
	p.body(func(open int) {
		p.members(open, func() {
			if m := p.name("a member is a name that isn't a word of the language"); m != nil {
				d.Members = append(d.Members, m)
			}
		})
	})
	d.Span = p.from(start)
	return d
}

// name parses a name, nil where there is none.
func (p *parser) name(help string) *dsl.Ident {
	if p.broken || !isName(p.peek()) {
		p.wanted("a name", help)
		return nil
	}
	return ident(p.next())
}

func (p *parser) toolDecl() dsl.Decl {
	start := p.start
	d := &dsl.ToolDecl{Doc: p.doc(start), Name: p.head()}
	if d.Name == nil {
		return nil
	}
	if p.accept("=") {
		if d.Go = p.goName(); d.Go.Name == nil {
			return nil
		}
	} else {
		d.Params = p.params()
		d.Result = p.result()
	}
	d.Clauses = p.clauses()
	if p.at("{") {
		p.wanted("the end of the line", "a tool is written in Go; a `func` or `workflow` has a body")
	}
	d.Span = p.from(start)
	return d
}

func (p *parser) funcDecl() dsl.Decl {
	start := p.start
	d := &dsl.FuncDecl{Doc: p.doc(start), Name: p.head()}
	if d.Name == nil {
		return nil
	}
	if p.accept("=") {
		if d.Go = p.goName(); d.Go.Name == nil {
			return nil
		}
		d.Span = p.from(start)
		return d
	}
	d.Params = p.params()
	d.Result = p.result()
	if d.Result == nil && p.at("{") && !p.broken {
		p.report(diag.Syntax, spanOf(p.peek()), "expected the type of the result"+p.after()+", found `{`",
			"a func gives a value: write its type before the {")
	}
	d.Body = p.declBody()
	d.Span = p.from(start)
	return d
}

func (p *parser) workflowDecl() dsl.Decl {
	start := p.start
	d := &dsl.WorkflowDecl{Doc: p.doc(start), Name: p.head()}
	if d.Name == nil {
		return nil
	}
	d.Params = p.params()
	d.Result = p.result()
	p.header = true
	d.Clauses = p.clauses()
	p.header = false
	d.Body = p.declBody()
	if !p.broken && p.finallyFollows() {
		p.next()
		d.Finally = p.block()
	}
	d.Span = p.from(start)
	return d
}

// finallyFollows tells whether the block that a workflow runs last is next. At a line's start
// it is a fault, but of what it belongs to there is no doubt.
func (p *parser) finallyFollows() bool {
	if p.lineEnd() && isFinally(p.ahead(1)) && is(p.ahead(2), "{") {
		p.report(diag.Syntax, spanOf(p.ahead(1)), "expected a declaration, found `finally`", "write `} finally {` on one line")
		p.next()
	}
	return isFinally(p.peek()) && is(p.ahead(1), "{")
}

func isFinally(t *lexer.Token) bool { return t.Type == identToken && t.Value == "finally" }

// declBody parses the block of a declaration, also where the head is unsound.
func (p *parser) declBody() *dsl.Block {
	if p.broken && !p.skipToBody() {
		return &dsl.Block{Span: p.here()}
	}
	return p.block()
}

func (p *parser) params() []*dsl.Param {
	var params []*dsl.Param
	if !p.at("(") {
		p.wanted("`(`", "parameters stand in parentheses, also where there are none")
		return nil
	}
	p.list(")", func() {
		node, ok := production(p, paramGrammar, "a name", "a parameter is a name and a type, one name to a type")
		if ok {
			param := &dsl.Param{Name: ident(&node.Name), Type: p.typeExpr(node.Type)}
			param.Span = param.Name.To(p.here())
			params = append(params, param)
		}
	})
	return params
}

// result parses the type of a result, nil where there is none. A clause word
// there begins a clause.
func (p *parser) result() dsl.TypeExpr {
	const help = "a result is one type; what may fail says so with `fails` and the error's type, or not at all"
	t := p.peek()
	if is(t, "error") {
		p.wanted("the end of the line", help)
	}
	if p.broken || t.Type != identToken && !is(t, "[") && !is(t, "(") {
		return nil
	}
	node, ok := production(p, typeGrammar, "a type", help)
	if !ok {
		return nil
	}
	return p.typeExpr(node)
}
