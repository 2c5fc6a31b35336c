package codegen

import (
	"go/token"
	"strconv"
	"strings"
	"unicode"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/types"
)

// A scope holds the Go names that are taken in a block, and through its parent
// those of the blocks around it.
type scope struct {
	parent *scope
	taken  map[string]bool
	// fixed tells that the names are none of a workflow's: Go's own, those of
	// packages and declarations, and those that generated code uses for itself.
	fixed bool
	// locals are all names that variables of the function have, in whichever of its
	// blocks; nil outside of functions.
	locals map[string]bool
}

func newScope(parent *scope) *scope {
	s := &scope{parent: parent, taken: map[string]bool{}}
	if parent != nil {
		s.locals = parent.locals
	}
	return s
}

func (s *scope) has(name string) bool {
	for ; s != nil; s = s.parent {
		if s.taken[name] {
			return true
		}
	}
	return false
}

func (s *scope) hasFixed(name string) bool {
	for ; s != nil; s = s.parent {
		if s.fixed && s.taken[name] {
			return true
		}
	}
	return token.IsKeyword(name)
}

// take reserves a name like the one wanted: that one, with Value behind it where
// it means something in Go or to the generated code, or with a number where it is
// taken in this function.
func (s *scope) take(want string) string {
	if s.hasFixed(want) {
		want += "Value"
	}
	name := want
	for i := 2; s.has(name); i++ {
		name = want + strconv.Itoa(i)
	}
	s.taken[name] = true
	if s.locals != nil {
		s.locals[name] = true
	}
	return name
}

// outside takes a name of the package for what a function is the first to use: with more
// behind it where that is taken, or where a variable of the function would hide it. Those
// that come later keep clear of it.
func (b *body) outside(want, more string) string {
	for b.scope.hasFixed(want) || b.scope.locals[want] {
		want += more
	}
	b.g.names.taken[want] = true
	return want
}

// ours are the names that generated functions use for themselves.
var ours = []string{"ctx", "tools", "err", "check", "returned"}

// frameName is what the frame is called in a function in which users' variables have the
// names used: f, which yields to what a user has called so.
func (g *generator) frameName(used map[string]bool) string {
	names := &scope{parent: g.names, taken: used}
	if !names.has("f") {
		return "f"
	}
	return newScope(names).take("frame")
}

// namesIn are the names of the variables of a workflow, as far as somebody reads them.
func namesIn(w *plan.Workflow) map[string]bool {
	used := map[string]bool{}
	nameVars(used, w.Params)
	plan.Inspect(w.Body, func(n *plan.Node) {
		if n.Binds != nil {
			used[n.Binds.Name] = true
		}
	}, nameRead(used))
	return used
}

// namesOf are those of a func.
func namesOf(f *plan.Func) map[string]bool {
	used := map[string]bool{}
	nameVars(used, f.Params)
	f.Body.Walk(nameRead(used))
	return used
}

func nameVars(used map[string]bool, vars []*plan.Variable) {
	for _, v := range vars {
		used[v.Name] = true
	}
}

func nameRead(used map[string]bool) func(plan.Expr) {
	return func(x plan.Expr) {
		if v, ok := x.(*plan.Var); ok {
			used[v.V.Name] = true
		}
	}
}

// checking are the names that the function uses for itself which looks at a value that
// comes in: a constraint may call funcs.
var checking = []string{"c", "v"}

// predeclared are Go's own names, which a local one would hide.
var predeclared = []string{
	"any", "bool", "byte", "comparable", "complex64", "complex128", "error", "float32", "float64",
	"int", "int8", "int16", "int32", "int64", "rune", "string", "uint", "uint8", "uint16", "uint32",
	"uint64", "uintptr", "true", "false", "iota", "nil", "append", "cap", "clear", "close", "complex",
	"copy", "delete", "imag", "len", "make", "max", "min", "new", "panic", "print", "println", "real",
	"recover", "init", "main", "_",
}

// universe is the scope around a program's package: what its declarations can't be called.
func universe(p *plan.Program) *scope {
	s := newScope(nil)
	s.fixed = true
	for _, name := range predeclared {
		s.taken[name] = true
	}
	for _, name := range importedNames(p) {
		s.taken[name] = true
	}
	return s
}

// camel makes a Go name of the words of a step's path: parcels[].Ship of
// FulfilOrder is fulfilOrderParcelsShip.
func camel(parts ...string) string {
	var b strings.Builder
	for _, part := range parts {
		for _, word := range strings.FieldsFunc(part, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			b.WriteString(types.Exported(word))
		}
	}
	return lowerFirst(b.String())
}

// lowerFirst makes an exported name unexported: HTTPCall is httpCall, Order order.
func lowerFirst(name string) string {
	r := []rune(name)
	for i := range r {
		if !unicode.IsUpper(r[i]) || i > 0 && i+1 < len(r) && unicode.IsLower(r[i+1]) {
			break
		}
		r[i] = unicode.ToLower(r[i])
	}
	return string(r)
}
