package replay

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/wfgen/wfgen/internal/history"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/stepid"
	"github.com/wfgen/wfgen/types"
)

// Test writes an execution that has ended as a test of its workflow: mocks give what is
// recorded, and its end is expected. An error says why it can't be one.
func Test(p *plan.Program, d *history.Document) (string, error) {
	w, err := workflowOf(p, d)
	if err != nil {
		return "", err
	}
	switch x := &d.Execution; {
	case x.Ended.IsZero():
		return "", fmt.Errorf("execution %s hasn't ended: a test expects an end", x.ID)
	case x.Status == journal.StatusCancelled:
		return "", fmt.Errorf("execution %s was cancelled from outside, which a test can't do", x.ID)
	case x.Generation > 1:
		return "", fmt.Errorf("execution %s was retried, which a test can't do", x.ID)
	}
	t := &test{document: d, played: playedBy(w.Body, "", map[string]*played{})}
	t.line("test %s {", quote("execution "+d.Execution.ID))
	if err := errors.Join(t.mocks(), t.run(w), t.expects(w)); err != nil {
		return "", err
	}
	return t.text.String() + "}\n", nil
}

// A test is a test block that is being written.
type test struct {
	document *history.Document
	played   map[string]*played // what mocks play, by the step's id with [] for rounds
	text     bytes.Buffer
}

func (t *test) line(format string, args ...any) { fmt.Fprintf(&t.text, format+"\n", args...) }

// A played is what mocks play of a step.
type played struct {
	*plan.Tool
	durable bool // it isn't a tool: something is awaited, sent or started
}

// playedBy adds to tools what the steps of a block call that mocks play.
func playedBy(b *plan.Block, prefix string, tools map[string]*played) map[string]*played {
	for _, n := range b.Nodes {
		id := prefix + n.Path
		switch op := n.Op.(type) {
		case *plan.Call:
			if op.Tool != nil {
				tools[id] = &played{op.Tool, false}
			} else {
				playedBy(op.Workflow.Body, id+".", tools)
			}
		case *plan.Durable:
			tools[id] = &played{op.Played, true}
		}
		for _, body := range plan.Blocks(n.Op) {
			playedBy(body, prefix, tools)
		}
	}
	return tools
}

func (t *test) of(step string) *played {
	general, _ := stepid.General(step)
	return t.played[general]
}

// mocks writes what each step gave, attempt by attempt: its own, and those at the
// sub-workflows around it.
func (t *test) mocks() error {
	var steps []string
	answers := map[string][]string{}
	for _, r := range t.document.Records {
		step := stepid.WithoutAttempts(r.Step)
		tool := t.of(step)
		if tool == nil || r.Kind != journal.Done && r.Kind != journal.Failed {
			continue
		}
		answer, err := answerOf(tool, r)
		if err != nil {
			return fmt.Errorf("step %s: %w", r.Step, err)
		}
		if answers[step] == nil {
			steps = append(steps, step)
		}
		answers[step] = append(answers[step], answer)
	}
	for _, step := range steps {
		if all := answers[step]; len(all) > 1 || all[0] != "none" {
			t.line("\tmock %s => %s", quote(step), strings.Join(all, ", "))
		}
	}
	return nil
}

func answerOf(tool *played, r history.Record) (string, error) {
	if r.Kind == journal.Done {
		if types.Is(tool.Result, types.Nothing) {
			return "none", nil
		}
		if s, ok := tool.Result.(*types.Struct); ok && tool.durable {
			return literal(s, r.Data) // an event's type can't be decoded to
		}
		return valueOf(tool.Result, r.Data)
	}
	var e journal.Error
	if err := json.Unmarshal(r.Data, &e); err != nil {
		return "", err
	}
	i := slices.IndexFunc(tool.Fails, func(s *types.Struct) bool { return s.Name == e.Type })
	if i >= 0 && e.Value != nil {
		value, err := literal(tool.Fails[i], e.Value)
		return "fail " + value, err
	}
	if e.Message != "" {
		return "fail " + quote(e.Message), nil
	}
	return "fail " + quote(e.Text), nil
}

// run writes the call of the workflow.
func (t *test) run(w *plan.Workflow) error {
	var input map[string]json.RawMessage
	if err := json.Unmarshal(t.document.Execution.Input, &input); err != nil {
		return fmt.Errorf("the input: %w", err)
	}
	var args []string
	for _, p := range w.Params {
		arg, err := valueOf(p.Type, input[p.Name])
		if err != nil {
			return fmt.Errorf("the input %s: %w", p.Name, err)
		}
		args = append(args, arg)
	}
	t.line("\trun %s(%s)", w.Name, strings.Join(args, ", "))
	return nil
}

// expects writes how the workflow ended, and which steps it took.
func (t *test) expects(w *plan.Workflow) error {
	switch x := &t.document.Execution; {
	case x.Status == journal.StatusFailed:
		records := t.document.Records
		var e journal.Error
		if n := len(records); n > 0 {
			_ = json.Unmarshal(records[n-1].Data, &e) // the execution has the text as well
		}
		if e.Type != "" {
			t.line("\texpect fail %s", e.Type)
		} else {
			parts := place.Split(x.Error, -1)
			line, _, _ := strings.Cut(parts[len(parts)-1], "\n")
			t.line("\texpect fail %s", quote(line))
		}
	case !types.Is(w.Result, types.Nothing):
		t.line("\texpect json(result) == %s", quote(string(compact(x.Result))))
	}
	var taken, undone []string
	for _, r := range t.document.Records {
		step := stepid.WithoutAttempts(r.Step)
		call := r.Kind == journal.Done || r.Kind == journal.Failed
		if call && t.of(step) != nil && !slices.Contains(taken, quote(step)) {
			taken = append(taken, quote(step))
		}
		if of, ok := stepid.CutUndo(step); ok && r.Kind == journal.Undone {
			undone = append(undone, quote(of))
		}
	}
	if len(taken) > 0 {
		t.line("\texpect steps %s", strings.Join(taken, ", "))
	}
	t.line("%s", strings.TrimRight("\texpect undone "+strings.Join(slices.Compact(undone), ", "), " "))
	return nil
}

// valueOf writes JSON as a value of a type.
func valueOf(t types.Type, data []byte) (string, error) {
	if data == nil {
		data = []byte("null")
	}
	var v any
	in := json.NewDecoder(bytes.NewReader(data))
	in.UseNumber()
	if err := in.Decode(&v); err != nil {
		return "", err
	}
	switch v := v.(type) {
	case string:
		if types.Is(t, types.String) {
			return quote(v), nil
		}
	case bool:
		if types.Is(t, types.Bool) {
			return strconv.FormatBool(v), nil
		}
	case json.Number:
		if types.Is(t, types.Int) {
			return v.String(), nil
		}
	}
	return fmt.Sprintf("decode(%s, %s)", t, quote(string(compact(data)))), nil
}

// literal writes a JSON object as a struct.
func literal(s *types.Struct, data []byte) (string, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return "", err
	}
	var list []string
	for _, f := range s.Fields {
		value, err := valueOf(f.Type, fields[f.Key()])
		if err != nil {
			return "", err
		}
		list = append(list, f.Name+": "+value)
	}
	return s.Name + "{" + strings.Join(list, ", ") + "}", nil
}

// quote writes a text as a string of the language.
func quote(text string) string { return strings.ReplaceAll(strconv.Quote(text), "${", `\${`) }

// compact is JSON without spaces, or what isn't JSON as it is.
func compact(data []byte) []byte {
	var b bytes.Buffer
	if json.Compact(&b, data) != nil {
		return data
	}
	return b.Bytes()
}
