// Package dsl holds the language as data: the syntax tree of a .wf file, with
// its positions and comments. The parser makes trees and the checker reads
// them; a tree is never changed once it is made, and what later passes find out
// about a node they keep in tables of their own.
//
// The sums Decl, TypeExpr, Stmt, Expr and Clause are sealed interfaces. Each has
// a Bad member that stands where the source was unsound, so that a tree is
// complete even where its file is not.
package dsl

import (
	"slices"
	"strings"
)

// A Node is any part of a tree that has a place in the source.
type Node interface {
	Place() Span
}

// A File is one parsed .wf file.
type File struct {
	Source *Source
	// Package is the name after "package", or nil where the clause is missing or unsound.
	Package *Ident
	// Decls are the declarations in source order, unsound ones included.
	Decls []Decl
	// Comments are all comments of the file in source order. They are beside the
	// tree: no node refers to them.
	Comments []Comment
	// Unsound tells that the parser has found faults: what the tree has no place for may
	// name anything.
	Unsound bool
}

// A Comment is one // or /* */ comment.
type Comment struct {
	Span
	// Text is the comment with its markers.
	Text string
}

// Directive gives what a comment says to wfgen, // wfgen:allow WF043 because …, without
// the markers and the name; ok is false for other comments.
func Directive(comment string) (text string, ok bool) {
	line, ok := strings.CutPrefix(comment, "//")
	if !ok {
		return "", false
	}
	text, ok = strings.CutPrefix(strings.TrimSpace(line), "wfgen:")
	return text, ok
}

// An Ident is a name where it is declared or used.
type Ident struct {
	Span
	Name string
}

// A Decl is a declaration at the top of a file.
//
//sumtype:decl
type Decl interface {
	Node
	decl()
}

// An ImportDecl makes the exported types and functions of a Go package known, and
// the workflows of its .wf files where it has some.
//
//	import bill "example.com/shop/billing"
type ImportDecl struct {
	Span
	Alias *Ident // nil where the package goes by its own name
	Path  *StringLit
}

// PackagePath is the path that is imported; empty where that isn't plain text.
func (d *ImportDecl) PackagePath() string {
	if d.Path == nil || len(d.Path.Parts) != 1 || d.Path.Parts[0].X != nil {
		return ""
	}
	return d.Path.Parts[0].Text
}

// A TypeDecl declares a struct type.
//
//	type Item { sku string, qty int where qty > 0 }
type TypeDecl struct {
	Span
	Doc    string // the comment right above, without markers; may be empty
	Name   *Ident
	Fields []*Field
}

// A Field is a field of a TypeDecl.
//
//	id string json "artifact-id" = "none" where len(id) > 0
//	...more map[string]any
type Field struct {
	Span
	Doc     string
	Rest    bool // holds the keys that are no other field's
	Name    *Ident
	Type    TypeExpr
	JSON    *StringLit // its name in JSON; nil where that is Name
	Default Expr       // nil where the field has none
	Where   Expr       // nil where the field has none
}

// An EnumDecl declares a type of named strings.
//
//	enum Tier { basic, gold, platinum }
type EnumDecl struct {
	Span
	Doc     string
	Name    *Ident
	Members []*Ident
}

// A UnionDecl declares a tagged union of struct types.
//
//	type Payment = Card | Transfer
type UnionDecl struct {
	Span
	Doc     string
	Name    *Ident
	Members []*Ident
}

// An ErrorDecl declares an error type, which a tool may fail with.
//
//	error CardDeclined { reason string }
type ErrorDecl struct {
	Span
	Doc    string
	Name   *Ident
	Fields []*Field
}

// A ConstDecl declares a name for a constant.
//
//	const vat = 0.19
type ConstDecl struct {
	Span
	Doc   string
	Name  *Ident
	Value Expr
}

// An EventDecl declares an event, which the outside or a workflow sends and a workflow
// awaits. It is addressed by its keys.
//
//	event Paid(orderId string) { amount float64 } keep 7d
//	event Alarm(site string) { level int } to all
type EventDecl struct {
	Span
	Doc     string
	Name    *Ident
	Keys    []*Field // with a Name and a Type alone
	Fields  []*Field // the payload
	All     bool     // every execution that awaits it is given it, not one alone
	Clauses []Clause
}

// A PolicyDecl declares a named set of clauses, which with gives to a call or a
// declaration.
//
//	policy patient timeout 30s retry 5
type PolicyDecl struct {
	Span
	Doc     string
	Name    *Ident
	Clauses []Clause
}

// A Param is a parameter of a tool, func or workflow.
type Param struct {
	Span
	Name *Ident
	Type TypeExpr
}

