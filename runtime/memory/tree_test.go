package memory

import (
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
)

// A tree does what a map and a sort do, and copies of it stay as they were.
func TestTree(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 1))
		tree, want := tree[number, int]{owner: new(owner)}, map[number]int{}
		for step := range 20000 {
			k := number(r.IntN(3000))
			if step/5000%2 == int(seed%2) || r.IntN(4) == 0 {
				tree.set(k, step)
				want[k] = step
			} else {
				tree.remove(k)
				delete(want, k)
			}
			if step%997 == 0 {
				old, was := tree, maps.Clone(want)
				defer func() { compareTree(t, old, was) }()
				tree.owner = new(owner)
				compareTree(t, tree, want)
			}
		}
		for k := range want {
			tree.remove(k)
		}
		if tree.root != nil {
			t.Fatal("the empty tree has a root")
		}
	}
}

func compareTree(t *testing.T, tree tree[number, int], want map[number]int) {
	t.Helper()
	for k := number(-1); k <= 3000; k++ {
		v, ok := tree.get(k)
		if w, has := want[k]; ok != has || v != w {
			t.Fatalf("%d is %d, %t; want %d, %t", k, v, ok, w, has)
		}
	}
	keys := slices.Sorted(maps.Keys(want))
	for _, from := range []number{-1, 0, 1500, 1501, 2999, 3000} {
		i, _ := slices.BinarySearch(keys, from)
		var up, down []number
		tree.ascend(from, func(k number, _ int) bool { up = append(up, k); return true })
		tree.descend(from, func(k number, _ int) bool { down = append(down, k); return true })
		slices.Reverse(down)
		if !slices.Equal(up, keys[i:]) || !slices.Equal(down, keys[:i]) {
			t.Fatalf("from %d: %v and %v, want %v", from, up, down, keys)
		}
	}
}
