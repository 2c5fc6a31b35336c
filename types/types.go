// Package types holds the types of the language: what the checker works out,
// what the plan carries and what the code generators print. A Type is immutable
// once the checker has completed it. Basic types and the instances of List, Map
// and Optional compare with Identical, declared types by pointer.
package types

import (
	"slices"
	"strings"
)

// A Type is a type of the language.
//
//sumtype:decl
type Type interface {
	// String is the type as it is written in a .wf file.
	String() string
	typ()
}

// A Kind is one of the predeclared types.
type Kind int

// The predeclared types. Invalid is the type of what is unsound: it fits
// everywhere, so that one mistake is reported once. Nothing is the type of a
// call without a result. Failure is the type of err in an else block.
const (
	Invalid Kind = iota
	Nothing
	Bool
	String
	Int
	Int8
	Int16
	Int32
	Int64
	Uint
	Uint8
	Uint16
	Uint32
	Uint64
	Float32
	Float64
	Time
	Duration
	Any
	Failure
)

// A Basic is a predeclared type.
type Basic struct {
	Kind Kind
	name string
}

// Basics holds the predeclared types by Kind.
var Basics = [...]*Basic{
	{Invalid, "invalid type"}, {Nothing, "nothing"}, {Bool, "bool"}, {String, "string"},
	{Int, "int"}, {Int8, "int8"}, {Int16, "int16"}, {Int32, "int32"}, {Int64, "int64"},
	{Uint, "uint"}, {Uint8, "uint8"}, {Uint16, "uint16"}, {Uint32, "uint32"}, {Uint64, "uint64"},
	{Float32, "float32"}, {Float64, "float64"},
	{Time, "time"}, {Duration, "duration"}, {Any, "any"}, {Failure, "error"},
}

// Lookup gives the predeclared type that a name in a .wf file means, or nil. byte
// and rune are uint8 and int32, as in Go.
func Lookup(name string) *Basic {
	switch name {
	case "byte":
		return Basics[Uint8]
	case "rune":
		return Basics[Int32]
	}
	for k := Bool; k <= Any; k++ {
		if Basics[k].name == name {
			return Basics[k]
		}
	}
	return nil
}

// A List is []Elem.
type List struct{ Elem Type }

// A Map is map[Key]Elem.
type Map struct{ Key, Elem Type }

// An Optional is Elem?.
type Optional struct{ Elem Type }

// A Struct is a declared struct type or a declared error type.
type Struct struct {
	Name   string // as declared
	GoName string
	Doc    string
	Fields []*Field
	// Error tells that the type was declared with error: its values are failures
	// of tools, and pointers to it are Go errors.
	Error bool
	// Member tells that the type is a member of a union.
	Member bool
	// Package is set where the type is another package's.
	Package *Package
}

// TimedOut is the predeclared error of a step or sub-workflow whose timeout has
// passed.
var TimedOut = &Struct{
	Name: "TimedOut", GoName: "TimedOut", Error: true, Package: &Package{Path: "github.com/wfgen/wfgen/runtime"},
}

// Rejected is the predeclared error of an approve that was answered with no.
var Rejected = &Struct{
	Name: "Rejected", GoName: "Rejected", Error: true, Package: TimedOut.Package,
	Fields: []*Field{text("by"), text("note")},
}

// Interrupted is the predeclared error of an attempt of which a crash leaves unknown
// whether it has happened, and which must not happen twice.
var Interrupted = &Struct{Name: "Interrupted", GoName: "Interrupted", Error: true, Package: TimedOut.Package}

// CircuitOpen is the predeclared error of a call that the breaker of its tool has refused.
var CircuitOpen = &Struct{Name: "CircuitOpen", GoName: "CircuitOpen", Error: true, Package: TimedOut.Package}

// Spent is the predeclared error of an agent whose budget has no room for a further turn. It
// says what was used.
var Spent = &Struct{
	Name: "Spent", GoName: "Spent", Error: true, Package: TimedOut.Package,
	Fields: []*Field{
		{Name: "turns", GoName: "Turns", Type: Basics[Int]}, {Name: "tokens", GoName: "Tokens", Type: Basics[Int]},
		{Name: "dollars", GoName: "Dollars", Type: Basics[Float64]},
	},
}

// Refused is the predeclared error of an agent whose models have all refused to reply.
var Refused = &Struct{
	Name: "Refused", GoName: "Refused", Error: true, Package: TimedOut.Package,
	Fields: []*Field{text("message")},
}

