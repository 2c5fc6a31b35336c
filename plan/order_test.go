package plan

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"testing"

	"github.com/wfgen/wfgen/dsl"
)

// A line describes a node of a random block.
type line struct {
	kind   kind
	inline bool
	uses   []int // lines above
	after  []int
}

// lines are the lines of a block; parallel tells what kind of block.
type lines struct {
	parallel bool
	lines    []line
}

func randomLines(r *rand.Rand, n int) lines {
	b := lines{parallel: r.IntN(4) == 0}
	weights := [][]int{{1, 8, 2, 2, 1}, {0, 1, 0, 0, 0}, {0, 4, 1, 0, 0}, {2, 6, 0, 1, 0}}[r.IntN(4)]
	for range n {
		l := line{kind: pick(r, weights)}
		l.inline = l.kind == reads && r.IntN(4) == 0
		for range r.IntN(3) {
			l.uses = b.target(r, l.uses)
		}
		if !l.inline && r.IntN(8) == 0 {
			l.after = b.target(r, l.after)
		}
		b.lines = append(b.lines, l)
	}
	return b
}

// target appends a line above that can be named: no log.
func (b lines) target(r *rand.Rand, to []int) []int {
	if n := len(b.lines); n > 0 {
		if i := r.IntN(n); b.lines[i].kind != reports {
			return append(to, i)
		}
	}
	return to
}

func pick(r *rand.Rand, weights []int) kind {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	at := r.IntN(sum)
	for k, w := range weights {
		if at < w {
			return kind(k)
		}
		at -= w
	}
	panic("unreachable")
}

// scheduled makes nodes of the lines and schedules them.
func (b lines) scheduled() *Block {
	l := &lowerer{facts: map[*Node]*facts{}}
	out := &Block{Parallel: b.parallel}
	var nodes []*Node
	for i, line := range b.lines {
		n := &Node{ID: fmt.Sprint(i), Binds: &Variable{Name: fmt.Sprint(i)}, Inline: line.inline, Op: &Let{}}
		f := &facts{kind: line.kind}
		for _, u := range line.uses {
			n.Uses = append(n.Uses, nodes[u].Binds)
		}
		for _, a := range line.after {
			f.after = append(f.after, ref{v: nodes[a].Binds})
		}
		l.facts[n] = f
		nodes = append(nodes, n)
	}
	out.Nodes = nodes
	l.schedule(out)
	return out
}

// must restates the rules of the language: i has to be done before j starts. With
// logs, it also tells what a log runs before if they share a goroutine.
func (b lines) must() (done, run [][]bool) {
	n := len(b.lines)
	needs := make([]map[int]bool, n) // through inline bindings
	for j, l := range b.lines {
		needs[j] = map[int]bool{}
		for _, i := range append(append([]int(nil), l.uses...), l.after...) {
			if b.lines[i].inline {
				for k := range needs[i] {
					needs[j][k] = true
				}
			} else {
				needs[j][i] = true
			}
		}
	}
	done = square(n)
	for j := range n {
		for i := range j {
			from, to := b.lines[i].kind, b.lines[j].kind
			if b.lines[i].inline || b.lines[j].inline {
				continue
			}
			done[i][j] = needs[j][i] ||
				!b.parallel && (from >= guards || to >= acts && from != reports)
			if !b.parallel && from == guards && to == guards {
				done[i][j] = true
			}
		}
	}
	closed(done)
	return done, b.sharing(done)
}

// sharing restates where logs run: before what waits for the same at least, or
// else after all above.
func (b lines) sharing(done [][]bool) [][]bool {
	n := len(b.lines)
	run := square(n)
	for i := range n {
		early, sameSegment := false, true
		for j := i + 1; j < n; j++ {
			run[i][j] = run[i][j] || done[i][j]
			sameSegment = sameSegment && (b.parallel || b.lines[j].inline || b.lines[j].kind < acts)
			if b.lines[i].kind != reports || b.lines[j].inline {
				continue
			}
			all := true
			for k := range i {
				all = all && (!done[k][i] || done[k][j])
			}
			run[i][j] = run[i][j] || all
			early = early || all && sameSegment && b.lines[j].kind != reports
		}
		for k := range i {
			if b.lines[i].kind == reports && !early && !b.lines[k].inline {
				run[k][i] = true
			}
		}
	}
	closed(run)
	return run
}

