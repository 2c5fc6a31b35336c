// Package plan holds the checked and scheduled program, free of syntax: what a
// workflow does, step by step, in which order, and what it computes in between.
// It is made from a checked program by Make, is never changed afterwards, and is
// all that a backend reads: the Go generator, the graphs, an interpreter. No
// backend works out order again: see Schedule.
package plan

import (
	"slices"
	"strconv"
	"time"

	"github.com/wfgen/wfgen/types"
)

// A Program is a package of workflows.
type Program struct {
	Package string
	// Files are the names of the .wf files, without directories, sorted.
	Files     []string
	Structs   []*Struct // declared types and errors
	Unions    []*Union
	Enums     []*Enum
	Events    []*Event
	Tools     []*Tool
	Models    []*Model
	Funcs     []*Func
	Workflows []*Workflow
	Tests     []*Test
	// Needs are the other packages whose tools the workflows reach, sorted by path.
	Needs []*types.Package
	// Imported are the plans of the packages whose workflows are called, by path.
	Imported map[string]*Program
}

// A Pos is a place in a .wf file: lines and columns (in characters) from 1.
type Pos struct {
	File      string // the file's name without its directory
	Line, Col int
}

// A Struct is a declared struct type with its defaults and constraints.
type Struct struct {
	Type *types.Struct
	Pos  Pos
	// Defaults holds, in the order of the fields, a constant expression for each
	// field that has a default, else nil.
	Defaults []Expr
	// Wheres are the constraints in the order of the fields.
	Wheres []*Where
	// Vars are the variables by which constraints and Text name the fields, in the
	// order of the fields.
	Vars []*Variable
	// Text is what a declared error says of itself; nil for other types.
	Text Expr
}

// A Where is the constraint of a field.
type Where struct {
	Field *types.Field
	Cond  Expr
	Text  string // the condition as written, white space folded
}

// A Union is a declared union.
type Union struct {
	Type *types.Union
	Pos  Pos
}

// An Enum is a declared enum.
type Enum struct {
	Type *types.Enum
	Pos  Pos
}

// An Event is a declared event.
type Event struct {
	Name string
	Doc  string
	// Type is the struct of its keys, which are the first Keys fields, and its payload.
	Type *types.Struct
	Keys int
	// Keep is how long one that nobody awaits is kept.
	Keep time.Duration
	// All tells that each execution that awaits it is given it, not one alone.
	All bool
	Pos Pos
}

// A Tool is a declared tool.
type Tool struct {
	Name, GoName string
	Doc          string
	Params       []*Variable
	Result       types.Type // types.Nothing where it gives nothing
	Effect       Effect
	// Fails are the declared errors of which the tool keeps the type.
	Fails []*types.Struct
	// Guard is what stands before its calls; nil for nothing. It is in no fingerprint: what
	// is recorded means the same with it and without.
	Guard *Guard
	// Go is the Go function that the tool is bound to; nil where it is a method of
	// the interface of tools.
	Go *GoFunc
	// Remote is the tool of a server that it calls; nil where it is none. To workflows it is a
	// method of the interface of tools like any other.
	Remote *Remote
	Pos    Pos
}

// A Remote is a tool of a server of the Model Context Protocol.
type Remote struct {
	Server, Tool string
	Pinned       string   // its schemas, as JSON
	Names        []string // of the parameters, in JSON
}

// A Guard is what stands before the calls of a tool, whoever makes them.
type Guard struct {
	AtOnce, Rate *Limit        // nil for none
	Breaker      *Breaker      // nil for none
	Cache        time.Duration // how long a result is kept; 0 for not at all
}

// A Limit lets N calls go on at once or, with Per, begin within any such time.
type Limit struct {
	N   int
	Per time.Duration
	// By is the index of the parameter by whose value it counts; -1 where all count together.
	By int
}

// A Breaker refuses calls for as long as Open says, once N have failed within Per.
type Breaker struct {
	N         int
	Per, Open time.Duration
}

// A GoFunc is an existing Go function that a tool or func is bound to.
type GoFunc struct {
	Package *types.Package // nil where it is of the package itself
	Name    string
	Context bool // its first parameter is a context.Context
	Error   bool // its last result is an error
	Pointer bool // it gives *T where the tool gives T
	// Hook tells that it is a variable of the generated code, for mocks.
	Hook bool
	// Exact tells that its parameters and results are, in Go, what the tool's or func's
	// types are: a list or map of it may have a name of its own else.
	Exact bool
}

// A Func is a declared pure function.
type Func struct {
	Name, GoName string
	Doc          string
	Params       []*Variable
	Result       types.Type
	Body         *Pure   // nil where Go isn't
	Go           *GoFunc // nil where the func is written in the language
	Pos          Pos
}

