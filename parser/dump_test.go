package parser

import (
	"fmt"
	"strings"

	"github.com/wfgen/wfgen/dsl"
)

// dump shows a tree as nested lists, without places.
func dump(n any) string {
	switch n := n.(type) {
	case *dsl.File:
		name := "-"
		if n.Package != nil {
			name = n.Package.Name
		}
		return list("file", name, dumpAll(n.Decls))
	case dsl.Decl:
		return dumpDecl(n)
	case dsl.TypeExpr:
		return dumpType(n)
	case dsl.Clause:
		return dumpClause(n)
	case dsl.Stmt:
		return dumpStmt(n)
	case dsl.Expr:
		return dumpExpr(n)
	}
	panic(fmt.Sprintf("no dump of %T", n))
}

func dumpAll[T any](items []T) string {
	var out []string
	for _, i := range items {
		out = append(out, dump(i))
	}
	return strings.Join(out, " ")
}

// list joins what isn't empty.
func dumpNames(names ...*dsl.Ident) string {
	var out []string
	for _, n := range names {
		if n != nil {
			out = append(out, n.Name)
		}
	}
	return strings.Join(out, ",")
}

func list(items ...string) string {
	var out []string
	for _, i := range items {
		if i != "" {
			out = append(out, i)
		}
	}
	return "(" + strings.Join(out, " ") + ")"
}

func doc(text string) string {
	if text == "" {
		return ""
	}
	return fmt.Sprintf("doc:%q", text)
}

func names(ids []*dsl.Ident) string {
	var out []string
	for _, id := range ids {
		out = append(out, id.Name)
	}
	return strings.Join(out, " ")
}

func optExpr(prefix string, x dsl.Expr) string {
	if x == nil {
		return ""
	}
	return prefix + dumpExpr(x)
}

func optType(t dsl.TypeExpr) string {
	if t == nil {
		return "-"
	}
	return dumpType(t)
}

func dumpDecl(d dsl.Decl) string {
	switch d := d.(type) {
	case *dsl.TypeDecl:
		var fields []string
		for _, f := range d.Fields {
			fields = append(fields, list(f.Name.Name, dumpType(f.Type), optExpr("= ", f.Default), optExpr("where ", f.Where), doc(f.Doc)))
		}
		return list("type", d.Name.Name, doc(d.Doc), strings.Join(fields, " "))
	case *dsl.ErrorDecl:
		var fields []string
		for _, f := range d.Fields {
			fields = append(fields, list(f.Name.Name, dumpType(f.Type)))
		}
		return list("error", d.Name.Name, doc(d.Doc), strings.Join(fields, " "))
	case *dsl.EventDecl:
		var keys, fields []string
		for _, f := range d.Keys {
			keys = append(keys, list(f.Name.Name, dumpType(f.Type)))
		}
		for _, f := range d.Fields {
			fields = append(fields, list(f.Name.Name, dumpType(f.Type), optExpr("= ", f.Default), optExpr("where ", f.Where), doc(f.Doc)))
		}
		return list("event", d.Name.Name, doc(d.Doc), list(keys...), strings.Join(fields, " "), dumpAll(d.Clauses))
	case *dsl.UnionDecl:
		return list("union", d.Name.Name, doc(d.Doc), names(d.Members))
	case *dsl.ConstDecl:
		return list("const", d.Name.Name, doc(d.Doc), dump(d.Value))
	case *dsl.PolicyDecl:
		return list("policy", d.Name.Name, doc(d.Doc), dumpAll(d.Clauses))
	case *dsl.ImportDecl:
		alias := ""
		if d.Alias != nil {
			alias = d.Alias.Name
		}
		return list("import", alias, dump(d.Path))
	case *dsl.TestDecl:
		var lines []string
		for _, l := range d.Lines {
			lines = append(lines, dumpTestLine(l))
		}
		cases := ""
		if d.Cases != nil {
			cases = "for"
			if d.Key != nil {
				cases += " " + d.Key.Name
			}
			cases = "(" + cases + " " + d.Value.Name + " " + dump(d.Cases) + ")"
		}
		return list("test", dump(d.Name), doc(d.Doc), cases, strings.Join(lines, " "))
	case *dsl.EnumDecl:
		return list("enum", d.Name.Name, doc(d.Doc), names(d.Members))
	case *dsl.ToolDecl:
		if d.Go != nil {
			return list("tool", d.Name.Name, doc(d.Doc), "=", qualifiedName(d.Go.Package, d.Go.Name), dumpAll(d.Clauses))
		}
		return list("tool", d.Name.Name, doc(d.Doc), dumpParams(d.Params), optType(d.Result), dumpAll(d.Clauses))
	case *dsl.FuncDecl:
		if d.Go != nil {
			return list("func", d.Name.Name, doc(d.Doc), "=", qualifiedName(d.Go.Package, d.Go.Name))
		}
		return list("func", d.Name.Name, doc(d.Doc), dumpParams(d.Params), optType(d.Result), dumpBlock(d.Body))
	case *dsl.ModelDecl:
		return list("model", d.Name.Name, doc(d.Doc), optExpr("max ", d.Max), optExpr("in ", d.In), optExpr("out ", d.Out), optExpr("cached ", d.Cached))
	case *dsl.AgentDecl:
		return dumpAgent(d)
	case *dsl.WorkflowDecl:
		return list("workflow", d.Name.Name, doc(d.Doc), dumpParams(d.Params), optType(d.Result), dumpAll(d.Clauses), dumpBlock(d.Body), dumpBlock(d.Finally))
	}
	return "bad-decl"
}

