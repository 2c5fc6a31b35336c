package random

import (
	"bytes"
	"go/constant"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wfgen/wfgen/compat"
	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/format"
	"github.com/wfgen/wfgen/plan"
	"github.com/wfgen/wfgen/runtime/journal"
	"github.com/wfgen/wfgen/runtime/memory"
	"github.com/wfgen/wfgen/types"
)

const compatPrograms = 150

// TestCompatLooks: a random program with comments, and formatted, is what it was.
func TestCompatLooks(t *testing.T) {
	for seed := range uint64(compatPrograms) {
		source := Program(seed)
		old, now := planned(t, source), planned(t, commented(t, source))
		before, after := compat.Fingerprints(old), compat.Fingerprints(now)
		for i, w := range old.Workflows {
			if before[w] != after[now.Workflows[i]] {
				t.Errorf("seed %d: the fingerprint of %s changed\n%s", seed, w.Name, source)
			}
		}
		for _, r := range compat.Compare(compat.Source{Program: old}, compat.Source{Program: now}) {
			if r.Verdict != compat.Yes {
				t.Errorf("seed %d: %s: %s\n%s", seed, r.Workflow, r.Reason, source)
			}
		}
	}
}

// planned is the plan of a source.
func planned(t *testing.T, source string) *plan.Program {
	t.Helper()
	p, err := read("", source)
	if err != nil {
		t.Fatalf("%v\n%s", err, source)
	}
	return p.plan
}

// commented is a source with comments and empty lines, formatted.
func commented(t *testing.T, source string) string {
	var b strings.Builder
	for line := range strings.Lines(source) {
		if strings.HasPrefix(line, "\t") && !strings.HasPrefix(strings.TrimSpace(line), "}") {
			b.WriteString("\n// What follows is\n")
		}
		b.WriteString(line)
	}
	out, ds, err := format.Source("random.wf", []byte(b.String()))
	if len(ds) > 0 || err != nil {
		t.Fatalf("%v %v\n%s", ds, err, b.String())
	}
	if bytes.Equal(out, []byte(source)) {
		t.Fatal("nothing to compare")
	}
	return string(out)
}

// TestCompatInputs: where the input of one step of a random program is computed
// otherwise, executions can go on at those steps of which it is a successor, and at no
// others.
func TestCompatInputs(t *testing.T) {
	yes, no := 0, 0
	for seed := range uint64(compatPrograms) {
		source := Program(seed)
		old, now := planned(t, source), planned(t, source)
		i := slices.IndexFunc(now.Workflows, func(w *plan.Workflow) bool { return w.Name == "Main" })
		changed := withOtherInput(now.Workflows[i], seed)
		if changed == nil {
			continue
		}
		where := waysTo(old.Workflows[i].Body)
		for _, p := range compat.Compare(compat.Source{Program: old}, compat.Source{Program: now})[i].Positions {
			way, ok := where[p.Step]
			if !ok {
				continue // an undo, or a step of a sub-workflow
			}
			want := compat.No
			if later(way, where[changed.Path]) {
				want = compat.Yes
				yes++
			} else {
				no++
			}
			if p.Verdict != want {
				t.Errorf("seed %d: %s changed: at %s: %s (%s), want %s\n%s", seed, changed.Path, p.Step, p.Verdict, p.Reason, want, source)
			}
		}
	}
	if yes < compatPrograms || no < compatPrograms {
		t.Errorf("%d times yes and %d times no: too few to tell", yes, no)
	}
}

