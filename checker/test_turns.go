package checker

import (
	"slices"
	"strings"

	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/runtime/stepid"
	"github.com/wfgen/wfgen/types"
)

// What an agent's model replies in a test, and an agent that a mock plays as a whole.

// A ModelCall is a call that a model's reply asks for in a test.
type ModelCall struct {
	Offer *Offer
	Args  []ExpectedArg // by their places among the offer's free parameters
}

// agentErrors are what an agent fails with, whatever it calls.
var agentErrors = []*types.Struct{types.Spent, types.Refused, types.Unfit}

// asTool is an agent as the tool as which a mock plays it, as the package home sees it; nil
// for the test's own.
func (t *tester) asTool(w *Workflow, home *types.Package) *Tool {
	tool := &Tool{
		Name: w.Name, Params: w.Params, Result: w.Result, Fails: append(slices.Clone(agentErrors), types.TimedOut),
		Decl: &dsl.ToolDecl{Name: w.Decl.Name}, File: w.File, agent: true,
	}
	return t.world.viewTool(tool, home)
}

// mockedAgent is the mock of an agent by its name.
func (t *tester) mockedAgent(l *dsl.MockLine, name *dsl.Ident, agent *Workflow) *Mock {
	w := t.of.Workflow
	switch {
	case w == agent:
		t.report(diag.BadMock, name, "the test runs %s itself", agent.Name).
			Help = "say what its model replies: mock \"turns\" => reply …"
		return nil
	case w != nil && t.steps != nil && !t.asks(w, agent):
		d := t.report(diag.BadMock, name, "%s never calls %s", w.Name, agent.Name)
		label(d, w.File, w.Decl.Name, "the workflow that the test runs")
		d.Help = "remove the mock"
	}
	return &Mock{Line: l, Agent: agent, seen: t.asTool(agent, nil)}
}

// asks tells whether a workflow calls an agent, in sub-workflows too.
func (t *tester) asks(w, agent *Workflow) bool {
	return slices.ContainsFunc(t.steps(w), func(s Step) bool {
		return s.Sub != nil && (s.Sub == agent || t.asks(s.Sub, agent))
	})
}

// isAgent tells whether a step calls an agent.
func (s *Step) isAgent() bool { return s.Sub != nil && s.Sub.Agent != nil }

// turnsOf finds the agent whose model's replies a line gives; nil where that can't be.
func (t *tester) turnsOf(l *dsl.MockLine) *Mock {
	name, ok := t.stepName(l.Target)
	w := t.of.Workflow
	if !ok || w == nil || t.steps == nil {
		return nil
	}
	id := strings.TrimSuffix(strings.TrimSuffix(name, "turns"), ".")
	if id == "" && w.Agent != nil {
		return &Mock{Line: l, Agent: w, Turns: true, seen: t.asTool(w, nil)}
	}
	general, _ := stepid.General(id)
	var near []string
	for _, s := range t.everyStep(w) {
		if !s.isAgent() {
			continue
		}
		if s.ID == general {
			return &Mock{Line: l, Agent: s.Sub, Turns: true, Step: id, home: s.home, seen: t.asTool(s.Sub, s.home)}
		}
		near = append(near, written(s.ID+".turns"))
	}
	d := t.report(diag.UnknownStep, l.Target, "%s has no step %s that calls an agent", w.Name, id)
	if id == "" {
		d.Message = w.Name + " is no agent"
	}
	label(d, w.File, w.Decl.Name, "the workflow that the test runs")
	switch {
	case w.Agent != nil:
		d.Help = "its own model's replies are mock \"turns\" => …"
	case len(near) > 0:
		d.Help = "did you mean " + orOf(near) + "?"
	default:
		d.Help = "turns are what the model of an agent replies, and " + w.Name + " calls none"
	}
	return nil
}