// A ToolDecl declares an effect that is written in Go.
//
//	tool Reserve(items []Item) Reservation idempotent retry 3 undo Release(result)
type ToolDecl struct {
	Span
	Doc    string
	Name   *Ident
	Params []*Param
	Result TypeExpr // nil where the tool gives nothing
	// Go is the Go function that the tool is bound to, which then says what
	// Params and Result are; nil where the tool isn't bound.
	//
	//	tool Charge = payments.Charge idempotent
	Go *GoName
	// Remote is the tool of a server that it is, once that is settled: Params and Result are
	// what its schemas say then, and Go is nil.
	Remote  *Remote
	Clauses []Clause
}

// A GoName names a function of a Go package: of an imported one, or of the
// package that the file joins.
type GoName struct {
	Package *Ident // nil where it is the file's own
	Name    *Ident
}

// Place reaches from the package's name to the function's.
func (n *GoName) Place() Span {
	if n.Package == nil {
		return n.Name.Span
	}
	return n.Package.To(n.Name.Span)
}

// A FuncDecl declares a pure function.
//
//	func double(n int) int { n * 2 }
type FuncDecl struct {
	Span
	Doc    string
	Name   *Ident
	Params []*Param
	Result TypeExpr // nil where Go isn't, else only where the source was unsound
	// Go is the Go function that is declared to be pure, which then says what
	// Params and Result are; nil where the func has a Body.
	//
	//	func distance = geo.Distance
	Go   *GoName
	Body *Block // nil where Go isn't
}

// A WorkflowDecl declares a workflow.
//
//	workflow Greet(name string) string timeout 1h { … } finally { … }
type WorkflowDecl struct {
	Span
	Doc     string
	Name    *Ident
	Params  []*Param
	Result  TypeExpr // nil where the workflow gives nothing
	Clauses []Clause
	Body    *Block
	Finally *Block // what is run last, however the workflow ends; nil where nothing is
}

// A BadDecl stands for source that is no declaration.
type BadDecl struct{ Span }

func (*ImportDecl) decl()   {}
func (*TypeDecl) decl()     {}
func (*UnionDecl) decl()    {}
func (*ErrorDecl) decl()    {}
func (*ConstDecl) decl()    {}
func (*EventDecl) decl()    {}
func (*PolicyDecl) decl()   {}
func (*EnumDecl) decl()     {}
func (*ToolDecl) decl()     {}
func (*FuncDecl) decl()     {}
func (*WorkflowDecl) decl() {}
func (*BadDecl) decl()      {}

// A TypeExpr is a type as it is written.
//
//sumtype:decl
type TypeExpr interface {
	Node
	typeExpr()
}

// A NamedType is a type by its name: Order, or shop.Order of an imported package.
type NamedType struct {
	Package *Ident // nil where the type is the language's or the file's package's
	Name    *Ident
}

// Place reaches from the package's name to the type's.
func (t *NamedType) Place() Span {
	if t.Package == nil {
		return t.Name.Span
	}
	return t.Package.To(t.Name.Span)
}

// A ListType is []Elem.
type ListType struct {
	Span
	Elem TypeExpr
}

// A MapType is map[Key]Elem.
type MapType struct {
	Span
	Key, Elem TypeExpr
}

// An OptionalType is Elem?. A list of optionals is a ListType of an
// OptionalType; an optional list, written ([]T)?, the reverse.
type OptionalType struct {
	Span
	Elem TypeExpr
}

// A BadType stands for source that is no type.
type BadType struct{ Span }

func (*NamedType) typeExpr()    {}
func (*ListType) typeExpr()     {}
func (*MapType) typeExpr()      {}
func (*OptionalType) typeExpr() {}
func (*BadType) typeExpr()      {}

// A Block is a sequence of statements in braces. Where the grammar lets a single
// expression or statement stand for a block (a match arm, an else clause), Bare
// is true and Stmts has one element.
type Block struct {
	Span
	Stmts []Stmt
	Bare  bool
}

// A Clause is an addition to a call or a declaration: how often it is tried, how
// long it may take, what stands in for it.
//
//sumtype:decl
type Clause interface {
	Node
	clause()
}

// An EffectClause says what calling a tool may change: readonly or idempotent.
type EffectClause struct {
	Span
	Readonly bool // else idempotent
}

// A RetryClause is
//
//	retry N [backoff Min..Max] [on ErrA, ErrB]
//	retry at D, D, D [on ErrA, ErrB]
type RetryClause struct {
	Span
	N        Expr     // nil in the "at" form
	Min, Max Expr     // both nil without backoff
	At       []Expr   // empty in the N form
	On       []*Ident // the declared errors that are retried too; may be empty
}

// A TimeoutClause is timeout D, or timeout none.
type TimeoutClause struct {
	Span
	D Expr
}

// An UntilClause is until T, on what is awaited.
type UntilClause struct {
	Span
	T Expr
}

// A WhereClause is where COND, on an event that is awaited: Cond says of one, by the name
// that it is bound to, whether it is awaited.
type WhereClause struct {
	Span
	Cond Expr
}

