package runtime

// SetHandOver has a function called wherever one goroutine of an engine may overtake
// another, while no engine is open.
func SetHandOver(f func()) { atHandOver = f }