func square(n int) [][]bool {
	out := make([][]bool, n)
	for i := range out {
		out[i] = make([]bool, n)
	}
	return out
}

func closed(r [][]bool) {
	for k := range r {
		for i := range r {
			for j := range r {
				r[i][j] = r[i][j] || r[i][k] && r[k][j]
			}
		}
	}
}

// waited is who waits for whom in a scheduled block.
func waited(b *Block) [][]bool {
	at := map[*Node]int{}
	for i, n := range b.Nodes {
		at[n] = i
	}
	out := square(len(b.Nodes))
	for i, n := range b.Nodes {
		for _, p := range n.After {
			out[at[p]][i] = true
		}
	}
	closed(out)
	return out
}

func TestOrderIsTheRules(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 20000 {
		b := randomLines(r, r.IntN(11))
		block := b.scheduled()
		want, run := b.must()
		if got := waited(block); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("round %d: %+v\n got %v\nwant %v", round, b, got, want)
		}
		checkReduced(t, block)
		checkChains(t, b, block, run)
	}
}

// ancestors are all that a node waits for.
func ancestors(n *Node) map[*Node]bool {
	out := map[*Node]bool{}
	todo := []*Node{n}
	for len(todo) > 0 {
		above := todo[0].After
		todo = todo[1:]
		for _, p := range above {
			if !out[p] {
				out[p] = true
				todo = append(todo, p)
			}
		}
	}
	return out
}

// checkReduced: no predecessor is implied by another, and groups are levels.
func checkReduced(t *testing.T, b *Block) {
	for _, n := range b.Nodes {
		group := 0
		for _, p := range n.After {
			group = max(group, p.Group+1)
			for _, q := range n.After {
				if ancestors(q)[p] {
					t.Fatalf("%s waits for %s and, through %s, again", n.ID, p.ID, q.ID)
				}
			}
		}
		if n.Group != group {
			t.Fatalf("%s has group %d, not %d", n.ID, n.Group, group)
		}
	}
}

// checkChains: regions hold each node once and follow each other; chains are
// chains, and as few as the widest antichain has nodes.
func checkChains(t *testing.T, b lines, block *Block, run [][]bool) {
	at := map[*Node]int{}
	for i, n := range block.Nodes {
		at[n] = i
	}
	var before []*Node
	for _, region := range block.Schedule.Regions {
		var nodes []*Node
		for i, chain := range chainsOf(region) {
			for k, n := range chain {
				if n.Chain != i || k > 0 && !run[at[chain[k-1]]][at[n]] {
					t.Fatalf("%+v: %s can't be number %d of chain %d", b, n.ID, k, i)
				}
				for _, p := range before {
					if !run[at[p]][at[n]] {
						t.Fatalf("%+v: %s isn't after %s, but in a later region", b, n.ID, p.ID)
					}
				}
			}
			nodes = append(nodes, chain...)
		}
		before = append(before, nodes...)
	}
	count := 0
	for i := range b.lines {
		if !b.lines[i].inline {
			count++
		}
	}
	if len(before) != count {
		t.Fatalf("%+v: regions hold %d nodes of %d", b, len(before), count)
	}
	if want := width(b, run); block.Schedule.Width != want {
		t.Fatalf("%+v: %d chains, width %d", b, block.Schedule.Width, want)
	}
}

// chainsOf are the chains of a region; a node on its own is one.
func chainsOf(r *Region) [][]*Node {
	if n := r.Alone(); n != nil {
		return [][]*Node{{n}}
	}
	var out [][]*Node
	for _, chain := range r.Chains {
		var nodes []*Node
		for _, t := range chain {
			nodes = append(nodes, t.Node)
		}
		out = append(out, nodes)
	}
	return out
}

