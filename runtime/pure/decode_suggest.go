package pure

import "strings"

// maxSuggested bounds the keys that a suggestion is sought for.
const maxSuggested = 64

// suggest gives the name of the field, of those that aren't done, that key was
// probably meant to be: the nearest within one typing error for every three
// letters, the first in the alphabet of several. It is empty where there is none.
func (r *structReader) suggest(key string, done fieldSet) string {
	if len(key) > maxSuggested {
		return ""
	}
	best, bestCost := "", 0
	for _, name := range r.names {
		if done.has(r.byName[name]) {
			continue
		}
		cost := editDistance(folded(key), folded(name))
		if cost*3 <= max(len(key), len(name))+1 && (best == "" || cost < bestCost) {
			best, bestCost = name, cost
		}
	}
	return best
}

// folded drops what names differ in by convention only.
func folded(name string) string {
	return strings.ReplaceAll(strings.ToLower(name), "_", "")
}

// editDistance is Levenshtein's: how many bytes to insert, delete or replace.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1) // distances of a prefix of a to all prefixes of b
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
