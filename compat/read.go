package compat

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// ReadBaseline reads what Text has written. The error is ErrForm for a baseline that was
// written by another wfgen and can't be compared.
func ReadBaseline(text []byte) (*Baseline, error) {
	var in struct {
		Form              *int
		Workflows, Called []struct {
			recordedWorkflow
			recordedBlock
		}
		Declarations []recordedDecl
	}
	if err := json.Unmarshal(text, &in); err != nil {
		return nil, err
	}
	if in.Form == nil {
		return nil, errors.New(`it has no "form"`)
	}
	if *in.Form != form {
		return nil, ErrForm
	}
	r := &recordReader{outlines: map[string]*outline{}, touched: map[string]bool{}}
	b := &Baseline{decls: declarations{}}
	for i, w := range append(in.Workflows, in.Called...) {
		e := r.named(w.Name)
		r.fill(e, w.recordedWorkflow, w.recordedBlock)
		if i < len(in.Workflows) {
			b.workflows = append(b.workflows, e)
		}
	}
	for _, d := range in.Declarations {
		b.decls[d.Key] = r.decl(d)
	}
	return b, r.check(b)
}

type recordReader struct {
	outlines map[string]*outline // by name, as far as they were named
	touched  map[string]bool     // declarations, by key
	problem  error
}

// named is the outline of a workflow, which may be read later.
func (r *recordReader) named(name string) *outline {
	if r.outlines[name] == nil {
		r.outlines[name] = &outline{name: name}
	}
	return r.outlines[name]
}

func (r *recordReader) fill(e *outline, w recordedWorkflow, body recordedBlock) {
	e.version, e.fingerprint, e.params, e.limited, e.touches = w.Version, w.Fingerprint, w.Params, w.Limited, r.set(w.Touches)
	e.steps = map[string]*step{}
	e.body = r.block(e, "", body)
}

func (r *recordReader) block(e *outline, owner string, in recordedBlock) *block {
	b := &block{label: in.Label, owner: owner, byPath: map[string]*step{}, value: value{in.Value, r.set(in.Touches)}}
	for _, s := range in.Steps {
		made := r.step(e, b, s)
		made.index = len(b.steps)
		b.byPath[made.path], e.steps[made.path] = made, made
		b.steps = append(b.steps, made)
	}
	return b
}

func (r *recordReader) step(e *outline, in *block, t recordedStep) *step {
	s := &step{
		path: t.ID, kind: t.Kind, op: kinds[t.Kind], callee: t.Calls, outcome: t.Gives, fails: t.Fails, effect: t.Effect, inputs: t.Inputs, asks: t.Asks,
		undo: t.Undo, clauses: t.Clauses, attempts: t.Attempts, on: t.On, place: t.Place, caught: t.Caught, touches: r.set(t.Touches),
		byLabel: map[string]*block{},
	}
	if s.op == nil {
		r.problem = fmt.Errorf("step %s is of the kind %q, and there is none", t.ID, t.Kind)
	}
	if t.Sub != "" {
		s.sub = r.named(t.Sub)
	}
	for _, path := range t.After {
		if a := in.byPath[path]; a != nil {
			s.after = append(s.after, a)
		} else {
			r.problem = fmt.Errorf("step %s waits for %s, which isn't above it", t.ID, path)
		}
	}
	for _, inner := range t.Blocks {
		b := r.block(e, t.ID, inner)
		s.blocks = append(s.blocks, b)
		if s.byLabel[b.label] == nil {
			s.byLabel[b.label] = b
		}
	}
	return s
}

// check looks for what is named and isn't there, as when lines were edited.
func (r *recordReader) check(b *Baseline) error {
	for _, name := range slices.Sorted(maps.Keys(r.outlines)) {
		if r.outlines[name].body == nil {
			return fmt.Errorf("the workflow %s is called and isn't there", name)
		}
	}
	for _, key := range sorted(r.touched) {
		if b.decls[key] == nil {
			return fmt.Errorf("the %s is named and isn't there", key)
		}
	}
	return r.problem
}

func (r *recordReader) decl(d recordedDecl) *decl {
	out := &decl{text: d.Text, touches: r.set(d.Touches), goFunc: d.GoFunc, rest: d.Rest}
	for _, f := range d.Fields {
		out.fields = append(out.fields, declField{f.Text, f.MayMiss})
	}
	return out
}

func (r *recordReader) set(keys []string) map[string]bool {
	out := map[string]bool{}
	for _, key := range keys {
		out[key], r.touched[key] = true, true
	}
	return out
}
