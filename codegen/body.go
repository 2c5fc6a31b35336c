package codegen

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/types"
)

// A body is the statements of one Go block while they are written. Blocks inside
// it are bodies of their own, which see its names.
type body struct {
	*function
	parent *body
	scope  *scope
	stmts  []jen.Code
	// vars holds the Go names of the variables that the block declares.
	vars map[*plan.Variable]string
	// leave is how a failure leaves the function literal that the block is in.
	leave leave
	// lazy tells that what is written now may not be evaluated, so that no
	// statement for it can go before.
	lazy bool
	// checked is the call that the last statement was made for, where that returns
	// its error and does nothing else; nil where it wasn't.
	checked jen.Code
	// line is that which the last comment on a step quotes; 0 for none.
	line int
	// rounds are those of the loop that the block is in; nil outside of one.
	rounds *rounds
	// switched tells that the block is in a Go switch, which a plain break would end.
	switched bool
	// lastContinue is the last continue that was written in the block itself, and
	// continueFrom where what is there for it alone begins.
	lastContinue jen.Code
	continueFrom int
	// frame is set when the frame f is used, and namedErr when the function
	// literal's result err is set by name.
	frame, namedErr *bool
}

// A function is what all bodies of one generated function share.
type function struct {
	g        *generator
	workflow *plan.Workflow // nil in a func
	// small are the workflow's small bindings: one that isn't written yet is written where it
	// is read.
	small     map[*plan.Variable]*plan.Node
	frameName string
	// whole is the frame of the whole function: set when that is used.
	whole *bool
	// states are the variables that Go assigns more than once: the states of loops.
	states map[*plan.Variable]bool
	labels int
	owner  owner // of the places in what is being written
	// unframed tells that there is no frame, and looks that it looks at a value that comes
	// in, by a Check of the name c.
	unframed, looks bool
	// brief is the variable of what stops an expression that has little time; empty where it
	// has all that it wants. briefly tells that it is read.
	brief   string
	briefly bool
}

// leave says what a function literal returns.
type leave struct {
	// result is its type; nil or types.Nothing where it returns an error alone.
	result types.Type
	// pure tells that it returns no error.
	pure bool
}

func (g *generator) newBody(w *plan.Workflow, o owner, l leave) *body {
	whole, names := new(bool), newScope(g.names)
	names.locals = map[string]bool{}
	return &body{
		function: &function{g: g, workflow: w, small: small(w), whole: whole, states: map[*plan.Variable]bool{}, owner: o},
		scope:    names,
		vars:     map[*plan.Variable]string{},
		leave:    l,
		frame:    whole,
		namedErr: new(bool),
	}
}

// small are the small bindings of a workflow, by variable.
func small(w *plan.Workflow) map[*plan.Variable]*plan.Node {
	out := map[*plan.Variable]*plan.Node{}
	if w != nil {
		plan.Inspect(w.Body, func(n *plan.Node) {
			if n.Inline && n.Binds != nil {
				out[n.Binds] = n
			}
		}, nil)
	}
	return out
}

// inner begins a block inside b.
func (b *body) inner() *body {
	return &body{
		function: b.function, parent: b, scope: newScope(b.scope), vars: map[*plan.Variable]string{},
		leave: b.leave, frame: b.frame, namedErr: b.namedErr, rounds: b.rounds, switched: b.switched,
	}
}

// label gives a loop a name that no other of the function has.
func (b *body) label() string {
	b.labels++
	if b.labels == 1 {
		return "rounds"
	}
	return "rounds" + strconv.Itoa(b.labels)
}

// literal begins the body of a function literal inside b.
func (b *body) literal(l leave) *body {
	in := b.inner()
	in.leave, in.namedErr = l, new(bool)
	return in
}

// framed gives a block a frame of its own.
func (b *body) framed() *body {
	b.frame = new(bool)
	return b
}

func (b *body) add(code ...jen.Code) {
	b.stmts = append(b.stmts, code...)
	b.checked = nil
}

// f is the frame, noted as used.
func (b *body) f() *jen.Statement {
	*b.frame = true
	return jen.Id(b.frameName)
}

// declare takes a Go name for a variable in this block.
func (b *body) declare(v *plan.Variable) string {
	name := b.scope.take(v.Name)
	b.vars[v] = name
	return name
}

// temp takes a name for a value that has none in the source.
func (b *body) temp(want string) string { return b.scope.take(want) }

// visible finds the Go name of a variable that is declared here or around.
func (b *body) visible(v *plan.Variable) (string, bool) {
	for ; b != nil; b = b.parent {
		if name, ok := b.vars[v]; ok {
			return name, true
		}
	}
	return "", false
}

// name gives the Go name of a variable. A small binding that isn't written yet is
// written now.
func (b *body) name(v *plan.Variable) string {
	if name, ok := b.visible(v); ok {
		return name
	}
	n, ok := b.small[v]
	if !ok {
		panic(fmt.Sprintf("internal error: %s is used before it is bound", v.Name))
	}
	b.let(n)
	name, _ := b.visible(v)
	return name
}

