package plan

import (
	"go/constant"
	"slices"
	"sort"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/types"
)

// Make plans a program, which must be free of errors. The plan shares the types
// of prog and nothing else.
func Make(prog *checker.Program) *Program {
	return makeWith(prog, func(t *Tool) *GoFunc { return t.Go })
}

func makeWith(prog *checker.Program, bind func(*Tool) *GoFunc) *Program {
	return lower(prog, &others{made: map[*checker.Program]*lowerer{}, bind: bind}).out
}

// Unbound is Make with every tool a method of the interface of tools, also one that
// is bound to a Go function: so that something else can stand in for all of them.
func Unbound(prog *checker.Program) *Program {
	return makeWith(prog, func(*Tool) *GoFunc { return nil })
}

// Hooked is Make with every tool that is bound to a Go function bound to a variable of
// the generated code instead, which mocks are put in. What the interfaces of tools hold
// stays as it is, and with it the Go that implements them.
func Hooked(prog *checker.Program) *Program {
	return makeWith(prog, func(t *Tool) *GoFunc {
		if t.Go == nil {
			return nil
		}
		return &GoFunc{Name: "WfgenMock" + t.GoName, Context: true, Error: true, Exact: true, Hook: true}
	})
}

// Others are the plans of packages that one program leads to, itself among them.
type others struct {
	made map[*checker.Program]*lowerer
	// bind says which Go function a tool is bound to.
	bind func(*Tool) *GoFunc
}

// lower plans a program.
func lower(prog *checker.Program, others *others) *lowerer {
	l := &lowerer{
		others:    others,
		info:      prog.Info,
		out:       &Program{Package: prog.Package, Imported: map[string]*Program{}},
		vars:      map[*checker.Var]*Variable{},
		structs:   map[*types.Struct]*Struct{},
		tools:     map[*checker.Tool]*Tool{},
		models:    map[*checker.Model]*Model{},
		funcs:     map[*checker.Func]*Func{},
		workflows: map[*checker.Workflow]*Workflow{},
		event:     map[*checker.Event]*Event{},
		starts:    map[*Durable]*checker.Workflow{},
		labels:    map[*dsl.LabeledStmt]*Node{},
		steps:     map[dsl.Expr]bool{},
		facts:     map[*Node]*facts{},
		owed:      map[*Workflow][]string{},
	}
	l.files(prog)
	l.types(prog)
	l.callees(prog)
	l.modelDecls(prog)
	l.events(prog)
	for _, w := range prog.Workflows {
		l.out.Workflows = append(l.out.Workflows, l.workflow(w))
	}
	for op, w := range l.starts {
		op.Workflow = l.workflows[w]
	}
	l.out.Needs = needs(l.out.Workflows)
	l.tests(prog)
	return l
}

// A lowerer holds what all declarations of a program share while its plan is
// made.
type lowerer struct {
	info      *checker.Info
	out       *Program
	vars      map[*checker.Var]*Variable
	structs   map[*types.Struct]*Struct
	tools     map[*checker.Tool]*Tool
	models    map[*checker.Model]*Model
	funcs     map[*checker.Func]*Func
	workflows map[*checker.Workflow]*Workflow
	event     map[*checker.Event]*Event
	// starts are the steps that start a workflow, which may be planned later.
	starts map[*Durable]*checker.Workflow
	labels map[*dsl.LabeledStmt]*Node
	// steps remembers which expressions are nodes of the plan.
	steps  map[dsl.Expr]bool
	facts  map[*Node]*facts
	rounds rounds // of the nearest loop around what is being lowered
	others *others
	// owed holds the undos that a workflow leaves to its caller.
	owed map[*Workflow][]string
	// finally are, by their paths, the undos of the workflow that is planned which are run on
	// every way out.
	finally map[string]bool
}

func (l *lowerer) files(prog *checker.Program) {
	for _, f := range prog.Files {
		l.out.Files = append(l.out.Files, fileName(f.Source.Path))
	}
	sort.Strings(l.out.Files)
}

// types plans the declared types. Defaults come before constraints, whose struct
// literals may need them, and so does what a call has to know of a func.
func (l *lowerer) types(prog *checker.Program) {
	for _, s := range prog.Structs {
		l.out.Structs = append(l.out.Structs, l.structType(s))
	}
	for _, f := range prog.Funcs {
		l.funcs[f] = l.signature(f)
		l.out.Funcs = append(l.out.Funcs, l.funcs[f])
	}
	for i, s := range prog.Structs {
		l.wheres(l.out.Structs[i], s)
	}
	for _, v := range prog.Unions {
		u := &unit{source: v.File.Source}
		l.out.Unions = append(l.out.Unions, &Union{Type: v.Type, Pos: u.pos(v.Decl.Name.Span)})
	}
	for _, e := range prog.Enums {
		u := &unit{source: e.File.Source}
		l.out.Enums = append(l.out.Enums, &Enum{Type: e.Type, Pos: u.pos(e.Decl.Name.Span)})
	}
}