// A Workflow is a workflow with its schedule.
type Workflow struct {
	Name, GoName string
	Doc          string
	Params       []*Variable
	Result       types.Type    // types.Nothing where it gives nothing
	Version      int           // 1 where none is stated
	Timeout      time.Duration // of the whole; 0 for none
	AtOnce       *AtOnce       // nil where any number of executions may go on at once
	// Package is set where the workflow is another package's. Params and Result are as
	// this package sees them then, Body and Tools as that one does.
	Package *types.Package
	// Needs are the other packages whose tools it reaches through their workflows,
	// sorted by path.
	Needs  []*types.Package
	Effect Effect // the strongest that it holds
	// Tools are those that the workflow reaches, through sub-workflows too, in
	// the order of their declarations.
	Tools []*Tool
	// Models are those that it, or an agent that it reaches, asks, in the order of their
	// declarations. Those of other packages are among their tools.
	Models []*Model
	// NeedsEngine tells that it, or a workflow that it calls, holds a step that only a
	// durable execution can do: a Durable, or a Loop without a bound. One with a limit
	// does, too, as only an engine holds that.
	NeedsEngine bool
	Body        *Block
	Pos         Pos
}

// An AtOnce is how many executions of a workflow go on at once.
type AtOnce struct {
	N int
	// By is the index of the parameter by whose value it counts; -1 where all count together.
	By int
	// Full is refuse or replace, which says what becomes of one for which there is no place;
	// empty where it waits.
	Full string
}

// Limit is the clause that says so; empty where none does.
func (w *Workflow) Limit() string {
	a := w.AtOnce
	if a == nil {
		return ""
	}
	text := "limit " + strconv.Itoa(a.N) + " at once"
	if a.By >= 0 {
		text += " by " + w.Params[a.By].Name
	}
	if a.Full != "" {
		text += " " + a.Full
	}
	return text
}

// An Effect is what a step may change. They are ordered by strength.
type Effect int

// The effects.
const (
	PureEffect Effect = iota
	Readonly
	Idempotent
	Once // must not happen twice
)

// String is pure, readonly, idempotent or effect.
func (e Effect) String() string {
	return [...]string{"pure", "readonly", "idempotent", "effect"}[e]
}

// A Variable is a name that is bound once: a parameter, a binding, a loop's
// variable. Two variables are the same only if they are the same pointer; their
// names may be equal.
type Variable struct {
	Name string
	Type types.Type
}

// A Block is a list of steps with its order.
type Block struct {
	// Nodes are the block's steps and bindings as written from top to bottom,
	// the calls inside an expression before what uses them.
	Nodes []*Node
	// Value is the block's value, computed when all nodes are done; nil where it
	// has none.
	Value Expr
	// Parallel tells that order inside is data and "after" alone.
	Parallel bool
	// Exits tells that the block's end can't be reached: it ends in return, fail,
	// break or continue on every path.
	Exits bool
	// Schedule says how the nodes are run.
	Schedule Schedule
}

// A Node is one step, guard or binding of a block.
type Node struct {
	// ID is the step's id inside what holds it: reservation, Notify#2, if.then is
	// a prefix of its steps' own Path.
	ID string
	// Path is the id from the workflow's root, with [] where a loop's index
	// stands: parcels[].Ship.
	Path string
	// Frame is the id from the nearest enclosing loop's round, or attempt at a try that has
	// retries (or the root): what a runtime appends to the path of that. For parcels[].Ship it
	// is Ship.
	Frame string
	Pos   Pos
	// Text is the line of the source that Pos is on, without comments.
	Text string
	Op   Op
	// Binds is the variable that holds the node's result; nil where it has none.
	// It may be one without a name in the source (the call inside an expression),
	// whose Name is then a suggestion.
	Binds *Variable
	// Effect is the strongest effect that the node holds.
	Effect Effect
	// Uses are the variables that the node reads, nested blocks included, that are
	// bound outside of it, in order of first use, each once.
	Uses []*Variable
	// Read tells that somebody reads what the node binds. Where nobody does it is run all
	// the same, as it may fail, and the result dropped.
	Read bool

	// Inline tells that the node is a binding too small to be scheduled: it holds
	// neither a call nor a walk over a list. It has no place in the order; who
	// uses it waits for what it uses. The fields below are empty.
	Inline bool
	// After are the node's direct predecessors, reduced transitively, in the
	// order of the block.
	After []*Node
	// Group is the node's level: 0 where it has no predecessor, else one more than
	// the highest of its predecessors'.
	Group int
	// Chain is the goroutine that runs the node; 0 is the caller's own.
	Chain int
	// Owed are the paths of the undos that may be run, from the last to the first,
	// if the node fails and nothing catches it: those of what has succeeded before
	// it, in any branch and round, and the early ones of what has failed.
	Owed []string
	// Seat is where the node stands, from 1, among those of its workflow that owe undos
	// and the loops around them, as they are written; 0 for others, and where no undos
	// are owed side by side. See seat.
	Seat int
	// Exits tells that the node holds a return for this workflow, or a break or
	// continue for a loop around it: nothing runs beside it.
	Exits bool
}