// Unfit is the predeclared error of an agent whose models have given no reply that is a
// result. Its message says what was wrong with the last.
var Unfit = &Struct{
	Name: "Unfit", GoName: "Unfit", Error: true, Package: TimedOut.Package,
	Fields: []*Field{text("message")},
}

// Approval is the predeclared type of what approve gives.
var Approval = &Struct{
	Name: "Approval", GoName: "Approval", Package: TimedOut.Package,
	Fields: []*Field{text("by"), {Name: "at", GoName: "At", Type: Basics[Time]}, text("note")},
}

// Predeclared are the struct types that the language declares, errors among them.
var Predeclared = []*Struct{TimedOut, Rejected, Interrupted, CircuitOpen, Approval, Spent, Refused, Unfit}

// LeavesOpen tells of a declared error whether what has failed with it may have happened all
// the same: of a call that is refused after other attempts, these may have.
func LeavesOpen(err *Struct) bool { return err == TimedOut || err == Interrupted || err == CircuitOpen }

func text(name string) *Field {
	return &Field{Name: name, GoName: Exported(name), Type: Basics[String]}
}

// A Run is the type of the id of an execution that a workflow has started: a string
// that knows what the execution gives.
type Run struct {
	Workflow string
	Result   Type // Nothing where it gives nothing
}

// A Package is an imported Go package.
type Package struct {
	Path string // as imported
	Name string // as the package itself says; empty for the language's own
}

// A Union is a declared union of struct types.
type Union struct {
	Name    string
	GoName  string
	Doc     string
	Members []*Struct
	// Package is set where the type is another package's.
	Package *Package
}

// Has tells whether the union has the member.
func (u *Union) Has(s *Struct) bool { return slices.Contains(u.Members, s) }

// A Go is a type of an imported Go package that isn't a type of the language: a
// workflow can pass its values on, and read the exported fields of a struct.
type Go struct {
	Package *Package
	Path    string // of its package, also where Package is nil: of the one that names it
	Name    string
	Fields  []*Field // the exported fields of a struct, with Name equal to GoName
	// Hidden are those of its exported fields whose types have no place in the language.
	Hidden []Hidden
	// Under is the language's type below a named number, string or bool: constants
	// take the type as in Go, and it converts. Nil for all other types.
	Under *Basic
	// Struct tells that it is a struct, whose literals a workflow can write.
	Struct bool
	// Comparable tells that Go's == compares its values.
	Comparable bool
}

// A Hidden is a field of a Go struct that a workflow can't read.
type Hidden struct{ Name, Why string }

