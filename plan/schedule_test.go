package plan

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestScheduleIsTheRules: who goes through the schedule of a block, and knows nothing
// else, has nodes wait for what they have to wait for and for nothing else, and small
// bindings computed when what they read is there, before who reads them.
func TestScheduleIsTheRules(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for round := range 20000 {
		b := randomLines(r, r.IntN(11))
		block := b.scheduled()
		if len(b.lines) > 0 && r.IntN(2) == 0 {
			v := block.Nodes[r.IntN(len(b.lines))].Binds
			block.Value = &Var{V: v}
		}
		settle(block, nobody)
		done, run := b.must()
		w := walked(block)
		for i, before := range w.before {
			for j := range before {
				if done[i][j] && !before[j] || before[j] && !run[i][j] {
					t.Fatalf("round %d: %+v: by the schedule %d is before %d: %v", round, b, i, j, before[j])
				}
			}
		}
		for _, problem := range []string{w.small(), w.shared()} {
			if problem != "" {
				t.Fatalf("round %d: %+v: %s", round, b, problem)
			}
		}
	}
}

// A walk is what a schedule says, read off it from its beginning to its end. Nodes go by
// their numbers in the block.
type walk struct {
	block *Block
	at    map[*Node]int
	binds map[*Variable]*Node
	// before tells who is done before who begins.
	before [][]bool
	region map[*Node]int
	chain  map[*Node]int
	lists  [][]*Node // what is computed before each region, and behind the last
	turns  map[*Node]*Turn
}

func walked(b *Block) *walk {
	w := &walk{
		block: b, at: map[*Node]int{}, binds: map[*Variable]*Node{}, before: square(len(b.Nodes)),
		region: map[*Node]int{}, chain: map[*Node]int{}, turns: map[*Node]*Turn{},
	}
	for i, n := range b.Nodes {
		w.at[n], w.binds[n.Binds] = i, n
	}
	var above []*Node
	for i, r := range b.Schedule.Regions {
		w.lists = append(w.lists, r.Before)
		for _, n := range r.Nodes {
			w.region[n], w.turns[n] = i, &Turn{Node: n}
			w.follow(n, above...)
		}
		for i, c := range r.Chains {
			w.walk(i, c)
		}
		above = append(above, r.Nodes...)
	}
	w.lists = append(w.lists, b.Schedule.Last)
	closed(w.before)
	return w
}

func (w *walk) walk(number int, c Chain) {
	for i, t := range c {
		w.chain[t.Node], w.turns[t.Node] = number, t
		w.follow(t.Node, t.Waits...)
		if i > 0 {
			w.follow(t.Node, c[i-1].Node)
		}
		for _, next := range t.Starts {
			w.follow(next[0].Node, t.Node)
		}
	}
}

func (w *walk) follow(n *Node, before ...*Node) {
	for _, p := range before {
		w.before[w.at[p]][w.at[n]] = true
	}
}

// deep are the nodes that variables come from, and those that small ones among them come
// from.
func (w *walk) deep(vs []*Variable) (all []*Node) {
	for _, v := range vs {
		n := w.binds[v]
		if all = append(all, n); n.Inline {
			all = append(all, w.deep(n.Uses)...)
		}
	}
	return all
}

// small says what is wrong with where small bindings are computed.
func (w *walk) small() string {
	count := map[*Node]int{}
	for i, list := range w.lists {
		for _, n := range list {
			count[n]++
			for _, p := range w.deep(n.Uses) {
				if !p.Inline && w.region[p] >= i {
					return fmt.Sprintf("%s is computed before region %d, and reads %s", n.ID, i, p.ID)
				}
			}
		}
	}
	for _, n := range w.block.Nodes {
		if n.Inline && (count[n] > 1 || count[n] == 0 && !n.Read) {
			return fmt.Sprintf("%s is computed %d times", n.ID, count[n])
		}
		for _, v := range n.Uses {
			if p := w.binds[v]; !n.Inline && p.Inline && !w.has(w.region[n], p) && !slices.Contains(w.turns[n].Before, p) {
				return fmt.Sprintf("%s isn't computed before %s", p.ID, n.ID)
			}
		}
	}
	for _, v := range readBy(w.block.Value) {
		if p := w.binds[v]; p.Inline && !w.has(len(w.lists)-1, p) {
			return p.ID + " isn't computed before the value"
		}
	}
	for n, t := range w.turns {
		for i, p := range t.Before {
			if !slices.Contains(n.Uses, p.Binds) || w.has(w.region[n], p) || i > 0 && w.at[t.Before[i-1]] > w.at[p] {
				return fmt.Sprintf("%s is computed before %s, at place %d", p.ID, n.ID, i)
			}
		}
	}
	return ""
}

// has tells whether a small binding is computed before a region begins.
func (w *walk) has(region int, n *Node) bool {
	return slices.Contains(slices.Concat(w.lists[:region+1]...), n)
}

// shared says what is wrong with what chains share, and with what is read.
func (w *walk) shared() string {
	readers := map[*Node][]*Node{}
	for _, n := range w.block.Nodes {
		if n.Inline && n.Read {
			continue // read through
		}
		for _, p := range w.deep(n.Uses) {
			readers[p] = append(readers[p], n)
		}
	}
	for _, p := range w.deep(readBy(w.block.Value)) {
		readers[p] = append(readers[p], nil)
	}
	for _, n := range w.block.Nodes {
		if n.Read != (len(readers[n]) > 0) {
			return fmt.Sprintf("%s is read: %v", n.ID, n.Read)
		}
		if n.Inline || w.block.Schedule.Regions[w.region[n]].Chains == nil {
			continue
		}
		elsewhere := slices.ContainsFunc(readers[n], func(r *Node) bool {
			return r == nil || r.Inline || w.region[r] != w.region[n] || w.chain[r] != w.chain[n]
		})
		if shared := slices.Contains(w.block.Schedule.Regions[w.region[n]].Shared, n.Binds); shared != elsewhere {
			return fmt.Sprintf("%s is shared: %v", n.ID, shared)
		}
	}
	return ""
}
