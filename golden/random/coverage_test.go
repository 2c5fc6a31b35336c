package random

import (
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"testing"

	"github.com/wfgen/wfgen/dsl"
	"github.com/wfgen/wfgen/parser"
)

// unwritten are the constructs that no random program has, and why.
var unwritten = map[string]string{
	"BadStmt": "is a mistake",
	"BadExpr": "is a mistake",

	"EffectClause":  "is of tools, which all programs have in common",
	"TypePattern":   "is of funcs, which all programs have in common",
	"FailsClause":   "is of tools",
	"LimitClause":   "is of tools, and of a workflow that all programs have in common",
	"BreakerClause": "is of tools",
	"CacheClause":   "is of tools, and compiled programs keep for their process what the interpreter keeps for one run",
	"KeepClause":    "is of events",
	"VersionClause": "is of workflows",
}

var nodeMethod = regexp.MustCompile(`(?m)^func \(\*(\w+)\) (?:stmt|expr|clause)\(\)`)

// TestCoverage: each kind of statement, expression and clause occurs in random programs
// time and again, so that none drops out unseen.
func TestCoverage(t *testing.T) {
	const programs, least = 300, 5
	times := map[string]int{}
	for _, kind := range append(nodeKinds(t), string(dsl.Await), string(dsl.Emit), string(dsl.Approve), string(dsl.Start)) {
		times[kind] = 0
	}
	for n := range uint64(programs) {
		file, _ := parser.Parse("p.wf", []byte(Program(n)))
		for _, d := range file.Decls {
			if w, ok := d.(*dsl.WorkflowDecl); ok && w.Name.Name == "Main" {
				dsl.Inspect(w.Body, func(n dsl.Node) bool {
					times[reflect.TypeOf(n).Elem().Name()]++
					if call, ok := n.(*dsl.CallExpr); ok && call.Verb != dsl.Call {
						times[string(call.Verb)]++
					}
					return true
				})
			}
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(times)) {
		switch why, left := unwritten[kind]; {
		case left && times[kind] > 0:
			t.Errorf("%d programs have %s, which is said to be left out since it %s", programs, kind, why)
		case !left && times[kind] < least:
			t.Errorf("%d programs have %s %d times, want it %d times", programs, kind, times[kind], least)
		}
	}
}

// nodeKinds are the names of the types of dsl that are statements, expressions or clauses.
func nodeKinds(t *testing.T) (kinds []string) {
	t.Helper()
	paths, err := filepath.Glob("../../dsl/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range nodeMethod.FindAllStringSubmatch(string(text), -1) {
			kinds = append(kinds, found[1])
		}
	}
	if len(kinds) < 40 {
		t.Fatalf("%d kinds: too few to be all", len(kinds))
	}
	return kinds
}

// TestReached: what depends on the input of random programs, or on what goes wrong, comes up
// time and again.
func TestReached(t *testing.T) {
	const programs, least = 100, 50
	times := map[string]int{}
	for n := range uint64(programs) {
		source := Program(n)
		for _, in := range inputs {
			_, sound := expected(source, in, fault{})
			all := []*reference{sound}
			for call := 1; call <= sound.calls; call++ {
				_, struck := expected(source, in, fault{Kind: "fails, undo fails", Call: call})
				all = append(all, struck)
			}
			for _, r := range all {
				for what, k := range r.reached {
					times[what] += k
				}
			}
		}
	}
	for _, what := range reachable {
		if times[what] < least {
			t.Errorf("%s: %d times in %d programs, want it %d times", what, times[what], programs, least)
		}
	}
}
