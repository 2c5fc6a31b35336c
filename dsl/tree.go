// Package dsl holds the language as data: the syntax tree of a .wf file, with
// its positions and comments. The parser makes trees and the checker reads
// them; a tree is never changed once it is made, and what later passes find out
// about a node they keep in tables of their own.
//
// The sums Decl, TypeExpr, Stmt, Expr and Clause are sealed interfaces. Each has
// a Bad member that stands where the source was unsound, so that a tree is
// complete even where its file is not.
package dsl

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
}

// A Comment is one // or /* */ comment.
type Comment struct {
	Span
	// Text is the comment with its markers.
	Text string
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
type Field struct {
	Span
	Doc     string
	Name    *Ident
	Type    TypeExpr
	Default Expr // nil where the field has none
	Where   Expr // nil where the field has none
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

// A Param is a parameter of a tool, func or workflow.
type Param struct {
	Span
	Name *Ident
	Type TypeExpr
}

// A ToolDecl declares an effect that is written in Go.
//
//	tool Reserve(items []Item) Reservation idempotent retry 3
type ToolDecl struct {
	Span
	Doc     string
	Name    *Ident
	Params  []*Param
	Result  TypeExpr // nil where the tool gives nothing
	Clauses []Clause
}

// A FuncDecl declares a pure function.
//
//	func double(n int) int { n * 2 }
type FuncDecl struct {
	Span
	Doc    string
	Name   *Ident
	Params []*Param
	Result TypeExpr // nil only where the source was unsound
	Body   *Block
}

// A WorkflowDecl declares a workflow.
//
//	workflow Greet(name string) string timeout 1h { … }
type WorkflowDecl struct {
	Span
	Doc     string
	Name    *Ident
	Params  []*Param
	Result  TypeExpr // nil where the workflow gives nothing
	Clauses []Clause
	Body    *Block
}

// A BadDecl stands for source that is no declaration.
type BadDecl struct{ Span }

func (*TypeDecl) decl()     {}
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

// A NamedType is a type by its name.
type NamedType struct {
	Name *Ident
}

// Place is the name's.
func (t *NamedType) Place() Span { return t.Name.Span }

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
//	retry N [backoff Min..Max]
//	retry at D, D, D
type RetryClause struct {
	Span
	N        Expr   // nil in the "at" form
	Min, Max Expr   // both nil without backoff
	At       []Expr // empty in the N form
}

// A TimeoutClause is timeout D, or timeout none.
type TimeoutClause struct {
	Span
	D Expr
}

// An ElseClause is else E or else { … }: what stands in for a call that failed.
type ElseClause struct {
	Span
	Body *Block
}

// An UndoClause is undo CALL: what takes the call back.
type UndoClause struct {
	Span
	Call Expr // a CallExpr in a sound file
}

// An AfterClause is after a, b: order that the data doesn't show.
type AfterClause struct {
	Span
	Names []*Ident
}

func (*EffectClause) clause()  {}
func (*RetryClause) clause()   {}
func (*TimeoutClause) clause() {}
func (*ElseClause) clause()    {}
func (*UndoClause) clause()    {}
func (*AfterClause) clause()   {}
