package runtime

import "sync/atomic"

// atHandOver is called wherever one goroutine of an engine may overtake another: before a
// lock is taken, and where something passes from one to another. A test has it yield
// there; else it is nil, and costs a comparison.
var atHandOver atomic.Pointer[func()]

func handOver() {
	if do := atHandOver.Load(); do != nil {
		(*do)()
	}
}

// lock takes the session's lock.
func (s *session) lock() {
	handOver()
	s.mu.Lock()
}

// lock takes the engine's lock.
func (e *Engine) lock() {
	handOver()
	e.mu.Lock()
}

// lock takes the lock of the writer's queue.
func (w *writer) lock() {
	handOver()
	w.mu.Lock()
}
