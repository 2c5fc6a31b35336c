package checker

import (
	"go/constant"
	"slices"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/runtime/stepid"
	"github.com/wfgen/wfgen/types"
)

// An ExpectedCall is what a test expects to have been called, asked, started or sent.
type ExpectedCall struct {
	// Tool is what is called, or what plays an approve, a start or an emit in tests.
	Tool *Tool
	// Step is the id of the step whose calls these are; empty for all calls of the tool.
	Step string
	// Args are the arguments that count, by their places among the parameters: those of the
	// tool or workflow, text and by of an approve, the fields of an event.
	Args []ExpectedArg
	// Times is how many calls there are; negative for one or more.
	Times int
}

// An ExpectedArg is what an argument is expected to be.
type ExpectedArg struct {
	Place int
	X     dsl.Expr
}

// A slot is a parameter, or what stands for one.
type slot struct {
	name string
	typ  types.Type
}

// expectedCall checks a line that says what was called or sent.
func (t *tester) expectedCall(e *Expect) {
	l, call := e.Line, &ExpectedCall{Times: -1}
	tool, slots := t.calledBy(l, call)
	given := map[string]bool{}
	for _, a := range l.Args {
		i := slices.IndexFunc(slots, func(s slot) bool { return s.name == a.Name.Name })
		switch {
		case tool == nil:
			t.infer(a.Value, invalid)
			continue
		case i < 0:
			t.unknownSlot(l, a, slots)
			t.infer(a.Value, invalid)
			continue
		case given[a.Name.Name]:
			t.report(diag.DuplicateName, a.Name, "%s is given twice", a.Name.Name)
		}
		given[a.Name.Name] = true
		t.want(a.Value, slots[i].typ, "the argument "+a.Name.Name)
		call.Args = append(call.Args, ExpectedArg{i, a.Value})
	}
	if l.Times != nil {
		t.times(l, call)
	}
	call.Tool, e.Call = tool, call
}

func (t *tester) unknownSlot(l *dsl.ExpectLine, a dsl.FieldValue, slots []slot) {
	d := t.report(diag.UnknownField, a.Name, "%s has no %s", t.text(l.Called), a.Name.Name)
	var names []string
	for _, s := range slots {
		names = append(names, s.name)
	}
	if near := nearest(a.Name.Name, names); near != "" {
		d.Help = "did you mean " + near + "?"
	} else if len(names) > 0 {
		d.Help = "it has " + list(names)
	}
}

func (t *tester) times(l *dsl.ExpectLine, call *ExpectedCall) {
	t.want(l.Times, basic(types.Int), "how often")
	v := t.info.Consts[l.Times]
	n, exact := int64(0), false
	if v != nil && v.Kind() == constant.Int {
		n, exact = constant.Int64Val(v)
	}
	switch {
	case !types.Is(t.info.Types[l.Times], types.Int):
	case !exact || n < 0:
		t.report(diag.NotConstant, l.Times, "how often is a number that is written out, 0 for never")
	default:
		call.Times = int(n)
	}
}

// calledBy finds what a line is about, and what it is called with; nil where that can't be.
func (t *tester) calledBy(l *dsl.ExpectLine, call *ExpectedCall) (*Tool, []slot) {
	name, ok := l.Called.(*dsl.Ident)
	switch {
	case l.Kind == dsl.ExpectEmitted:
		return t.emittedBy(l)
	case ok && name.Name == string(dsl.Approve):
		return t.playedBy(name, name.Name, []slot{{"text", basic(types.String)}, {"by", basic(types.String)}})
	case ok:
		if e := t.top.lookup(name.Name); e != nil {
			switch o := e.obj.(type) {
			case *Tool:
				return t.toolCalled(name, e, o), slotsOf(o.Params)
			case *Workflow:
				return t.startedBy(name, e, o)
			}
			if t.eventOf(e.obj) != nil {
				t.report(diag.BadTest, l.Called, "%s is an event, and isn't called", name.Name).
					Help = "expect emitted says what is sent; what is awaited is mocked"
				return nil, nil
			}
		}
	}
	return t.calledStep(l, call)
}

func slotsOf(params []*Var) (slots []slot) {
	for _, p := range params {
		slots = append(slots, slot{p.Name, p.Type})
	}
	return slots
}

func (t *tester) toolCalled(name *dsl.Ident, e *entry, tool *Tool) *Tool {
	e.used = true
	t.info.Uses[name] = tool
	if w := t.of.Workflow; w != nil && t.steps != nil && !t.calls(w, tool) {
		d := t.report(diag.BadTest, name, "%s never calls %s", w.Name, tool.Name)
		label(d, w.File, w.Decl.Name, "the workflow that the test runs")
	}
	return tool
}

// startedBy finds what plays the start of a workflow.
func (t *tester) startedBy(name *dsl.Ident, e *entry, w *Workflow) (*Tool, []slot) {
	e.used = true
	t.info.Uses[name] = w
	if tool := t.played[w.Name]; tool != nil && t.awaited(tool) || t.steps == nil || t.of.Workflow == nil {
		return tool, slotsOf(w.Params)
	}
	d := t.report(diag.BadTest, name, "%s doesn't start %s", t.of.Workflow.Name, w.Name)
	d.Help = "of a workflow that is called the tools that it calls are expected"
	return nil, nil
}

// playedBy finds what plays a step of the workflow.
func (t *tester) playedBy(at *dsl.Ident, key string, slots []slot) (*Tool, []slot) {
	tool := t.played[key]
	if w := t.of.Workflow; w != nil && t.steps != nil && (tool == nil || !t.awaited(tool)) {
		d := t.report(diag.BadTest, at, "%s has no %s", w.Name, key)
		label(d, w.File, w.Decl.Name, "the workflow that the test runs")
		return nil, nil
	}
	return tool, slots
}

// emittedBy finds what plays the emit of an event.
func (t *tester) emittedBy(l *dsl.ExpectLine) (*Tool, []slot) {
	name, ok := l.Called.(*dsl.Ident)
	var event *Event
	if ok {
		if e := t.top.lookup(name.Name); e != nil {
			e.used = true
			t.info.Uses[name] = e.obj
			event = t.eventOf(e.obj)
		}
	}
	if event == nil {
		t.report(diag.BadTest, l.Called, "%s is no event", t.text(l.Called)).Help = "expect emitted names the event that is sent, and expect called a tool"
		return nil, nil
	}
	var slots []slot
	for _, f := range event.Type.Fields {
		slots = append(slots, slot{f.Name, f.Type})
	}
	return t.playedBy(name, "emit "+event.Name, slots)
}

// calledStep finds the tool that a step calls.
func (t *tester) calledStep(l *dsl.ExpectLine, call *ExpectedCall) (*Tool, []slot) {
	id, steps := t.step(l.Called, "a call of a tool", func(s Step) bool { return s.Tool != nil && !s.Tool.played })
	general, _ := stepid.General(id)
	call.Step = id
	if len(steps) == 0 {
		return nil, nil
	}
	if exact := slices.IndexFunc(steps, func(s Step) bool { return s.ID == general }); exact >= 0 {
		tool := steps[exact].Tool
		return tool, slotsOf(t.world.viewTool(tool, steps[exact].home).Params)
	}
	t.report(diag.BadTest, l.Called, "%s holds several calls, or one of another name", id).
		Help = "name " + written(steps[0].ID) + ", or the tool " + steps[0].Tool.Name
	return nil, nil
}
