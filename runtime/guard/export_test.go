package guard

// Branches is how many keys a line knows of.
func Branches(l *Line) int { return len(l.branches) }
