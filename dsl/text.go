package dsl

import (
	"strconv"
	"strings"
)

// Text writes a tree as source, whatever made it: a file whose parse is the same tree.
// Comments are left out, but for the doc comments of declarations and fields. The
// layout is plain: package format knows the style.
func Text(f *File) string {
	w := &writer{}
	if f.Package != nil {
		w.line("package " + f.Package.Name)
	}
	for _, d := range f.Decls {
		w.line("")
		w.decl(d)
	}
	return w.b.String()
}

// A writer writes a tree line by line.
type writer struct {
	b      strings.Builder
	indent int
}

func (w *writer) line(text string) {
	if text != "" {
		w.b.WriteString(strings.Repeat("\t", w.indent))
	}
	w.b.WriteString(text)
	w.b.WriteByte('\n')
}

func (w *writer) doc(text string) {
	if text == "" {
		return
	}
	for _, line := range strings.Split(text, "\n") {
		w.line(strings.TrimRight("// "+line, " "))
	}
}

func (w *writer) inside(do func()) {
	w.indent++
	do()
	w.indent--
}

func (w *writer) decl(d Decl) {
	//sumtype:exhaustive
	switch d := d.(type) {
	case *ImportDecl:
		alias := ""
		if d.Alias != nil {
			alias = d.Alias.Name + " "
		}
		w.line("import " + alias + exprText(d.Path, 0))
	case *TypeDecl:
		w.doc(d.Doc)
		w.fields("type "+d.Name.Name, d.Fields)
	case *ErrorDecl:
		w.doc(d.Doc)
		w.fields("error "+d.Name.Name, d.Fields)
	case *UnionDecl:
		w.doc(d.Doc)
		w.line("type " + d.Name.Name + " = " + identTexts(d.Members, " | "))
	case *EnumDecl:
		w.doc(d.Doc)
		w.line("enum " + d.Name.Name + " { " + identTexts(d.Members, ", ") + " }")
	case *ConstDecl:
		w.doc(d.Doc)
		w.line("const " + d.Name.Name + " = " + exprText(d.Value, 0))
	case *EventDecl:
		w.doc(d.Doc)
		w.event(d)
	case *PolicyDecl:
		w.doc(d.Doc)
		w.line("policy " + d.Name.Name + clauseTexts(d.Clauses))
	case *ToolDecl:
		w.doc(d.Doc)
		w.line("tool " + d.Name.Name + goNameText(d.Go, func() string { return paramTexts(d.Params) + resultText(d.Result) }) + clauseTexts(d.Clauses))
	case *FuncDecl:
		w.doc(d.Doc)
		if d.Go != nil {
			w.line("func " + d.Name.Name + goNameText(d.Go, nil))
			return
		}
		w.line("func " + d.Name.Name + paramTexts(d.Params) + resultText(d.Result) + " " + w.block(d.Body))
	case *WorkflowDecl:
		w.doc(d.Doc)
		w.line("workflow " + d.Name.Name + paramTexts(d.Params) + resultText(d.Result) + clauseTexts(d.Clauses) + " " + w.block(d.Body) + w.last(d))
	case *McpDecl:
		w.doc(d.Doc)
		w.line("mcp " + d.Name.Name + " " + exprText(d.File, 0))
	case *ModelDecl:
		w.doc(d.Doc)
		w.line(modelText(d))
	case *AgentDecl:
		w.doc(d.Doc)
		w.agent(d)
	case *TestDecl:
		w.doc(d.Doc)
		w.line("test " + exprText(d.Name, 0) + casesText(d) + " {")
		w.inside(func() {
			for _, l := range d.Lines {
				w.line(testLineText(l))
			}
		})
		w.line("}")
	}
}

func (w *writer) event(d *EventDecl) {
	keys := make([]string, len(d.Keys))
	for i, k := range d.Keys {
		keys[i] = k.Name.Name + " " + typeText(k.Type)
	}
	tail := clauseTexts(d.Clauses)
	if d.All {
		tail = " to all" + tail
	}
	w.fieldsIn("event "+d.Name.Name+"("+strings.Join(keys, ", ")+")", d.Fields, tail)
}

func (w *writer) fields(head string, fields []*Field) { w.fieldsIn(head, fields, "") }

