package codegen

import (
	"strconv"
	"time"

	"github.com/dave/jennifer/jen"

	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/types"
)

// This file writes the variables that describe a workflow and its steps to the runtime. Each
// is a declaration of its own, which gofmt aligns with no other: a step that changes moves
// none of its neighbours.

// A described step is a variable that describes one to the runtime.
type described struct {
	name string
	code jen.Code
}

// describedStep gives the name of the variable that describes a step which calls nothing.
func (b *body) describedStep(n *plan.Node) string {
	return b.describe(n, n.Path, func() jen.Code {
		step := b.identity(n.Frame, stepOwner(b.workflow, n))
		if race, ok := n.Op.(*plan.Race); ok {
			step = append(step, arms(race))
		}
		return stepLiteral(append(step, seat(n.Seat)...))
	})
}

// identity is what every step has: its id, and its place.
func (b *body) identity(id string, o owner) []part {
	at := b.placeOf(o, o.pos)
	return []part{quoted("ID", id), {field("At", at), len("At: ") + len(o.name) + len("At")}}
}

func arms(race *plan.Race) part {
	width := len("Arms: []string{}")
	var ids []jen.Code
	for _, id := range race.IDs {
		ids = append(ids, jen.Lit(id))
		width += len(strconv.Quote(id)) + len(", ")
	}
	return part{field("Arms", jen.Index().String().Values(ids...)), width}
}

// seat says where a step stands among those that owe undos, if that matters.
func seat(n int) []part {
	if n == 0 {
		return nil
	}
	return []part{{field("Seat", jen.Lit(n)), len("Seat: ") + len(strconv.Itoa(n))}}
}

// task gives the name of the variable that describes a step which calls a tool or
// workflow.
func (b *body) task(n *plan.Node, c *plan.Call) string {
	return b.describe(n, n.Path, func() jen.Code {
		step := append(b.identity(n.Frame, stepOwner(b.workflow, n)), called(c.Tool, c.Workflow)...)
		if c.Workflow != nil && c.Undo != nil {
			step = append(step, set("OwnUndo"))
		}
		if c.Undo != nil && !c.Undo.Early {
			step = append(step, set("Owes"))
		}
		if c.Undo == nil {
			step = append(step, seat(n.Seat)...)
		}
		step = append(step, attempts(c.Retry, c.Timeout)...)
		var check jen.Code
		if c.Tool != nil && needsCheck(resultOf(c)) {
			check = b.g.checked(resultOf(c))
		}
		return taskLiteral(resultOf(c), step, check)
	})
}

// tryTask gives the name of the variable that describes a try with retries, whose block gives
// a t.
func (b *body) tryTask(n *plan.Node, op *plan.Try, t types.Type) string {
	return b.describe(n, n.Path, func() jen.Code {
		step := append(b.identity(n.Frame, stepOwner(b.workflow, n)), set("Sub"))
		return taskLiteral(t, append(append(step, seat(n.Seat)...), retry(op.Retry)), nil)
	})
}

// describedTask gives the name of the variable that describes a step which gives something
// and that only an engine can do.
func (b *body) describedTask(n *plan.Node, op *plan.Durable) string {
	return b.describe(n, n.Path, func() jen.Code {
		return taskLiteral(op.Result, b.identity(n.Frame, stepOwner(b.workflow, n)), nil)
	})
}

// undoStep gives the name of the variable that describes an undo.
func (b *body) undoStep(u *plan.Undo) string {
	return b.describe(u, u.Path, func() jen.Code {
		step := append(b.identity(u.Frame, owner{camel(b.workflow.Name, u.Path), u.Pos}), called(u.Tool, u.Workflow)...)
		return stepLiteral(append(append(step, seat(u.Seat)...), attempts(u.Retry, u.Timeout)...))
	})
}

// describe gives the name of a step's variable, which is made when it is first
// asked for.
func (b *body) describe(key any, path string, code func() jen.Code) string {
	if name, ok := b.g.described[key]; ok {
		return name
	}
	w := b.workflow
	name := b.outside(camel(w.Name, path), "Step")
	b.g.described[key] = name
	b.g.steps[w] = append(b.g.steps[w], described{name, code()})
	return name
}

