package runtime

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Drain is Close for a process that is about to be replaced: nothing new begins, and what
// tools are at comes to its end and is recorded before the executions are suspended. So a
// tool that must not happen twice isn't Interrupted by a deploy, if it ends in time. An
// expression that may take long is left for the next engine to compute.
//
// What doesn't begin any more are executions, attempts, undos, and steps of any kind. Who
// waits, for a time, a message, or before another attempt, doesn't hold the drain up.
// Messages, answers and cancellations are still taken; a cancellation ends the contexts of
// running tools as ever, and the undos are for the next engine. Submit gives ErrClosed.
//
// Where ctx ends before, the tools that still run have their contexts cancelled, as by
// Close, and a *DrainError says which they are. The engine is closed in any case.
func (e *Engine) Drain(ctx context.Context) error {
	for _, s := range e.beginDrain() {
		s.beginNothing()
	}
	drained := make(chan struct{})
	go func() {
		e.running.Wait()
		close(drained)
	}()
	var late error
	select {
	case <-drained:
	case <-ctx.Done():
		late = e.stillRunning(context.Cause(ctx))
	}
	return errors.Join(late, e.Close())
}

// A DrainError says what was running when the time for a drain was over.
type DrainError struct {
	// Running are the attempts that were going on, by execution and step.
	Running []RunningStep
	// Err is why there was no more time: the cause of the context's end.
	Err error
}

// A RunningStep is a step at which a tool is called, or is to be.
type RunningStep struct {
	Execution, Step string
	// Tool is the tool's name, as the workflow has it.
	Tool string
	// Attempt counts from 1; 0 where the step waits for a place that a limit of its tool
	// leaves it.
	Attempt int
	// Progress is the JSON of what the tool has told last with Heartbeat; empty where it has
	// told nothing.
	Progress string
}

// shownRunning bounds how many steps the text of a DrainError has.
const shownRunning = 10

func (e *DrainError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "the engine closed with tools still running (%v): ", e.Err)
	for i, r := range e.Running[:min(len(e.Running), shownRunning)] {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%s at %s of execution %s", r.Tool, r.Step, r.Execution)
	}
	if more := len(e.Running) - shownRunning; more > 0 {
		fmt.Fprintf(&b, ", and %d more", more)
	}
	return b.String()
}

// Unwrap gives why there was no more time.
func (e *DrainError) Unwrap() error { return e.Err }

// beginDrain has no session come to be any more, and gives those that there are.
func (e *Engine) beginDrain() (all []*session) {
	e.lock()
	defer e.mu.Unlock()
	e.draining.Store(true)
	if e.stopTimer != nil {
		e.stopTimer()
	}
	for _, s := range e.sessions {
		all = append(all, s)
	}
	return all
}

// ends tells whether the engine lets no session begin. The lock is held.
func (e *Engine) ends() bool { return e.closed || e.draining.Load() }

// stillRunning is what a drain has to say that is out of time; nil where no tool runs.
func (e *Engine) stillRunning(why error) error {
	running := slices.DeleteFunc(e.RunningSteps(), func(r RunningStep) bool { return r.Attempt == 0 })
	if len(running) == 0 {
		return nil
	}
	return &DrainError{running, why}
}

// RunningSteps gives the steps at which tools are called now, or that wait for a place which
// a limit leaves them, by execution and step. A journal doesn't know all of them: of a tool
// that may be called twice nothing is recorded before it returns, and of a place never.
func (e *Engine) RunningSteps() []RunningStep {
	var running []RunningStep
	e.lock()
	for _, s := range e.sessions {
		s.lock()
		for _, h := range s.trying {
			r := RunningStep{s.id, h.path, h.step.Tool, h.attempt, ""}
			if b := s.beats[h.path]; b != nil {
				r.Progress = string(b.record.Data)
			}
			running = append(running, r)
		}
		for _, w := range s.waits {
			if w.place && w.idle {
				running = append(running, RunningStep{Execution: s.id, Step: w.step, Tool: w.calls})
			}
		}
		s.mu.Unlock()
	}
	e.mu.Unlock()
	slices.SortFunc(running, func(a, b RunningStep) int {
		return strings.Compare(a.Execution+"\n"+a.Step, b.Execution+"\n"+b.Step)
	})
	return running
}

// beginNothing has the session begin nothing new, and leave the memory as soon as no tool
// runs.
func (s *session) beginNothing() { s.tell(onDrain) }

// yield has an expression that may take long wait for the end of the session, where that
// is drained: the next engine computes it anew. The engine's word alone doesn't do: a
// session that hasn't been told yet takes one that waits in replay for one that doesn't fit.
func (s *session) yield(ctx context.Context) {
	if s.engine.draining.Load() && s.isDraining() {
		s.admit(ctx)
	}
}

// isDraining tells whether the session begins nothing new.
func (s *session) isDraining() bool {
	s.lock()
	defer s.mu.Unlock()
	return s.standing.draining
}

// trying notes that a tool is about to be called, and tried that it has returned, whether
// its step is done: else it gives what is still to be stored of how far it has come.
func (h *stepHistory) trying(attempt int) {
	s := h.session
	s.lock()
	defer s.mu.Unlock()
	s.trying = append(s.trying, h)
	h.attempt, h.slot = attempt, len(s.trying)
	s.letLate()
}

func (h *stepHistory) tried(done bool) (told []entry) {
	s := h.session
	s.lock()
	defer s.mu.Unlock()
	if h.slot == 0 {
		return nil
	}
	last := s.trying[len(s.trying)-1]
	s.trying[h.slot-1], last.slot = last, h.slot
	s.trying, h.slot = s.trying[:len(s.trying)-1], 0
	told = s.lastBeat(h.path)
	if done {
		delete(s.beats, h.path)
		return nil
	}
	return told
}
