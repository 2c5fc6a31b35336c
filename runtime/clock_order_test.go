package runtime

import (
	"slices"
	"testing"
)

func TestStepOrder(t *testing.T) {
	want := []string{"", "a", "a@2", "all[2].Take", "all[9].Take", "all[10]", "all[10].Take", "all[10].Take#2", "all[100].Take", "b", "b.c"}
	for i, a := range want {
		for j, b := range want {
			if before(a, b) != (i < j) {
				t.Errorf("before(%q, %q) is %t", a, b, before(a, b))
			}
		}
	}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, func(a, b string) int {
		if before(a, b) {
			return -1
		}
		return 1
	})
	if !slices.Equal(got, want) {
		t.Errorf("sorted are %q", got)
	}
}
