package plan

import (
	"go/constant"
	"time"

	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// An Expr is a pure expression with its type. Names are resolved, and what the
// source leaves implicit is a node of its own: the step from T to T? (Some), the
// use of a narrowed optional (Deref), substitutions, defaults of fields.
//
//sumtype:decl
type Expr interface {
	Type() types.Type
	expr()
}

// T is embedded by expressions to hold their type.
type T struct{ Typ types.Type }

// Type is the expression's type.
func (t T) Type() types.Type { return t.Typ }

// A Const is a number, string, bool, duration (in nanoseconds) or time (its text in
// RFC 3339, in UTC).
type Const struct {
	T
	Value constant.Value
}

// Time is the value of a constant of the type time.
func (c *Const) Time() time.Time {
	t, err := time.Parse(time.RFC3339Nano, constant.StringVal(c.Value))
	if err != nil {
		panic("internal error: " + err.Error())
	}
	return t
}

// A Member is a member of an enum.
type Member struct {
	T    // the *types.Enum
	Name string
}

// A None is the empty value of an optional type, or null in an any.
type None struct{ T }

// A Some makes an optional of a value.
type Some struct {
	T
	X Expr
}

// A Deref is the value of an optional that is known not to be none.
type Deref struct {
	T
	X Expr
}

// A Var reads a variable.
type Var struct {
	T
	V *Variable
}

// A Field reads a field of a struct.
type Field struct {
	T
	X     Expr
	Field *types.Field
}

// A FailureField is message or step of err.
type FailureField struct {
	T
	X    Expr
	Name string
}

// A RunField is run.id (a string) or run.started (a time).
type RunField struct {
	T
	Name string
}

// A Path is X?.…: none where X is none, else Then with V bound to X's value. Then
// may be optional itself; its none is the Path's. T is always optional.
type Path struct {
	T
	X    Expr
	V    *Variable
	Then Expr
}

// An Index reads an element of a list, or a byte of a string; it fails where
// there is none.
type Index struct {
	T
	X, I Expr
	Pos  Pos
}

// A Lookup reads a map, or an any or any? of which the key is a string or an int: an
// optional, none where there is nothing. An any that has no JSON fails at Pos.
type Lookup struct {
	T
	X, Key Expr
	Pos    Pos
}

// OfAny tells whether it is an any, and not a map, that is read.
func (x *Lookup) OfAny() bool { return IsAny(x.X.Type()) }

// IsAny tells whether t is any or any?.
func IsAny(t types.Type) bool {
	if o, ok := t.(*types.Optional); ok {
		t = o.Elem
	}
	return types.Is(t, types.Any)
}

// A Slice is part of a list or string; it fails where the bounds don't fit.
type Slice struct {
	T
	X, Lo, Hi Expr // Lo and Hi nil where left out
	Pos       Pos
}

// A Unary is !X or -X.
type Unary struct {
	T
	Op dsl.UnaryOp
	X  Expr
}

// A Binary is X Op Y, with both operands of one type but for the arithmetic of
// times and durations (time ± duration, duration * and / a number). In, NotIn
// and Coalesce are among the operators: X in Y has a list, map or string (a
// substring) as Y; X ?? Y has an optional as X. An integer division or
// remainder by zero fails at Pos, and so does a string or list that is too large. X == Y and
// X != Y have an any or any? as X where Y is a string, number or bool.
type Binary struct {
	T
	Op   dsl.BinaryOp
	X, Y Expr
	Pos  Pos
}

// An Interp is a string with substitutions; the parts are string constants and
// values of any printable type, in order. In the text of an error a part may be
// optional: it prints none where it has no value. A string that is too large fails at
// Pos.
type Interp struct {
	T
	Parts []Expr
	Pos   Pos // none in what goes no further, as the text of an error
}

// A ListLit is [a, b].
type ListLit struct {
	T
	Elems []Expr
}

// A MapLit is map[K]V{k: v}.
type MapLit struct {
	T
	Keys, Values []Expr
}

// A StructLit makes a struct. Without a Spread each field that isn't given and
// isn't none has an entry with its default.
type StructLit struct {
	T
	Spread Expr // nil without
	Fields []FieldValue
}

// A FieldValue is a field's value in a StructLit.
type FieldValue struct {
	Field *types.Field
	X     Expr
}

// A Convert converts X to its type: between numbers, to string (numbers, bools,
// enums, times, durations as a substitution prints them), from string (int,
// float64: fails at Pos where the text is no number).
type Convert struct {
	T
	X   Expr
	Pos Pos
}

// A Widen makes a value of a union of one of its members.
type Widen struct {
	T // the *types.Union
	X Expr
}

// A Decode is decode(T, X): X is an any or a JSON text. It fails at Pos where X
// doesn't hold a T.
type Decode struct {
	T
	X   Expr
	Pos Pos
}

// Merge is the name of a Builtin that no source calls: a map of the entries of its
// arguments, of which later ones win. Each is a map, or the list of maps of a for.
const Merge = "merge"

// Rest is the name of a Builtin that no source calls: the map that is its first argument,
// in which none of the keys that are the others may be.
const Rest = "rest"

// A Builtin calls one of the language's functions; it may fail at Pos.
type Builtin struct {
	T
	Name string
	Args []Expr
	Pos  Pos
}

// A FuncCall calls a declared func. One that is bound to a Go function with an error
// as its result fails with that.
type FuncCall struct {
	T
	Func *Func
	Args []Expr
	Pos  Pos // where an error of a bound Go function is one
}

// A Keyed is sort(V in X by Key), which is stable, or group(V in X by Key). Keys that are
// too large fail at Pos.
type Keyed struct {
	T
	Name string // sort or group
	X    Expr
	V    *Variable
	Key  Expr
	Pos  Pos
}

// A PureIf is if as an expression without steps. Its Else is nil where it gives nothing, and
// has none.
type PureIf struct {
	T
	Cond       Expr
	Then, Else *Pure
}

// A PureMatch is match as an expression without steps.
type PureMatch struct {
	T
	X    Expr
	Arms []*PureArm
	Pos  Pos // where an any that has no JSON fails
}

// A PureArm is a case of a PureMatch.
type PureArm struct {
	Case
	Body *Pure
}

// A PureFor is for as an expression without steps: a list of its rounds' values. One that
// is too large fails at Pos.
type PureFor struct {
	T
	Key, Value *Variable // Key is nil where it isn't named
	X          Expr
	Where      Expr // nil without where
	Body       *Pure
	Pos        Pos
}

// A Raise ends the whole expression, and what is around it fails with X: a message or a
// declared error. It stands in what the mock of a test gives.
type Raise struct {
	T
	X Expr
}

// A Pure is a block without steps: bindings, then a value, which is nil where the block of a
// PureLoop comes to its end.
type Pure struct {
	Lets  []*PureLet
	Value Expr
}

// A PureLet is a binding in a Pure. V is nil where the value is dropped (_ := X), and where
// X gives nothing, in a PureLoop.
type PureLet struct {
	V *Variable
	X Expr
}

func (*Const) expr()        {}
func (*Member) expr()       {}
func (*None) expr()         {}
func (*Some) expr()         {}
func (*Deref) expr()        {}
func (*Var) expr()          {}
func (*Field) expr()        {}
func (*FailureField) expr() {}
func (*RunField) expr()     {}
func (*Path) expr()         {}
func (*Index) expr()        {}
func (*Lookup) expr()       {}
func (*Slice) expr()        {}
func (*Unary) expr()        {}
func (*Binary) expr()       {}
func (*Interp) expr()       {}
func (*ListLit) expr()      {}
func (*MapLit) expr()       {}
func (*StructLit) expr()    {}
func (*Convert) expr()      {}
func (*Builtin) expr()      {}
func (*Widen) expr()        {}
func (*Decode) expr()       {}
func (*FuncCall) expr()     {}
func (*Keyed) expr()        {}
func (*PureIf) expr()       {}
func (*PureMatch) expr()    {}
func (*PureFor) expr()      {}
func (*PureLoop) expr()     {}
func (*Leave) expr()        {}
func (*Raise) expr()        {}