// TestCompatResumes: what is recorded of random programs is no hindrance where an input of
// a step is computed otherwise that isn't recorded, as compat says; where it is recorded,
// the execution is held.
func TestCompatResumes(t *testing.T) {
	going, held := 0, 0
	for seed := range uint64(30) {
		source := Program(seed)
		old, now := planned(t, source), planned(t, source)
		i := slices.IndexFunc(now.Workflows, func(w *plan.Workflow) bool { return w.Name == "Main" })
		changed := withOtherInput(now.Workflows[i], seed)
		if changed == nil {
			continue
		}
		j := memory.New()
		var states []*memory.Journal
		j.OnCommit(func(state *memory.Journal) { states = append(states, state) })
		if _, err := resumed(&program{name: "the old program", source: source, plan: old}, j, inputs[0].json()); err != nil {
			t.Fatal(err)
		}
		for n, state := range states {
			records, err := recordsOf(state)
			if err != nil {
				t.Fatal(err)
			}
			done := recordOf(records, changed)
			prospect := ""
			if len(records) > 0 && !isEnd(records[len(records)-1]) {
				prospect = forecast(t, now, state)
			}
			o, err := resumed(&program{name: "the new program", source: source, plan: now}, state, nil)
			if err != nil {
				t.Fatal(err)
			}
			if is := o != nil && strings.Contains(o.Err, "is held"); is != (prospect != "") {
				t.Fatalf("program %d, %s changed: state %d is held: %t, forecast was %q\n%s\n%s", seed, changed.Path, n, is, prospect, shown(records), source)
			}
			switch {
			case o == nil || o.OK:
				going++
			case strings.Contains(o.Err, "is held") && done:
				held++
			case strings.Contains(o.Err, "is held"):
				t.Fatalf("program %d, %s changed: state %d: %s\n%s\n%s", seed, changed.Path, n, o.Err, shown(records), source)
			}
		}
	}
	if going == 0 || held == 0 {
		t.Errorf("%d states went on, %d were held: too few to tell", going, held)
	}
}

func isEnd(r journal.Record) bool { return r.Kind == journal.Ended }

var round = regexp.MustCompile(`\[[^]]*\]`)

// recordOf tells whether anything is recorded of a node, in any round.
func recordOf(records []journal.Record, n *plan.Node) bool {
	return slices.ContainsFunc(records, func(r journal.Record) bool {
		return strings.HasPrefix(round.ReplaceAllString(r.Step, "[]"), n.Path)
	})
}

// withOtherInput has the first input of one of a workflow's steps computed otherwise; nil
// where it has none that could be.
func withOtherInput(w *plan.Workflow, seed uint64) *plan.Node {
	calls := callsIn(w)
	if len(calls) == 0 {
		return nil
	}
	changed := calls[rand.New(rand.NewPCG(seed, 1)).IntN(len(calls))]
	args := changed.Op.(*plan.Call).Args
	one := &plan.Const{T: plan.T{Typ: args[0].Type()}, Value: constant.MakeInt64(1)}
	args[0] = &plan.Binary{T: plan.T{Typ: args[0].Type()}, Op: dsl.Add, X: args[0], Y: one}
	return changed
}

// callsIn are the calls of tools whose first argument is a whole number.
func callsIn(w *plan.Workflow) (calls []*plan.Node) {
	plan.Inspect(w.Body, func(n *plan.Node) {
		if c, ok := n.Op.(*plan.Call); ok && c.Tool != nil && len(c.Args) > 0 && types.Is(c.Args[0].Type(), types.Int) {
			calls = append(calls, n)
		}
	}, nil)
	return calls
}

// A turn is a node, and which of its blocks the way to another one leads into.
type turn struct {
	node  *plan.Node
	block int
}

// waysTo are the ways from a body to all nodes in it, by path.
func waysTo(b *plan.Block) map[string][]turn {
	ways := map[string][]turn{}
	var walk func(b *plan.Block, way []turn)
	walk = func(b *plan.Block, way []turn) {
		for _, n := range b.Nodes {
			ways[n.Path] = append(slices.Clone(way), turn{n, -1})
			for i, inner := range plan.Blocks(n.Op) {
				walk(inner, append(slices.Clone(way), turn{n, i}))
			}
		}
	}
	walk(b, nil)
	return ways
}

// later tells whether the node at the end of b can only be begun when that at the end of a
// is done, or when the way to a isn't taken.
func later(a, b []turn) bool {
	for i := range min(len(a), len(b)) {
		x, y := a[i], b[i]
		if x.node != y.node {
			return after(y.node, x.node)
		}
		switch op := x.node.Op.(type) {
		case *plan.For:
			return false
		case *plan.Try:
			if op.Retry != nil && x.block == 0 && y.block == 0 {
				return false
			}
		case *plan.Loop:
			const otherwise = 1 // the block that is run once
			if x.block == otherwise && y.block == otherwise {
				continue
			}
			return x.block != y.block && x.block != otherwise
		}
		if x.block == y.block {
			continue
		}
		switch x.node.Op.(type) {
		case *plan.Race:
			return false
		case *plan.Try:
			return x.block < y.block
		case *plan.If, *plan.Match:
			return true
		}
		return x.block < 0 // the else clause of the step itself
	}
	return false
}

// after tells whether y waits for x.
func after(y, x *plan.Node) bool {
	return slices.ContainsFunc(y.After, func(z *plan.Node) bool { return z == x || after(z, x) })
}
