package agent

import (
	"strings"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/model"
)

// Converse has a conversation, and gives its result. step is where it stands: the ids of its
// steps are step[i].ask[k].MODEL for the requests of a turn, step[i].pause[k].wait for the pause
// after one that is repeated, and step[i].call[k].… for the calls of its reply. It fails with
// runtime.Spent, Refused or Unfit, as what fails a call, or as the last model asked has failed.
func Converse[T any](f *runtime.Frame, step *runtime.Step, c *Conversation[T]) (T, error) {
	var v T
	t, err := newTalk(f, step, &terms{c.Models, c.System, c.Prompt, c.Tools, c.Answer, c.Budget})
	if err == nil {
		maps := mapsOf(c.Answer)
		err = t.run(func(text string) (faults string) {
			v, faults = c.read(text, maps)
			return faults
		})
	}
	if err != nil {
		return *new(T), err
	}
	return v, nil
}

// The terms of a conversation are all of it but what a result is.
type terms struct {
	models         []Choice
	system, prompt string
	tools          []Tool
	answer         string
	budget         Budget
}

// A talk is a conversation that goes on.
type talk struct {
	*terms
	frame *runtime.Frame
	// steps of the conversation, which differ by the frames that they are in.
	step, asking, pausing, calling runtime.Step
	tasks                          []runtime.Task[Reply] // by the models
	offered                        []model.Tool
	ledger                         *ledger

	messages []model.Message
	opened   bool           // there is a reply
	current  int            // the model that is asked
	k        int            // how many requests the turn has had
	unfits   int            // how many replies of the model didn't fit, one after the other
	called   map[string]int // how many calls of a tool were made
	// lost is what was reserved by requests that a process has ended in the midst of.
	lost Cost
	// known is how many tokens the first messages are, by what a model has said.
	known known
	// over tells that the last turn that was allowed has come to nothing.
	over bool
}

// A known is what a model has counted.
type known struct{ model, messages, tokens int }

func newTalk(f *runtime.Frame, step *runtime.Step, terms *terms) (*talk, error) {
	if terms.budget.Turns <= 0 {
		terms.budget.Turns = DefaultTurns
	}
	l, ctx := newLedger(runtime.ContextOf(f), terms.budget)
	t := &talk{
		terms: terms, frame: runtime.Under(f, ctx), ledger: l, step: *step,
		asking: runtime.Step{ID: "ask", At: step.At}, pausing: runtime.Step{ID: "pause", At: step.At}, calling: runtime.Step{ID: "call", At: step.At},
		messages: []model.Message{{Role: model.User, Text: terms.prompt}}, called: map[string]int{},
	}
	for i := range terms.models {
		name := terms.models[i].Name
		t.tasks = append(t.tasks, runtime.Task[Reply]{Step: runtime.Step{ID: name, At: step.At, Tool: name, Fails: asks}})
	}
	for i := range terms.tools {
		tool := &terms.tools[i]
		t.offered = append(t.offered, model.Tool{Name: tool.Name, Description: tool.Doc, Parameters: []byte(tool.Parameters)})
	}
	return t, recount(f, step, &l.used)
}

// asks are the errors of a request that are kept as values.
var asks = []runtime.Declaration{runtime.Declares[Unanswered], runtime.Declares[runtime.Spent]}

// run goes through the turns. judge takes a reply as the result, or says what is wrong with it.
func (t *talk) run(judge func(text string) (faults string)) error {
	for i := 0; ; i++ {
		if done, err := t.turn(i, judge); done || err != nil {
			return err
		}
	}
}

// turn has one turn: requests until there is a reply, and the calls of that. It is done where
// the reply is the result.
func (t *talk) turn(i int, judge func(string) string) (done bool, err error) {
	f := t.frame.Round(&t.step, i)
	for t.k = 0; ; {
		reply, err := t.ask(f, i)
		if err != nil {
			return false, err
		}
		if len(reply.Calls) > 0 && !reply.Last && len(t.tools) > 0 {
			t.unfits = 0
			return false, t.call(f, reply)
		}
		faults := uncalled(t, reply)
		if faults == "" {
			faults = judge(reply.Text)
		}
		if faults == "" {
			return true, nil
		}
		if err := t.complain(f, reply, faults); err != nil {
			return false, err
		}
	}
}

// maxRepairs is how often a model is told what is wrong with its reply, before the next one is
// asked.
const maxRepairs = 2

// complain answers a reply that isn't a result, or gives what the conversation fails with. That
// it is Spent is what the next request fails with, so that it is recorded what was used.
func (t *talk) complain(f *runtime.Frame, reply *Reply, faults string) error {
	t.add(reply)
	if len(reply.Calls) > 0 {
		t.messages = append(t.messages, model.Message{Role: model.Tools, Results: refusals(reply, faults)})
	} else {
		t.messages = append(t.messages, model.Message{Role: model.User, Text: unfitText(faults, t.answer != "")})
	}
	if t.unfits++; t.unfits <= maxRepairs {
		return nil
	}
	if reply.Last && len(reply.Calls) > 0 && t.current+1 == len(t.models) {
		t.over = true
		return nil
	}
	failure := runtime.Unfit{Message: strings.ReplaceAll(faults, "\n", "; ")}
	if err := f.Round(&t.asking, t.k-1).FailWith(&t.tasks[t.current].Step, failure); !t.fallBack() {
		return err
	}
	return nil
}

// fallBack has the next model asked from here on, and tells whether there is one.
func (t *talk) fallBack() bool {
	if t.current+1 == len(t.models) {
		return false
	}
	t.current++
	t.unfits = 0
	return true
}

// add makes a reply a part of the conversation. Some providers take no empty one.
func (t *talk) add(reply *Reply) {
	if reply.Text != "" || len(reply.Calls) > 0 {
		t.messages = append(t.messages, reply.message())
	}
	if reply.Usage != nil {
		t.known = known{t.current, len(t.messages), reply.Usage.In + reply.Usage.Out}
	}
}
