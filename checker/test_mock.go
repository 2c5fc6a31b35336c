package checker

import (
	"slices"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/runtime/stepid"
	"github.com/wfgen/wfgen/types"
)

// mock checks what a tool, a func or a step is said to give.
func (t *tester) mock(l *dsl.MockLine) {
	m := t.mocked(l)
	if m == nil {
		for _, a := range l.Answers {
			t.use(a.X)
			t.use(a.After)
			for _, c := range a.Calls {
				for _, arg := range c.Args {
					t.use(arg.Value)
				}
			}
		}
		return
	}
	t.of.Mocks = append(t.of.Mocks, m)
	if m.Func != nil && len(l.Answers) > 1 {
		t.report(diag.BadMock, l.Answers[1], "a func has one answer: its calls have no order")
	}
	if m.Turns {
		for _, a := range l.Answers {
			t.turn(m, a)
		}
		return
	}
	s := newScope(t.scope)
	for _, p := range t.paramsOf(m) {
		v := &Var{Name: p.Name, Type: p.Type, Ident: p.Ident}
		m.Params = append(m.Params, v)
		s.put(&entry{name: v.Name, obj: v, file: t.file, at: v.Ident, what: "a parameter"})
	}
	for _, a := range l.Answers {
		in := t.in
		in.answers = m.Func == nil
		t.with(in, func() { t.inThis(s, func() { t.answer(m, a) }) })
	}
}

// use takes note of the names in an answer whose call isn't known, nor with it what the
// other names mean. The answer may be nil.
func (t *tester) use(x dsl.Expr) {
	dsl.Inspect(x, func(n dsl.Node) bool {
		if name, ok := n.(*dsl.Ident); ok {
			if e := t.scope.lookup(name.Name); e != nil {
				e.used = true
			}
		}
		return true
	})
}

func (t *tester) paramsOf(m *Mock) []*Var {
	if m.Func != nil {
		return m.Func.Params
	}
	return m.seen.Params
}

// mocked finds what a line mocks; nil where that can't be.
func (t *tester) mocked(l *dsl.MockLine) *Mock {
	if l.Turns {
		return t.turnsOf(l)
	}
	if name, ok := l.Target.(*dsl.Ident); ok {
		if tool := t.played[name.Name]; tool != nil && t.awaited(tool) {
			t.usePlayed(name)
			return &Mock{Line: l, Tool: tool, seen: tool}
		}
		if e := t.top.lookup(name.Name); e != nil && isFunction(e.obj) {
			e.used = true
			return t.mockedByName(l, name, e)
		}
	}
	if id, ok := l.Target.(*dsl.Ident); ok && t.of.Workflow != nil && t.steps != nil && len(t.stepsNamed(t.of.Workflow, id.Name)) == 0 {
		d := t.report(diag.BadMock, id, "%s is neither a tool nor a step of %s", id.Name, t.of.Workflow.Name)
		d.Help = meantStep(id.Name, t.mockable())
		return nil
	}
	id, steps := t.step(l.Target, "a call of a tool", func(s Step) bool { return s.Tool != nil || s.isAgent() })
	general, _ := stepid.General(id)
	exact := slices.IndexFunc(steps, func(s Step) bool { return s.ID == general })
	switch {
	case len(steps) == 0:
		return nil
	case exact < 0:
		first := steps[max(slices.IndexFunc(steps, func(s Step) bool { return !s.Undo }), 0)]
		what := "the agent "
		if first.Tool != nil {
			what = "the tool " + first.Tool.Name
		} else {
			what += first.Sub.Name
		}
		t.report(diag.BadMock, l.Target, "%s holds several calls, or one of another name", id).
			Help = "mock " + written(first.ID) + ", or " + what
		return nil
	case steps[exact].Tool == nil:
		agent := steps[exact].Sub
		return &Mock{Line: l, Agent: agent, Step: id, seen: t.asTool(agent, steps[exact].home)}
	}
	tool := steps[exact].Tool
	return &Mock{Line: l, Tool: tool, Step: id, seen: t.world.viewTool(tool, steps[exact].home)}
}

// awaited tells whether the tested workflow has a step that a tool plays.
func (t *tester) awaited(played *Tool) bool {
	return t.of.Workflow != nil && t.steps != nil && t.calls(t.of.Workflow, played)
}

// usePlayed takes note of the event or workflow that a mock names.
func (t *tester) usePlayed(name *dsl.Ident) {
	if e := t.top.lookup(name.Name); e != nil {
		e.used = true
		t.info.Uses[name] = e.obj
	}
}

// mockable are the names of what can be mocked.
func (t *tester) mockable() []string {
	var names []string
	for _, s := range t.everyStep(t.of.Workflow) {
		if s.Tool != nil && !s.Undo {
			names = append(names, s.ID)
		}
	}
	for _, tool := range t.prog.Tools {
		names = append(names, tool.Name)
	}
	for name, tool := range t.played {
		if t.awaited(tool) {
			names = append(names, name)
		}
	}
	return names
}

