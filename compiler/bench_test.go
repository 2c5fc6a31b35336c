package compiler_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/wfgen/wfgen/checker"
	"github.com/wfgen/wfgen/codegen"
	"github.com/wfgen/wfgen/compat"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/format"
	"github.com/wfgen/wfgen/parser"
	"github.com/wfgen/wfgen/plan"
)

// A made is a source with all that the stages make of it, each from what is before it.
type made struct {
	text    []byte
	file    *dsl.File
	program *checker.Program
	plan    *plan.Program
}

// through takes a source without faults through the stages.
func through(t testing.TB, text string) made {
	t.Helper()
	m := made{text: []byte(text)}
	p, err := inMemory("nowhere/at/all", "shapes.wf", m.text)
	if err != nil || p.HasErrors() {
		t.Fatal(err, p.Diagnostics())
	}
	m.file, _ = parser.Parse("shapes.wf", m.text)
	m.program, m.plan = p.Program(), p.Plan()
	return m
}

// stages are what is done to a source, each by itself; compile is all that the command
// does but for files.
var stages = map[string]func(m made){
	"parse":  func(m made) { parser.Parse("shapes.wf", m.text) },
	"check":  func(m made) { checker.Check([]*dsl.File{m.file}, "") },
	"plan":   func(m made) { plan.Make(m.program) },
	"format": func(m made) { format.Source("shapes.wf", m.text) },
	"generate": func(m made) {
		if _, err := codegen.Generate(m.plan); err != nil {
			panic(err)
		}
	},
	"fingerprints": func(m made) { compat.Fingerprints(m.plan) },
	"compare":      func(m made) { compat.Compare(compat.Source{Program: m.plan}, compat.Source{Program: m.plan}) },
	"compile": func(m made) {
		p, err := inMemory("nowhere/at/all", "shapes.wf", m.text)
		if err != nil {
			panic(err)
		}
		p.Generate()
	},
}

// BenchmarkStages shows what each stage takes for each shape of source, and how that
// grows with the number of steps.
func BenchmarkStages(b *testing.B) {
	for _, shape := range slices.Sorted(maps.Keys(shapes)) {
		for _, n := range []int{1000, 1250, 2500, 5000, 10000} {
			m := through(b, shapes[shape](n))
			for _, stage := range slices.Sorted(maps.Keys(stages)) {
				b.Run(fmt.Sprintf("%s/%s/%d", stage, shape, n), func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						stages[stage](m)
					}
				})
			}
		}
	}
}
