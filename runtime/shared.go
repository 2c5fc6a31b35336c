package runtime

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wfgen/wfgen/runtime/stepid"
)

// settings are what a context says of the executions that begin under it.
type settings struct {
	watch          *watch // nil where nobody observes
	aroundStep     []StepInterceptor
	aroundWorkflow []WorkflowInterceptor
	clock          *VirtualClock // nil for the world's
	stub           Stub          // nil where nobody stands in for an engine
	stubsAll       bool          // it does so in durable executions too
	answers        bool          // it answers what durable executions wait for
}

// with gives a context with other settings, under which executions of their own
// begin.
func with(ctx context.Context, set func(*settings)) context.Context {
	var s settings
	if old := scopeOf(ctx); old != nil && old.shared != nil {
		s = old.shared.settings
	}
	set(&s)
	return &scope{Context: ctx, shared: &shared{settings: s, counted: counted(ctx, s.clock)}}
}

// shared is what all workflows that are part of one execution share.
type shared struct {
	settings
	trace   *trace  // nil where nobody observes
	durable durable // nil where the execution isn't
	home    durable // what counts the goroutines; nil where none does
	started time.Time
	counted bool      // the clock knows the goroutines that have the context
	once    sync.Once // for id, which few ask for
	id      string

	undoneMu sync.Mutex
	undone   map[string]bool // the steps that were, by their ids

	// What follows is of an execution with a handle, or of a durable one.
	gate    *gate
	stream  *stream
	claimed atomic.Bool // the execution has begun
	failure error       // of the execution, once it has ended
}

// newInvocation makes that of an execution of its own under the context that s is of; s
// may be nil. The first one that begins under the context of a handle is the handle's.
func newInvocation(s *scope) *invocation {
	if s != nil && s.shared != nil && (s.shared.gate != nil || s.shared.durable != nil) && s.shared.claimed.CompareAndSwap(false, true) {
		return &invocation{shared: s.shared, prefix: s.shared.prefix()}
	}
	r := &struct {
		invocation
		own shared
	}{}
	r.own.begin(s)
	r.shared = &r.own
	return &r.invocation
}

func newShared(s *scope) *shared {
	sh := new(shared)
	sh.begin(s)
	return sh
}

func (sh *shared) begin(s *scope) {
	if s != nil && s.shared != nil {
		sh.settings = s.shared.settings
	}
	sh.started, sh.counted = sh.clock.orWorlds().UTC().Round(0), true
	sh.observe()
}

// handle prepares what an execution with a handle has; ctx is its context.
func (sh *shared) handle(ctx context.Context, o *options) {
	if o.id != "" {
		sh.id = o.id
		sh.once.Do(func() {})
	}
	sh.gate, sh.stream = &gate{execution: ctx}, newStream(o.streamed)
	if sh.watch == nil && o.streamed {
		sh.watch = &watch{}
	}
	sh.observe()
}

// observe has the observer told of the execution, where there is one.
func (sh *shared) observe() {
	if sh.watch != nil {
		sh.trace = &trace{watch: sh.watch, execution: sh.identify(), stream: sh.stream, clock: sh.clock}
	}
}

// apart is what a workflow shares that a tool of a durable execution calls: it is a part
// of the tool's step, and nothing of its own is recorded.
func (sh *shared) apart() *shared {
	own := &shared{settings: sh.settings, trace: sh.trace, started: sh.started, counted: sh.counted, home: sh.home, id: sh.identify()}
	own.once.Do(func() {})
	return own
}

// tell tells of an event that isn't of a step.
func (sh *shared) tell(e Event) {
	sh.note(e)
	sh.tellNoted()
}

// note has an event told before those that come after; tellNoted tells it where none does.
func (sh *shared) note(e Event) {
	if sh.trace != nil {
		sh.trace.noteAside(e)
	}
}

func (sh *shared) tellNoted() {
	if sh.trace != nil {
		sh.trace.tellAsides()
	}
}

func (sh *shared) plain() bool {
	return sh.trace == nil && len(sh.aroundStep) == 0 && sh.gate == nil && sh.durable == nil
}

// identify gives the id of the execution, which is made when it is first asked for.
func (sh *shared) identify() string {
	sh.once.Do(func() { sh.id = newID() })
	return sh.id
}

// undid takes note that the step of an id was undone.
func (sh *shared) undid(step string) {
	sh.undoneMu.Lock()
	if sh.undone == nil {
		sh.undone = map[string]bool{}
	}
	sh.undone[step] = true
	sh.undoneMu.Unlock()
}

// timesUndone tells in how many generations of the execution, and attempts at the
// sub-workflows around it, a step was undone, by itself or as a part of another; it is given
// without the number of either.
func (sh *shared) timesUndone(step string) (n int) {
	sh.undoneMu.Lock()
	defer sh.undoneMu.Unlock()
	for undone := range sh.undone {
		if stepid.Within(step, stepid.WithoutAttempts(stepid.WithoutGeneration(undone))) {
			n++
		}
	}
	return n
}

// RunID is the id of the execution: the same in all workflows that are part of it.
func (f *Frame) RunID() string { return f.invocation.shared.identify() }

// RunStarted is when the execution began, in UTC.
func (f *Frame) RunStarted() time.Time { return f.invocation.shared.started }

// prefix begins the ids of the execution's steps.
func (sh *shared) prefix() string {
	if sh.durable == nil {
		return ""
	}
	return sh.durable.prefix()
}
