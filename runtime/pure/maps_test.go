package pure

import "testing"

type color string

func TestLookup(t *testing.T) {
	m := map[string]int{"a": 1}
	equal(t, "Lookup", *Lookup(m, "a"), 1)
	equal(t, "Lookup", Lookup(m, "b"), nil)
	equal(t, "Has", Has(m, "a"), true)
	equal(t, "Has", Has(m, "b"), false)
	equal(t, "Lookup in nil", Lookup(map[string]int(nil), "b"), nil)
}

func TestKeysAndValues(t *testing.T) {
	same(t, "Keys", Keys(map[string]int{"b": 1, "a": 2, "B": 3}), []string{"B", "a", "b"})
	same(t, "Keys", Keys(map[int]bool{10: true, 9: true, -1: true}), []int{-1, 9, 10})
	same(t, "Keys", Keys(map[int64]bool{10: true, 9: true}), []int64{9, 10})
	same(t, "Keys", Keys(map[uint8]bool{200: true, 9: true}), []uint8{9, 200})
	same(t, "Keys", Keys(map[int8]bool{100: true, -9: true}), []int8{-9, 100})
	same(t, "Keys", Keys(map[bool]int{true: 1, false: 2}), []bool{false, true})
	same(t, "Keys", Keys(map[color]int{"red": 1, "blue": 2, "green": 3}), []color{"blue", "green", "red"})
	same(t, "Keys", Keys(map[float64]int{2.5: 1, -1: 2}), []float64{-1, 2.5})
	same(t, "Keys", Keys(map[[2]int]int{{2, 0}: 1, {1, 9}: 2}), [][2]int{{1, 9}, {2, 0}})
	same(t, "Keys of nil", Keys(map[string]int(nil)), []string{})
	same(t, "Values", Values(map[color]int{"red": 1, "blue": 2}), []int{2, 1})
	same(t, "Values of nil", Values(map[color]int(nil)), []int{})
}

func TestSortedAndWhere(t *testing.T) {
	m := map[string]int{"a": 1, "b": 2, "c": 3, "d": 4}
	var keys []string
	for k, v := range Where(Sorted(m), func(_ string, v int) bool { return v != 2 }) {
		if k == "d" {
			break
		}
		equal(t, "value of "+k, v, m[k])
		keys = append(keys, k)
	}
	same(t, "keys", keys, []string{"a", "c"})
}

func TestWithout(t *testing.T) {
	m := map[string]int{"a": 1, "b": 2}
	same(t, "Without", Without(m, "a"), map[string]int{"b": 2})
	same(t, "Without a key that isn't there", Without(m, "c"), m)
	same(t, "Without of nil", Without(map[string]int(nil), "c"), map[string]int{})
	equal(t, "what was given", len(m), 2)
}
