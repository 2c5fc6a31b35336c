package runtime

import (
	"context"
	goruntime "runtime"
	"sync"
	"weak"

	"github.com/wfgen/wfgen/runtime/pure"
)

// Heartbeat tells how far a tool has come that takes long: how much of a file it has sent,
// at which row it stands. progress is anything that has JSON, at most 64 KiB of it. It is
// an event, is shown by wfgen run and wfgen runs show, and is there for the next attempt,
// which reads it with Progress.
//
// In a durable execution it is recorded, so that the next process has it, too: what comes
// first at once, then the last after a few seconds, later every few minutes, and what was told
// last before an attempt fails. A tool may call it as often as it likes.
//
// It gives an error where progress can't be kept, and the context's where that has ended,
// so that a tool which returns it ends with its step. Outside of steps it does nothing else,
// nor for a readonly tool that isn't told its step (see StepOf).
func Heartbeat(ctx context.Context, progress any) error {
	s := inStep(ctx)
	if s == nil || s.shared == nil {
		return slept(ctx)
	}
	data, _, err := payload(progress, "the progress of step "+s.path, maxProgress)
	if err != nil {
		return err
	}
	if s.keepProgress(data) && ctx.Err() == nil && s.shared.trace != nil {
		e := Event{Kind: Progressed, Step: s.path, Tool: s.step.Tool, At: s.step.At, Attempt: s.attempt}
		_ = pure.Decode(data, "", &e.Result) // it has just been made; progress itself is the tool's to change
		e.encodable = e.Result
		s.shared.trace.emit(e)
	}
	return slept(ctx)
}

// Progress reads into what into points to what the tool that was given ctx has told last
// with Heartbeat at its step: in the attempt before, also of another process. ok is false
// where there is nothing; err says that it doesn't fit.
func Progress(ctx context.Context, into any) (ok bool, err error) {
	s := inStep(ctx)
	if s == nil || s.shared == nil {
		return false, nil
	}
	data := s.progress()
	if data == nil {
		return false, nil
	}
	err = decodeStored(data, into)
	return err == nil, err
}

// maxProgress bounds what is kept of a step's progress, in bytes of JSON.
const maxProgress = 64 << 10

// A beating is what a durable is beside, for tools that call Heartbeat. A program without
// one is linked without all of that.
type beating interface {
	// beat keeps what the tool of a step tells, and tells whether it is at that attempt.
	beat(step string, attempt int, progress []byte) bool
	// told is what was kept last; nil where nothing was.
	told(step string) []byte
}

// keepProgress keeps the progress of a step for its next attempt, and tells whether anybody
// is to be told of it.
func (s *scope) keepProgress(data []byte) bool {
	if d := s.shared.durable; d != nil {
		return d.(beating).beat(s.path, s.attempt, data)
	}
	if s.step.Retry == nil {
		return true
	}
	kept.Lock()
	defer kept.Unlock()
	of := weak.Make(s.shared)
	if kept.progress[of] == nil {
		if kept.progress == nil {
			kept.progress = map[weak.Pointer[shared]]map[string]beaten{}
		}
		kept.progress[of] = map[string]beaten{}
		goruntime.AddCleanup(s.shared, forgetProgress, of)
	}
	if s.attempt < kept.progress[of][s.path].attempt {
		return false // of an attempt that is over, and whose tool goes on
	}
	kept.progress[of][s.path] = beaten{s.attempt, data}
	return true
}

// A beaten is the progress that an attempt has told last.
type beaten struct {
	attempt int
	data    []byte
}

func (s *scope) progress() []byte {
	if d := s.shared.durable; d != nil {
		return d.(beating).told(s.path)
	}
	kept.Lock()
	defer kept.Unlock()
	return kept.progress[weak.Make(s.shared)][s.path].data
}

// kept is the progress of steps, by their ids, of executions that no engine runs, for as long
// as there is anything of these. As a field of theirs it would be in every program.
var kept struct {
	sync.Mutex
	progress map[weak.Pointer[shared]]map[string]beaten
}

func forgetProgress(of weak.Pointer[shared]) {
	kept.Lock()
	defer kept.Unlock()
	delete(kept.progress, of)
}