// descriptions are the variables of a workflow and its steps.
func (b *body) descriptions(info string) jen.Code {
	g, w := b.g, b.workflow
	at := owner{camel(w.Name), w.Pos}
	about := []part{quoted("Name", w.Name), {field("At", b.placeOf(at, w.Pos)), len("At: At") + len(at.name)}}
	if w.Version > 1 {
		about = append(about, part{field("Version", jen.Lit(w.Version)), len("Version: 1")})
	}
	about = append(about, quoted("Fingerprint", g.fingerprints[w]))
	if w.Timeout > 0 {
		about = append(about, lasting("Timeout", w.Timeout))
	}
	if w.RunsLast() {
		about = append(about, set("Lastly"))
	}
	if !g.keepsState(w) {
		about = append(about, set("Stateless"))
	}
	about = append(about, b.waiters()...)
	vars := jen.Var().Id(info).Op("=").Qual(runtimePath, "Workflow").Add(literal("runtime.Workflow", about))
	for _, d := range g.steps[w] {
		vars.Line().Var().Id(d.name).Op("=").Add(d.code)
	}
	return documented("What the runtime is told about "+w.GoName+" and its steps.", vars)
}

func called(t *plan.Tool, w *plan.Workflow) []part {
	if w != nil {
		name := w.Name
		if w.Package != nil {
			name = w.Package.Name + "." + name
		}
		return []part{quoted("Tool", name), set("Sub")}
	}
	about := []part{quoted("Tool", t.Name)}
	if len(t.Fails) > 0 {
		about = append(about, declarations("Fails", t.Fails))
	}
	switch t.Effect {
	case plan.Readonly:
		about = append(about, ofRuntime("Effect", "Readonly"))
	case plan.Idempotent:
		about = append(about, ofRuntime("Effect", "Idempotent"))
	}
	return about
}

func attempts(r *plan.Retry, timeout time.Duration) []part {
	var about []part
	if r != nil {
		about = append(about, retry(r))
	}
	if timeout > 0 {
		about = append(about, lasting("Timeout", timeout))
	}
	return about
}

func retry(r *plan.Retry) part {
	about := retryFields(r)
	if len(r.Others) > 0 {
		return several(r.All())
	}
	return part{
		field("Retry", jen.Op("&").Qual(runtimePath, "Retry").Add(fields(codes(about)...))),
		len("Retry: &runtime.Retry{}") + width(about),
	}
}

// several are the retries of a step that has more than one.
func several(all []*plan.Retry) part {
	total := len("Retry: runtime.Several()")
	var literals []jen.Code
	for _, r := range all {
		about := retryFields(r)
		literals = append(literals, jen.Qual(runtimePath, "Retry").Add(fields(codes(about)...)))
		total += len("runtime.Retry{}, ") + width(about)
	}
	return part{field("Retry", jen.Qual(runtimePath, "Several").Call(literals...)), total}
}

func retryFields(r *plan.Retry) []part {
	about := []part{{field("Times", jen.Lit(r.Times)), len("Times: ") + len(strconv.Itoa(r.Times))}, lasting("Min", r.Min), lasting("Max", r.Max)}
	if len(r.At) > 0 {
		about = []part{pauses(r.At)}
	}
	if len(r.On) > 0 {
		about = append(about, declarations("On", r.On))
	}
	return about
}

func pauses(at []time.Duration) part {
	width := len("At: []time.Duration{}")
	var times []jen.Code
	for _, d := range at {
		times = append(times, durationLit(d))
		width += durationWidth(d) + len(", ")
	}
	return part{field("At", jen.Index().Qual("time", "Duration").Add(fields(times...))), width}
}

// declarations are the declared errors of a tool or retry as the runtime looks for
// them.
func declarations(name string, errors []*types.Struct) part {
	width := len(name) + len(": []runtime.Declaration{}")
	var list []jen.Code
	for _, e := range errors {
		list = append(list, jen.Qual(runtimePath, "Declares").Index(goType(e)))
		width += len("runtime.Declares[], ") + len(e.String())
	}
	return part{field(name, jen.Index().Qual(runtimePath, "Declaration").Add(fields(list...))), width}
}

func field(name string, value jen.Code) jen.Code { return jen.Id(name).Op(":").Add(value) }

// fields writes a literal's fields on one line.
func fields(code ...jen.Code) *jen.Statement {
	return jen.Custom(jen.Options{Open: "{", Close: "}", Separator: ","}, code...)
}