// width tries all sets of lines for the widest that has no ordered pair.
func width(b lines, run [][]bool) int {
	best := 0
	for set := range 1 << len(b.lines) {
		if bits.OnesCount(uint(set)) > best && apart(b, run, set) {
			best = bits.OnesCount(uint(set))
		}
	}
	return best
}

func apart(b lines, run [][]bool, set int) bool {
	for i := range b.lines {
		if set&(1<<i) == 0 {
			continue
		}
		if b.lines[i].inline {
			return false
		}
		for j := range i {
			if set&(1<<j) != 0 && run[j][i] {
				return false
			}
		}
	}
	return true
}

// TestGreedyCover: above the limit the chains are still chains.
func TestGreedyCover(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		n := 2 + r.IntN(150)
		run := newRelation(n)
		direct := make([][]int, n)
		for i := 1; i < n; i++ {
			var preds []int
			for p := max(0, i-8); p < i; p++ {
				if r.IntN(5) == 0 {
					preds = append(preds, p)
				}
			}
			direct[i] = run.reduce(i, preds)
		}
		greedy := newMatching(run, 0, n)
		greedy.follow(direct)
		greedy.greedy()
		least := cover(run, direct, 0, n)
		chains := greedy.chains()
		seen := map[int]bool{}
		for _, chain := range chains {
			for k, i := range chain {
				if seen[i] || k > 0 && !run.has(chain[k-1], i) {
					t.Fatalf("chain %v is none", chain)
				}
				seen[i] = true
			}
		}
		if len(seen) != n || len(chains) < len(least) || len(chains) > 2*len(least)+2 {
			t.Fatalf("%d chains hold %d of %d nodes, %d would do", len(chains), len(seen), n, len(least))
		}
	}
}

// long are the shapes of blocks that have to be planned in near-linear time.
var long = map[string]func(i int) line{
	"effects": func(i int) line { return line{kind: acts, uses: above(i, 1)} },
	"data":    func(i int) line { return line{kind: reads, uses: above(i, 1)} },
	"mixed": func(i int) line {
		return line{kind: []kind{reads, reads, reads, acts, reads, reads, guards}[i%7], uses: above(i, 3)}
	},
	"inline": func(i int) line { return line{kind: []kind{reads, acts}[i%2], inline: i%2 == 0, uses: above(i, 2)} },
	"logs":   func(i int) line { return line{kind: []kind{reports, acts}[i%2]} },
}

func above(i, by int) []int {
	if i < by {
		return nil
	}
	return []int{i - by}
}

func BenchmarkSchedule(b *testing.B) {
	for _, name := range []string{"effects", "data", "mixed", "inline", "logs"} {
		for _, n := range []int{1000, 10000} {
			block := lines{}
			for i := range n {
				block.lines = append(block.lines, long[name](i))
			}
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				for b.Loop() {
					block.scheduled()
				}
			})
		}
	}
	for _, n := range []int{1000, 10000} {
		block := lines{lines: make([]line, n)}
		for i := range block.lines {
			block.lines[i] = line{kind: reads, uses: above(i, n/10)}
		}
		b.Run(fmt.Sprintf("wide/%d", n), func(b *testing.B) {
			for b.Loop() {
				block.scheduled()
			}
		})
	}
}

func TestSmall(t *testing.T) {
	v := &Var{V: &Variable{Name: "x"}}
	for name, c := range map[string]struct {
		x    Expr
		want bool
	}{
		"a variable":      {v, true},
		"a call":          {&FuncCall{}, false},
		"a call inside":   {&Binary{Op: dsl.Mul, X: v, Y: &FuncCall{}}, false},
		"a length":        {&Builtin{Name: "len", Args: []Expr{v}}, true},
		"a sum":           {&Builtin{Name: "sum", Args: []Expr{v}}, false},
		"least of two":    {&Builtin{Name: "min", Args: []Expr{v, v}}, true},
		"least of a list": {&Builtin{Name: "min", Args: []Expr{v}}, false},
	} {
		if got := small(c.x); got != c.want {
			t.Errorf("%s: small is %v", name, got)
		}
	}
}