func (l *lowerer) structType(s *checker.Struct) *Struct {
	b := l.pureIn(&unit{source: s.File.Source})
	out := &Struct{Type: s.Type, Pos: b.pos(s.Decl.Name.Span)}
	l.structs[s.Type] = out
	for _, f := range s.Decl.Fields {
		var x Expr
		if f.Default != nil {
			x = b.expr(f.Default)
		}
		out.Defaults = append(out.Defaults, x)
	}
	return out
}

func (l *lowerer) wheres(out *Struct, s *checker.Struct) {
	b := l.pureIn(&unit{source: s.File.Source})
	for _, f := range s.Type.Fields {
		out.Vars = append(out.Vars, &Variable{Name: f.Name, Type: f.Type})
	}
	for _, v := range s.Vars {
		for i, f := range s.Type.Fields {
			if v != nil && v.Name == f.Name {
				l.vars[v] = out.Vars[i]
			}
		}
	}
	if s.Type.Error {
		out.Text = errorText(out)
	}
	for i, f := range s.Decl.Fields {
		if f.Where != nil {
			out.Wheres = append(out.Wheres, &Where{
				Field: s.Type.Fields[i], Cond: b.expr(f.Where), Text: b.text(f.Where),
			})
		}
	}
}

// errorText is what a declared error says of itself: its name, and its fields in
// parentheses.
func errorText(s *Struct) Expr {
	text := T{types.Basics[types.String]}
	words := func(s string) Expr { return &Const{text, constant.MakeString(s)} }
	if len(s.Vars) == 0 {
		return words(s.Type.Name)
	}
	out := &Interp{T: text}
	before := s.Type.Name + "("
	for _, v := range s.Vars {
		out.Parts = append(out.Parts, words(before+v.Name+": "), &Var{T{v.Type}, v})
		before = ", "
	}
	out.Parts = append(out.Parts, words(")"))
	return out
}

// callees plans tools, and the bodies of funcs, which call each other.
func (l *lowerer) callees(prog *checker.Program) {
	for _, t := range prog.Tools {
		l.tools[t] = l.tool(t)
		l.out.Tools = append(l.out.Tools, l.tools[t])
	}
	for _, f := range prog.Funcs {
		if f.Decl.Body == nil {
			continue
		}
		l.funcs[f].Body = l.pureIn(&unit{source: f.File.Source}).pure(f.Decl.Body)
	}
}

func (l *lowerer) tool(t *checker.Tool) *Tool {
	u := &unit{source: t.File.Source}
	out := &Tool{
		Name: t.Name, GoName: t.GoName, Doc: t.Decl.Doc, Params: l.params(t.Params),
		Result: t.Result, Effect: Once, Fails: t.Fails, Go: goFunc(t.Go), Pos: u.pos(t.Decl.Name.Span),
	}
	out.Go, out.Guard = l.others.bind(out), guard(t.Guard)
	if r := t.Decl.Remote; r != nil {
		out.Remote = &Remote{r.Server, r.Tool, r.Pinned, r.Names}
	}
	switch {
	case t.Readonly:
		out.Effect = Readonly
	case t.Idempotent:
		out.Effect = Idempotent
	}
	return out
}

func guard(g *checker.Guard) *Guard {
	if g == nil {
		return nil
	}
	return &Guard{(*Limit)(g.AtOnce), (*Limit)(g.Rate), (*Breaker)(g.Breaker), g.Cache}
}

func (l *lowerer) signature(f *checker.Func) *Func {
	u := &unit{source: f.File.Source}
	return &Func{
		Name: f.Name, GoName: f.GoName, Doc: f.Decl.Doc, Params: l.params(f.Params),
		Result: f.Result, Go: goFunc(f.Go), Pos: u.pos(f.Decl.Name.Span),
	}
}

func goFunc(f *checker.GoFunc) *GoFunc {
	if f == nil {
		return nil
	}
	return &GoFunc{Package: f.Package, Name: f.Name, Context: f.Context, Error: f.Error, Pointer: f.Pointer, Exact: f.Exact}
}

func (l *lowerer) params(vars []*checker.Var) []*Variable {
	var out []*Variable
	for _, v := range vars {
		out = append(out, l.variable(v))
	}
	return out
}

// variable gives the plan's variable for one of the checker's.
func (l *lowerer) variable(v *checker.Var) *Variable {
	if l.vars[v] == nil {
		l.vars[v] = &Variable{Name: v.Name, Type: v.Type}
	}
	return l.vars[v]
}