// let writes a pure binding as a statement.
func (b *body) let(n *plan.Node) {
	defer b.own(stepOwner(b.workflow, n))()
	b.define(n.Binds, n.Op.(*plan.Let).X)
}

// define writes name := x.
func (b *body) define(v *plan.Variable, x plan.Expr) {
	if needsStatements(x) {
		name := b.declare(v)
		b.pureInto(sink{kind: define, name: name, typ: v.Type}, x)
		return
	}
	value := b.self(x)
	if types.Is(v.Type, types.Any) {
		value = b.as(v.Type, x)
	}
	b.add(jen.Id(b.declare(v)).Op(":=").Add(value))
}

// fails writes the return of an error.
func (b *body) fails(err jen.Code) jen.Code {
	if b.leave.result == nil || types.Is(b.leave.result, types.Nothing) {
		return jen.Return(err)
	}
	return jen.Return(zero(b.leave.result), err)
}

// orFail writes if err != nil { return …, err }.
func (b *body) orFail() {
	b.add(jen.If(jen.Id("err").Op("!=").Nil()).Block(b.fails(jen.Id("err"))))
	b.checked = jen.Id("err")
}

// check writes a call that gives an error alone.
func (b *body) check(call jen.Code) {
	b.add(jen.If(jen.Id("err").Op(":=").Add(call), jen.Id("err").Op("!=").Nil()).Block(b.fails(jen.Id("err"))))
	b.checked = call
}

// finish writes the return of a function literal without a value. Where the last
// statement only looks at an error, it becomes the return.
func (b *body) finish() {
	if b.checked != nil {
		last := b.checked
		b.stmts = b.stmts[:len(b.stmts)-1]
		b.add(jen.Return(last))
		return
	}
	b.add(jen.Return(jen.Nil()))
}

// mark writes what the source says of a step as a comment, apart from what stands above it.
func (b *body) mark(n *plan.Node) {
	b.apart()
	if b.said(n.Pos.Line) {
		return
	}
	b.line = n.Pos.Line
	b.add(doc(shortened(n.Text)))
}

// apart leaves a line empty below what stands above.
func (b *body) apart() {
	if len(b.stmts) > 0 {
		b.add(jen.Line())
	}
}

// maxComment is how long a comment on a step may be, in characters.
const maxComment = 100

func shortened(text string) string {
	if r := []rune(text); len(r) > maxComment {
		return strings.TrimSpace(string(r[:maxComment])) + " …"
	}
	return text
}

// said tells whether the last comment above is on the line, here or, where the block has
// none yet, around it.
func (b *body) said(line int) bool {
	for b.line == 0 && b.parent != nil {
		b = b.parent
	}
	return b.line == line
}

// A sink is where the value of a block or a pure expression goes.
type sink struct {
	kind sinkKind
	name string     // of the variable, but for results
	typ  types.Type // of the value
	fit  *fit       // counts the size of a value that is given or collected; may be nil
	// dynamic tells that the value is given as one of any type.
	dynamic bool
}

type sinkKind int

const (
	drop    sinkKind = iota // computed, as it may fail, and dropped
	define                  // name is declared by what writes the value
	assign                  // to name, which is declared
	give                    // as the function literal's result
	collect                 // appended to the list name
)

// into writes a value to where it goes.
func (b *body) into(s sink, x plan.Expr) {
	switch s.kind {
	case drop:
		b.discard(x)
	case define:
		b.add(jen.Id(s.name).Op(":=").Add(b.self(x)))
	case assign:
		b.add(jen.Id(s.name).Op("=").Add(b.expr(x)))
	case give:
		b.add(jen.Return(b.given(s.value(b, x))...))
	case collect:
		b.add(jen.Id(s.name).Op("=").Append(jen.Id(s.name), s.value(b, x)))
	}
}

// value writes a value that is given or collected.
func (s sink) value(b *body, x plan.Expr) *jen.Statement {
	if s.fit != nil {
		return s.fit.add(b, b.element(s.typ, x))
	}
	if s.dynamic {
		return b.dynamic(x)
	}
	return b.expr(x)
}

// discard writes an expression whose value nobody reads. It is computed all the
// same where it may fail, and where it reads what would be read by nobody else.
func (b *body) discard(x plan.Expr) {
	if mayFail(x) || len(readsOf(x)) > 0 {
		b.add(jen.Id("_").Op("=").Add(b.self(x)))
	}
}

// declared makes a sink whose variable exists: where it is to be defined, the
// variable is declared first.
func (b *body) declared(s sink) sink {
	if s.kind == define {
		b.add(jen.Var().Id(s.name).Add(goType(s.typ)))
		s.kind = assign
	}
	return s
}
