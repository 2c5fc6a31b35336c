package compat

// A baseline is written as JSON with a line for each step and declaration, in the order of
// the source and of the keys: who reads the difference of two sees which steps changed.

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/wfgen/wfgen/plan"
)

// form counts the ways in which texts of steps and declarations have been made: those of
// another one mean nothing here.
const form = 1

// ErrForm says that a baseline was written by another wfgen, which describes steps in
// another way: it can't be compared.
var ErrForm = errors.New("another wfgen has written it, which describes steps otherwise")

// A recordedWorkflow is written with the fields of its block after its own.
type recordedWorkflow struct {
	Name        string   `json:"workflow"`
	Version     int      `json:"version"`
	Fingerprint string   `json:"fingerprint"`
	Params      string   `json:"params,omitempty"`
	Limited     bool     `json:"limited,omitempty"`
	Touches     []string `json:"touches,omitempty"`
}

type recordedBlock struct {
	Label   string         `json:"block,omitempty"`
	Value   string         `json:"value,omitempty"`
	Touches []string       `json:"valueTouches,omitempty"`
	Steps   []recordedStep `json:"steps"`
}

type recordedStep struct {
	ID       string          `json:"id"`
	Kind     string          `json:"kind"`
	Calls    string          `json:"calls,omitempty"`
	Sub      string          `json:"sub,omitempty"`
	Gives    string          `json:"gives,omitempty"`
	Fails    string          `json:"fails,omitempty"`
	Effect   string          `json:"effect,omitempty"`
	Inputs   string          `json:"inputs,omitempty"`
	Asks     string          `json:"asks,omitempty"`
	Undo     string          `json:"undo,omitempty"`
	Clauses  string          `json:"clauses,omitempty"`
	Attempts int             `json:"attempts,omitempty"`
	On       string          `json:"on,omitempty"`
	Place    string          `json:"in,omitempty"`
	Caught   bool            `json:"caught,omitempty"`
	Touches  []string        `json:"touches,omitempty"`
	After    []string        `json:"after,omitempty"`
	Blocks   []recordedBlock `json:"blocks,omitempty"`
}

type recordedDecl struct {
	Key     string          `json:"declaration"`
	Text    string          `json:"text,omitempty"`
	Touches []string        `json:"touches,omitempty"`
	GoFunc  bool            `json:"go,omitempty"`
	Fields  []recordedField `json:"fields,omitempty"`
	Rest    string          `json:"rest,omitempty"`
}

type recordedField struct {
	Text    string `json:"text"`
	MayMiss bool   `json:"mayMiss,omitempty"`
}

// Text writes the baseline: the same bytes for the same source.
func (b *Baseline) Text() []byte {
	w := &recordWriter{seen: map[*outline]bool{}}
	w.line(0, fmt.Sprintf(`{"form": %d, "workflows": [`, form))
	for _, e := range b.workflows {
		w.seen[e] = true
	}
	for i, e := range b.workflows {
		w.workflow(e, i == len(b.workflows)-1)
	}
	w.line(0, `], "called": [`)
	for i := 0; i < len(w.called); i++ { // which grows
		w.workflow(w.called[i], false)
	}
	w.endList()
	w.line(0, `], "declarations": [`)
	for _, key := range slices.Sorted(maps.Keys(b.decls)) {
		w.line(1, jsonText(b.decls[key].recorded(key))+",")
	}
	w.endList()
	w.line(0, "]}")
	return w.out.Bytes()
}

type recordWriter struct {
	out    bytes.Buffer
	seen   map[*outline]bool
	called []*outline // of imported packages
}

func (w *recordWriter) line(depth int, text string) {
	w.out.WriteString(string(bytes.Repeat([]byte("  "), depth)) + text + "\n")
}

// endList takes away the comma after a list's last element.
func (w *recordWriter) endList() {
	if text, ok := bytes.CutSuffix(w.out.Bytes(), []byte(",\n")); ok {
		w.out.Truncate(len(text))
		w.out.WriteByte('\n')
	}
}