func dumpAgent(d *dsl.AgentDecl) string {
	var models, tools, rules []string
	for _, m := range d.Models {
		models = append(models, list(m.Name.Name, optExpr("retry ", m.Retry)))
	}
	for _, t := range d.Tools {
		args := ""
		for _, a := range t.Args {
			args += " " + a.Name.Name + ": " + dump(a.Value)
		}
		approve := ""
		if t.Approve != nil {
			approve = dump(t.Approve)
		}
		tools = append(tools, list(qualifiedName(t.Package, t.Name)+args, optExpr("max ", t.Max), approve, optExpr("where ", t.Where), dumpAll(t.Clauses)))
	}
	budget := ""
	if b := d.Budget; b != nil {
		budget = list("budget", optExpr("turns ", b.Turns), optExpr("tokens ", b.Tokens), optExpr("dollars ", b.Dollars))
	}
	for _, v := range d.Validates {
		rules = append(rules, dump(v))
	}
	return list("agent", d.Name.Name, doc(d.Doc), dumpParams(d.Params), optType(d.Result), strings.Join(models, " "),
		optExpr("system ", d.System), optExpr("prompt ", d.Prompt), strings.Join(tools, " "), budget, strings.Join(rules, " "))
}

func dumpAnswer(a *dsl.Answer) string {
	var calls []string
	for _, c := range a.Calls {
		text := c.Name.Name
		for _, arg := range c.Args {
			text += " " + arg.Name.Name + ": " + dump(arg.Value)
		}
		calls = append(calls, list("call", text))
	}
	switch {
	case calls != nil:
		return list("calls", strings.Join(calls, " "))
	case a.Reply:
		return "reply " + dump(a.X)
	case a.Fail:
		return "fail " + dump(a.X)
	}
	return dump(a.X)
}

func dumpTestLine(l dsl.TestLine) string {
	switch l := l.(type) {
	case *dsl.LetLine:
		return dump(l.Bind)
	case *dsl.MockLine:
		var answers []string
		for _, a := range l.Answers {
			answers = append(answers, dumpAnswer(a)+optExpr(" after ", a.After))
		}
		return list("mock", dump(l.Target), strings.Join(answers, ", "))
	case *dsl.RunLine:
		return list("run", dump(l.Call))
	case *dsl.CancelLine:
		if l.After != nil {
			return list("cancel", "after", dump(l.After))
		}
		return list("cancel", "at", dump(l.Step))
	case *dsl.ExpectLine:
		kind := []string{"", "fail", "steps", "order", "undone", "called", "emitted"}[l.Kind]
		unordered := ""
		if l.Unordered {
			unordered = "unordered"
		}
		called := ""
		if l.Called != nil {
			called = dump(l.Called)
		}
		for _, a := range l.Args {
			called += " " + a.Name.Name + ": " + dump(a.Value)
		}
		return list("expect", kind, optExpr("", l.X), dumpAll(l.Steps), unordered, called, optExpr("times ", l.Times))
	}
	panic("test line")
}

