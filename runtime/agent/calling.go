package agent

import (
	"encoding/json"
	"strings"

	"github.com/wfgen/wfgen/runtime"
	"github.com/wfgen/wfgen/runtime/model"
	"github.com/wfgen/wfgen/runtime/pure"
	"github.com/wfgen/wfgen/runtime/stepid"
)

// atOnce is how many reading calls of one reply go on side by side.
const atOnce = 16

// A call is one of a reply.
type call struct {
	tool   *Tool
	make   func(*runtime.Frame) ([]byte, error) // nil where it isn't made
	result model.Result
}

// call makes the calls of a reply, and adds it and what they gave to the conversation. All are
// looked at before any is made. Those that only read go on side by side, up to the next that
// doesn't; these are made one at a time, in their order.
func (t *talk) call(f *runtime.Frame, reply *Reply) error {
	calls := make([]call, len(reply.Calls))
	for k, c := range reply.Calls {
		calls[k] = t.prepared(c)
	}
	for k := 0; k < len(calls); {
		n := 1
		if calls[k].reads() {
			n = reading(calls[k:])
		}
		if err := t.makeCalls(f, k, calls[k:k+n]); err != nil {
			return err
		}
		k += n
	}
	t.add(reply)
	m := model.Message{Role: model.Tools}
	for k := range calls {
		m.Results = append(m.Results, calls[k].result)
	}
	t.messages = append(t.messages, m)
	return nil
}

// prepared looks at a call.
func (t *talk) prepared(c Call) call {
	out := call{result: model.Result{Call: c.ID, Name: c.Name}}
	for i := range t.tools {
		if t.tools[i].Name == c.Name {
			out.tool = &t.tools[i]
		}
	}
	if out.tool == nil {
		return out.unfit(noToolText(c.Name, t.tools))
	}
	do, err := out.tool.prepare([]byte(c.Arguments))
	if err != nil {
		return out.unfit(err.Error())
	}
	if most := out.tool.Max; most > 0 && t.called[c.Name] >= most {
		return out.unfit(mostText(c.Name, most))
	}
	t.called[c.Name]++
	out.make = do
	return out
}

func (c call) unfit(faults string) call {
	c.result.Failed, c.result.Text = true, uncalledText(faults)
	return c
}

// reads tells whether a call may be made beside others; one that isn't made is beside any.
func (c *call) reads() bool { return c.make == nil || c.tool.Reads }

// reading is how many calls are made side by side.
func reading(calls []call) int {
	for n := range calls {
		if !calls[n].reads() {
			return n
		}
	}
	return len(calls)
}

// makeCalls makes calls side by side, the first of which is the k-th of its reply.
func (t *talk) makeCalls(f *runtime.Frame, k int, calls []call) error {
	if len(calls) == 1 {
		return calls[0].do(f.Round(&t.calling, k))
	}
	each := func(yield func(int, *call) bool) {
		for i := range calls {
			if calls[i].make != nil && !yield(k+i, &calls[i]) {
				return
			}
		}
	}
	return runtime.EachSeq(f, &t.calling, atOnce, each, func(f *runtime.Frame, _ int, c *call) error { return c.do(f) })
}

// do makes a call. It fails where the agent is to fail: all else is told to the model. What a
// call owes that has failed is undone before.
func (c *call) do(f *runtime.Frame) error {
	if c.make == nil {
		return nil
	}
	data, err := runtime.Try(f, c.make)
	switch {
	case err == nil:
		c.result.Text = resultText(data)
	case !f.Caught(err) || !c.tells(err):
		return err
	default:
		c.result.Failed, c.result.Text = true, failedText(pure.Message(err))
	}
	return nil
}

// tells tells whether a failure is an answer to the model: what a tool that only reads has
// failed with, and a declared error of another, since then it is known what has happened. It
// isn't where an attempt may have had its effect.
func (c *call) tells(err error) bool {
	if c.tool.Reads {
		return true
	}
	switch runtime.Declared(err).(type) {
	case nil, runtime.Interrupted:
		return false
	case runtime.TimedOut: // of an approval, unless it is the call's own
		return !c.failedItself(err)
	}
	return true
}

// failedItself tells whether it is the call of the tool that has failed, and not what has to
// be before it.
func (c *call) failedItself(err error) bool {
	id := stepid.WithoutAttempts(runtime.FailedStep(err))
	return id[strings.LastIndexByte(id, '.')+1:] == c.tool.Name
}

// resultText is what a call gave as the model is told it: a text as it is.
func resultText(data []byte) string {
	if data == nil {
		return doneText
	}
	var s string
	if data[0] == '"' && json.Unmarshal(data, &s) == nil {
		return s
	}
	return string(data)
}
