package checker

import (
	"slices"
	"strings"
)

// maxSuggestible is the longest name that a suggestion is looked for.
const maxSuggestible = 64

// nearest gives the candidate that somebody who wrote name may have meant: the
// one that differs least, in at most a third of its letters. Case and underscores
// don't count. It is empty where none is near.
func nearest(name string, candidates []string) string {
	if len(name) > maxSuggestible {
		return ""
	}
	candidates = slices.Clone(candidates)
	slices.Sort(candidates)
	wanted := folding(name)
	best, least := "", len([]rune(name))/3+1
	for _, candidate := range slices.Compact(candidates) {
		letters := folding(candidate)
		if candidate == name || len(letters)-len(wanted) >= least || len(wanted)-len(letters) >= least {
			continue
		}
		if d := distance(wanted, letters); d < least {
			best, least = candidate, d
		}
	}
	return best
}

func folding(s string) []rune { return []rune(strings.ToLower(strings.ReplaceAll(s, "_", ""))) }

// distance is how many letters have to be added, dropped, changed or swapped with
// their neighbour to make b of a.
func distance(a, b []rune) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
