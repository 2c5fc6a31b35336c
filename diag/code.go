package diag

// A Code names a kind of diagnostic for ever: WF and three digits. Codes below
// WF020 are the parser's, the others the checker's.
type Code string

// Warns tells whether the code may be that of a warning about a .wf file, which a comment
// can allow. The warning of such a comment can't be allowed.
func (c Code) Warns() bool {
	switch c {
	case UnusedResult, RepeatsEffect, UndoUnsure, UnusedImport, WaitsForEver, UncalledTool, HiddenCase, LeftHalfDone, SwallowsAll, StaysDone,
		RaceGoesOn, ArmOnlyFails, BusyLoop, StaleRead:
		return true
	}
	return false
}

// The parser's codes.
const (
	UnreadableText Code = "WF001" // invalid UTF-8, a NUL, a file too large
	BadToken       Code = "WF002" // a character or literal that is none of the language
	Syntax         Code = "WF003" // something other than what the grammar allows here
	NestedTooDeep  Code = "WF004"
	NotYet         Code = "WF005" // a construct that this version doesn't have
	SplitLine      Code = "WF006" // a line that starts with - after a complete expression
)

// The checker's codes.
const (
	UnknownName     Code = "WF020"
	DuplicateName   Code = "WF021"
	Shadowed        Code = "WF022"
	WrongType       Code = "WF023"
	WrongArity      Code = "WF024"
	MissingReturn   Code = "WF025"
	Unreachable     Code = "WF026"
	ImpureHere      Code = "WF027" // a step or effect where only pure code can stand
	BadAfter        Code = "WF028" // after of something that isn't a step above
	MaybeNone       Code = "WF029" // an optional used where it may be none
	NotExhaustive   Code = "WF030" // a match that misses a case
	UnusedResult    Code = "WF031"
	BadUndo         Code = "WF032"
	MisplacedClause Code = "WF033"
	Recursion       Code = "WF034"
	WrongPackage    Code = "WF035"
	UnknownField    Code = "WF036"
	MissingField    Code = "WF037"
	BadConstant     Code = "WF038" // a literal that doesn't fit, a constant that overflows
	NotConstant     Code = "WF039" // a clause's or default's value that must be a constant
	MisplacedStmt   Code = "WF040" // a statement that can't stand where it is
	UnusedValue     Code = "WF041" // a pure expression that isn't its block's last line
	OwedAtReturn    Code = "WF042" // an early return while undos are owed
	RepeatsEffect   Code = "WF043" // retry on a tool that is neither readonly nor idempotent
	UndoUnsure      Code = "WF044" // undo with timeout, or in parallel beside other effects
	DuplicateArm    Code = "WF045" // a pattern that an earlier one covers
	BadTypeUse      Code = "WF046" // a type that can't stand here: a map's key, a recursive struct
	GoNameClash     Code = "WF047" // two declarations that would have one Go name
	NoContext       Code = "WF048" // an empty list or none whose type nothing tells
	CannotFail      Code = "WF049" // an error that can't come where it is named
	OpenRound       Code = "WF050" // a loop's round that doesn't end with break or continue
	BadEvent        Code = "WF051" // an event's key that can't be one, or what can't be addressed from here
	BadAgent        Code = "WF052" // an agent or model that lacks what it can't do without
	NotForModel     Code = "WF053" // a type of which a model can't be asked for a value

	SwallowsAll  Code = "WF058" // an else that stands for every failure where not all can be meant
	StaysDone    Code = "WF059" // an effect without undo between one that is owed its undo and what may fail
	WaitsForEver Code = "WF060" // an await or approve that nothing bounds

	UncalledTool Code = "WF061"
	HiddenCase   Code = "WF062" // _, or an if, that takes an enum's last member, and those to come
	LeftHalfDone Code = "WF063" // effects without undo side by side
	RaceGoesOn   Code = "WF064" // an arm that waits for ever beside one that may fail
	ArmOnlyFails Code = "WF065" // an arm of a race that can't win
	StaleRead    Code = "WF066" // a cached read below an effect of the same workflow
	LimitedCall  Code = "WF067" // a call of a workflow that has a limit
	BusyLoop     Code = "WF068" // a loop without a bound in which nothing waits
	BadAllow     Code = "WF069" // a comment that allows no warning, or doesn't say why

	BadImport     Code = "WF070" // a Go package that can't be imported
	UnusedImport  Code = "WF071"
	UnknownGoName Code = "WF072" // a type or function that the Go package doesn't have
	BadGoFunc     Code = "WF073" // a Go function that can't be bound to a tool or func
	BadGoType     Code = "WF074" // a Go type whose values a workflow can't hold
	ImportCycle   Code = "WF075" // packages with .wf files that import each other
	GoMismatch    Code = "WF076" // generated Go that doesn't fit the Go around it
	ImpureFunc    Code = "WF077" // a func bound to Go that may give something else each time
	BadServer     Code = "WF078" // a pinned file of a server that can't be used, or a tool that it doesn't have
	HintedWrites  Code = "WF079" // a tool that is declared to read, of which its server says otherwise

	BadTest     Code = "WF085" // a test that runs nothing, or expects what can't be
	BadMock     Code = "WF086" // a mock of what isn't called, or can't be mocked
	UnknownStep Code = "WF087" // a step in a test that the workflow doesn't have
)