// turn checks a reply of an agent's model.
func (t *tester) turn(m *Mock, a *dsl.Answer) {
	if a.After != nil {
		t.want(a.After, basic(types.Duration), "what the reply takes")
	}
	switch {
	case a.Fail:
		t.checker.failure(a.X)
		s, ok := t.info.Types[a.X].(*types.Struct)
		if ok && s.Error && s != types.Refused {
			t.report(diag.CannotFail, a.X, "a model doesn't fail with %s", s.Name).
				Help = "it is out of order, fail \"why\", or refuses, fail Refused{message: \"why\"}; a reply that doesn't fit is a text"
		}
	case a.Reply:
		t.want(a.X, m.seen.Result, "the result of "+m.Agent.Name)
	case a.Calls == nil:
		t.want(a.X, basic(types.String), "what the model writes")
	}
	for _, c := range a.Calls {
		m.Calls = append(m.Calls, t.modelCall(m, c))
	}
}

// modelCall checks a call that a reply asks for; nil where what is called isn't known.
func (t *tester) modelCall(m *Mock, x *dsl.ModelCall) *ModelCall {
	i := slices.IndexFunc(m.Agent.Agent.Offers, func(o *Offer) bool { return o.Name() == x.Name.Name })
	if i < 0 {
		t.unknownOffer(m, x)
		for _, a := range x.Args {
			t.infer(a.Value, invalid)
		}
		return nil
	}
	home := m.home
	if home == nil {
		home = m.Agent.Package
	}
	call := &ModelCall{Offer: m.Agent.Agent.Offers[i]}
	free := call.Offer.Free
	given := map[string]bool{}
	for _, a := range x.Args {
		at := slices.IndexFunc(free, func(v *Var) bool { return v.Name == a.Name.Name })
		switch {
		case at < 0:
			t.notFree(call.Offer, a.Name)
			t.infer(a.Value, invalid)
			continue
		case given[a.Name.Name]:
			t.report(diag.DuplicateName, a.Name, "%s is given twice", a.Name.Name)
		}
		given[a.Name.Name] = true
		typ := free[at].Type
		if home != nil {
			typ = t.world.view(typ, home)
		}
		t.want(a.Value, typ, "the argument "+a.Name.Name)
		call.Args = append(call.Args, ExpectedArg{at, a.Value})
	}
	for _, v := range free {
		if _, optional := v.Type.(*types.Optional); !given[v.Name] && !optional {
			t.report(diag.BadMock, x.Name, "the call of %s gives no %s", x.Name.Name, v.Name).
				Help = "the model chooses " + listOfVars(free)
		}
	}
	return call
}

// Name is the name by which the model calls it.
func (o *Offer) Name() string {
	if o.Tool != nil {
		return o.Tool.Name
	}
	return o.Workflow.Name
}

func (t *tester) unknownOffer(m *Mock, x *dsl.ModelCall) {
	d := t.report(diag.BadMock, x.Name, "the model of %s can't call %s", m.Agent.Name, x.Name.Name)
	label(d, m.Agent.File, m.Agent.Decl.Name, "declared here")
	var names []string
	for _, o := range m.Agent.Agent.Offers {
		names = append(names, o.Name())
	}
	if near := nearest(x.Name.Name, names); near != "" {
		d.Help = "did you mean " + near + "?"
	} else if len(names) > 0 {
		d.Help = "it can call " + list(names)
	}
}

// notFree reports an argument that the model doesn't choose.
func (t *tester) notFree(o *Offer, name *dsl.Ident) {
	d := t.report(diag.BadMock, name, "the model doesn't choose %s of %s", name.Name, o.Name())
	if len(o.Free) == 0 {
		d.Help = "it chooses nothing there: call " + o.Name() + "()"
	} else {
		d.Help = "it chooses " + listOfVars(o.Free)
	}
	for _, bound := range o.Decl.Args {
		if bound.Name.Name == name.Name {
			d.Help += "; " + name.Name + " is bound by the agent"
		}
	}
}

func listOfVars(vars []*Var) string {
	var names []string
	for _, v := range vars {
		names = append(names, v.Name)
	}
	return list(names)
}