// fieldsIn writes fields in braces between a head and what follows them.
func (w *writer) fieldsIn(head string, fields []*Field, tail string) {
	if len(fields) == 0 {
		w.line(head + " {}" + tail)
		return
	}
	w.line(head + " {")
	w.inside(func() {
		for _, f := range fields {
			w.doc(f.Doc)
			text := f.Name.Name + " " + typeText(f.Type)
			if f.Rest {
				text = "..." + text
			}
			if f.JSON != nil {
				text += " json " + exprText(f.JSON, 0)
			}
			if f.Default != nil {
				text += " = " + exprText(f.Default, 0)
			}
			if f.Where != nil {
				text += " where " + exprText(f.Where, 0)
			}
			w.line(text)
		}
	})
	w.line("}" + tail)
}

func identTexts(names []*Ident, separator string) string {
	texts := make([]string, len(names))
	for i, n := range names {
		texts[i] = n.Name
	}
	return strings.Join(texts, separator)
}

func goNameText(n *GoName, otherwise func() string) string {
	if n == nil {
		return otherwise()
	}
	return " = " + qualifiedText(n.Package, n.Name)
}

func qualifiedText(pkg, name *Ident) string {
	if pkg == nil {
		return name.Name
	}
	return pkg.Name + "." + name.Name
}

func paramTexts(params []*Param) string {
	texts := make([]string, len(params))
	for i, p := range params {
		texts[i] = p.Name.Name + " " + typeText(p.Type)
	}
	return "(" + strings.Join(texts, ", ") + ")"
}

func resultText(t TypeExpr) string {
	if t == nil {
		return ""
	}
	return " " + typeText(t)
}

func typeText(t TypeExpr) string {
	//sumtype:exhaustive
	switch t := t.(type) {
	case *NamedType:
		return qualifiedText(t.Package, t.Name)
	case *ListType:
		return "[]" + typeText(t.Elem)
	case *MapType:
		return "map[" + typeText(t.Key) + "]" + typeText(t.Elem)
	case *OptionalType:
		if _, named := t.Elem.(*NamedType); !named {
			return "(" + typeText(t.Elem) + ")?"
		}
		return typeText(t.Elem) + "?"
	}
	return "any"
}

func clauseTexts(clauses []Clause) string {
	text := ""
	for _, c := range clauses {
		text += " " + clauseText(c)
	}
	return text
}

func elseText(c *ElseClause) string {
	if len(c.On) == 0 {
		return "else " + blockText(c.Body)
	}
	var texts []string
	for _, a := range c.On {
		texts = append(texts, "else on "+armText(a))
	}
	if c.Rest != nil {
		texts = append(texts, "else "+blockText(c.Rest))
	}
	return strings.Join(texts, " ")
}

func clauseText(c Clause) string {
	switch c := c.(type) {
	case *EffectClause:
		if c.Readonly {
			return "readonly"
		}
		return "idempotent"
	case *RetryClause:
		return retryText(c)
	case *TimeoutClause:
		return "timeout " + exprText(c.D, 0)
	case *UntilClause:
		return "until " + exprText(c.T, 0)
	case *WhereClause:
		return "where " + exprText(c.Cond, 0)
	case *ElseClause:
		return elseText(c)
	case *UndoClause:
		if c.Early {
			return c.Word() + " early " + exprText(c.Call, 0)
		}
		return c.Word() + " " + exprText(c.Call, 0)
	case *AfterClause:
		return "after " + identTexts(c.Names, ", ")
	case *FailsClause:
		return "fails " + identTexts(c.Names, ", ")
	case *WithClause:
		return "with " + c.Name.Name
	case *VersionClause:
		return "version " + exprText(c.N, 0)
	case *KeepClause:
		return "keep " + exprText(c.D, 0)
	case *LimitClause:
		return limitText(c)
	case *BreakerClause:
		return "breaker " + exprText(c.N, 0) + " per " + exprText(c.Per, 0) + " open " + exprText(c.Open, 0)
	case *CacheClause:
		return "cache " + exprText(c.D, 0)
	}
	return ""
}

func limitText(c *LimitClause) string {
	text := "limit " + exprText(c.N, 0)
	if c.Per != nil {
		text += " per " + exprText(c.Per, 0)
	} else {
		text += " at once"
	}
	if c.By != nil {
		text += " by " + c.By.Name
	}
	if c.Full != nil {
		text += " " + c.Full.Name
	}
	return text
}

