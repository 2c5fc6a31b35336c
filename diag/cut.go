package diag

import "slices"

// Max is how many diagnostics are shown of one run. It bounds what is printed alone: what
// decides anything, HasErrors above all, looks at every diagnostic.
const Max = 100

// cut divides diagnostics into those that are shown, Max at most, and those that are left
// out. Errors come first, so that no number of warnings hides one.
func cut(ds []Diagnostic) (shown, left []Diagnostic) {
	ds = slices.Clone(ds)
	slices.SortStableFunc(ds, func(a, b Diagnostic) int { return int(a.Severity) - int(b.Severity) })
	n := min(len(ds), Max)
	return ds[:n], ds[n:]
}