func qualifiedName(pkg, name *dsl.Ident) string {
	if pkg == nil {
		return name.Name
	}
	return pkg.Name + "." + name.Name
}

func dumpParams(params []*dsl.Param) string {
	var out []string
	for _, p := range params {
		out = append(out, p.Name.Name+" "+dumpType(p.Type))
	}
	return "(" + strings.Join(out, ", ") + ")"
}

func dumpType(t dsl.TypeExpr) string {
	switch t := t.(type) {
	case *dsl.NamedType:
		return qualifiedName(t.Package, t.Name)
	case *dsl.ListType:
		return list("list", dumpType(t.Elem))
	case *dsl.MapType:
		return list("map", dumpType(t.Key), dumpType(t.Elem))
	case *dsl.OptionalType:
		return list("opt", dumpType(t.Elem))
	}
	return "bad-type"
}

func dumpBlock(b *dsl.Block) string {
	if b == nil {
		return ""
	}
	if b.Bare {
		return "<" + dumpAll(b.Stmts) + ">"
	}
	return "{" + dumpAll(b.Stmts) + "}"
}

func dumpClause(c dsl.Clause) string {
	switch c := c.(type) {
	case *dsl.EffectClause:
		if c.Readonly {
			return "readonly"
		}
		return "idempotent"
	case *dsl.RetryClause:
		return list("retry", optExpr("", c.N), optExpr("", c.Min), optExpr("", c.Max), dumpAll(c.At), onNames(c.On))
	case *dsl.TimeoutClause:
		return list("timeout", dump(c.D))
	case *dsl.UntilClause:
		return list("until", dump(c.T))
	case *dsl.WhereClause:
		return list("where", dump(c.Cond))
	case *dsl.ElseClause:
		return list("else", dumpBlock(c.Body))
	case *dsl.UndoClause:
		if c.Early {
			return list(c.Word()+"-early", dump(c.Call))
		}
		return list(c.Word(), dump(c.Call))
	case *dsl.AfterClause:
		return list("after", names(c.Names))
	case *dsl.FailsClause:
		return list("fails", names(c.Names))
	case *dsl.WithClause:
		return list("with", c.Name.Name)
	case *dsl.VersionClause:
		return list("version", dump(c.N))
	case *dsl.KeepClause:
		return list("keep", dump(c.D))
	}
	panic("clause")
}

func onNames(ids []*dsl.Ident) string {
	if len(ids) == 0 {
		return ""
	}
	return "on " + names(ids)
}

func dumpStmt(s dsl.Stmt) string {
	switch s := s.(type) {
	case *dsl.LabeledStmt:
		return list("label", s.Label.Name, dump(s.Stmt))
	case *dsl.BindStmt:
		if s.Type != nil {
			return list("var", s.Name.Name, dumpType(s.Type), dump(s.Value))
		}
		return list(":=", s.Name.Name, dump(s.Value))
	case *dsl.ExprStmt:
		return dump(s.X)
	case *dsl.ValidateStmt:
		return list("validate", dump(s.Cond), optExpr("else ", s.Message))
	case *dsl.FailStmt:
		return list("fail", dump(s.X))
	case *dsl.ReturnStmt:
		return list("return", optExpr("", s.Value))
	case *dsl.BreakStmt:
		return list("break", optExpr("", s.Value))
	case *dsl.ContinueStmt:
		return list("continue", optExpr("", s.State))
	case *dsl.WaitStmt:
		if s.Until {
			return list("wait-until", dump(s.X))
		}
		return list("wait", dump(s.X))
	case *dsl.CommitStmt:
		return "commit"
	case *dsl.RollbackStmt:
		return "rollback"
	case *dsl.LogStmt:
		return list("log", dump(s.Message))
	}
	return "bad-stmt"
}