func retryText(c *RetryClause) string {
	text := "retry "
	if len(c.At) > 0 {
		text += "at " + exprTexts(c.At)
	} else {
		text += exprText(c.N, 0)
	}
	if c.Min != nil {
		text += " backoff " + exprText(c.Min, 0) + ".." + exprText(c.Max, 0)
	}
	if len(c.On) > 0 {
		text += " on " + identTexts(c.On, ", ")
	}
	return text
}

// last writes what a workflow runs last.
func (w *writer) last(d *WorkflowDecl) string {
	if d.Finally == nil {
		return ""
	}
	return " finally " + w.block(d.Finally)
}

// block writes a block in braces, from where a line stands.
func (w *writer) block(b *Block) string {
	if len(b.Stmts) == 0 {
		return "{}"
	}
	inner := &writer{indent: w.indent + 1}
	for _, s := range b.Stmts {
		inner.line(stmtText(s, inner))
	}
	return "{\n" + inner.b.String() + strings.Repeat("\t", w.indent) + "}"
}

// blockText writes a block inside of a line: one that is bare as what it holds.
func blockText(b *Block) string {
	w := &writer{}
	if b.Bare && len(b.Stmts) == 1 {
		return stmtText(b.Stmts[0], w)
	}
	return w.block(b)
}

func stmtText(s Stmt, w *writer) string {
	//sumtype:exhaustive
	switch s := s.(type) {
	case *LabeledStmt:
		return s.Label.Name + ": " + stmtText(s.Stmt, w)
	case *BindStmt:
		if s.Type != nil {
			return "var " + s.Name.Name + " " + typeText(s.Type) + " = " + exprText(s.Value, 0)
		}
		return s.Name.Name + " := " + exprText(s.Value, 0)
	case *ExprStmt:
		return exprText(s.X, 0)
	case *ValidateStmt:
		if s.Message == nil {
			return "validate " + exprText(s.Cond, 0)
		}
		return "validate " + exprText(s.Cond, 0) + " else " + exprText(s.Message, 0)
	case *FailStmt:
		return "fail " + exprText(s.X, 0)
	case *ReturnStmt:
		return withValue("return", s.Value)
	case *BreakStmt:
		return withValue("break", s.Value)
	case *ContinueStmt:
		return withValue("continue", s.State)
	case *WaitStmt:
		if s.Until {
			return "wait until " + exprText(s.X, 0)
		}
		return "wait " + exprText(s.X, 0)
	case *CommitStmt:
		return "commit"
	case *RollbackStmt:
		return "rollback"
	case *LogStmt:
		return "log " + exprText(s.Message, 0)
	}
	return ""
}

func withValue(word string, x Expr) string {
	if x == nil {
		return word
	}
	return word + " " + exprText(x, 0)
}

func exprTexts(xs []Expr) string {
	texts := make([]string, len(xs))
	for i, x := range xs {
		texts[i] = exprText(x, 0)
	}
	return strings.Join(texts, ", ")
}

// operandPrecedence is that of what stands before an access or behind a sign.
const operandPrecedence = 8

// exprText writes an expression, in parentheses where it binds looser than least.
func exprText(x Expr, least int) string {
	switch x := x.(type) {
	case *Ident:
		return x.Name
	case *BasicLit:
		return x.Text
	case *StringLit:
		return stringText(x)
	case *ListLit:
		return "[" + exprTexts(x.Elems) + "]"
	case *MapLit:
		return typeText(x.Type) + "{" + entryTexts(x) + "}"
	case *StructLit:
		return structText(x)
	case *ParenExpr:
		return "(" + exprText(x.X, 0) + ")"
	case *UnaryExpr:
		return string(x.Op) + exprText(x.X, operandPrecedence-1)
	case *BinaryExpr:
		text := exprText(x.X, x.Op.Precedence()) + " " + string(x.Op) + " " + exprText(x.Y, x.Op.Precedence()+1)
		if x.Op.Precedence() < least {
			return "(" + text + ")"
		}
		return text
	case *SelectorExpr:
		if x.Optional {
			return exprText(x.X, operandPrecedence) + "?." + x.Sel.Name
		}
		return exprText(x.X, operandPrecedence) + "." + x.Sel.Name
	case *IndexExpr:
		return exprText(x.X, operandPrecedence) + "[" + exprText(x.Index, 0) + "]"
	case *SliceExpr:
		return exprText(x.X, operandPrecedence) + "[" + optionalText(x.Lo) + ":" + optionalText(x.Hi) + "]"
	case *CallExpr:
		return callText(x) + clauseTexts(x.Clauses)
	case *KeyedExpr:
		return x.Fun + "(" + x.Var.Name + " in " + exprText(x.List, 0) + " by " + exprText(x.Key, 0) + ")"
	case *TypePattern:
		return typeText(x.Type)
	case *DecodeExpr:
		return "decode(" + typeText(x.Type) + ", " + exprText(x.X, 0) + ")"
	}
	return formText(x)
}