func (w *recordWriter) workflow(e *outline, last bool) {
	head := recordedWorkflow{Name: e.name, Version: e.version, Fingerprint: e.fingerprint, Params: e.params, Limited: e.limited, Touches: sorted(e.touches)}
	w.block(1, head, e.body)
	w.close(last)
}

func (w *recordWriter) close(last bool) {
	if !last {
		w.out.Truncate(w.out.Len() - 1)
		w.out.WriteString(",\n")
	}
}

// block writes what has steps: the head's fields and the block's, and each step on lines
// of its own.
func (w *recordWriter) block(depth int, head any, b *block) {
	own := recordedBlock{Label: b.label, Value: digest(b.value.text), Touches: sorted(b.value.touches)}
	fields := open(jsonText(own), `"steps":null}`)
	if head != nil {
		fields = open(jsonText(head), "}") + "," + fields[1:]
	}
	w.line(depth, fields+`"steps":[`)
	for i, s := range b.steps {
		w.step(depth+1, s)
		w.close(i == len(b.steps)-1)
	}
	w.line(depth, "]}")
}

func (w *recordWriter) step(depth int, s *step) {
	text := jsonText(s.recorded())
	if s.sub != nil && !w.seen[s.sub] {
		w.seen[s.sub] = true
		w.called = append(w.called, s.sub)
	}
	if len(s.blocks) == 0 {
		w.line(depth, text)
		return
	}
	w.line(depth, open(text, "}")+`,"blocks":[`)
	for i, b := range s.blocks {
		w.block(depth+1, nil, b)
		w.close(i == len(s.blocks)-1)
	}
	w.line(depth, "]}")
}

func (s *step) recorded() recordedStep {
	r := recordedStep{
		ID: s.path, Kind: s.kind, Calls: s.callee, Gives: s.outcome, Fails: s.fails, Effect: s.effect, Inputs: digest(s.inputs), Asks: digest(s.asks),
		Undo: digest(s.undo), Clauses: s.clauses, Attempts: s.attempts, On: s.on, Place: s.place, Caught: s.caught,
		Touches: sorted(s.touches), After: paths(s.after),
	}
	if s.sub != nil {
		r.Sub = s.sub.name
	}
	return r
}

func (d *decl) recorded(key string) recordedDecl {
	r := recordedDecl{Key: key, Text: digest(d.text), Touches: sorted(d.touches), GoFunc: d.goFunc, Rest: digest(d.rest)}
	for _, f := range d.fields {
		r.Fields = append(r.Fields, recordedField{digest(f.text), f.mayMiss})
	}
	return r
}

func sorted(set map[string]bool) []string { return slices.Sorted(maps.Keys(set)) }

func open(text, end string) string { return text[:len(text)-len(end)] }

func jsonText(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic("internal error: " + err.Error())
	}
	return string(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

// kinds are the operations of steps by what they are called.
var kinds = map[string]plan.Op{
	"call": &plan.Call{}, "binding": &plan.Let{}, "if": &plan.If{}, "match": &plan.Match{}, "for": &plan.For{}, "parallel for": &plan.For{},
	"parallel": &plan.Parallel{}, "try": &plan.Try{}, "finally": &plan.Finally{}, "race": &plan.Race{}, "loop": &plan.Loop{}, "validate": &plan.Validate{},
	"fail": &plan.Fail{}, "return": &plan.Return{}, "break": &plan.Break{}, "continue": &plan.Continue{}, "wait": &plan.Wait{},
	"wait until": &plan.Wait{}, "log": &plan.Log{}, "commit": &plan.Commit{}, "rollback": &plan.Rollback{}, "now": &plan.Now{}, "uuid": &plan.UUID{},
	"conversation": &plan.Converse{},
	"await":        &plan.Durable{}, "emit": &plan.Durable{}, "approve": &plan.Durable{}, "start": &plan.Durable{},
}
