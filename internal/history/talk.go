package history

import (
	"encoding/json"
	"strings"

	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/stepid"
)

// A Spending is what models have cost.
type Spending struct {
	Requests int     `json:"requests"`
	Tokens   int     `json:"tokens"`
	Dollars  float64 `json:"dollars"`
}

func (s *Spending) add(tokens int, dollars float64) {
	s.Requests, s.Tokens, s.Dollars = s.Requests+1, s.Tokens+tokens, s.Dollars+dollars
}

// A Line is a part of a conversation with a model.
type Line struct {
	// Agent is the step that calls the agent; empty where the execution is of the agent.
	Agent string
	// Turn is which turn it is of, from 0; negative before the first.
	Turn int
	// Who is system, prompt, the model that has replied, the tool that was called, or who has
	// decided.
	Who  string
	Kind LineKind
	Text string
	// Tokens and Dollars are what a reply, or a request that failed, has cost.
	Tokens  int
	Dollars float64
}

// A LineKind is what a line is.
type LineKind string

// The kinds of lines.
const (
	Told     LineKind = "told"     // to the model, at first
	Replied  LineKind = "replied"  // the reply's text
	Asked    LineKind = "asked"    // a call that the reply asks for, with its arguments
	Gave     LineKind = "gave"     // what a call gave
	Failing  LineKind = "failed"   // a request, or a call
	Approved LineKind = "approved" // who has decided about a call, and what
)

// A recordedReply is a model's reply as it is recorded.
type recordedReply struct {
	Opening *struct{ System, Prompt string }
	Text    string
	Calls   []struct{ Name, Arguments string }
	Model   string
	Stop    string
	Cost    struct {
		Tokens  int
		Dollars float64
	}
}

// Talk gives the conversations with models that are recorded, in the order of the records, and
// what they have cost. What an agent goes on with in a later generation is of the same step.
func Talk(records []journal.Record) (lines []Line, spent Spending) {
	for _, r := range records {
		id := stepid.WithoutGeneration(r.Step)
		if agent, turn, ok := stepid.Asked(id); ok && r.Tool != "" {
			lines = append(lines, spent.request(r, agent, turn)...)
			continue
		}
		agent, turn, _, step, ok := stepid.Called(id)
		if !ok || stepid.IsInternal(id) {
			continue
		}
		l := Line{Agent: agent, Turn: turn, Who: r.Tool, Text: string(r.Data)}
		if l.Who == "" {
			l.Who = step
		}
		switch r.Kind {
		case journal.Done:
			if l.Kind = Gave; strings.HasSuffix(step, "approve") || strings.Contains(step, "approve#") {
				l.Kind = Approved
			}
		case journal.Failed:
			l.Kind, l.Text = Failing, errorText(r.Data)
		default:
			continue
		}
		lines = append(lines, l)
	}
	return lines, spent
}

// request gives the lines of what is recorded of a request.
func (s *Spending) request(r journal.Record, agent string, turn int) (lines []Line) {
	switch r.Kind {
	case journal.Done:
		var reply recordedReply
		if json.Unmarshal(r.Data, &reply) != nil {
			return nil
		}
		if o := reply.Opening; o != nil {
			if o.System != "" {
				lines = append(lines, Line{Agent: agent, Turn: -1, Who: "system", Kind: Told, Text: o.System})
			}
			lines = append(lines, Line{Agent: agent, Turn: -1, Who: "prompt", Kind: Told, Text: o.Prompt})
		}
		who := r.Tool
		if reply.Model != "" {
			who += " (" + reply.Model + ")"
		}
		text := reply.Text
		if reply.Stop != "" && reply.Stop != "ended" {
			text = strings.TrimSpace(text + " [" + reply.Stop + "]")
		}
		s.add(reply.Cost.Tokens, reply.Cost.Dollars)
		lines = append(lines, Line{Agent: agent, Turn: turn, Who: who, Kind: Replied, Text: text, Tokens: reply.Cost.Tokens, Dollars: reply.Cost.Dollars})
		for _, c := range reply.Calls {
			lines = append(lines, Line{Agent: agent, Turn: turn, Who: c.Name, Kind: Asked, Text: c.Arguments})
		}
	case journal.Failed:
		var failure journal.Error
		var unanswered recordedReply // of which the cost is there
		if json.Unmarshal(r.Data, &failure) == nil && failure.Value != nil {
			_ = json.Unmarshal(failure.Value, &unanswered) // another failure costs nothing that is known
		}
		s.add(unanswered.Cost.Tokens, unanswered.Cost.Dollars)
		lines = append(lines, Line{Agent: agent, Turn: turn, Who: r.Tool, Kind: Failing, Text: errorText(r.Data), Tokens: unanswered.Cost.Tokens, Dollars: unanswered.Cost.Dollars})
	}
	return lines
}
