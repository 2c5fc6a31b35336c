package main

import (
	"fmt"
	"strings"

	"github.com/wfgen/wfgen/internal/history"
	"github.com/wfgen/wfgen/runtime/stepid"
)

// printSteps prints the steps of an execution as a tree, and below that the undos that were
// run, in the order in which they were.
func (s *streams) printSteps(steps []*history.Step) error {
	tree, undos := new(stepNode), s.table()
	undos.row("UNDO", "STATE", "TRIES", "TOOK", "OF", "")
	undone := false
	for _, st := range steps {
		if undoes(st) {
			undone = true
			// Here ids are whole: at the end a long one leaves the other columns in their place.
			undos.row(st.Tool, st.State, tries(st), took(st), stepid.Undone(st.ID), remark(st))
		} else {
			tree.add(st)
		}
	}
	t := s.table()
	t.row("STEP", "TOOL", "STATE", "TRIES", "TOOK", "")
	for _, n := range tree.kids {
		n.print(t, "")
	}
	fmt.Fprintln(s.out)
	if err := t.print(); err != nil || !undone {
		return err
	}
	fmt.Fprintln(s.out)
	return undos.print()
}

// undoes tells whether a step is an undo that has been run, or stands in one.
func undoes(st *history.Step) bool {
	for around := range stepid.Around(st.ID) {
		if _, is := stepid.CutUndo(stepid.WithoutAttempt(around)); is {
			return true
		}
	}
	_, is := stepid.CutUndo(st.ID)
	return is && st.State != history.Owed && st.State != history.Kept && st.State != history.Dropped
}

// A stepNode is a part of an id with what stands below it: the step of that id, if it is one,
// and further parts in the order in which they came.
type stepNode struct {
	part string
	step *history.Step // nil where the part only encloses others
	kids []*stepNode
	by   map[string]*stepNode
}

func (n *stepNode) add(st *history.Step) {
	for _, part := range stepid.Split(st.ID) {
		n = n.kid(part)
	}
	n.step = st
}

func (n *stepNode) kid(part string) *stepNode {
	k := n.by[part]
	if k == nil {
		k = &stepNode{part: part}
		if n.by == nil {
			n.by = map[string]*stepNode{}
		}
		n.by[part] = k
		n.kids = append(n.kids, k)
	}
	return k
}

func (n *stepNode) print(t *table, indent string) {
	if n.step == nil {
		t.row(indent+n.part, "", "", "", "", "")
	} else {
		t.step(indent+n.part, n.step)
	}
	for _, k := range n.kids {
		k.print(t, indent+"  ")
	}
}

func (t *table) step(name string, st *history.Step) {
	t.row(name, st.Tool, st.State, tries(st), took(st), remark(st))
}

func tries(st *history.Step) string {
	if st.Attempts == 0 {
		return ""
	}
	return fmt.Sprint(st.Attempts)
}

func took(st *history.Step) string {
	if st.Began.IsZero() || st.Ended.IsZero() {
		return ""
	}
	return lengthText(st.Ended.Sub(st.Began))
}

// remark marks the critical path, and says why a step failed, or how far its tool has come.
func remark(st *history.Step) string {
	text, _, _ := strings.Cut(st.Error, "\n")
	if st.State == history.Running || st.State == history.Undoing {
		text = string(st.Progress)
	}
	if st.Critical {
		text = strings.TrimSpace("* " + text)
	}
	return text
}
