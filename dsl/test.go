package dsl

// A TestDecl is a test of a workflow: what its tools give, the run, and what is
// expected of it.
//
//	test "a declined card" {
//		mock Charge => fail Declined{reason: "poor"}
//		run Buy("lamp")
//		expect fail Declined
//	}
type TestDecl struct {
	Span
	Doc  string
	Name *StringLit
	// Cases are what the test is run for, each as Value and, where Key is given, with its
	// index: test "cell ${c}" for c in ["a", "b"] { … }. All are nil in a test of one case.
	Key, Value *Ident
	Cases      Expr
	// Lines are those of the test in source order, unsound ones left out.
	Lines []TestLine
}

// A TestLine is a line of a test.
//
//sumtype:decl
type TestLine interface {
	Node
	testLine()
}

// A LetLine is name := value, or var name Type = value, for the lines below.
type LetLine struct{ Bind *BindStmt }

// Place is the binding's.
func (l *LetLine) Place() Span { return l.Bind.Span }

// A MockLine is mock Target => Answer, Answer. The answers are given call by call,
// the last one again and again.
type MockLine struct {
	Span
	// Target is the Ident of a tool or func, or of a step whose id is a name, or the
	// StringLit of a step's id. Where that ends in turns it is of what an agent's model
	// replies, turn by turn.
	Target  Expr
	Turns   bool // it is of what a model replies
	Answers []*Answer
}

// An Answer is what a call gives: X, or fail X, and when. What a model replies is
// [call NAME(…), …], reply X with the agent's result, or a text as the model writes it.
type Answer struct {
	Span
	Fail  bool
	Reply bool
	X     Expr         // nil with Calls
	Calls []*ModelCall // nil for none
	After Expr         // how long the call takes; nil where it takes no time
}

// A ModelCall is a call that a model's reply asks for: call Refund(order: "7").
type ModelCall struct {
	Span
	Name *Ident
	Args []FieldValue
}

// A RunLine is run Workflow(args).
type RunLine struct {
	Span
	Call Expr // a CallExpr in a sound file
}

// A CancelLine is cancel at Step, or cancel after After: when somebody cancels the
// execution. One of the two is set.
type CancelLine struct {
	Span
	Step  Expr // an Ident, or the StringLit of an id that is no name
	After Expr
}

// An Expectation says what an ExpectLine is about.
type Expectation int

// The expectations.
const (
	ExpectCond    Expectation = iota // a condition, in which result is known
	ExpectFail                       // that the workflow fails
	ExpectSteps                      // which steps have called something
	ExpectOrder                      // which step came after which
	ExpectUndone                     // which undos have run
	ExpectCalled                     // what was called, asked or started, and with what
	ExpectEmitted                    // which event was sent
)

// An ExpectLine is one of
//
//	expect COND
//	expect fail [X] [at Step]
//	expect steps Step, Step
//	expect order Step, Step
//	expect undone Step, Step [unordered]
//	expect called Target[(name: X, …)] [times N]
//	expect emitted Event[(name: X, …)] [times N]
type ExpectLine struct {
	Span
	Kind Expectation
	// X is the condition; or what the workflow fails with: a part of the message, a
	// declared error by its name or as a literal; nil where any failure will do.
	X Expr
	// Steps are Idents, or StringLits for ids that are no names. They are the steps
	// that the line is about; for ExpectFail the one after at, if any.
	Steps []Expr
	// Unordered tells, of ExpectUndone, that the undos may have run in any order.
	Unordered bool
	// Called is what ExpectCalled and ExpectEmitted are about: an Ident, or the StringLit
	// of a step's id. Args are those of its arguments that count, and Times is how often;
	// nil for once or more.
	Called Expr
	Args   []FieldValue
	Times  Expr
}

func (*TestDecl) decl()       {}
func (*LetLine) testLine()    {}
func (*MockLine) testLine()   {}
func (*RunLine) testLine()    {}
func (*CancelLine) testLine() {}
func (*ExpectLine) testLine() {}
