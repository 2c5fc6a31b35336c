package checker_test

import (
	"strings"
	"testing"
	"time"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/diag"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/parser"
)

const largeFrame = `package p
type T { next T? }
tool Act(n int) int idempotent
tool Undo(n int) idempotent
workflow W(n int, o int?, b bool, xs []int, t T) {
`

// nested are forms with a hole for another of the same, as an operand, a branch, an
// argument, and wherever else the checker may look at a thing twice.
var nested = map[string][2]string{
	"parentheses": {"(", ")"},
	"sum":         {"n + (", ")"},
	"sum of sums": {"(", ") + 1"},
	"product":     {"2 * (", ")"},
	"negative":    {"-(", ")"},
	"and":         {"(b && (1 == ", "))"},
	"coalesce":    {"(o ?? ", ")"},
	"if":          {"if b { ", " } else { 1 }"},
	"else":        {"if b { 1 } else { ", " }"},
	"both":        {"if b { none } else { ", " }"},
	"match":       {"match n { 1 => 1, _ => ", " }"},
	"list":        {"[", "]"},
	"mixed list":  {"[none, ", "]"},
	"for":         {"for x in xs { ", " }"},
	"min":         {"min(1, ", ")"},
	"len":         {"len([", "])"},
	"conversion":  {"int(", ")"},
	"call":        {"Act(", ")"},
	"else clause": {"(Act(1) else ", ")"},
	"undo":        {"(Act(1) undo Undo(", "))"},
	"text":        {`len("${`, `}")`},
	"struct":      {"T{next: ", "}"},
	"parallel":    {"parallel { ", " }"},
}

// TestDeep: the time for what is nested grows with its depth, not beyond.
func TestDeep(t *testing.T) {
	for name, form := range nested {
		t.Run(name, func(t *testing.T) {
			const depth = 60
			quick(t, "_ := "+strings.Repeat(form[0], depth)+"n"+strings.Repeat(form[1], depth))
		})
	}
}

// TestLong: so does the time for what is long.
func TestLong(t *testing.T) {
	for name, part := range map[string][3]string{
		"lines":      {"", "Act(n)\n", ""},
		"bindings":   {"", "_ := Act(n)\n", ""},
		"sum":        {"_ := n", " + 1", ""},
		"constant":   {"_ := 1", " + 1", ""},
		"product":    {"_ := 2", " * 2", ""},
		"list":       {"_ := [1", ", 1", "]"},
		"text":       {`log "`, "${n}", `"`},
		"validates":  {"", "validate o != none\n", ""},
		"conditions": {"_ := b", " && b", ""},
		"elses":      {"if b {}", " else if b {}", ""},
		"unknown":    {"", "_ := naem\n", ""},
		"path":       {"_ := t", "?.next", ""},
		"arms":       {"match n { 1 => {}", ", 1 => {}", "}"},
	} {
		t.Run(name, func(t *testing.T) { quick(t, part[0]+strings.Repeat(part[1], 3000)+part[2]) })
	}
}

// quick checks the body of a workflow, which has to end soon.
func quick(t *testing.T, body string) {
	t.Helper()
	file, _ := parser.Parse("p.wf", []byte(largeFrame+body+"\n}\n"))
	began := time.Now()
	_, ds := checker.Check([]*dsl.File{file}, "")
	if took := time.Since(began); took > patience {
		t.Errorf("took %v", took)
	}
	for _, d := range ds {
		if d.Code == "" {
			t.Error(rendered([]diag.Diagnostic{d}))
		}
	}
}