// An ElseClause is else E or else { … }: what stands in for a call that failed. With On it
// is what stands in for some of its failures, by their names:
//
//	else on Declined d => d.reason
//	else on TimedOut => "late"
type ElseClause struct {
	Span
	// Body is what stands in. With On it is the match over err that On and Rest stand for.
	Body *Block
	On   []*Arm // empty in the form without on
	Rest *Block // what stands in for all failures that On doesn't name; nil where they pass on
}

// ElseOn is an else clause of arms that name errors. Rest may be nil.
func ElseOn(span Span, arms []*Arm, rest *Block) *ElseClause {
	end := Span{Start: span.End, End: span.End}
	failure := func(at Span) Expr { return &Ident{Span: at, Name: "err"} }
	last := &Arm{Span: end, Pattern: &Ident{Span: end, Name: "_"}, Body: rest}
	if rest != nil {
		last.Start = rest.Start
	} else {
		pass := &FailStmt{Span: end, X: failure(end)}
		last.Body = &Block{Span: end, Stmts: []Stmt{pass}, Bare: true}
	}
	match := &MatchExpr{Span: span, X: failure(Span{Start: span.Start, End: span.Start}), Arms: append(arms[:len(arms):len(arms)], last)}
	body := &Block{Span: span, Stmts: []Stmt{&ExprStmt{X: match}}, Bare: true}
	return &ElseClause{Span: span, Body: body, On: arms, Rest: rest}
}

// AddClause adds a clause to others. The elses behind an else on are one with it, up to one
// without on.
func AddClause(list []Clause, c Clause) []Clause {
	more, ok := c.(*ElseClause)
	i := slices.IndexFunc(list, func(c Clause) bool { _, ok := c.(*ElseClause); return ok })
	if !ok || i < 0 {
		return append(list, c)
	}
	first := list[i].(*ElseClause)
	if len(first.On) == 0 || first.Rest != nil {
		return append(list, c)
	}
	rest := more.Rest
	if len(more.On) == 0 {
		rest = more.Body
	}
	list[i] = ElseOn(first.Span.To(more.Span), append(first.On, more.On...), rest)
	return list
}

// An UndoClause is undo CALL: what takes the call back. Early, it is owed from
// before the call. On a tool's declaration it is that of all its calls. With undo
// none, Call is the literal none. As finally CALL it is run on every way out, and not
// only where something fails.
type UndoClause struct {
	Span
	Finally bool
	Early   bool
	Call    Expr // a CallExpr or none in a sound file
}

// Word is the word that the clause begins with.
func (c *UndoClause) Word() string {
	if c.Finally {
		return "finally"
	}
	return "undo"
}

// None tells whether the clause is undo none.
func (c *UndoClause) None() bool {
	lit, ok := c.Call.(*BasicLit)
	return ok && lit.Kind == NoneLit
}

// An AfterClause is after a, b: order that the data doesn't show.
type AfterClause struct {
	Span
	Names []*Ident
}

// A FailsClause is fails ErrA, ErrB: the errors of which a tool keeps the type.
type FailsClause struct {
	Span
	Names []*Ident
}

// A WithClause is with NAME: the clauses of a policy.
type WithClause struct {
	Span
	Name *Ident
}

// A VersionClause is version N, on a workflow.
type VersionClause struct {
	Span
	N Expr
}

// A KeepClause is keep D, on an event: how long one that nobody awaits is kept.
type KeepClause struct {
	Span
	D Expr
}

// A LimitClause is limit N per D, or limit N at once, on a tool, and limit N at once on a
// workflow; by PARAMETER may follow, and on a workflow refuse or replace.
type LimitClause struct {
	Span
	N   Expr
	Per Expr   // nil where it bounds how many go on at once
	By  *Ident // the parameter by whose value it counts; nil where all count together
	// Full is refuse or replace, which says what becomes of an execution for which there is
	// no place; nil where it waits for one.
	Full *Ident
}

// A BreakerClause is breaker N per D open D, on a tool.
type BreakerClause struct {
	Span
	N, Per, Open Expr
}

// A CacheClause is cache D, on a tool.
type CacheClause struct {
	Span
	D Expr
}

func (*LimitClause) clause()   {}
func (*BreakerClause) clause() {}
func (*CacheClause) clause()   {}
func (*KeepClause) clause()    {}
func (*EffectClause) clause()  {}
func (*RetryClause) clause()   {}
func (*TimeoutClause) clause() {}
func (*WhereClause) clause()   {}
func (*UntilClause) clause()   {}
func (*ElseClause) clause()    {}
func (*UndoClause) clause()    {}
func (*AfterClause) clause()   {}
func (*FailsClause) clause()   {}
func (*WithClause) clause()    {}
func (*VersionClause) clause() {}