// entryTexts writes what stands between the braces of a map.
func entryTexts(x *MapLit) string {
	entries := make([]string, len(x.Entries))
	for i, e := range x.Entries {
		switch {
		case e.For != nil:
			round, _ := e.For.Body.Stmts[0].(*ExprStmt).X.(*MapLit)
			entries[i] = forHead(e.For) + " { " + entryTexts(round) + " }"
		case e.Spread != nil:
			entries[i] = "..." + exprText(e.Spread, 0)
		default:
			entries[i] = exprText(e.Key, 0) + ": " + exprText(e.Value, 0)
		}
	}
	return strings.Join(entries, ", ")
}

func optionalText(x Expr) string {
	if x == nil {
		return ""
	}
	return exprText(x, 0)
}

func structText(x *StructLit) string {
	var parts []string
	if x.Spread != nil {
		parts = append(parts, "..."+exprText(x.Spread, 0))
	}
	for _, f := range x.Fields {
		parts = append(parts, f.Name.Name+": "+exprText(f.Value, 0))
	}
	return qualifiedText(x.Package, x.Type) + "{" + strings.Join(parts, ", ") + "}"
}

// callText writes a call without its clauses.
func callText(x *CallExpr) string {
	text := qualifiedText(x.Package, x.Fun) + "(" + exprTexts(x.Args) + ")"
	switch {
	case x.Verb == Approve && len(x.Args) == 2:
		return "approve " + exprText(x.Args[0], 0) + " by " + exprText(x.Args[1], 0)
	case x.Verb != Call:
		text = string(x.Verb) + " " + text
	}
	if len(x.Fields) > 0 {
		text += " {" + fieldTexts(x.Fields) + "}"
	}
	return text
}

func fieldTexts(fields []FieldValue) string {
	texts := make([]string, len(fields))
	for i, f := range fields {
		texts[i] = f.Name.Name + ": " + exprText(f.Value, 0)
	}
	return strings.Join(texts, ", ")
}

// formText writes a block form.
func formText(x Expr) string {
	switch x := x.(type) {
	case *IfExpr:
		text := "if " + exprText(x.Cond, 0) + " " + blockText(x.Then)
		if x.Else != nil {
			text += " else " + blockText(x.Else)
		}
		return text
	case *MatchExpr:
		text := "match " + exprText(x.X, 0) + " {\n"
		for _, a := range x.Arms {
			text += armText(a) + ",\n"
		}
		return text + "}"
	case *ForExpr:
		return forHead(x) + " " + blockText(x.Body)
	case *ParallelExpr:
		return "parallel " + blockText(x.Body)
	case *RaceExpr:
		text := "race {\n"
		for _, a := range x.Arms {
			if a.Label != nil {
				text += a.Label.Name + ": "
			}
			text += blockText(a.Body) + "\n"
		}
		return text + "}"
	case *TryExpr:
		return tryText(x)
	case *LoopExpr:
		return loopText(x)
	}
	return ""
}

func armText(a *Arm) string {
	text := exprText(a.Pattern, 0)
	if a.Name != nil {
		text += " " + a.Name.Name
	}
	return text + " => " + blockText(a.Body)
}

func tryText(x *TryExpr) string {
	text := "try "
	for _, r := range x.Retries {
		text += retryText(r) + " "
	}
	text += blockText(x.Body)
	if x.Uncaught() {
		return text
	}
	return text + " else " + blockText(x.Else)
}

func loopText(x *LoopExpr) string {
	text := "loop "
	if x.State != nil {
		text += x.State.Name + " := " + exprText(x.Init, 0) + " "
	}
	if x.X == nil {
		text += "max " + exprText(x.Max, 0)
	} else {
		text += overText(x.Key, x.Value, x.X, x.Where)
	}
	text += " " + blockText(x.Body)
	if x.Else != nil {
		text += " else " + blockText(x.Else)
	}
	return text
}

