package checker

import (
	"go/constant"
	"time"

	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// A Program is a checked package: its declarations with their types resolved,
// and the facts about every expression.
type Program struct {
	// Package is the Go package that the generated code joins.
	Package string
	Files   []*dsl.File
	// The declarations in source order, files sorted by path.
	Structs   []*Struct // types and errors
	Unions    []*Union
	Consts    []*Const
	Policies  []*Policy
	Events    []*Event
	Enums     []*Enum
	Tools     []*Tool
	Models    []*Model
	Funcs     []*Func
	Workflows []*Workflow
	Tests     []*Test
	// Foreign are the workflows of other packages that it calls.
	Foreign []*Workflow
	Info    *Info
}

// An Info holds what the checker found out about the nodes of a program's trees.
// The tables have an entry for each node in question of a sound program; in an
// unsound one some are missing.
type Info struct {
	// Types holds the type of each expression as it is used: an untyped constant
	// has the type it was adapted to, a narrowed path the type without "?". A
	// block form that stands as a statement, and a call without a result, have
	// types.Nothing.
	Types map[dsl.Expr]types.Type
	// Wanted holds, for an expression of type T that stands where a T? is
	// wanted, that T?, and for a union's member that stands where the union or an
	// optional of it is wanted, that type. Other expressions have no entry.
	Wanted map[dsl.Expr]types.Type
	// Narrowed holds the names and paths that are declared T?, but are known not
	// to be none where they stand, and are used as a T.
	Narrowed map[dsl.Expr]bool
	// Consts holds the values of constant expressions: numbers, strings without
	// substitutions, bools, and durations as their nanoseconds.
	Consts map[dsl.Expr]constant.Value
	// Uses tells what a name stands for where it is used: as an operand, the
	// callee of a call, a type, the member in Tier.gold or in a pattern, a name
	// after "after".
	Uses map[*dsl.Ident]Object
	// Defs tells what a name declares.
	Defs map[*dsl.Ident]Object
	// Errs holds the variable err of each block that stands in for a failure: that
	// of an else clause or of a try.
	Errs map[*dsl.Block]*Var
	// Clauses holds what applies to each call of a tool or workflow, defaults of
	// declarations included.
	Clauses map[*dsl.CallExpr]*Clauses
	// Tries holds what the retries of a try say; one without any has no entry.
	Tries map[*dsl.TryExpr]*Retry
	// Durables tells what the calls with a verb do.
	Durables map[*dsl.CallExpr]*Durable
	// Deep holds the == and != of what a test expects that compare what JSON has of their
	// operands: lists, maps, any, and what holds one.
	Deep map[*dsl.BinaryExpr]bool
	// Homes holds, for a literal of a struct type that another package's .wf files
	// declare, that package's program.
	Homes map[*dsl.StructLit]*Program
	// TypeExprs holds the type that each type expression means.
	TypeExprs map[dsl.TypeExpr]types.Type
}

// An Object is what a name stands for.
//
//sumtype:decl
type Object interface {
	object()
}

// A Var is a parameter, a binding, a loop's variable, the err of an else clause,
// or, inside a where constraint, a field of the struct it is declared in.
type Var struct {
	Name string
	Type types.Type
	// Ident is where the name is declared; nil for err.
	Ident *dsl.Ident
}

// A Label is the label of a statement.
type Label struct {
	Ident *dsl.Ident
	Stmt  *dsl.LabeledStmt
}

// A TypeName is a declared or predeclared type.
type TypeName struct{ Type types.Type }

// A Member is a member of an enum.
type Member struct {
	Enum *types.Enum
	Name string
}

// A Builtin is one of the language's own functions, or the value run.
type Builtin struct{ Name string }

// A Const is a declared constant. What an expression of it is worth is in
// Info.Consts.
type Const struct {
	Name string
	Decl *dsl.ConstDecl
	File *dsl.File
}

// A Policy is a declared set of clauses. They are part of Info.Clauses of the calls
// that they apply to.
type Policy struct {
	Name string
	Decl *dsl.PolicyDecl
	File *dsl.File
}

// An Event is a declared event.
type Event struct {
	Name string
	// Type is the struct of its keys and its payload, one of Program.Structs, which the
	// event's name means where a type stands.
	Type *types.Struct
	// Keys are how many of the Type's fields, from the first on, are keys.
	Keys int
	// Keep is how long one that nobody awaits is kept.
	Keep time.Duration
	Decl *dsl.EventDecl
	File *dsl.File
}

// A Durable is what a call with a verb does, which only a durable execution can.
type Durable struct {
	Event    *Event    // that is awaited or emitted; else nil
	Workflow *Workflow // that is started; else nil
	// Result is what it gives: types.Nothing for an emit, a string for a start.
	Result types.Type
	// Timeout is how long it is waited for, a duration or, with Until, the time at which that
	// is over; nil for as long as it takes.
	Timeout dsl.Expr
	Until   bool
	// Filter says which events of the kind are awaited; nil where all are.
	Filter *Filter
	// Played is the step as a tool that tests mock, one for all that await or emit an
	// event, start a workflow, or approve.
	Played *Tool
}

// A Union is a declared union of struct types.
type Union struct {
	Type *types.Union
	Decl *dsl.UnionDecl
	File *dsl.File
}

// A Struct is a declared struct type or error.
type Struct struct {
	Type *types.Struct
	// Decl is made of the dsl.ErrorDecl where the type is an error.
	Decl *dsl.TypeDecl
	File *dsl.File
	// Vars holds, for each field with a constraint, the variables that its
	// constraint sees, by field in declaration order.
	Vars []*Var
}

// An Enum is a declared enum.
type Enum struct {
	Type *types.Enum
	Decl *dsl.EnumDecl
	File *dsl.File
}

// A Tool is a declared tool.
type Tool struct {
	Name, GoName string
	Params       []*Var
	Result       types.Type // types.Nothing where it gives nothing
	Readonly     bool
	Idempotent   bool
	Fails        []*types.Struct // the errors of which it keeps the type
	Guard        *Guard          // nil where nothing stands before its calls
	Go           *GoFunc         // nil where it is a method of the interface of tools
	// Given is the variable by which the undo of its declaration names its result; nil
	// where there is none.
	Given   *Var
	unsound bool // what it takes isn't known
	played  bool // it is a Durable's
	agent   bool // it is an agent, as a test has it
	Decl    *dsl.ToolDecl
	File    *dsl.File
}

// A Func is a declared pure function.
type Func struct {
	Name, GoName string
	Params       []*Var
	Result       types.Type
	Go           *GoFunc // nil where it has a body
	unsound      bool    // what it takes isn't known
	Decl         *dsl.FuncDecl
	File         *dsl.File
}

// A GoFunc is the Go function that a tool or func is bound to.
type GoFunc struct {
	Package *types.Package // nil where it is of the package itself
	Name    string
	Context bool // its first parameter is a context.Context
	Error   bool // its last result is an error
	Pointer bool // it gives a pointer where the tool or func gives what that points to
	// Exact tells that its parameters and results are in Go what the language's types
	// are: it can stand where a func of those types is wanted.
	Exact bool
}

// A Workflow is a declared workflow.
type Workflow struct {
	Name, GoName string
	Params       []*Var
	Result       types.Type    // types.Nothing where it gives nothing
	Timeout      time.Duration // of the whole; 0 for none
	Version      int           // 1 where none is stated
	AtOnce       *AtOnce       // nil where any number of executions may go on at once
	// Package and Of are set where the workflow is another package's: Of is what it is
	// there, and Params and Result are as they look from outside. Decl and File are Of's.
	Package *types.Package
	Of      *Workflow
	Program *Program // the other package's; nil where Of is
	// What the packages that import it want to know, once it is checked: a tool that it
	// reaches and that must not happen twice, a call that owes its undo only after a success,
	// whether it may change something, whether it leaves undos to its caller, and what it
	// leaves done that nothing takes back.
	once    *Tool
	late    *lateUndo
	effects bool
	owes    bool
	leaves  leaving
	// unpriced is a model without a price that it asks, or an agent that it calls; nil for
	// none.
	unpriced *Model

	// Agent is set where an agent is declared. Decl stands for that then.
	Agent *Agent
	Decl  *dsl.WorkflowDecl
	File  *dsl.File
}

func (*Var) object()      {}
func (*Label) object()    {}
func (*TypeName) object() {}
func (*Member) object()   {}
func (*Builtin) object()  {}
func (*Struct) object()   {}
func (*Const) object()    {}
func (*Policy) object()   {}
func (*Enum) object()     {}
func (*Tool) object()     {}
func (*Func) object()     {}
func (*Workflow) object() {}

// Clauses are what applies to one call, each clause the call's own or else the
// declaration's.
type Clauses struct {
	Retry   *Retry          // nil for none
	Timeout time.Duration   // of one attempt; 0 for none
	Else    *dsl.ElseClause // nil for none
	Undo    *dsl.CallExpr   // nil for none
	// Finally tells that Undo is run on every way out.
	Finally bool
	// Early tells that Undo is owed from before the call.
	Early bool
	// UndoOf is the tool whose declaration says Undo, which names the tool's parameters
	// and its Given; nil where the call says it.
	UndoOf *Tool
	// NoUndo tells that undo none says that Undo is nil.
	NoUndo bool
	After  []*dsl.Ident
}

// A Retry says how a failed call is tried again.
type Retry struct {
	// Times is how many attempts may follow the first; 0 for retry 0.
	Times int
	// Min and Max bound the pauses between attempts.
	Min, Max time.Duration
	// At holds the times of the further attempts, counted from the first
	// failure, in the form "retry at"; Min and Max are 0 then.
	At []time.Duration
	// On are the declared errors that are retried too.
	On []*types.Struct
	// Others are the further retries of a call that has several, each for errors of its
	// own and counted apart. What has no declared type counts for the first.
	Others []*Retry
	// named tells that the clause has an on, be it of names that mean nothing.
	named bool
}
