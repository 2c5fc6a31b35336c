package runtime

// SetHandOver has a function called wherever one goroutine of an engine may overtake
// another; nil has none called.
func SetHandOver(f func()) {
	if f == nil {
		atHandOver.Store(nil)
		return
	}
	atHandOver.Store(&f)
}

// CountLost is how many executions an engine has noted that left the memory because of what
// couldn't be stored.
func CountLost(e *Engine) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.outage.lost)
}
