package dsl

// A Stmt is a line of a block.
//
//sumtype:decl
type Stmt interface {
	Node
	stmt()
}

// A LabeledStmt is label: stmt. The label is the step's id.
type LabeledStmt struct {
	Span
	Label *Ident
	Stmt  Stmt
}

// A BindStmt is name := value, or var name Type = value. The name _ drops the
// value.
type BindStmt struct {
	Span
	Name  *Ident
	Type  TypeExpr // nil in the form without var
	Value Expr
}

// An ExprStmt is an expression as a line of its own: a call, a block form, or
// the value of the block whose last line it is.
type ExprStmt struct {
	X Expr
}

// Place is the expression's.
func (s *ExprStmt) Place() Span { return s.X.Place() }

// A ValidateStmt is validate Cond else Message.
type ValidateStmt struct {
	Span
	Cond    Expr
	Message Expr // nil where the condition's own text is the message
}

// A FailStmt is fail X.
type FailStmt struct {
	Span
	X Expr // a message, a declared error, or err
}

// A ReturnStmt is return Value.
type ReturnStmt struct {
	Span
	Value Expr // nil in a workflow without a result
}

// A BreakStmt is break Value: it ends the nearest loop, and gives its value.
type BreakStmt struct {
	Span
	Value Expr // nil in a loop without a value
}

// A ContinueStmt is continue State: it ends the round of the nearest loop, and
// gives the state of the next.
type ContinueStmt struct {
	Span
	State Expr // nil only where the source was unsound
}

// A WaitStmt is wait X, a duration, or wait until X, a time.
type WaitStmt struct {
	Span
	Until bool
	X     Expr
}

// A CommitStmt is commit: what is owed in undos is owed no more.
type CommitStmt struct{ Span }

// A RollbackStmt is rollback: what is owed in undos is run now.
type RollbackStmt struct{ Span }

// A LogStmt is log Message.
type LogStmt struct {
	Span
	Message Expr
}

// A BadStmt stands for source that is no statement.
type BadStmt struct{ Span }

func (*LabeledStmt) stmt()  {}
func (*BindStmt) stmt()     {}
func (*ExprStmt) stmt()     {}
func (*ValidateStmt) stmt() {}
func (*FailStmt) stmt()     {}
func (*ReturnStmt) stmt()   {}
func (*BreakStmt) stmt()    {}
func (*ContinueStmt) stmt() {}
func (*WaitStmt) stmt()     {}
func (*CommitStmt) stmt()   {}
func (*RollbackStmt) stmt() {}
func (*LogStmt) stmt()      {}
func (*BadStmt) stmt()      {}
