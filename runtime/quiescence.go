package runtime

// A quiescence counts the goroutines of an execution that do something, so that it is known
// when none of them does.
type quiescence interface {
	// spawn counts a goroutine that is about to start, and exit takes that back when it
	// has ended. The last one wakes who waits for the team.
	spawn(*team)
	exit(*team)
	// join tells that the caller is about to wait for the team.
	join(*team)
	// block tells that the caller is about to wait for something that another goroutine
	// brings about, which calls wake for it.
	block()
	wake(n int)
	// cancelled wakes those who wait under a context that has just been cancelled.
	cancelled()
}

// quiescence is that of the frame's durable execution, else of its virtual clock, which
// may be nil: its methods do nothing then.
func (f *Frame) quiescence() quiescence {
	if f.invocation != nil && f.invocation.shared.home != nil {
		return f.invocation.shared.home
	}
	return f.clock()
}