// An Op is what a node does.
//
//sumtype:decl
type Op interface{ op() }

// A Call calls a tool or a workflow; one of Tool and Workflow is set.
type Call struct {
	Tool     *Tool
	Workflow *Workflow
	Args     []Expr
	Retry    *Retry
	Timeout  time.Duration // of one attempt; 0 for none
	Else     *Else         // nil for none
	Undo     *Undo         // nil for none
}

// A Filter says which events are awaited. It is asked by the engine, which needn't have the
// execution in memory.
type Filter struct {
	Event *Variable // as Cond calls the event
	// Captured are what Cond knows of the workflow, and Args their values in it, which are
	// recorded with what is awaited. Cond reads no other variables of outside.
	Captured []*Variable
	Args     []Expr
	Cond     Expr
	Text     string // of Cond, as written
}

// A Durable is a step that only a durable execution can do. Fields that mean nothing
// to the kind of step are empty.
type Durable struct {
	Kind  DurableKind
	Event *Event // that is awaited or emitted
	// Workflow is the one that is started, of the same program.
	Workflow *Workflow
	// Args are the keys of what is awaited, the id of the run, the text and by whom it
	// is approved, the event that is emitted, the arguments of what is started.
	Args    []Expr
	Timeout Expr // a duration or, with Until, a time; nil for as long as it takes
	Until   bool
	Filter  *Filter // which events are awaited; nil for all
	Else    *Else   // nil for none
	Result  types.Type
	// Played is the step as a tool that mocks play. Its name is what they call all such
	// steps: the event's, the started workflow's, or approve. Each step that awaits a run
	// has one of its own.
	Played *Tool
}

// A DurableKind says what a Durable does.
type DurableKind int

// The kinds of Durables.
const (
	AwaitEvent DurableKind = iota
	AwaitRun
	Emit
	Approve
	StartRun
)

// String is the kind as graphs show it.
func (k DurableKind) String() string {
	return [...]string{"await", "await", "emit", "approve", "start"}[k]
}

// A Retry says how a failed call is tried again.
type Retry struct {
	Times    int           // further attempts after the first
	Min, Max time.Duration // bounds of the pauses, doubling from Min; 0 with At
	At       []time.Duration
	// On are the declared errors of the tool that are retried too.
	On []*types.Struct
	// Others are the further ones of several retries, each for its On alone and counted
	// apart.
	Others []*Retry
}

// All are the retry and its Others.
func (r *Retry) All() []*Retry { return append([]*Retry{r}, r.Others...) }

// An Else is what stands in for a call whose attempts have all failed.
type Else struct {
	// Err is the variable err; nil where Body doesn't use it.
	Err *Variable
	// Body's value stands in for the call's. Body.Value is nil where the failure
	// of a call without a result is dropped.
	Body *Block
}

// A Try is try … else …, with steps inside. What Body owes in undos is run before
// Else if Body fails, and before each further attempt at it.
type Try struct {
	Body  *Block
	Retry *Retry // nil where the body is tried once
	Else  *Else  // nil for none
}

// A Finally is the block that a workflow runs last: when what it owes is run, whatever it ends
// with. It stands as the last node of its workflow's body, which does nothing there.
type Finally struct {
	Err  *Variable // the failure that the workflow ends with, as an optional; nil where Body doesn't use it
	Body *Block
}

// A Race is race …: its arms start together, the first to succeed gives the
// value, the others are cancelled, waited for, and undone.
type Race struct {
	Arms []*Block
	// IDs are the arms' ids within the race: an arm's label, the id of its step where it is
	// a single one, else one that is numbered.
	IDs []string
}

// A Loop is loop …: rounds, one after the other, of which each ends with Break, with
// Continue or, without a state, at its end.
type Loop struct {
	State *Variable // the state of a round, and in Else the last one; nil without a state
	Init  Expr      // nil without a state
	// Max is the most rounds; nil where there is no bound, and where the loop goes over X.
	Max Expr
	// X is the list or map that the rounds go over; nil where they are counted. Key is the
	// index or map key, nil where it isn't named; Value the element.
	X          Expr
	Key, Value *Variable
	Where      Expr // nil without where
	Body       *Block
	// Else is what comes after the last round where none broke; nil where there is none,
	// and where the loop fails after Max rounds. What a loop over X does where nothing is
	// written is written out.
	Else *Block
}