// Field gives the field of that name, or nil.
func (g *Go) Field(name string) *Field {
	for _, f := range g.Fields {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// Field gives the field of that name, or nil.
func (s *Struct) Field(name string) *Field {
	for _, f := range s.Fields {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// Rest gives the field that holds the keys which are no other field's, or nil.
func (s *Struct) Rest() *Field {
	if n := len(s.Fields); n > 0 && s.Fields[n-1].Rest {
		return s.Fields[n-1]
	}
	return nil
}

// Reserved are the keys that may not stand among those which Rest holds: the fields', and
// "type" where the struct is a member of a union, whose values have their member there.
func (s *Struct) Reserved() []string {
	var keys []string
	for _, f := range s.Fields {
		if !f.Rest {
			keys = append(keys, f.Key())
		}
	}
	if s.Member {
		keys = append(keys, "type")
	}
	return keys
}

// A Field is a field of a Struct.
type Field struct {
	Name   string // as declared
	JSON   string // the key in JSON; empty where that is Name
	GoName string
	Doc    string
	Type   Type
	// HasDefault tells that a literal may leave the field out though its type
	// isn't optional. The value itself is an expression, which the checker's and
	// the plan's declarations hold.
	HasDefault bool
	// Rest tells of the last field of a struct that it holds the keys of the JSON object
	// which are no other field's. It has none of its own.
	Rest bool
	// HasWhere tells that the field has a constraint.
	HasWhere bool
	// Promoted tells of a field of a Go type that it is one of an embedded struct: it
	// is read like the others, but a literal can't give it.
	Promoted bool
	// Named tells of a field of a Go type that its list or map has a name of its own
	// in Go.
	Named bool
}

// Key is the field's key in JSON; empty for one that holds what is under all others.
func (f *Field) Key() string {
	switch {
	case f.Rest:
		return ""
	case f.JSON != "":
		return f.JSON
	}
	return f.Name
}

// An Enum is a declared type of named strings.
type Enum struct {
	Name    string
	GoName  string
	Doc     string
	Members []string
	// Package is set where the type is another package's.
	Package *Package
}

// Has tells whether the enum has the member.
func (e *Enum) Has(member string) bool {
	for _, m := range e.Members {
		if m == member {
			return true
		}
	}
	return false
}

// GoMember is the name of a member's constant in Go: TierGold.
func (e *Enum) GoMember(member string) string { return e.GoName + Exported(member) }

// Spelled is a type as a message says it: String, with parentheses where a ? might be taken
// for one of all that stands before it. map[string](int?) is no (map[string]int)?.
func Spelled(t Type) string {
	switch t := t.(type) {
	case *List:
		return "[]" + spelledElem(t.Elem)
	case *Map:
		return "map[" + t.Key.String() + "]" + spelledElem(t.Elem)
	case *Optional:
		switch t.Elem.(type) {
		case *List, *Map:
			return "(" + Spelled(t.Elem) + ")?"
		}
	}
	return t.String()
}

func spelledElem(t Type) string {
	o, ok := t.(*Optional)
	if !ok {
		return Spelled(t)
	}
	switch o.Elem.(type) {
	case *List, *Map:
		return Spelled(t)
	}
	return "(" + Spelled(t) + ")"
}

func (b *Basic) String() string { return b.name }
func (l *List) String() string  { return "[]" + l.Elem.String() }
func (m *Map) String() string   { return "map[" + m.Key.String() + "]" + m.Elem.String() }
func (o *Optional) String() string {
	switch o.Elem.(type) {
	case *List, *Map:
		return "(" + o.Elem.String() + ")?"
	}
	return o.Elem.String() + "?"
}
func (s *Struct) String() string { return qualified(s.Package, s.Name) }
func (u *Union) String() string  { return qualified(u.Package, u.Name) }
func (e *Enum) String() string   { return qualified(e.Package, e.Name) }
func (g *Go) String() string     { return qualified(g.Package, g.Name) }
func (r *Run) String() string    { return "run of " + r.Workflow }

func qualified(p *Package, name string) string {
	if p == nil || p.Name == "" {
		return name
	}
	return p.Name + "." + name
}

func (*Basic) typ()    {}
func (*List) typ()     {}
func (*Map) typ()      {}
func (*Optional) typ() {}
func (*Struct) typ()   {}
func (*Enum) typ()     {}
func (*Union) typ()    {}
func (*Go) typ()       {}
func (*Run) typ()      {}

// Identical tells whether a and b are the same type.
func Identical(a, b Type) bool {
	switch a := a.(type) {
	case *List:
		b, ok := b.(*List)
		return ok && Identical(a.Elem, b.Elem)
	case *Map:
		b, ok := b.(*Map)
		return ok && Identical(a.Key, b.Key) && Identical(a.Elem, b.Elem)
	case *Optional:
		b, ok := b.(*Optional)
		return ok && Identical(a.Elem, b.Elem)
	case *Run:
		b, ok := b.(*Run)
		return ok && a.Workflow == b.Workflow && Identical(a.Result, b.Result)
	}
	return a == b
}

// Is tells whether t is the predeclared type of that kind.
func Is(t Type, k Kind) bool {
	b, ok := t.(*Basic)
	return ok && b.Kind == k
}

// IsInteger tells whether t is one of the integer types.
func IsInteger(t Type) bool {
	b, ok := t.(*Basic)
	return ok && b.Kind >= Int && b.Kind <= Uint64
}

// IsFloat tells whether t is float32 or float64.
func IsFloat(t Type) bool { return Is(t, Float32) || Is(t, Float64) }

// IsNumeric tells whether t is an integer or floating-point type. A duration
// isn't: it has arithmetic of its own.
func IsNumeric(t Type) bool { return IsInteger(t) || IsFloat(t) }

// IsOrdered tells whether < and the like apply: numbers, strings, durations, times.
func IsOrdered(t Type) bool {
	return IsNumeric(t) || Is(t, String) || Is(t, Duration) || Is(t, Time)
}

// IsComparable tells whether == applies: everything but lists, maps, any, and
// what holds one.
func IsComparable(t Type) bool { return isComparable(t, map[*Struct]bool{}) }

// isComparable takes the structs that have been looked at: one may hold itself by an
// optional.
func isComparable(t Type, seen map[*Struct]bool) bool {
	switch t := t.(type) {
	case *List, *Map:
		return false
	case *Optional:
		return isComparable(t.Elem, seen)
	case *Struct:
		if seen[t] {
			return true
		}
		seen[t] = true
		for _, f := range t.Fields {
			if !isComparable(f.Type, seen) {
				return false
			}
		}
	case *Union:
		for _, m := range t.Members {
			if !isComparable(m, seen) {
				return false
			}
		}
	case *Go:
		return t.Comparable
	case *Basic:
		return t.Kind != Any && t.Kind != Failure && t.Kind != Nothing
	}
	return true
}

// GoComparable tells whether Go's own == gives the language's answer: optionals
// (pointers in Go) and times need a comparison of their own.
func GoComparable(t Type) bool { return goComparable(t, map[*Struct]bool{}) }

func goComparable(t Type, seen map[*Struct]bool) bool {
	switch t := t.(type) {
	case *Struct:
		if seen[t] {
			return true
		}
		seen[t] = true
		for _, f := range t.Fields {
			if !goComparable(f.Type, seen) {
				return false
			}
		}
		return true
	case *Basic:
		return IsComparable(t) && t.Kind != Time
	case *Union:
		for _, m := range t.Members {
			if !goComparable(m, seen) {
				return false
			}
		}
		return true
	case *Go:
		return t.Comparable
	case *Enum, *Run:
		return true
	}
	return false
}

// HoldsItself tells whether a value of a struct type may hold another one through
// optionals and structs alone, so that one from Go may hold itself by its pointers.
func HoldsItself(s *Struct) bool {
	seen := map[*Struct]bool{}
	var reaches func(Type) bool
	reaches = func(t Type) bool {
		switch t := t.(type) {
		case *Optional:
			return reaches(t.Elem)
		case *Struct:
			if seen[t] {
				return t == s
			}
			seen[t] = true
			return slices.ContainsFunc(t.Fields, func(f *Field) bool { return reaches(f.Type) })
		}
		return false
	}
	return reaches(s)
}

// Under gives the type below a named Go number, string or bool, the string that the id
// of a run is, and any other type itself.
func Under(t Type) Type {
	if _, id := t.(*Run); id {
		return Basics[String]
	}
	if g, ok := t.(*Go); ok && g.Under != nil {
		return g.Under
	}
	return t
}

// IsExact tells whether the JSON of a value of the type, where it has one, is read as an
// equal value: not of any, of which JSON makes a map where it was a struct, and not of
// Go's own types, of which nobody knows.
func IsExact(t Type) bool { return isExact(t, map[*Struct]bool{}) }

func isExact(t Type, seen map[*Struct]bool) bool {
	switch t := t.(type) {
	case *Basic:
		return t.Kind != Any
	case *List:
		return isExact(t.Elem, seen)
	case *Map:
		return isExact(t.Key, seen) && isExact(t.Elem, seen)
	case *Optional:
		return isExact(t.Elem, seen)
	case *Struct:
		if seen[t] {
			return true
		}
		seen[t] = true
		return !slices.ContainsFunc(t.Fields, func(f *Field) bool { return !isExact(f.Type, seen) })
	case *Union:
		return !slices.ContainsFunc(t.Members, func(m *Struct) bool { return !isExact(m, seen) })
	case *Go:
		return false
	}
	return true
}

// IsMapKey tells whether t can be the key of a map: strings, integers, bools and
// enums, and Go's named ones.
func IsMapKey(t Type) bool {
	_, enum := t.(*Enum)
	t = Under(t)
	return enum || Is(t, String) || Is(t, Bool) || IsInteger(t)
}

// initialisms are the words that Go writes in capitals, by the convention of its
// code review comments.
var initialisms = map[string]bool{
	"acl": true, "api": true, "ascii": true, "cpu": true, "css": true, "dns": true, "eof": true,
	"guid": true, "html": true, "http": true, "https": true, "id": true, "ip": true, "json": true,
	"qps": true, "ram": true, "rpc": true, "sla": true, "smtp": true, "sql": true, "ssh": true,
	"tcp": true, "tls": true, "ttl": true, "udp": true, "ui": true, "uid": true, "uri": true,
	"url": true, "utf8": true, "uuid": true, "vm": true, "xml": true, "xsrf": true, "xss": true,
}

// Exported gives the exported Go name for a name of the language: orderId is
// OrderID, gold is Gold, sku_code is SkuCode.
func Exported(name string) string {
	var b strings.Builder
	for _, word := range words(name) {
		if initialisms[strings.ToLower(word)] {
			b.WriteString(strings.ToUpper(word))
			continue
		}
		r := []rune(word)
		b.WriteString(strings.ToUpper(string(r[:1])))
		b.WriteString(string(r[1:]))
	}
	return b.String()
}
