package dsl

// An Expr is an expression, the block forms (if, match, for, parallel, race, try,
// loop) included.
//
//sumtype:decl
type Expr interface {
	Node
	expr()
}

// A LitKind says what a BasicLit is.
type LitKind int

// The kinds of literals. Strings are StringLits.
const (
	IntLit LitKind = iota
	FloatLit
	DurationLit
	TimeLit
	BoolLit
	NoneLit
)

// A BasicLit is a literal other than a string.
type BasicLit struct {
	Span
	Kind LitKind
	Text string // as written: 1_000, 0x1F, 2.5e3, 1h30m, 2026-01-02T15:04:05Z, true, none
}

// A StringLit is "…" or """…""", cut at its substitutions. Escapes are resolved
// and a multi-line string's indentation is removed.
type StringLit struct {
	Span
	Multiline bool
	Parts     []StringPart
}

// A StringPart is either text (X is nil) or a substitution ${X}.
type StringPart struct {
	Span
	Text string
	X    Expr
}

// A ListLit is [a, b].
type ListLit struct {
	Span
	Elems []Expr
}

// A MapLit is map[K]V{k: v}.
type MapLit struct {
	Span
	Type    *MapType
	Entries []MapEntry
}

// A MapEntry is one k: v of a MapLit, or stands for several: all of the map Spread, or
// those of the rounds of For.
//
//	map[string]int{...counts, "all": n, for o in orders { o.id: o.n }}
type MapEntry struct {
	Key, Value Expr // nil in the other forms
	Spread     Expr // nil but for ...Spread
	// For is nil but for a for. Its body's value is a MapLit of the type of the one around
	// it, which holds what a round adds.
	For *ForExpr
}

// A StructLit is Type{...Spread, name: value}.
type StructLit struct {
	Span
	Package *Ident // nil but for a type of an imported package
	Type    *Ident
	Spread  Expr // nil without a spread
	Fields  []FieldValue
}

// A FieldValue is one name: value of a StructLit.
type FieldValue struct {
	Name  *Ident
	Value Expr
}

// A ParenExpr is (X).
type ParenExpr struct {
	Span
	X Expr
}

// A UnaryOp is an operator with one operand.
type UnaryOp string

// The unary operators.
const (
	Not UnaryOp = "!"
	Neg UnaryOp = "-"
)

// A UnaryExpr is Op X.
type UnaryExpr struct {
	Span
	Op UnaryOp
	X  Expr
}

// A BinaryOp is an operator with two operands.
type BinaryOp string

// The binary operators.
const (
	Coalesce BinaryOp = "??"
	OrOr     BinaryOp = "||"
	AndAnd   BinaryOp = "&&"
	Eq       BinaryOp = "=="
	NotEq    BinaryOp = "!="
	Less     BinaryOp = "<"
	LessEq   BinaryOp = "<="
	More     BinaryOp = ">"
	MoreEq   BinaryOp = ">="
	In       BinaryOp = "in"
	NotIn    BinaryOp = "not in"
	Add      BinaryOp = "+"
	Sub      BinaryOp = "-"
	Mul      BinaryOp = "*"
	Div      BinaryOp = "/"
	Rem      BinaryOp = "%"
)

// Precedence of an operator, from 1 for the one that binds loosest.
func (op BinaryOp) Precedence() int {
	switch op {
	case Coalesce:
		return 1
	case OrOr:
		return 2
	case AndAnd:
		return 3
	case Add, Sub:
		return 5
	case Mul, Div, Rem:
		return 6
	default:
		return 4 // the comparisons
	}
}

// A BinaryExpr is X Op Y. Operators of one precedence group to the left.
type BinaryExpr struct {
	Span
	Op     BinaryOp
	OpSpan Span
	X, Y   Expr
}

// A SelectorExpr is X.Sel or, where Optional, X?.Sel.
type SelectorExpr struct {
	Span
	X        Expr
	Optional bool
	Sel      *Ident
}

// An IndexExpr is X[Index].
type IndexExpr struct {
	Span
	X, Index Expr
}

// A SliceExpr is X[Lo:Hi].
type SliceExpr struct {
	Span
	X      Expr
	Lo, Hi Expr // nil where left out
}

// A Verb is the word before a CallExpr that says what it does, where that isn't
// calling.
type Verb string

// The verbs. What they do, only a durable execution can.
const (
	Call    Verb = ""
	Await   Verb = "await"   // await Paid(keys), or await run(id)
	Emit    Verb = "emit"    // emit Paid(keys) { fields }
	Approve Verb = "approve" // approve "text" by "who"
	Start   Verb = "start"   // start Workflow(args)
)