// Unbounded tells that there is no last round.
func (l *Loop) Unbounded() bool { return l.Max == nil && l.X == nil }

// Endless tells that the loop is left by return alone.
func (l *Loop) Endless() bool { return l.Unbounded() && !l.Breaks() }

// Breaks tells whether a round may break.
func (l *Loop) Breaks() bool { return breaks(l.Body) }

func breaks(b *Block) bool {
	return slices.ContainsFunc(b.Nodes, func(n *Node) bool {
		if !n.Exits {
			return false
		}
		switch op := n.Op.(type) {
		case *Break:
			return true
		case *Loop: // whose rounds break it
			return op.Else != nil && breaks(op.Else)
		}
		return slices.ContainsFunc(Blocks(n.Op), breaks)
	})
}

// A Break ends the nearest Loop with the value X, nil in one without a value. A
// Continue ends its round with X as the state of the next, nil in one without a state.
type (
	Break    struct{ X Expr }
	Continue struct{ X Expr }
)

// A Now is now(): a recorded read of the clock. A UUID is uuid(): a recorded
// random UUID.
type (
	Now  struct{}
	UUID struct{}
)

// An Undo is the call that takes another back.
type Undo struct {
	Tool     *Tool
	Workflow *Workflow
	Args     []Expr
	// Early tells that it is owed from before the call that it takes back.
	Early bool
	// Finally tells that it is run on every way out: a commit keeps it, and it doesn't pass
	// to callers.
	Finally bool
	// Retry and Timeout are the undone tool's own.
	Retry   *Retry
	Timeout time.Duration
	// Result is the variable by which Args name the result of the call that is
	// taken back; nil where they don't. It is not the node's Binds: with an else
	// clause they differ.
	Result *Variable
	ID     string // relative to the node's block: reservation.undo
	Seat   int    // that of its node
	Path   string
	Frame  string
	Pos    Pos
}

// A Let is a pure binding; X is also the value that a Discard drops.
type Let struct{ X Expr }

// An If is if … else …, with steps inside.
type If struct {
	Cond       Expr
	Then, Else *Block // Else is nil without else
}

// A Match is match …, with steps inside.
type Match struct {
	X    Expr
	Arms []*Arm
	Pos  Pos // where an any that has no JSON fails
}

// An Arm is one case of a Match.
type Arm struct {
	Case
	Body *Block
}

// A Case is what an arm of a match matches.
type Case struct {
	// Pattern is a constant; nil for _ and where Member or Kind is set.
	Pattern Expr
	// Member is the union's member or the declared error that the arm matches.
	Member *types.Struct
	// Kind is the kind of an any that the arm matches: string, bool, float64, []any or
	// map[string]any.
	Kind types.Type
	// Binds holds the Member, or what is of the Kind; nil where it isn't used.
	Binds *Variable
}

// Type is the type that the arm matches, and its variable has; nil where it matches what is
// equal to its pattern, or all.
func (c Case) Type() types.Type {
	if c.Member != nil {
		return c.Member
	}
	return c.Kind
}

// A For is for …, with steps inside.
type For struct {
	// Key is the index or map key, nil where it isn't named; Value the element.
	Key, Value *Variable
	X          Expr
	Where      Expr // nil without where
	Parallel   bool
	Limit      Expr // rounds at once; nil for all
	Body       *Block
}

// A Parallel is parallel { … }. Names that its block binds are visible after it.
type Parallel struct{ Body *Block }

// A Validate is a guard: it fails where Cond is false.
type Validate struct {
	Cond    Expr
	Message Expr // never nil: the condition's text where none was written
}

// A Fail ends what holds it with an error: X is a message, a declared error, or
// an err (of type types.Failure).
type Fail struct{ X Expr }

// A Return ends the workflow with X, nil in one without a result.
type Return struct{ X Expr }

// A Wait waits for the duration or, with Until, the time X.
type Wait struct {
	Until bool
	X     Expr
}

// A Commit drops what is owed in undos, a Rollback runs it.
type (
	Commit   struct{}
	Rollback struct{}
)

// A Log reports Message as an event.
type Log struct{ Message Expr }

func (*Call) op()     {}
func (*Durable) op()  {}
func (*Let) op()      {}
func (*If) op()       {}
func (*Match) op()    {}
func (*For) op()      {}
func (*Parallel) op() {}
func (*Validate) op() {}
func (*Fail) op()     {}
func (*Return) op()   {}
func (*Wait) op()     {}
func (*Commit) op()   {}
func (*Rollback) op() {}
func (*Log) op()      {}
func (*Try) op()      {}
func (*Finally) op()  {}
func (*Race) op()     {}
func (*Loop) op()     {}
func (*Break) op()    {}
func (*Continue) op() {}
func (*Now) op()      {}
func (*UUID) op()     {}
