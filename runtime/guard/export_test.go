package guard

// Lanes is how many keys a line knows of.
func Lanes(l *Line) int { return len(l.lanes) }