// overText is for Key, Value in X where Where.
func overText(key, value *Ident, x, where Expr) string {
	text := "for "
	if key != nil {
		text += key.Name + ", "
	}
	text += value.Name + " in " + exprText(x, 0)
	if where != nil {
		text += " where " + exprText(where, 0)
	}
	return text
}

// forHead writes a for without its body.
func forHead(x *ForExpr) string {
	text := overText(x.Key, x.Value, x.X, x.Where)
	if x.Parallel {
		text += " parallel"
		if x.Limit != nil {
			text += " " + exprText(x.Limit, 0)
		}
	}
	return text
}

var lineBreaks = strings.NewReplacer("{\n", "{ ", ",\n", ", ", "\n}", " }", "\n", "; ")

// oneLine writes what is in a string that ends on its line, where nothing else of several
// lines stands but blocks.
func oneLine(text string) string {
	if !strings.Contains(text, "\n") {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = strings.TrimLeft(line, "\t")
	}
	return lineBreaks.Replace(strings.Join(lines, "\n"))
}

// stringText writes a string. One of several lines begins and ends at the margin, so
// that no indentation is taken for one that all lines share.
func stringText(x *StringLit) string {
	text := ""
	for _, p := range x.Parts {
		if p.X != nil {
			inner := exprText(p.X, 0)
			if !x.Multiline {
				inner = oneLine(inner)
			}
			text += "${" + inner + "}"
			continue
		}
		part := strconv.Quote(p.Text)
		part = strings.ReplaceAll(part[1:len(part)-1], "${", "\\${")
		if x.Multiline {
			part = strings.ReplaceAll(part, "\\n", "\n")
		}
		text += part
	}
	if x.Multiline {
		return "\"\"\"\n" + text + "\n\"\"\""
	}
	return "\"" + text + "\""
}

// answerText is what a mock gives, without when.
func answerText(a *Answer) string {
	switch {
	case len(a.Calls) > 0:
		calls := make([]string, len(a.Calls))
		for i, c := range a.Calls {
			calls[i] = "call " + c.Name.Name + "(" + fieldTexts(c.Args) + ")"
		}
		return "[" + strings.Join(calls, ", ") + "]"
	case a.Reply:
		return "reply " + exprText(a.X, 0)
	case a.Fail:
		return "fail " + exprText(a.X, 0)
	}
	return exprText(a.X, 0)
}

func testLineText(l TestLine) string {
	switch l := l.(type) {
	case *LetLine:
		return stmtText(l.Bind, nil)
	case *MockLine:
		answers := make([]string, len(l.Answers))
		for i, a := range l.Answers {
			answers[i] = answerText(a)
			if a.After != nil {
				answers[i] += " after " + exprText(a.After, 0)
			}
		}
		return "mock " + exprText(l.Target, 0) + " => " + strings.Join(answers, ", ")
	case *RunLine:
		return "run " + exprText(l.Call, 0)
	case *CancelLine:
		if l.After != nil {
			return "cancel after " + exprText(l.After, 0)
		}
		return "cancel at " + exprText(l.Step, 0)
	case *ExpectLine:
		return expectText(l)
	}
	return ""
}

func expectText(l *ExpectLine) string {
	word := [...]string{"", " fail", " steps", " order", " undone", " called", " emitted"}[l.Kind]
	text := "expect" + word
	if l.X != nil {
		text += " " + exprText(l.X, 0)
	}
	switch {
	case l.Kind == ExpectFail && len(l.Steps) > 0:
		text += " at " + exprTexts(l.Steps)
	case len(l.Steps) > 0:
		text += " " + exprTexts(l.Steps)
	}
	if l.Unordered {
		text += " unordered"
	}
	if l.Called != nil {
		text += " " + exprText(l.Called, 0)
	}
	if len(l.Args) > 0 {
		text += "(" + fieldTexts(l.Args) + ")"
	}
	if l.Times != nil {
		text += " times " + exprText(l.Times, 0)
	}
	return text
}

// casesText is what a test says of its cases; empty where it has one.
func casesText(d *TestDecl) string {
	switch {
	case d.Cases == nil:
		return ""
	case d.Key != nil:
		return " for " + d.Key.Name + ", " + d.Value.Name + " in " + exprText(d.Cases, 0)
	}
	return " for " + d.Value.Name + " in " + exprText(d.Cases, 0)
}
