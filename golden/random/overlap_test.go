package random

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wfgen/wfgen/plan"
)

// TestOverlap has steps of random programs wait for each other where the plan says that
// they may run side by side: they all begin before one of them ends.
func TestOverlap(t *testing.T) {
	met := 0
	meeting := check(func(p *program, in input) error {
		meetings, err := p.meetings(in)
		if err != nil {
			return err
		}
		met += len(meetings)
		alone, err := interpreted(p, in)
		if err != nil {
			return err
		}
		return haveMet(p, alone, meetings, meet(meetings, p.interpreted(in)))
	})
	for p := range random(t, 60) {
		if !meeting.hold(t, p) {
			return
		}
	}
	if met == 0 {
		t.Error("no steps have met")
	}
	t.Logf("%d times steps have met", met)
}

// haveMet holds runs in which steps waited for each other against one in which none did.
func haveMet(p *program, alone outcome, meetings []meeting, all []outcome) error {
	for i, m := range meetings {
		if all[i].Missed {
			return fmt.Errorf("the steps %s can run side by side, and didn't all begin before one of them ended",
				strings.Join(m.Steps, ", "))
		}
		if err := sameEnd(p, &all[i], alone); err != nil {
			return err
		}
	}
	return nil
}

// meetings are those of a program with an input: of steps, and of those among them that
// know their ids though nobody observes them.
func (p *program) meetings(in input) (all []meeting, err error) {
	alone, err := interpreted(p, in)
	if err != nil {
		return nil, err
	}
	places := sites(p.plan)
	for _, steps := range meetings(p, alone) {
		all = append(all, meeting{Steps: steps})
		known := slices.DeleteFunc(slices.Clone(steps), func(id string) bool {
			way := places[pathOf(id)].way
			return len(way) == 0 || way[len(way)-1].node.Op.(*plan.Call).Tool.Effect == plan.Readonly // a sub-workflow has none
		})
		if len(known) > 1 {
			all = append(all, meeting{known, true})
		}
	}
	return all, nil
}

// meetings gives sets of steps that may all run at the same time, of those that a run has
// done: of each block in each round, and of the rounds that run side by side.
func meetings(p *program, o outcome) (all [][]string) {
	if !o.OK { // what would have failed beside them may keep them from beginning
		return nil
	}
	done := map[string]bool{}
	for id, events := range o.Steps {
		done[id] = strings.HasPrefix(events[len(events)-1], "done")
	}
	r := rand.New(rand.NewPCG(uint64(len(p.source)), uint64(len(done))))
	look := func(b *plan.Block) {
		for _, nodes := range byRound(b, done) {
			if some := antichain(r, nodes); len(some) > 1 {
				all = append(all, some)
			}
		}
	}
	w := p.main()
	look(w.Body)
	plan.Inspect(w.Body, func(n *plan.Node) {
		for _, b := range plan.Blocks(n.Op) {
			look(b)
		}
		if op, ok := n.Op.(*plan.For); ok && op.Parallel && op.Limit == nil {
			all = append(all, sideBySide(op.Body, done)...)
		}
	}, nil)
	return all
}

var inBrackets = regexp.MustCompile(`\\\[\\\]`)

// instances are the ids of a node's step that were done, by the indexes in them. It has
// none where the step isn't just a call.
func instances(n *plan.Node, done map[string]bool) map[string]string {
	ids := map[string]string{}
	if c, ok := n.Op.(*plan.Call); !ok || n.Inline || c.Else != nil {
		return ids
	}
	is := regexp.MustCompile("^" + inBrackets.ReplaceAllString(regexp.QuoteMeta(n.Path), `\[([^\]]*)\]`) + "$")
	for id := range done {
		if found := is.FindStringSubmatch(id); found != nil && done[id] {
			ids[strings.Join(found[1:], ",")] = id
		}
	}
	return ids
}

// byRound gives the steps of a block that were done, in each of the rounds around it.
func byRound(b *plan.Block, done map[string]bool) map[string]map[*plan.Node]string {
	rounds := map[string]map[*plan.Node]string{}
	for _, n := range b.Nodes {
		for indexes, id := range instances(n, done) {
			if rounds[indexes] == nil {
				rounds[indexes] = map[*plan.Node]string{}
			}
			rounds[indexes][n] = id
		}
	}
	return rounds
}

// antichain gives some steps of which none is before another.
func antichain(r *rand.Rand, nodes map[*plan.Node]string) (ids []string) {
	sorted := slices.SortedFunc(maps.Keys(nodes), func(a, b *plan.Node) int { return strings.Compare(a.Path, b.Path) })
	r.Shuffle(len(sorted), func(i, j int) { sorted[i], sorted[j] = sorted[j], sorted[i] })
	var some []*plan.Node
	for _, n := range sorted {
		ordered := func(m *plan.Node) bool { return after(n, m) || after(m, n) }
		if !slices.ContainsFunc(some, ordered) {
			some, ids = append(some, n), append(ids, nodes[n])
		}
	}
	return ids
}

// sideBySide gives, for each step right in a loop whose rounds run side by side, its calls
// in all rounds.
func sideBySide(b *plan.Block, done map[string]bool) (all [][]string) {
	for _, n := range b.Nodes {
		loops := map[string][]string{} // by the indexes of the loops around this one
		for indexes, id := range instances(n, done) {
			around := indexes[:max(0, strings.LastIndex(indexes, ","))]
			loops[around] = append(loops[around], id)
		}
		for _, ids := range loops {
			if len(ids) > 1 {
				all = append(all, slices.Sorted(slices.Values(ids)))
			}
		}
	}
	return all
}
