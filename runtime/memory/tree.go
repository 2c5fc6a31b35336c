package memory

import (
	"slices"
	"sort"
)

// A tree is an ordered map, a B+ tree whose nodes are copied before they change unless
// the transaction itself has made them. So a copy of the struct is a copy of the map as
// it is now, made at once, and a transaction that fails leaves no trace.
type tree[K key[K], V any] struct {
	root  *node[K, V]
	owner *owner
}

// A key is what a tree is ordered by.
type key[K any] interface{ compare(K) int }

// An owner is a transaction to which nodes belong. Only its address matters.
type owner struct{ _ byte }

// maxItems is how many items a node has at most. The one more that makes it split
// fits into a slice that has grown by doubling.
const maxItems = 63

// A node is a leaf with a value for each key, or has children. A child's key is then
// not above any key in the child, and that of the first isn't looked at.
type node[K key[K], V any] struct {
	owner    *owner
	keys     []K
	values   []V
	children []*node[K, V]
}

func (n *node[K, V]) leaf() bool { return n.children == nil }

// at is where a key is in a leaf, or would be.
func (n *node[K, V]) at(k K) (int, bool) {
	i := sort.Search(len(n.keys), func(i int) bool { return n.keys[i].compare(k) >= 0 })
	return i, i < len(n.keys) && n.keys[i].compare(k) == 0
}

// child is the index of the child that holds a key if any does.
func (n *node[K, V]) child(k K) int {
	return sort.Search(len(n.keys)-1, func(i int) bool { return n.keys[i+1].compare(k) > 0 })
}

// get gives the value of a key.
func (t *tree[K, V]) get(k K) (v V, ok bool) {
	n := t.root
	if n == nil {
		return v, false
	}
	for !n.leaf() {
		n = n.children[n.child(k)]
	}
	if i, ok := n.at(k); ok {
		return n.values[i], true
	}
	return v, false
}

// mine gives a node that the transaction may change.
func (t *tree[K, V]) mine(n *node[K, V]) *node[K, V] {
	if n.owner == t.owner {
		return n
	}
	return &node[K, V]{t.owner, slices.Clone(n.keys), slices.Clone(n.values), slices.Clone(n.children)}
}

// set stores a value under a key, in the place of the one that is there.
func (t *tree[K, V]) set(k K, v V) {
	if t.root == nil {
		t.root = &node[K, V]{owner: t.owner}
	}
	t.root = t.mine(t.root)
	if right := t.insert(t.root, k, v); right != nil {
		left := t.root
		t.root = &node[K, V]{owner: t.owner, keys: []K{left.keys[0], right.keys[0]}, children: []*node[K, V]{left, right}}
	}
}

// insert puts a value into a node of the transaction, and gives the node's right half
// where it had to be split.
func (t *tree[K, V]) insert(n *node[K, V], k K, v V) *node[K, V] {
	if n.leaf() {
		i, found := n.at(k)
		if found {
			n.values[i] = v
			return nil
		}
		n.keys = slices.Insert(n.keys, i, k)
		n.values = slices.Insert(n.values, i, v)
		return t.split(n, i)
	}
	i := n.child(k)
	n.children[i] = t.mine(n.children[i])
	right := t.insert(n.children[i], k, v)
	if right == nil {
		return nil
	}
	n.keys = slices.Insert(n.keys, i+1, right.keys[0])
	n.children = slices.Insert(n.children, i+1, right)
	return t.split(n, i+1)
}

// split cuts a node where it has become too large. One that grew at its end, as it
// does with ascending keys, stays full.
func (t *tree[K, V]) split(n *node[K, V], grown int) *node[K, V] {
	if len(n.keys) <= maxItems {
		return nil
	}
	cut := len(n.keys) / 2
	if grown == maxItems {
		cut = maxItems
	}
	right := &node[K, V]{owner: t.owner, keys: slices.Clone(n.keys[cut:])}
	n.keys = cutOff(n.keys, cut)
	if n.leaf() {
		right.values = slices.Clone(n.values[cut:])
		n.values = cutOff(n.values, cut)
	} else {
		right.children = slices.Clone(n.children[cut:])
		n.children = cutOff(n.children, cut)
	}
	return right
}

// cutOff shortens a slice and lets go of what was in its end.
func cutOff[E any](s []E, n int) []E {
	clear(s[n:])
	return s[:n]
}

// remove takes a key out, if it is there. Nodes that become empty go; others aren't
// joined, which costs nothing where keys go in the order in which they came.
func (t *tree[K, V]) remove(k K) {
	if _, ok := t.get(k); !ok {
		return
	}
	t.root = t.mine(t.root)
	t.take(t.root, k)
	for !t.root.leaf() && len(t.root.children) == 1 {
		t.root = t.root.children[0]
	}
	if len(t.root.keys) == 0 {
		t.root = nil
	}
}

func (t *tree[K, V]) take(n *node[K, V], k K) {
	if n.leaf() {
		i, _ := n.at(k)
		n.keys = slices.Delete(n.keys, i, i+1)
		n.values = slices.Delete(n.values, i, i+1)
		return
	}
	i := n.child(k)
	n.children[i] = t.mine(n.children[i])
	t.take(n.children[i], k)
	if len(n.children[i].keys) == 0 {
		n.keys = slices.Delete(n.keys, i, i+1)
		n.children = slices.Delete(n.children, i, i+1)
	}
}

// ascend calls do with all from the first key that isn't below k, while it gives true.
func (t *tree[K, V]) ascend(k K, do func(K, V) bool) {
	if t.root != nil {
		t.root.ascend(k, do)
	}
}

func (n *node[K, V]) ascend(from K, do func(K, V) bool) bool {
	if !n.leaf() {
		for i := n.child(from); i < len(n.children); i++ {
			if !n.children[i].ascend(from, do) {
				return false
			}
		}
		return true
	}
	i, _ := n.at(from)
	for ; i < len(n.keys); i++ {
		if !do(n.keys[i], n.values[i]) {
			return false
		}
	}
	return true
}

// descend calls do with all below k, from the last, while it gives true.
func (t *tree[K, V]) descend(k K, do func(K, V) bool) {
	if t.root != nil {
		t.root.descend(k, do)
	}
}

func (n *node[K, V]) descend(below K, do func(K, V) bool) bool {
	if !n.leaf() {
		for i := n.child(below); i >= 0; i-- {
			if !n.children[i].descend(below, do) {
				return false
			}
		}
		return true
	}
	i, _ := n.at(below)
	for i--; i >= 0; i-- {
		if !do(n.keys[i], n.values[i]) {
			return false
		}
	}
	return true
}