func (t *tester) mockedByName(l *dsl.MockLine, name *dsl.Ident, e *entry) *Mock {
	t.info.Uses[name] = e.obj
	switch o := e.obj.(type) {
	case *Tool:
		if w := t.of.Workflow; w != nil && t.steps != nil && !t.calls(w, o) {
			d := t.report(diag.BadMock, name, "%s never calls %s", w.Name, o.Name)
			label(d, w.File, w.Decl.Name, "the workflow that the test runs")
			d.Help = "remove the mock"
		}
		return &Mock{Line: l, Tool: o, seen: o}
	case *Func:
		if o.Go != nil {
			return &Mock{Line: l, Func: o}
		}
		d := t.report(diag.BadMock, name, "the func %s computes what it says, in tests too", o.Name)
		label(d, e.file, e.at, "declared here")
		d.Help = "only tools, and funcs that are bound to Go, are mocked"
	case *Workflow:
		if o.Agent != nil {
			return t.mockedAgent(l, name, o)
		}
		d := t.report(diag.BadMock, name, "%s is a workflow, and runs in tests too", o.Name)
		label(d, e.file, e.at, "declared here")
		d.Help = "mock the tools that it calls"
	default:
		t.report(diag.BadMock, name, "%s is %s, expected a tool or a step", name.Name, kindOf(e))
	}
	return nil
}

// calls tells whether a workflow calls a tool, in undos and sub-workflows too.
func (t *tester) calls(w *Workflow, tool *Tool) bool {
	return slices.ContainsFunc(t.steps(w), func(s Step) bool {
		return s.Tool == tool || s.Sub != nil && t.calls(s.Sub, tool)
	})
}

// answer checks what one call gives.
func (t *tester) answer(m *Mock, a *dsl.Answer) {
	if a.After != nil {
		t.want(a.After, basic(types.Duration), "what the call takes")
		if m.Func != nil {
			t.report(diag.BadMock, a.After, "a func takes no time: only tools do")
		}
	}
	switch {
	case a.Fail && m.Func != nil:
		t.infer(a.X, invalid)
		t.report(diag.BadMock, a, "a func's mock gives a value")
	case a.Fail:
		t.fails(m.seen, a.X)
	case m.Func != nil:
		t.want(a.X, m.Func.Result, "what "+m.Func.Name+" gives")
	case m.seen.Result != nothing:
		t.want(a.X, m.seen.Result, "what "+m.seen.Name+" gives")
	case isBranching(unparen(a.X)):
		t.want(a.X, optionalOf(basic(types.Bool)), "what "+m.seen.Name+" gives")
		t.givesNothing(m, a.X)
	case !isNone(a.X):
		t.infer(a.X, invalid)
		t.nothingGiven(m, a.X)
	}
	if m.Func == nil && !a.Fail {
		dsl.Inspect(a.X, func(n dsl.Node) bool {
			if f, ok := n.(*dsl.FailStmt); ok {
				t.failsWith(m.seen, f.X)
			}
			return true
		})
	}
}

// givesNothing checks the branches of an answer of a tool without a result: each is none,
// or fails.
func (t *tester) givesNothing(m *Mock, x dsl.Expr) {
	var ends []dsl.Expr
	switch x := unparen(x).(type) {
	case *dsl.IfExpr:
		ends = []dsl.Expr{lastExpr(x.Then), lastExpr(x.Else)}
	case *dsl.MatchExpr:
		for _, a := range x.Arms {
			ends = append(ends, lastExpr(a.Body))
		}
	default:
		if !isNone(x) && !isInvalid(t.info.Types[x]) {
			t.nothingGiven(m, x)
		}
	}
	for _, x := range ends {
		if x != nil {
			t.givesNothing(m, x)
		}
	}
}

func (t *tester) nothingGiven(m *Mock, x dsl.Expr) {
	d := t.report(diag.BadMock, x, "%s gives nothing, found a value", m.seen.Name)
	label(d, m.seen.File, m.seen.Decl.Name, "declared here")
	d.Help = "write none, or fail with the reason"
}

// fails checks that a tool may fail with what a mock says.
func (t *tester) fails(tool *Tool, x dsl.Expr) {
	t.checker.failure(x)
	t.failsWith(tool, x)
}

func (t *tester) failsWith(tool *Tool, x dsl.Expr) {
	s, ok := t.info.Types[x].(*types.Struct)
	if !ok || !s.Error || slices.Contains(tool.Fails, s) || t.checker.loose[tool] {
		return
	}
	d := t.report(diag.CannotFail, x, "%s doesn't fail with %s", tool.Name, s.Name)
	label(d, tool.File, tool.Decl.Name, "declared here")
	d.Help = "say so on its declaration: fails " + s.Name
	if tool.agent {
		d.Help = "an agent fails with Spent, Refused, Unfit or a message"
	}
	if tool.played {
		d.Help = "what is awaited fails with TimedOut or a message, an approve with Rejected too"
	}
	if s == types.TimedOut {
		d.Help = "what takes longer than its timeout is timed out: give a value, and after how long it comes"
	}
}

// mockedTwice reports what two lines mock: the second would never answer.
func (t *tester) mockedTwice() {
	type target struct {
		tool  *Tool
		fn    *Func
		agent *Workflow
		turns bool
		step  string
	}
	seen := map[target]*Mock{}
	for _, m := range t.of.Mocks {
		key := target{m.Tool, m.Func, m.Agent, m.Turns, m.Step}
		if old := seen[key]; old != nil {
			d := t.report(diag.DuplicateName, m.Line.Target, "%s is mocked twice", t.text(m.Line.Target))
			label(d, t.file, old.Line.Target, "first here")
			d.Help = "give several answers in one line, separated by commas"
		}
		seen[key] = m
	}
}