func dumpExpr(x dsl.Expr) string {
	switch x := x.(type) {
	case *dsl.Ident:
		return x.Name
	case *dsl.BasicLit:
		return x.Text
	case *dsl.StringLit:
		var parts []string
		for _, p := range x.Parts {
			if p.X != nil {
				parts = append(parts, "$"+dump(p.X))
				continue
			}
			parts = append(parts, fmt.Sprintf("%q", p.Text))
		}
		return list("str", strings.Join(parts, " "))
	case *dsl.ListLit:
		return list("list", dumpAll(x.Elems))
	case *dsl.MapLit:
		var entries []string
		for _, e := range x.Entries {
			entries = append(entries, dump(e.Key)+": "+dump(e.Value))
		}
		return list(dumpType(x.Type), strings.Join(entries, ", "))
	case *dsl.StructLit:
		var fields []string
		for _, f := range x.Fields {
			fields = append(fields, f.Name.Name+": "+dump(f.Value))
		}
		return list("new", qualifiedName(x.Package, x.Type), optExpr("...", x.Spread), strings.Join(fields, ", "))
	case *dsl.ParenExpr:
		return list("paren", dump(x.X))
	case *dsl.UnaryExpr:
		return list(string(x.Op), dump(x.X))
	case *dsl.BinaryExpr:
		return list(string(x.Op), dump(x.X), dump(x.Y))
	case *dsl.SelectorExpr:
		if x.Optional {
			return list("?.", dump(x.X), x.Sel.Name)
		}
		return list(".", dump(x.X), x.Sel.Name)
	case *dsl.IndexExpr:
		return list("index", dump(x.X), dump(x.Index))
	case *dsl.SliceExpr:
		return list("slice", dump(x.X), optExpr("", x.Lo), ":", optExpr("", x.Hi))
	case *dsl.CallExpr:
		word := "call"
		if x.Verb != dsl.Call {
			word = string(x.Verb)
		}
		var fields []string
		for _, f := range x.Fields {
			fields = append(fields, list(f.Name.Name, dump(f.Value)))
		}
		return list(word, qualifiedName(x.Package, x.Fun), dumpAll(x.Args), strings.Join(fields, " "), afterBar(dumpAll(x.Clauses)))
	case *dsl.KeyedExpr:
		return list(x.Fun, x.Var.Name, dump(x.List), dump(x.Key))
	}
	return dumpBlockForm(x)
}

func afterBar(clauses string) string {
	if clauses == "" {
		return ""
	}
	return "| " + clauses
}

func dumpBlockForm(x dsl.Expr) string {
	switch x := x.(type) {
	case *dsl.IfExpr:
		return list("if", dump(x.Cond), dumpBlock(x.Then), dumpBlock(x.Else))
	case *dsl.MatchExpr:
		var arms []string
		for _, a := range x.Arms {
			name := ""
			if a.Name != nil {
				name = " " + a.Name.Name
			}
			arms = append(arms, dump(a.Pattern)+name+" => "+dumpBlock(a.Body))
		}
		return list("match", dump(x.X), strings.Join(arms, ", "))
	case *dsl.ForExpr:
		parallel := ""
		if x.Parallel {
			parallel = strings.TrimSpace("parallel " + optExpr("", x.Limit))
		}
		return list("for", dumpNames(x.Key, x.Value), dump(x.X), optExpr("where ", x.Where), parallel, dumpBlock(x.Body))
	case *dsl.ParallelExpr:
		return list("parallel", dumpBlock(x.Body))
	case *dsl.TypePattern:
		return dumpType(x.Type)
	case *dsl.DecodeExpr:
		return list("decode", dumpType(x.Type), dump(x.X))
	case *dsl.RaceExpr:
		var arms []string
		for _, a := range x.Arms {
			label := ""
			if a.Label != nil {
				label = a.Label.Name + ": "
			}
			arms = append(arms, label+dumpBlock(a.Body))
		}
		return list("race", strings.Join(arms, ", "))
	case *dsl.TryExpr:
		var retries []string
		for _, r := range x.Retries {
			retries = append(retries, dumpClause(r))
		}
		return list("try", strings.Join(retries, " "), dumpBlock(x.Body), dumpBlock(x.Else))
	case *dsl.LoopExpr:
		return list("loop", dumpNames(x.State), optExpr("", x.Init), optExpr("", x.Max), dumpNames(x.Key, x.Value),
			optExpr("in ", x.X), optExpr("where ", x.Where), dumpBlock(x.Body), dumpBlock(x.Else))
	}
	return "bad-expr"
}