// workflow plans a workflow, after those that it calls: their effects decide the
// order of its steps.
func (l *lowerer) workflow(w *checker.Workflow) *Workflow {
	if out, ok := l.workflows[w]; ok {
		return out
	}
	if w.Of != nil {
		return l.foreign(w)
	}
	// A line that is called undo would have, below a call of the workflow, the id of what
	// undoes that call.
	u := &unit{source: w.File.Source, comments: w.File.Comments, taken: map[string]int{"undo": 1}}
	out := &Workflow{
		Name: w.Name, GoName: w.GoName, Doc: w.Decl.Doc, Params: l.params(w.Params),
		Result: w.Result, Version: w.Version, Timeout: w.Timeout, AtOnce: (*AtOnce)(w.AtOnce), Pos: u.pos(w.Decl.Name.Span),
	}
	l.workflows[w] = out
	if w.Agent != nil {
		out.Body = l.agent(u, w)
	} else {
		out.Body = l.body(u, w.Decl)
	}
	settle(out.Body, nobody)
	out.Effect, out.NeedsEngine = effectOf(out.Body), w.AtOnce != nil || needsEngine(out.Body)
	out.Tools, out.Needs = l.reached(out.Body), needsIn(out.Body)
	out.Models = l.asked(out.Body)
	l.finally = finallyIn(out.Body)
	l.owed[out] = l.passed(l.owe(out.Body, nil))
	l.seat(out.Body)
	return out
}

// body lowers what a workflow does, with what it does last.
func (l *lowerer) body(u *unit, w *dsl.WorkflowDecl) *Block {
	b := &builder{lowerer: l, unit: u, out: &Block{}}
	if w.Finally == nil {
		return b.fill(w.Body, false)
	}
	b.take(finallyID)
	b.last = func() { b.add(w.Finally, finallyID, b.finally(w.Finally), nil) }
	return b.fill(w.Body, false)
}

// finallyID is the id of the block that is run last. No other step has it in a workflow that
// has one.
const finallyID = "finally"

func (b *builder) finally(src *dsl.Block) *Finally {
	err := &Variable{Name: "err", Type: &types.Optional{Elem: types.Basics[types.Failure]}}
	if v := b.info.Errs[src]; v != nil {
		err.Type, b.vars[v] = v.Type, err
	}
	op := &Finally{Body: b.block(b.unit, b.scope.at(finallyID), src, false)}
	if slices.Contains(freeIn(op.Body), err) {
		op.Err = err
	}
	return op
}

// Finally is what the workflow does last; nil where it does nothing more.
func (w *Workflow) Finally() (*Node, *Finally) {
	if n := len(w.Body.Nodes); n > 0 {
		if op, ok := w.Body.Nodes[n-1].Op.(*Finally); ok {
			return w.Body.Nodes[n-1], op
		}
	}
	return nil, nil
}

// RunsLast tells whether the workflow, or one that it calls, has a block that is run last.
func (w *Workflow) RunsLast() bool {
	seen := map[*Workflow]bool{}
	var last func(w *Workflow) bool
	last = func(w *Workflow) (found bool) {
		if seen[w] {
			return false
		}
		seen[w] = true
		Inspect(w.Body, func(n *Node) {
			switch op := n.Op.(type) {
			case *Finally:
				found = true
			case *Call:
				found = found || op.Workflow != nil && last(op.Workflow)
			}
		}, nil)
		return found
	}
	return last(w)
}

// reached are the tools that a body calls, in the order of their declarations.
func (l *lowerer) reached(body *Block) []*Tool {
	called := map[*Tool]bool{}
	note := func(t *Tool, w *Workflow) {
		switch {
		case t != nil:
			called[t] = t.Go == nil
			return
		case w.Package != nil:
			return // its tools are reached through those of its package
		}
		for _, t := range w.Tools {
			called[t] = true
		}
	}
	Inspect(body, func(n *Node) {
		if c, ok := n.Op.(*Call); ok {
			note(c.Tool, c.Workflow)
			if c.Undo != nil {
				note(c.Undo.Tool, c.Undo.Workflow)
			}
		}
	}, nil)
	var out []*Tool
	for _, t := range l.out.Tools {
		if called[t] {
			out = append(out, t)
		}
	}
	return out
}

// asked are the models that a body asks, or an agent that it calls, in the order of their
// declarations.
func (l *lowerer) asked(body *Block) []*Model {
	met := map[*Model]bool{}
	note := func(w *Workflow) {
		if w == nil || w.Package != nil {
			return // its models are reached through the tools of its package
		}
		for _, m := range w.Models {
			met[m] = true
		}
	}
	Inspect(body, func(n *Node) {
		switch op := n.Op.(type) {
		case *Converse:
			for _, c := range op.Models {
				met[c.Model] = true
			}
		case *Call:
			note(op.Workflow)
			note(undone(op))
		}
	}, nil)
	var out []*Model
	for _, m := range l.out.Models {
		if met[m] {
			out = append(out, m)
		}
	}
	return out
}