// A CallExpr calls a tool, workflow, func, builtin or conversion; with a Verb, it
// exchanges something with the world around the execution.
type CallExpr struct {
	Span
	Verb    Verb
	Package *Ident // nil but for a workflow of an imported package
	// Fun is what is called, awaited, emitted or started. Of an approve it is the verb
	// itself, whose Args are the text and by whom it is to be answered.
	Fun     *Ident
	Args    []Expr
	Fields  []FieldValue // the payload of an emit
	Clauses []Clause
}

// A KeyedExpr is sort(Var in List by Key) or group(Var in List by Key).
type KeyedExpr struct {
	Span
	Fun       string // sort or group
	Var       *Ident
	List, Key Expr
}

// A TypePattern is a type as the pattern of a match over an any: []any, map[string]any. One
// that is a name, as string, is an Ident.
type TypePattern struct {
	Span
	Type TypeExpr
}

// A DecodeExpr is decode(Type, X).
type DecodeExpr struct {
	Span
	Type TypeExpr
	X    Expr
}

// An IfExpr is if Cond { … } else { … }. For "else if" the Else block is bare and
// holds the second IfExpr alone.
type IfExpr struct {
	Span
	Cond Expr
	Then *Block
	Else *Block // nil without else
}

// A MatchExpr is match X { pattern => value … }.
type MatchExpr struct {
	Span
	X    Expr
	Arms []*Arm
}

// An Arm is Pattern => Body.
type Arm struct {
	Span
	// Pattern is a literal (negative numbers are a UnaryExpr), an enum's member
	// as an Ident, a union's member or a declared error as an Ident, or the Ident _.
	Pattern Expr
	// Name is bound to the union's member or the error; nil where it isn't named.
	//
	//	CardDeclined d => d.reason
	Name *Ident
	Body *Block
}

// A ForExpr is for Key, Value in X where Where parallel Limit { … }.
type ForExpr struct {
	Span
	Key      *Ident // nil in the form with one name
	Value    *Ident
	X        Expr
	Where    Expr // nil without where
	Parallel bool
	Limit    Expr // nil where parallel has no number
	Body     *Block
}

// A ParallelExpr is parallel { … }.
type ParallelExpr struct {
	Span
	Body *Block
}

// A RaceExpr is race { … }: its arms start together, and the first to succeed
// gives the value.
type RaceExpr struct {
	Span
	Arms []*RaceArm
}

// A RaceArm is one arm of a race: a statement, or a block of them.
type RaceArm struct {
	Span
	Label *Ident // nil where it has none
	Body  *Block // Bare where the arm is a single statement
}

// A TryExpr is
//
//	try { … } else { … }
//	try retry N backoff Min..Max on A, B { … }
type TryExpr struct {
	Span
	Retries []*RetryClause // nil where the block is tried once
	Body    *Block
	Else    *Block // nil where a block that is tried again has none, and where the source was unsound
}

// Uncaught tells of a try that nothing stands in for it: once its last attempt has failed, so
// has the try.
func (x *TryExpr) Uncaught() bool { return x.Else == nil && len(x.Retries) > 0 }

// A LoopExpr is a loop whose rounds are counted, or go over a list or map:
//
//	loop State := Init max Max { … } else { … }
//	loop State := Init for Key, Value in X where Where { … } else { … }
type LoopExpr struct {
	Span
	State *Ident // nil without a state
	Init  Expr   // nil without a state
	Max   Expr   // nil where it goes over X; none where there is no bound
	Key   *Ident // nil in the form with one name
	Value *Ident // nil where rounds are counted
	X     Expr   // nil where rounds are counted
	Where Expr   // nil without where
	Body  *Block
	Else  *Block // nil without else
}

// A BadExpr stands for source that is no expression.
type BadExpr struct{ Span }

func (*Ident) expr()        {}
func (*BasicLit) expr()     {}
func (*StringLit) expr()    {}
func (*ListLit) expr()      {}
func (*MapLit) expr()       {}
func (*StructLit) expr()    {}
func (*ParenExpr) expr()    {}
func (*UnaryExpr) expr()    {}
func (*BinaryExpr) expr()   {}
func (*SelectorExpr) expr() {}
func (*IndexExpr) expr()    {}
func (*SliceExpr) expr()    {}
func (*CallExpr) expr()     {}
func (*KeyedExpr) expr()    {}
func (*IfExpr) expr()       {}
func (*MatchExpr) expr()    {}
func (*ForExpr) expr()      {}
func (*ParallelExpr) expr() {}
func (*DecodeExpr) expr()   {}
func (*TypePattern) expr()  {}
func (*RaceExpr) expr()     {}
func (*TryExpr) expr()      {}
func (*LoopExpr) expr()     {}
func (*BadExpr) expr()      {}
